"""Sorting by the value of a script. Docs: sort-search-results. Source: recordings of 7.10.2."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from esmock.errors import IllegalArgument
from esmock.search.query.base import ParseContext, QueryReading
from esmock.search.sort import NESTED, Sort, read_mode, read_order
from esmock.search.sort_key import SortKey
from esmock.search.sort_values import counted_objects, of_roots, reduced
from esmock.store.column import Column, utf8_order
from esmock.xcontent import object_parser as parsing
from esmock.xcontent.object_parser import Parser
from esmock.xcontent.value_reader import Key, Reading

if TYPE_CHECKING:
    from esmock.script.script import Script
    from esmock.search.query.shard import ShardSearch

Json = Any
_NO_NUMBER = np.finfo(np.float64).max
"""What a document without nested objects is sorted by, whatever the order."""
_CONTEXTS = {"number": "number_sort", "string": "string_sort"}


@dataclass(frozen=True, slots=True, eq=False)
class ScriptValues:
    """What a script gives for each document: numbers or texts by ``type``."""

    script: Script
    type: str

    def key(self, sort: Sort, shard: ShardSearch) -> ScriptSortKey:
        """The bound key. Raises what compiling raises."""
        return ScriptSortKey(sort, shard)


class ScriptSortKey(SortKey):
    """A sort key that is computed for the documents that match, and for no others."""

    def __init__(self, sort: Sort, shard: ShardSearch) -> None:
        from esmock.search.doc_lookup import ScriptRunner, compile_script

        super().__init__(sort, shard)
        if self.nested_levels:
            self._check_mode()
        values: ScriptValues = sort.values
        self.kind = "double" if values.type == "number" else "string"
        compiled = compile_script(shard, values.script, _CONTEXTS[values.type])
        self._runner = ScriptRunner(shard, compiled, values.script.params)
        self._found: dict[int, np.ndarray] = {}
        self._terms: list[str] = []

    def prepare(self, leaves: list[tuple[Any, np.ndarray, np.ndarray | None]]) -> None:
        """Compute the values. Raises ApiError: what the script throws."""
        for leaf, docs, scores in leaves:
            wanted = np.zeros(leaf.segment.n_docs, bool)
            wanted[docs] = True
            # ES: a script that asks for the score does not make it computed
            known = np.zeros(leaf.segment.n_docs, np.float32) if scores is None else scores
            self._found[id(leaf.segment)] = self._values_of(leaf.segment, wanted, known)
        if self.kind == "string":
            texts = {text for found in self._found.values() for text in found.tolist()} - {None}
            self._terms = sorted(texts, key=utf8_order)

    def _values_of(self, segment: Any, wanted: np.ndarray, scores: np.ndarray) -> np.ndarray:
        """float64[n_docs] or object[n_docs]: what the script gives, of nested objects reduced to one value."""
        run = self._runner.values if self.kind == "double" else self._runner.texts
        if not self.nested_levels:
            return run(segment, wanted, scores)
        view = segment.nested(self.sort.nested_path)
        roots = view.root_docs()
        counted = counted_objects(view, self) & wanted[roots]
        given = run(view, counted, scores[roots])
        terms: list[str] | None = None
        if self.kind == "string":
            terms = sorted(set(given[counted].tolist()), key=utf8_order)
            places = {term: at for at, term in enumerate(terms)}
            given = np.array([places.get(text, 0) for text in given.tolist()], np.int64)
        single = Column(given, np.arange(view.n_docs + 1), terms, None, True)
        has, found = reduced(of_roots(single, view, counted), self.sort.mode or ("max" if self.sort.descending else "min"))
        if terms is None:
            return np.where(has, found, _NO_NUMBER)
        return np.array([terms[at] if there else None for there, at in zip(has.tolist(), found.tolist(), strict=True)], object)

    def dictionary(self) -> list[str]:
        return self._terms

    def keys(self, segment: Any, docs: np.ndarray, scores: np.ndarray | None, base: int) -> np.ndarray:
        found = self._found[id(segment)][docs]
        if self.kind == "string":
            places = {term: 2 * at + 1 for at, term in enumerate(self._terms)}
            missing = self.missing_place()
            found = np.array([places.get(text, missing) for text in found.tolist()], np.int64)
        if not self.sort.descending:
            return found
        # ES: NaN is the greatest number
        return -found if self.kind == "string" else np.where(np.isnan(found), -np.inf, np.maximum(-found, -sys.float_info.max))

    def raw(self, segment: Any, doc: int, score: float | None, base: int) -> Any:
        value = self._found[id(segment)][doc]
        return value if self.kind == "string" else float(value)


def script_sort(holder: Json, key: Key, ctx: ParseContext) -> Sort:
    """Read ``_script``. Raises XContentParse, IllegalArgument."""
    found: Sort = _PARSER.read(holder, key, QueryReading.of(ctx))
    return found


def _build(given: dict[str, Any]) -> Sort:
    descending = given.get("order") == "desc"
    if given["type"] == "string" and given.get("mode") in ("sum", "avg", "median"):
        raise IllegalArgument(f"script sort of type [string] doesn't support mode [{given['mode']}]")
    nested = {**{key: given[key] for key in given if key.startswith("nested_")}, **given.get("nested", {})}
    return Sort("_script", descending, mode=given.get("mode"), values=ScriptValues(given["script"], given["type"]), **nested)


def _script(holder: Json, key: Key, reading: Reading) -> Script:
    from esmock.script.script import Script

    return Script.parse(holder, key, reading)


def _type(holder: Json, key: Key, reading: Reading) -> str:
    name: str = holder[key]
    if name.lower() not in _CONTEXTS:
        raise IllegalArgument(f"Unknown ScriptSortType [{name}]")
    return name.lower()


def _mode(holder: Json, key: Key, reading: Reading) -> str:
    name: str = holder[key]
    if read_mode(name) in ("sum", "avg", "median") and holder.get("type") == "string":
        raise IllegalArgument(f"script sort of type [string] doesn't support mode [{name.lower()}]")
    return name.lower()


_PARSER = Parser(
    "_script",
    parsing.custom("script", ("START_OBJECT", "VALUE_STRING"), _script, required=True),
    parsing.custom("type", ("VALUE_STRING",), _type, required=True),
    parsing.custom("order", ("VALUE_STRING",), lambda holder, key, _: read_order(holder[key]), argument=True),
    parsing.custom("mode", ("VALUE_STRING",), _mode, argument=True),
    *NESTED,
    build=_build,
)
