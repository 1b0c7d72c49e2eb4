"""Runtime fields as mappings and searches declare them. Docs: runtime-mapping-fields (from 7.11).

Source: recordings of 8.19.21.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from esmock.errors import ElasticsearchParse, IllegalArgument, MapperParsing, Unsupported
from esmock.mapping.lookup import Lookup, read_lookup, shown_lookup

Json = Any
TYPES = ("boolean", "composite", "date", "double", "geo_point", "ip", "keyword", "long", "lookup")


@dataclass(frozen=True, slots=True)
class RuntimeField:
    """
    Args:
        name: full name.
        type: one of ``TYPES``; of a part of a composite field its own.
        script: what emits the values, as given; None: they are read from the source.
        options: further parameters of the field's type (``format``).
        part: the key under which a composite script emits this field.
        lookup: what a field of type ``lookup`` asks of another index.
    """

    name: str
    type: str
    script: Json = None
    options: Mapping[str, Json] | None = None
    part: str | None = None
    lookup: Lookup | None = None


def parse_runtime_fields(body: Json) -> dict[str, RuntimeField]:
    """Read ``runtime`` of a mapping or ``runtime_mappings`` of a search; null leaves a field out.

    Raises:
        MapperParsing, IllegalArgument: definitions that cannot be read.
        Unsupported: ``on_script_error``.
    """
    out: dict[str, RuntimeField] = {}
    for name, node in body.items():
        if node is None:
            continue
        if not isinstance(node, dict):
            from esmock.mapping.parameter import java_class

            raise MapperParsing(f"Expected map for runtime field [{name}] definition but got a {java_class(node)}")
        for one in _parse_field(name, dict(node)):
            out[one.name] = one
    return out


def _parse_field(name: str, node: dict[str, Json]) -> Iterable[RuntimeField]:
    kind = node.pop("type", None)
    if kind is None:
        raise MapperParsing(f"No type specified for runtime field [{name}]")
    if kind not in TYPES:
        raise MapperParsing(
            f"The mapper type [{kind}] declared on runtime field [{name}] does not exist. It might have been created within a "
            "future version or requires a plugin to be installed. Check the documentation."
        )
    if kind == "lookup":
        found = RuntimeField(name, kind, lookup=read_lookup(node))
        _refuse_unknown(name, kind, node)
        return [found]
    if node.pop("on_script_error", "fail") != "fail":
        raise Unsupported("the option [on_script_error] of runtime fields")
    script = node.pop("script", None)
    node.pop("meta", None)
    parts = node.pop("fields", None) if kind == "composite" else None
    known = ("format", "locale") if kind == "date" else ()
    options = {key: node.pop(key) for key in known if key in node}
    _refuse_unknown(name, kind, node)
    if kind != "composite":
        return [RuntimeField(name, kind, script, options)]
    if script is None:
        raise IllegalArgument(f"composite runtime field [{name}] must declare a [script]")
    if not parts:
        raise IllegalArgument(f"composite runtime field [{name}] must declare its [fields]")
    split = []
    for part, inner in parts.items():
        for one in _parse_field(f"{name}.{part}", dict(inner)):
            if one.script is not None:
                raise IllegalArgument(f"Cannot use [script] parameter on sub-field [{part}] of composite field [{name}]")
            split.append(replace(one, script=script, part=part))
    return split


def _refuse_unknown(name: str, kind: str, node: dict[str, Json]) -> None:
    if node:
        raise MapperParsing(f"unknown parameter [{next(iter(node))}] on runtime field [{name}] of type [{kind}]")


def read_runtime(body: Json) -> dict[str, Json]:
    """The section ``runtime`` of a mapping: definitions as they are shown, and null for those to be taken away.

    Raises:
        ElasticsearchParse: it is no object; otherwise as ``parse_runtime_fields``.
    """
    if not isinstance(body, dict):
        raise ElasticsearchParse("runtime must be a map type")
    parse_runtime_fields(body)
    return {name: None if node is None else _shown(node) for name, node in body.items()}


def _shown(node: dict[str, Json]) -> dict[str, Json]:
    out: dict[str, Json] = {"type": node["type"]}
    if node["type"] == "lookup":
        return out | shown_lookup(node)
    for key, value in node.items():
        if key == "script" and value is not None:
            out[key] = _shown_script(value)
        elif key != "type" and value is not None:
            out[key] = value
    return out


def _shown_script(value: Json) -> Json:
    if isinstance(value, str):
        return {"source": value, "lang": "painless"}
    names = ("id",) if "id" in value else ("source", "lang")
    out = {name: value.get(name, "painless" if name == "lang" else None) for name in names}
    return out | ({"params": value["params"]} if value.get("params") else {})
