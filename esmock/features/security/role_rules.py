"""Role mappings at work: which roles the rules give to a user of a realm that has none of its own, such as one of certificates.

Docs: mapping-roles, role-mapping-resources. Source: the pages; rules by reasoning from them where they are silent.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from esmock.features.security.name_pattern import name_matches

if TYPE_CHECKING:
    from esmock.features.security.user import SecurityState
    from esmock.script.mustache.template import Template

Json = Any


def mapped_roles(state: SecurityState, facts: Mapping[str, Json]) -> tuple[str, ...]:
    """The roles of the enabled mappings whose rules are met, in the order of their names.

    Args:
        facts: ``username``, ``dn``, ``groups``, ``metadata.x``, ``realm.name``.
    """
    out: dict[str, None] = {}
    for name in sorted(state.role_mappings):
        mapping = state.role_mappings[name]
        if mapping["enabled"] and _is_met(mapping["rules"], facts):
            out.update(dict.fromkeys(mapping.get("roles") or ()))
            for template in mapping.get("role_templates") or ():
                out.update(dict.fromkeys(_templated(template, facts)))
    return tuple(out)


def _is_met(rule: Json, facts: Mapping[str, Json]) -> bool:
    kind, value = next(iter(rule.items()))
    if kind == "any":
        return any(_is_met(one, facts) for one in value)
    if kind == "all":
        return all(_is_met(one, facts) for one in value)
    if kind == "except":
        return not _is_met(value, facts)
    return all(_has(facts.get(name), wanted) for name, wanted in value.items())


def _has(held: Json, wanted: Json) -> bool:
    """Whether a fact, or one of its values, is one of those that are wanted."""
    values = held if isinstance(held, list | tuple) else [held]
    return any(_is_one(one, pattern) for one in values for pattern in (wanted if isinstance(wanted, list) else [wanted]))


def _is_one(value: Json, pattern: Json) -> bool:
    if isinstance(value, str) and isinstance(pattern, str):
        return name_matches(pattern, value)
    return type(value) is type(pattern) and bool(value == pattern)


def _templated(template: Json, facts: Mapping[str, Json]) -> list[str]:
    """The roles that a template makes of a user: one, or an array of them as JSON."""
    from esmock.xcontent import json_reader

    params: dict[str, Json] = {}
    for path, value in facts.items():
        place = params
        *parents, leaf = path.split(".")
        for name in parents:
            place = place.setdefault(name, {})
        place[leaf] = value
    text = compiled(template["template"]).run(params)
    if template.get("format") != "json":
        return [text]
    found = json_reader.parse_stored(text.encode())
    return [found] if isinstance(found, str) else list(found)


def compiled(text: str) -> Template:
    """The template of a mapping, which is kept as JSON: a source, or an object with one. Raises Script for one that is none."""
    from esmock.script.mustache.template import compile_template
    from esmock.xcontent import json_reader

    given = json_reader.parse_stored(text.encode())
    return compile_template(given if isinstance(given, str) else given.get("source", ""), "text/plain")
