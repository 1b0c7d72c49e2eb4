"""Highlighting the hits of a page: which fields, which texts, which words."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from esmock.analysis.token import is_longer
from esmock.errors import ApiError, ArrayIndexOutOfBounds, IllegalArgument
from esmock.mapping.parameter import java_text
from esmock.mapping.values import raw_values
from esmock.search.highlight.fvh import checked_margin, fvh
from esmock.search.highlight.matches import SEPARATOR, Text, WholeValue, analyzed, from_units, to_units
from esmock.search.highlight.plain import plain
from esmock.search.highlight.request import DEFAULTS, HighlightRequest, Options
from esmock.search.highlight.sight import sight_of
from esmock.search.highlight.terms import holds_nested, numbered, terms_of_patterns, wanted_terms
from esmock.search.highlight.unified import unified
from esmock.search.highlight.wanted import Wanted
from esmock.search.query.base import Query
from esmock.search.retriever.ranked import Ranked
from esmock.xcontent.java_order import hash_order

if TYPE_CHECKING:
    from esmock.search.query.shard import ShardSearch

Json = Any
_NO_NUMBERS: Mapping[Any, int] = MappingProxyType({})
_BY_PATTERN = ("text", "keyword", "match_only_text")
_HIGHLIGHTERS: dict[str, Callable[[Text, Any], list[str]]] = {"unified": unified, "plain": plain, "fvh": fvh}


@dataclass(slots=True)
class FieldWork:
    """One field to highlight.

    Attributes:
        words: the terms that are wanted; None: any may be.
        analyzer: of the values; ``WholeValue`` for what is not text.
        longest: values that are longer are not looked through.
        gap: positions between values.
        whole_phrases: a phrase is marked as one, where the query finds it.
        is_late: passages are those of 8.x.
        numbers: of terms and phrases, which tell their tags.
        is_analyzed_anew: the index holds no offsets of the words.
        is_stored_term: values are read from where the index stores its terms.
    """

    path: str
    options: Options
    wanted: Wanted
    words: frozenset[str] | None
    analyzer: Any
    gap: int
    encode: Callable[[str], str]
    whole_phrases: bool = False
    is_late: bool = False
    numbers: Mapping[Any, int] = dataclasses.field(default_factory=lambda: _NO_NUMBERS)
    is_analyzed_anew: bool = True
    is_stored_term: bool = False
    longest: int | None = None


class Highlighter:
    """Highlights the hits of one shard."""

    def __init__(self, request: HighlightRequest, query: Query | None, shard: ShardSearch) -> None:
        self.request = request
        self.query = query
        self.shard = shard
        self._wanted: dict[tuple[Any, ...], dict[str, Wanted]] = {}
        self._found: dict[str, tuple[str, Any, Options]] | None = None
        self._merged: dict[tuple[Any, ...], Wanted] = {}
        self._takes: dict[str, bool] = {}
        self._works: dict[str, FieldWork] = {}
        self._place: tuple[Any, int] | None = None
        self._masks: dict[tuple[int, int], Any] = {}
        self._asked = False

    def of(
        self, source: Json, relative: str | None, doc: Any, place: tuple[Any, int] | None = None
    ) -> dict[str, list[str]] | None:
        """``highlight`` of one hit.

        Args:
            source: the document's source, or a nested object's.
            relative: path of the nested object.
            place: the segment and where in it the document stands; None: every part of the query is taken to match it.
        """
        self._place = None if relative is not None else place
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
        work = self._works.get(name) or self._work(name, field, options)
        kind = "unified" if options.type is None else options.type
        # ES: all values together must not be too long for a keyword
        if work.longest is not None and kind == "unified" and is_longer(SEPARATOR.join(values), work.longest):
            return None
        self._check_length(name, values, doc, work)
        if work.wanted.asks_document:
            work = replace(work, wanted=work.wanted.of_document(doc, field.path, own_only=bool(options.require_field_match)))
            words = work.wanted.words()
        else:
            words = work.words
        if not options.post_tags or not options.pre_tags:
            raise ArrayIndexOutOfBounds("Index 0 out of bounds for length 0")
        until = None if kind == "fvh" else options.max_analyzed_offset
        wanted = None if kind == "plain" else words
        found = analyzed([to_units(value) for value in values], work.analyzer, work.gap, wanted, until)
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

    def _work(self, name: str, field: Any, options: Options) -> FieldWork:
        """What there is to do for a field; kept where it is alike for all hits."""
        self._asked = False
        weighs = self._weighs(options)
        wanted = self._wanted_of(field, options, weighs=weighs)
        postings = field.is_text and field.get("index_options") == "offsets"
        kind = options.type or "unified"
        is_given = self._shows_as_given(field)
        work = FieldWork(
            field.path,
            options,
            wanted,
            wanted.words(),
            field.index_analyzer if field.is_text else WholeValue(field.normalized) if is_given else WholeValue(),
            field.position_gap if field.is_text else 0,
            _ENCODERS.get(options.encoder or "default", _ENCODERS["default"]),
            whole_phrases=weighs,
            is_late=self.shard.behaviour.major >= 8,
            numbers=self._numbers(field, options) if kind == "fvh" and len(options.pre_tags or ()) > 1 else _NO_NUMBERS,
            is_stored_term=field.name == "keyword" and field.is_stored,
            is_analyzed_anew=not postings and _vectors(field) == "no",
            longest=field.ignore_above if is_given else None,
        )
        if not self._asked:
            self._works[name] = work
        return work

    def _numbers(self, field: Any, options: Options) -> dict[Any, int]:
        """The place of each term and phrase among those of the query; of a term on several fields the last one counts."""
        query = options.highlight_query or self.query
        if query is None:
            return {}
        names = self._names(field, options)
        places = enumerate(dict.fromkeys(numbered(query, self.shard, sight_of("fvh", self.shard.behaviour))))
        return {key: place for place, (path, key) in places if not options.require_field_match or path in names}

    def _weighs(self, options: Options) -> bool:
        """Whether a field shows what the query finds in the document, and not all of its terms (8.10)."""
        is_wanted = str(self.shard.settings.get("index.highlight.weight_matches_mode.enabled", "true")) == "true"
        is_unified = options.type in (None, "unified")
        # ES: ranked documents tell nothing of why they are found
        is_told = options.highlight_query is not None or not isinstance(self.query, Ranked)
        if not (is_unified and is_wanted and is_told and options.require_field_match and self.shard.behaviour.has((8, 10))):
            return False
        query = options.highlight_query or self.query
        return query is None or not holds_nested(query)

    def _holds(self, part: Any) -> bool:
        """Whether a part of the query matches the document."""
        self._asked = True
        if self._place is None:
            return True
        segment, at = self._place
        if not isinstance(part, Query):
            return bool(part.match(segment).match[at])
        key = (id(part), id(segment))
        if key not in self._masks:
            self._masks[key] = part.bind(replace(self.shard, named={}, inner_hits={}), True).match(segment).match
        return bool(self._masks[key][at])

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
                values = raw_values(source, inner)
                values = [java_text(value) for value in values] if self._shows_as_given(field) else field.column_values(values)
            except ApiError:
                continue
            shown = values if field.is_text or field.name == "keyword" else [field.format_value(value) for value in values]
            out.extend(str(value) for value in shown)
        return out

    def _shows_as_given(self, field: Any) -> bool:
        return bool(self.shard.behaviour.keywords_highlighted_as_given and field.name == "keyword")

    def _wanted_of(self, field: Any, options: Options, *, weighs: bool) -> Wanted:
        query = options.highlight_query or self.query
        if query is None:
            return Wanted()
        kind = options.type or "unified"
        names = self._names(field, options)
        key = (id(query), kind, weighs, names, options.require_field_match)
        merged = self._merged.get(key)
        if merged is not None:
            return merged
        found = self._wanted.get(key[:3])
        if found is None:
            found = wanted_terms(query, self.shard, sight_of(kind, self.shard.behaviour, self._holds if weighs else None))
        out = Wanted()
        for path, wanted in found.items():
            if not options.require_field_match and kind == "fvh" and wanted.patterns:
                # ES: patterns become the terms of their own field, which are looked for in this one
                terms = dict.fromkeys(terms_of_patterns(wanted, path, self.shard), 1.0)
                wanted = replace(wanted, terms=terms | wanted.terms, patterns=[])
            if not options.require_field_match or path in names:
                out.add(wanted)
        if out.loose:
            out.settle(None if kind == "unified" else names if options.require_field_match else found)
        if not self._asked:
            self._wanted[key[:3]], self._merged[key] = found, out
        return out

    def _names(self, field: Any, options: Options) -> tuple[str, ...]:
        """The fields whose terms count."""
        return self._read_fields(options.matched_fields) if options.matched_fields and options.type == "fvh" else (field.path,)

    def _read_fields(self, names: tuple[str, ...]) -> tuple[str, ...]:
        """The matched fields of which there are term vectors to read."""
        found = ((name, self.shard.mapping.field(name)) for name in names)
        return tuple(name for name, field in found if field is not None and _vectors(field).startswith("with_positions_offsets"))


def _vectors(field: Any) -> str:
    return str(field.get("term_vector")) if field.has("term_vector") else "no"


def _html(text: str) -> str:
    table = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#x27;", "/": "&#x2F;"}
    return "".join(table.get(char, char) for char in text)


_ENCODERS: dict[str, Callable[[str], str]] = {"default": lambda text: text, "html": _html}
