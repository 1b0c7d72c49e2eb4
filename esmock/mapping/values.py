"""Values of a field in a parsed source: for stored fields, ``fields`` and fetching."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from esmock.mapping.field import Field
    from esmock.mapping.mapping import Mapping

Json = Any


def raw_values(source: Json, path: str, *, whole: bool = False, null: Json = None) -> list[Json]:
    """What stands at a dotted path of a source, arrays flattened.

    Args:
        whole: arrays are values of their own.
        null: what stands for a null; None: nulls are left out.
    """
    out: list[Json] = []
    _collect(source, tuple(path.split(".")), 0, out, whole)
    given = [null if one is None else one for one in out]
    return [one for one in given if one is not None]


def _collect(node: Json, parts: tuple[str, ...], at: int, out: list[Json], whole: bool) -> None:
    if at == len(parts):
        if isinstance(node, list) and not whole:
            for one in node:
                _collect(one, parts, at, out, whole)
        else:
            out.append(node)
        return
    if isinstance(node, list):
        for one in node:
            _collect(one, parts, at, out, whole)
        return
    if not isinstance(node, dict):
        return
    for end in range(at + 1, len(parts) + 1):
        name = ".".join(parts[at:end])
        if name in node:
            _collect(node[name], parts, end, out, whole)


def stored_of(mapping: Mapping, field: Field, source: Json) -> list[Json]:
    """The stored values of a field, in source order."""
    values = raw_values(source, field.source_path, whole=field.takes_arrays, null=field.null_value)
    for origin in mapping.copied_from.get(field.source_path, ()):
        values.extend(raw_values(source, origin, whole=field.takes_arrays))
    return field.stored_values(values)


def wrapped_at(node: Json, path: str) -> Json:
    """A tree in which something stands at a dotted path."""
    for part in reversed(path.split(".")):
        node = {part: node}
    return node
