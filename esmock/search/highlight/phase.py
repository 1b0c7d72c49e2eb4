"""Highlighting the hits of a page: which fields, which texts, which words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from esmock.errors import ApiError, ArrayIndexOutOfBounds, IllegalArgument
from esmock.mapping.parameter import java_text
from esmock.mapping.values import raw_values
from esmock.search.highlight.fvh import checked_margin, fvh
from esmock.search.highlight.matches import SEPARATOR, Text, analyzed, find_matches, from_units, to_units
from esmock.search.highlight.plain import plain
from esmock.search.highlight.request import DEFAULTS, HighlightRequest, Options
from esmock.search.highlight.unified import unified
from esmock.search.highlight.work import FieldWork, Works, vectors
from esmock.xcontent.java_length import is_longer
from esmock.xcontent.java_order import hash_order

if TYPE_CHECKING:
    from esmock.search.query.base import Query
    from esmock.search.query.shard import ShardSearch

Json = Any
_BY_PATTERN = ("text", "keyword", "match_only_text")
_HIGHLIGHTERS: dict[str, Callable[[Text, Any], list[str]]] = {"unified": unified, "plain": plain, "fvh": fvh}


class Highlighter:
    """Highlights the hits of one shard."""

    def __init__(self, request: HighlightRequest, query: Query | None, shard: ShardSearch) -> None:
        self.request = request
        self.shard = shard
        self._works = Works(query, shard)
        self._found: dict[str, tuple[str, Any, Options]] | None = None
        self._takes: dict[str, bool] = {}

    def of(
        self, source: Json, relative: str | None, doc: Any, place: tuple[Any, int] | None = None
    ) -> dict[str, list[str]] | None:
        """``highlight`` of one hit.

        Args:
            source: the document's source, or a nested object's.
            relative: path of the nested object.
            place: the segment and where in it the document stands; None: every part of the query is taken to match it.
        """
        self._works.place = None if relative is not None else place
        out: dict[str, list[str]] = {}
        for name, (pattern, field, options) in self._chosen().items():
            fragments = self._field(name, field, options, source, relative, doc, pattern)
            if fragments:
                out[name] = fragments
        if not out:
            return None
        return {name: out[name] for name in hash_order(out)}

    def _chosen(self) -> dict[str, tuple[str, Any, Options]]:
        """The fields, each with the last pattern that names it."""
        if self._found is None:
            self._found = {
                name: (pattern, field, options.over(self.request.options).over(DEFAULTS))
                for pattern, options in self.request.fields
                for name, field in self._fields(pattern)
            }
            # ES: what is made for a field by the first of its names serves all of them
            first: dict[tuple[str, str], Options] = {}
            for name, (pattern, field, options) in self._found.items():
                known = first.setdefault((field.path, options.type or "unified"), options)
                self._found[name] = (pattern, field, options if known is options else options.made_with(known))
        return self._found

    def _fields(self, pattern: str) -> list[tuple[str, Any]]:
        found = dict(self.shard.mapping.fields(pattern))
        if "*" not in pattern:
            return list(found.items())
        every = ((name, found[name]) for name in self.shard.mapping.names(pattern) if name in found)
        # ES: a pattern names no more than texts and keywords
        return [(name, field) for name, field in every if field.type_name in _BY_PATTERN]

    def _field(
        self, name: str, field: Any, options: Options, source: Json, relative: str | None, doc: Any, pattern: str
    ) -> list[str] | None:
        if name not in self._takes:
            self._takes[name] = self._takes_field(name, field, options, pattern)
        values = self._values(field, source, relative, doc) if self._takes[name] else None
        if not values:
            if self._takes[name] and options.type == "fvh":
                checked_margin(options)
            return None
        work = self._works.of(name, field, options)
        kind = "unified" if options.type is None else options.type
        # ES: all values together must not be too long for a keyword
        if work.longest is not None and kind == "unified" and is_longer(SEPARATOR.join(values), work.longest):
            return None
        self._check_length(name, values, doc, work)
        work = work.of_document(doc, self._works.place and self._works.place[0])
        if not options.post_tags or not options.pre_tags:
            raise ArrayIndexOutOfBounds("Index 0 out of bounds for length 0")
        until = None if kind == "fvh" else options.max_analyzed_offset
        for other in work.unplaced:
            if self._finds(other, source, relative, doc):
                raise IllegalArgument(f"field '{field.path}' was indexed without offsets, cannot highlight")
        words = None if kind == "plain" else work.words
        found = analyzed([to_units(value) for value in values], work.analyzer, work.gap, words, until)
        return [from_units(one) for one in _HIGHLIGHTERS[kind](found, work)]

    def _finds(self, work: FieldWork, source: Json, relative: str | None, doc: Any) -> bool:
        """Whether the words that are wanted stand in the field itself."""
        field, work = self.shard.mapping.field(work.path), work.of_document(doc, None)
        values = [] if field is None else self._values(field, source, relative, doc)
        return bool(values and find_matches(analyzed(values, work.analyzer, work.gap), replace(work.wanted, patterns=[])))

    def _takes_field(self, name: str, field: Any, options: Options, pattern: str) -> bool:
        """Whether a field can be highlighted. Raises IllegalArgument."""
        kind = "unified" if options.type is None else options.type
        if kind not in _HIGHLIGHTERS:
            raise IllegalArgument(f"unknown highlighter type [{kind}] for the field [{pattern}]")
        if kind == "unified" and options.matched_fields and not options.require_field_match and self.shard.behaviour.has((8, 12)):
            raise IllegalArgument("Matched fields are not supported when [require_field_match] is set to [false]")
        if kind == "fvh" and not vectors(field).startswith("with_positions_offsets"):
            if "*" in pattern:
                return False
            raise IllegalArgument(
                f"the field [{name}] should be indexed with term vector with position offsets to be used with fast vector highlighter"
            )
        return field.is_text or field.column_kind is not None or field.has("analyzer")

    def _check_length(self, name: str, values: list[str], doc: Any, work: FieldWork) -> None:
        if work.source != "analysis" or work.options.max_analyzed_offset is not None:
            return
        limit = int(self.shard.settings.get("index.highlight.max_analyzed_offset", 1_000_000))
        if sum(map(len, values)) + len(values) - 1 <= limit:
            return
        raise IllegalArgument(
            f"The length of [{name}] field of [{doc.doc_id}] doc of [{self.shard.index}] index has exceeded [{limit}] - maximum allowed "
            "to be analyzed for highlighting. This maximum can be set by changing the [index.highlight.max_analyzed_offset] index "
            "level setting. For large texts, indexing with offsets or term vectors is recommended!"
        )

    def _values(self, field: Any, source: Json, relative: str | None, doc: Any) -> list[str]:
        if not (doc.mapping.source_enabled or field.is_stored):
            return []
        path = field.source_path
        paths = [path, *self.shard.mapping.copied_from.get(path, ())] if field.is_stored else [path]
        out: list[str] = []
        for one in paths:
            inner = one
            if relative is not None:
                if not one.startswith(relative + "."):
                    continue
                inner = one[len(relative) + 1 :]
            try:
                values = raw_values(source, inner)
                values = [java_text(value) for value in values] if self._works.shows_as_given(field) else field.column_values(values)
            except ApiError:
                continue
            shown = values if field.is_text or field.name == "keyword" else [field.format_value(value) for value in values]
            out.extend(str(value) for value in shown)
        return out
