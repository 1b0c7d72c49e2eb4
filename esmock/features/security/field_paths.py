"""Field level security of mappings, which show exactly the paths that are granted. Source: answers of 6.8.23."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from esmock.features.security.name_pattern import name_matches

if TYPE_CHECKING:
    from esmock.features.security.field_level import FieldGrants


def grants_path(path: str, groups: FieldGrants) -> bool:
    """Whether a field is shown by one grant of each group; the fields that every mapping has are unless excepted."""

    def matches(patterns: tuple[str, ...]) -> bool:
        return any(name_matches(one, path) for one in patterns)

    return all(
        any((path.startswith("_") or matches(one.grant)) and not matches(one.excepted or ()) for one in group) for group in groups
    )


def shown_mapping(body: dict[str, Any], grants: FieldGrants) -> dict[str, Any]:
    """A mapping with the fields that are granted and what leads to them."""
    return {**body, "properties": _granted(body["properties"], grants, "")} if body.get("properties") else body


def _granted(fields: dict[str, Any], grants: FieldGrants, prefix: str) -> dict[str, Any]:
    out: dict[str, Any] = {}
    for name, field in fields.items():
        path = f"{prefix}{name}"
        kept = {key: _granted(field[key], grants, f"{path}.") for key in ("properties", "fields") if key in field}
        subfields = kept.get("fields", {})
        if grants_path(path, grants):
            out[name] = {key: kept.get(key, value) for key, value in field.items() if key != "fields" or subfields}
        elif subfields:
            # ES: a field that is kept back but not all its subfields is shown as an object
            out[name] = {"properties": subfields}
        elif kept.get("properties"):
            out[name] = {**field, "properties": kept["properties"]}
    return out
