"""Holds an answer against the types that the published specification gives it.

The specification describes 9.x, of which no engine is at hand: it is the best evidence there for what an answer is made of.
"""

from __future__ import annotations

import json
import lzma
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

Json = Any
Name = tuple[str, str]
Problem = tuple[str, str]
"""Where, and what is wrong there."""

_BUILT_IN = {"string": str, "boolean": bool, "number": (int, float), "null": type(None), "object": dict}


class PublishedTypes:
    """The types of ``schema.json.xz``."""

    def __init__(self, file: Path) -> None:
        schema = json.loads(lzma.decompress(file.read_bytes()))
        self._types: dict[Name, Json] = {_name(one["name"]): one for one in schema["types"]}
        self._responses = {one["name"]: _name(one["response"]) for one in schema["endpoints"] if one.get("response")}

    def problems(self, endpoint: str, answer: Json) -> list[Problem]:
        """What does not fit. Raises KeyError for an endpoint that is not published."""
        response = self._types[self._responses[endpoint]]
        body = response["body"]
        if body["kind"] == "no_body":
            return []
        if body["kind"] == "value":
            return list(self._value(body["value"], answer, "", {}))
        return list(self._properties([(one, {}) for one in body["properties"]], answer, "", is_open=False))

    def _value(self, of: Json, value: Json, path: str, generics: Mapping[Name, Json]) -> Iterator[Problem]:
        kind = of["kind"]
        if kind == "literal_value":
            if value != of["value"]:
                yield path, f"not {of['value']!r}"
        elif kind == "array_of":
            if not isinstance(value, list):
                yield path, "no array"
                return
            for one in value:
                yield from self._value(of["value"], one, f"{path}[]", generics)
        elif kind == "dictionary_of":
            if not isinstance(value, dict):
                yield path, "no object"
                return
            for one in value.values():
                yield from self._value(of["value"], one, f"{path}.*", generics)
        elif kind == "union_of":
            tries = [list(self._value(one, value, path, generics)) for one in of["items"]]
            yield from min(tries, key=len)
        elif kind == "instance_of":
            yield from self._instance(of, value, path, generics)

    def _instance(self, of: Json, value: Json, path: str, generics: Mapping[Name, Json]) -> Iterator[Problem]:
        name = _name(of["type"])
        if name in generics:
            bound, outer = generics[name]
            yield from self._value(bound, value, path, outer)
            return
        if name[0] == "_builtins":
            wanted = _BUILT_IN.get(name[1])
            if wanted is not None and (not isinstance(value, wanted) or (name[1] == "number" and isinstance(value, bool))):
                yield path, f"no {name[1]}"
            return
        declared = self._types.get(name)
        if declared is None:
            return
        inner = _bind(declared.get("generics"), of.get("generics"), generics)
        if declared["kind"] == "enum":
            yield from _enum(declared, value, path)
        elif declared["kind"] == "type_alias":
            yield from self._alias(declared, value, path, inner)
        elif not (declared.get("shortcutProperty") and not isinstance(value, dict)):
            properties, is_open = self._inherited(declared, inner)
            yield from self._properties(properties, value, path, is_open=is_open)

    def _alias(self, declared: Json, value: Json, path: str, generics: Mapping[Name, Json]) -> Iterator[Problem]:
        variants = declared.get("variants") or {}
        if variants.get("kind") == "typed_keys_quirk":
            return
        if variants.get("kind") == "internal_tag" and isinstance(value, dict):
            tag = value.get(variants["tag"], variants.get("defaultTag"))
            for one in declared["type"]["items"]:
                properties, _ = self._inherited(self._types[_name(one["type"])], {})
                if any(it["name"] == variants["tag"] and it["type"].get("value") == tag for it, _ in properties):
                    yield from self._value(one, value, path, generics)
                    return
        yield from self._value(declared["type"], value, path, generics)

    def _inherited(self, declared: Json, generics: Mapping[Name, Json]) -> tuple[list[tuple[Json, Mapping[Name, Json]]], bool]:
        """All properties with what their type parameters mean, and whether others may come too."""
        found: list[tuple[Json, Mapping[Name, Json]]] = []
        is_open = False
        while True:
            found += [(one, generics) for one in declared.get("properties") or ()]
            behaviors = [one["type"]["name"] for one in declared.get("behaviors") or ()] + list(declared.get("attachedBehaviors") or ())
            is_open |= any("AdditionalPropert" in one for one in behaviors)
            parent = declared.get("inherits")
            above = self._types.get(_name(parent["type"])) if parent else None
            if above is None:
                return found, is_open
            generics = _bind(above.get("generics"), parent.get("generics"), generics)
            declared = above

    def _properties(
        self, properties: list[tuple[Json, Mapping[Name, Json]]], value: Json, path: str, *, is_open: bool
    ) -> Iterator[Problem]:
        if not isinstance(value, dict):
            yield path, "no object"
            return
        known = {}
        for one, generics in properties:
            names = [one["name"], *(one.get("aliases") or ())]
            known.update(dict.fromkeys(names, (one, generics)))
            if one["required"] and not any(name in value for name in names):
                yield f"{path}.{one['name']}", "missing"
        for key, inner in value.items():
            if key in known:
                one, generics = known[key]
                yield from self._value(one["type"], inner, f"{path}.{key}", generics)
            elif not is_open:
                yield f"{path}.{key}", "unknown"


def _name(of: Json) -> Name:
    return of["namespace"], of["name"]


def _bind(parameters: Json, arguments: Json, outer: Mapping[Name, Json]) -> dict[Name, Json]:
    return {_name(name): (given, outer) for name, given in zip(parameters or (), arguments or (), strict=False)}


def _enum(declared: Json, value: Json, path: str) -> Iterator[Problem]:
    names = {name for member in declared["members"] for name in (member["name"], *(member.get("aliases") or ()))}
    text = str(value).lower() if isinstance(value, bool) else value if isinstance(value, str) else None
    if not declared.get("isOpen") and text not in names:
        yield path, f"{value!r} is no {declared['name']['name']}"
