"""``script_fields``: values that a script computes for each hit. Docs: search-fields.

Source: recordings of 7.10.2.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from esmock.errors import ApiError, IllegalArgument, NullPointer, Parsing, UnsupportedOperation
from esmock.xcontent.located import at_value, token
from esmock.xcontent.value_reader import Reading

if TYPE_CHECKING:
    from esmock.script.script import Script
    from esmock.search.query.shard import ShardSearch
    from esmock.search.request import SearchRequest

Json = Any


@dataclass(frozen=True, slots=True)
class ScriptField:
    """One entry; ``script`` is None where the entry named none, which only running it refuses."""

    name: str
    script: Script | None
    ignore_failure: bool = False


def parse_script_fields(request: SearchRequest, body: Json, key: str) -> None:
    """Read ``script_fields``. Raises Parsing, IllegalArgument."""
    value = body[key]
    request.script_fields = [_entry(request, value, name) for name in value]


def _entry(request: SearchRequest, holder: Json, name: str) -> ScriptField:
    from esmock.script.script import Script
    from esmock.search.query.parse import boolean_value

    node = holder[name]
    if not isinstance(node, dict):
        raise Parsing(f"Expected [START_OBJECT] in [{name}] but found [{token(node)}]", at_value(holder, name))
    script, ignore = None, False
    for key in node:
        if key == "script" and node[key] is not None and not isinstance(node[key], list):
            script = Script.parse(node, key, Reading(request.behaviour, request.warn))
        elif key == "ignore_failure" and not isinstance(node[key], dict | list):
            ignore = boolean_value(node, key)
        else:
            raise Parsing(f"Unknown key for a {token(node[key])} in [{key}].", at_value(node, key))
    return ScriptField(name, script, ignore)


class FieldScripts:
    """The script fields of a request, compiled for a shard.

    Raises:
        ApiError: what compiling raises; IllegalArgument for more than ``index.max_script_fields``.
    """

    def __init__(self, wanted: list[ScriptField], shard: ShardSearch) -> None:
        from esmock.search.doc_lookup import compile_script

        limit = int(shard.settings.get("index.max_script_fields", 32))
        if len(wanted) > limit:
            raise IllegalArgument(
                f"Trying to retrieve too many script_fields. Must be less than or equal to: [{limit}] but was "
                f"[{len(wanted)}]. This limit can be set by changing the [index.max_script_fields] index level setting."
            )
        self._shard = shard
        self._segments: dict[int, _Segment] = {}
        self._compiled = []
        for one in wanted:
            if one.script is None:
                raise NullPointer(None)
            self._compiled.append((one, compile_script(shard, one.script, "field")))

    def of(self, segment: Any, doc: int) -> dict[str, list[Json]]:
        """The values for one document by field. Raises ApiError: what a script throws, unless it ignores failures."""
        out: dict[str, list[Json]] = {}
        for wanted, compiled in self._compiled:
            try:
                value = self._value(wanted, compiled, segment, doc)
            except ApiError:
                if wanted.ignore_failure:
                    continue
                raise
            out[wanted.name] = value if isinstance(value, list) else [value]
        return out

    def _value(self, wanted: ScriptField, compiled: Any, segment: Any, doc: int) -> Json:
        state = self._segments.get(id(segment))
        if state is None:
            state = self._segments[id(segment)] = _Segment(self._shard, segment)
        params = {} if wanted.script is None else wanted.script.params
        return state.number(compiled, params, doc) if hasattr(compiled, "bind") else state.value(compiled, params, doc)


class _Segment:
    """What the scripts of one segment share."""

    def __init__(self, shard: ShardSearch, segment: Any) -> None:
        from esmock.script.doc_values import Doc
        from esmock.search.doc_lookup import SegmentDocs

        self._segment = segment
        self._lookup = SegmentDocs(shard, segment)
        self._fields = Doc(self._lookup)
        self._numbers: dict[int, Any] = {}

    def number(self, compiled: Any, params: dict[str, Json], doc: int) -> float:
        """An expression's value; it is evaluated for all documents at once."""
        found = self._numbers.get(id(compiled))
        if found is None:
            import numpy as np

            values = np.asarray(compiled.bind(self._lookup, params)(), dtype=float)
            found = self._numbers[id(compiled)] = np.broadcast_to(values, self._segment.n_docs)
        return float(found[doc])

    def value(self, compiled: Any, params: dict[str, Json], doc: int) -> Json:
        """A Painless script's value as an answer prints it."""
        from esmock.script.painless.runtime.values import JavaArray
        from esmock.script.search_params import SearchParams

        self._fields.doc = doc
        given = SearchParams(params, self._fields, "field")
        found = compiled.run(doc=self._fields, params=given)
        # ES: the values of a collection are the field's, an array is one value
        return [shown(found)] if isinstance(found, JavaArray) else shown(found)


def shown(value: Any) -> Json:
    """A script's value as an answer prints it. Raises IllegalArgument for objects that no answer can hold."""
    from esmock.script.doc_values import Doc, GeoPoint
    from esmock.script.painless.runtime.containers import elements
    from esmock.script.search_params import FieldLookup, SearchParams, StoredFields
    from esmock.script.tree import from_script

    if isinstance(value, SearchParams | Doc | StoredFields):
        raise UnsupportedOperation(None)
    if isinstance(value, FieldLookup):
        raise IllegalArgument(f"cannot write xcontent for unknown value of type class {value.java_class}")
    if isinstance(value, GeoPoint):
        return {"lat": value.lat, "lon": value.lon}
    if isinstance(value, bytes):
        return base64.b64encode(value).decode("ascii")
    found = None if isinstance(value, str) else elements(value)
    if found is not None:
        return [shown(one) for one in found]
    if isinstance(value, dict):
        return {name: shown(one) for name, one in from_script_items(value)}
    return from_script(value)


def from_script_items(value: dict[Any, Any]) -> list[tuple[str, Any]]:
    """A map's entries in Java's order, with the names as text."""
    from esmock.script.painless.runtime.values import map_keys, to_text

    return [(to_text(key), value[key]) for key in map_keys(value)]
