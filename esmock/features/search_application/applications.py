"""Search applications: indices under a name, with a template by which they are searched.

Source: the classes SearchApplication, SearchApplicationIndexService and SearchApplicationTemplate, and the makers' YAML tests.
Differs: they are in no index; the schema of a template's parameters is looked at as far as types, enumerations, required and
additional ones go.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from esmock.errors import IllegalArgument, IndexNotFound, ResourceNotFound, Validation, VersionConflictEngine
from esmock.state.alias_actions import AliasAction, apply

if TYPE_CHECKING:
    from esmock.script.script import Script
    from esmock.state.cluster import Cluster

Json = Any
SLOT = "search_applications"
_INDEX = ".search-app-1"
_JSON = "application/json;charset=utf-8"
_DEFAULT_SOURCE = """{
  "query": {
    "query_string": {
        "query": "{{query_string}}",
        "default_field": "{{default_field}}"
        }
    }
}
"""
DEFAULT_WARNING = (
    "Using default search application template which is subject to change. We recommend storing a template to avoid breaking changes."
)
_TYPES: Mapping[str, type | tuple[type, ...]] = {
    "string": str,
    "integer": int,
    "number": (int, float),
    "boolean": bool,
    "array": list,
    "object": dict,
    "null": type(None),
}


@dataclass(frozen=True, slots=True)
class Template:
    """How an application is searched.

    Args:
        dictionary: a schema of its parameters; None: any will do.
    """

    script: Script
    dictionary: Json = None

    def body(self) -> dict[str, Json]:
        """As it is printed."""
        script = self.script.to_json()
        if self.script.options:
            script |= {"source": json.loads(self.script.id_or_code), "options": {"content_type": _JSON}}
        out: dict[str, Json] = {"script": script}
        return out if self.dictionary is None else {**out, "dictionary": self.dictionary}

    def parameters(self, given: Mapping[str, Json]) -> dict[str, Json]:
        """Those of the script with what a request gives over them. Raises Validation."""
        faults = list(_faults(self.dictionary or {}, given))
        if faults:
            raise Validation(*faults)
        return {**self.script.params, **given}


def check_dictionary(schema: Json) -> None:
    """Refuse a schema that is none. Raises Validation."""
    for name, one in (schema.get("properties") or {}).items():
        kind = one.get("type") if isinstance(one, dict) else None
        if kind is not None and not set(kind if isinstance(kind, list) else [kind]) <= set(_TYPES):
            raise Validation(f"$.properties.{name}.type: does not have a value in the enumeration [{', '.join(sorted(_TYPES))}]")


def _faults(schema: Mapping[str, Json], given: Mapping[str, Json]) -> list[str]:
    properties = schema.get("properties") or {}
    out = [f"$.{name}: is missing but it is required" for name in schema.get("required") or () if name not in given]
    if schema.get("additionalProperties") is False:
        out += [
            f"$.{name}: is not defined in the schema and the schema does not allow additional properties"
            for name in given
            if name not in properties
        ]
    for name, value in given.items():
        one = properties.get(name)
        if isinstance(one, dict):
            out += _value_faults(name, one, value)
    return out


def _value_faults(name: str, schema: Mapping[str, Json], value: Json) -> list[str]:
    kind = schema.get("type")
    kinds = kind if isinstance(kind, list) else [kind] if kind is not None else []
    out = []
    if kinds and not any(_is_of(one, value) for one in kinds):
        found = next((one for one in _TYPES if _is_of(one, value)), "unknown")
        out.append(f"$.{name}: {found} found, {', '.join(kinds)} expected")
    if "enum" in schema and value not in schema["enum"]:
        out.append(f"$.{name}: does not have a value in the enumeration [{', '.join(map(str, schema['enum']))}]")
    return out


def _is_of(kind: str, value: Json) -> bool:
    return isinstance(value, _TYPES[kind]) and (kind == "boolean" or not isinstance(value, bool))


def default_template() -> Template:
    """That of an application without one."""
    from esmock.script.script import Script

    return Template(Script(_DEFAULT_SOURCE, "mustache", params={"query_string": "*", "default_field": "*"}))


@dataclass(frozen=True, slots=True)
class SearchApplication:
    """An application.

    Args:
        template: None: the default one.
    """

    name: str
    indices: tuple[str, ...]
    updated_ms: int
    analytics: str | None = None
    template: Template | None = None

    def item(self) -> dict[str, Json]:
        """As a list prints it."""
        out: dict[str, Json] = {"name": self.name, "indices": list(self.indices)}
        if self.analytics is not None:
            out["analytics_collection_name"] = self.analytics
        return out

    def body(self) -> dict[str, Json]:
        """As it is printed alone."""
        template = self.template or default_template()
        return {**self.item(), "updated_at_millis": self.updated_ms, "template": template.body()}

    def rendered(self, cluster: Cluster, given: Mapping[str, Json]) -> Json:
        """The search that some parameters make. Raises Validation, IllegalArgument."""
        from esmock.script.stored import script_service

        template = self.template or default_template()
        compiled = script_service(cluster).compile(template.script, "template")
        text = str(compiled.run(params=template.parameters(given)))
        try:
            return json.loads(text)
        except ValueError:
            raise IllegalArgument(f"Failed to render query: {text}") from None


@dataclass(slots=True)
class SearchApplications:
    """The slot ``search_applications`` of a cluster; ``collections`` are the names of those of what users do."""

    applications: dict[str, SearchApplication] = field(default_factory=dict)
    collections: set[str] = field(default_factory=set)

    def clone(self, cluster: Cluster) -> SearchApplications:
        return SearchApplications(dict(self.applications), set(self.collections))

    def put(self, cluster: Cluster, one: SearchApplication, *, create: bool) -> bool:
        """Store an application and point its alias; whether it is new. Raises VersionConflictEngine, IllegalArgument."""
        is_new = one.name not in self.applications
        if create and not is_new:
            raise VersionConflictEngine(
                f"[{one.name}]: version conflict, document already exists (current version [1])",
                metadata={"index": _INDEX, "shard": "0"},
            )
        self._point(cluster, one.name, one.indices)
        self.applications[one.name] = one
        return is_new

    def _point(self, cluster: Cluster, alias: str, indices: tuple[str, ...]) -> None:
        holders = [index.name for index in cluster.aliases().get(alias, ())]
        gone = [AliasAction("remove", [name], [alias]) for name in holders if name not in indices]
        try:
            apply(cluster, [*(AliasAction("add", [name], [alias]) for name in indices), *gone], lambda name, body, bearer: None)
        except IndexNotFound as error:
            raise IllegalArgument(error.reason, cause=error) from None

    def one(self, name: str) -> SearchApplication:
        """Raises ResourceNotFound."""
        found = self.applications.get(name)
        if found is None:
            raise ResourceNotFound(name)
        return found

    def delete(self, cluster: Cluster, name: str) -> None:
        """Forget an application and its alias. Raises ResourceNotFound."""
        self.one(name)
        self._point(cluster, name, ())
        del self.applications[name]


def search_applications(cluster: Cluster) -> SearchApplications:
    """The cluster's search applications."""
    found: SearchApplications = cluster.slot(SLOT, SearchApplications)
    return found
