"""Highlighting the hits of a page: which fields, which texts, which words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from esmock.errors import ApiError, ArrayIndexOutOfBounds, IllegalArgument
from esmock.mapping.values import raw_values
from esmock.search.highlight.fvh import fvh
from esmock.search.highlight.matches import Text, analyzed, from_units, to_units
from esmock.search.highlight.plain import plain
from esmock.search.highlight.request import DEFAULTS, HighlightRequest, Options
from esmock.search.highlight.terms import Wanted, wanted_terms
from esmock.search.highlight.unified import unified
from esmock.xcontent.java_order import hash_order

if TYPE_CHECKING:
    from esmock.search.query.base import Query
    from esmock.search.query.shard import ShardSearch
    from esmock.version import Behaviour

Json = Any
_NOT_SEEN: dict[str, tuple[str, ...]] = {
    "plain": ("interval_pattern",),
    "fvh": (
        "span_first", "span_near", "span_not", "span_or", "span_containing", "span_within", "span_multi", "field_masking_span",
        "intervals",
    ),
}
"""Queries a highlighter finds nothing in."""
_UNIFIED_OF_SEVEN = ("more_like_this",)
_HIGHLIGHTERS: dict[str, Callable[[Text, Any], list[str]]] = {"unified": unified, "plain": plain, "fvh": fvh}


@dataclass(slots=True)
class FieldWork:
    """One field to highlight.

    Attributes:
        words: the terms that are wanted; None: any may be.
        analyzer: of the values; None: each value is one term.
        gap: positions between values.
        whole_phrases: a phrase is marked as one.
        is_analyzed_anew: the index holds no offsets of the words.
    """

    options: Options
    wanted: Wanted
    words: frozenset[str] | None
    analyzer: Any
    gap: int
    encode: Callable[[str], str]
    whole_phrases: bool = False
    is_analyzed_anew: bool = True


class Highlighter:
    """Highlights the hits of one shard."""

    def __init__(self, request: HighlightRequest, query: Query | None, shard: ShardSearch) -> None:
        self.request = request
        self.query = query
        self.shard = shard
        self._wanted: dict[tuple[int, tuple[str, ...]], dict[str, Wanted]] = {}
        self._found: dict[str, tuple[str, Any, Options]] | None = None
        self._merged: dict[tuple[Any, ...], Wanted] = {}
        self._takes: dict[str, bool] = {}
        self._works: dict[str, FieldWork] = {}

    def of(self, source: Json, relative: str | None, doc: Any) -> dict[str, list[str]] | None:
        """``highlight`` of one hit.

        Args:
            source: the document's source, or a nested object's.
            relative: path of the nested object.
        """
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
        return self._found

    def _fields(self, pattern: str) -> list[tuple[str, Any]]:
        found = dict(self.shard.mapping.fields(pattern))
        if "*" not in pattern:
            return list(found.items())
        every = ((name, found[name]) for name in self.shard.mapping.names(pattern) if name in found)
        return [(name, field) for name, field in every if field.is_text or field.name in ("keyword", "text")]

    def _field(
        self, name: str, field: Any, options: Options, source: Json, relative: str | None, doc: Any, pattern: str
    ) -> list[str] | None:
        if name not in self._takes:
            self._takes[name] = self._takes_field(name, field, options, pattern)
        values = self._values(field, source, relative, doc) if self._takes[name] else None
        if not values:
            return None
        if name not in self._works:
            self._works[name] = self._work(field, options)
        work = self._works[name]
        self._check_length(name, values, doc, work)
        if work.wanted.spans:
            work = replace(work, wanted=work.wanted.with_places(doc, field.path))
            words = work.wanted.words()
        else:
            words = work.words
        if not options.post_tags or not options.pre_tags:
            raise ArrayIndexOutOfBounds("Index 0 out of bounds for length 0")
        kind = "unified" if options.type is None else options.type
        found = analyzed([to_units(value) for value in values], work.analyzer, work.gap, None if kind == "plain" else words)
        return [from_units(one) for one in _HIGHLIGHTERS[kind](found, work)]

    @staticmethod
    def _takes_field(name: str, field: Any, options: Options, pattern: str) -> bool:
        """Whether a field can be highlighted. Raises IllegalArgument."""
        kind = "unified" if options.type is None else options.type
        if kind not in _HIGHLIGHTERS:
            raise IllegalArgument(f"unknown highlighter type [{kind}] for the field [{pattern}]")
        if kind == "fvh" and not _vectors(field).startswith("with_positions_offsets"):
            if "*" in pattern:
                return False
            raise IllegalArgument(
                f"the field [{name}] should be indexed with term vector with position offsets to be used with fast vector highlighter"
            )
        return field.is_text or field.column_kind is not None or field.has("analyzer")

    def _work(self, field: Any, options: Options) -> FieldWork:
        """What is alike for all hits."""
        wanted = self._wanted_of(field, options)
        postings = field.is_text and field.get("index_options") == "offsets"
        return FieldWork(
            options,
            wanted,
            wanted.words(),
            field.index_analyzer if field.is_text else None,
            field.position_gap if field.is_text else 0,
            _ENCODERS.get(options.encoder or "default", _ENCODERS["default"]),
            whole_phrases=self.shard.behaviour.major >= 9,
            is_analyzed_anew=not postings and _vectors(field) == "no",
        )

    def _check_length(self, name: str, values: list[str], doc: Any, work: FieldWork) -> None:
        if not work.is_analyzed_anew or work.options.max_analyzed_offset is not None:
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
                values = field.column_values(raw_values(source, inner))
            except ApiError:
                continue
            shown = values if field.is_text or field.name == "keyword" else [field.format_value(value) for value in values]
            out.extend(str(value) for value in shown)
        return out

    def _wanted_of(self, field: Any, options: Options) -> Wanted:
        query = options.highlight_query or self.query
        if query is None:
            return Wanted()
        skipped = _not_seen(options.type or "unified", self.shard.behaviour)
        names = self._read_fields(options.matched_fields) if options.matched_fields and options.type == "fvh" else (field.path,)
        key = (id(query), skipped, names, options.require_field_match)
        merged = self._merged.get(key)
        if merged is not None:
            return merged
        found = self._wanted.get((id(query), skipped))
        if found is None:
            found = self._wanted[id(query), skipped] = wanted_terms(query, self.shard, skipped)
        out = self._merged[key] = Wanted()
        for path, wanted in found.items():
            if not options.require_field_match or path in names:
                out.add(wanted)
        return out

    def _read_fields(self, names: tuple[str, ...]) -> tuple[str, ...]:
        """The matched fields of which there are term vectors to read."""
        found = ((name, self.shard.mapping.field(name)) for name in names)
        return tuple(name for name, field in found if field is not None and _vectors(field).startswith("with_positions_offsets"))


def _not_seen(highlighter: str, behaviour: Behaviour) -> tuple[str, ...]:
    if highlighter == "unified" and behaviour.major < 8:
        return _UNIFIED_OF_SEVEN
    return _NOT_SEEN.get(highlighter, ())


def _vectors(field: Any) -> str:
    return str(field.get("term_vector")) if field.has("term_vector") else "no"


def _html(text: str) -> str:
    table = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#x27;", "/": "&#x2F;"}
    return "".join(table.get(char, char) for char in text)


_ENCODERS: dict[str, Callable[[str], str]] = {"default": lambda text: text, "html": _html}
