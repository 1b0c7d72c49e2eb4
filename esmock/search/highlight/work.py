"""What there is to do for a field of the hits of a shard: which words are looked for, and how its values are read."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from esmock.search.highlight.matches import WholeValue
from esmock.search.highlight.request import Options
from esmock.search.highlight.sight import sight_of
from esmock.search.highlight.terms import holds_nested, numbered, terms_of_patterns, wanted_terms
from esmock.search.highlight.wanted import Holder, Wanted
from esmock.search.query.base import Query
from esmock.search.query.refusals import noting
from esmock.search.retriever.ranked import Ranked

if TYPE_CHECKING:
    from esmock.search.query.shard import ShardSearch

_NO_NUMBERS: Mapping[Any, int] = MappingProxyType({})


@dataclass(slots=True)
class FieldWork:
    """One field to highlight.

    Attributes:
        words: the terms that are wanted; None: any may be.
        analyzer: of the values; ``WholeValue`` for what is not text.
        longest: values that are longer are not looked through.
        others: the matched fields, which read the same values.
        unplaced: the matched fields of which the index has the words and no places, where the field's are in the index.
        gap: positions between values.
        whole_phrases: a phrase is marked as one, where the query finds it.
        is_late: passages are those of 8.x.
        numbers: of terms and phrases, which tell their tags.
        source: from where the places of the words are read.
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
    source: str = "analysis"
    is_stored_term: bool = False
    longest: int | None = None
    others: tuple[FieldWork, ...] = ()
    unplaced: tuple[FieldWork, ...] = ()

    def of_document(self, doc: Any, segment: Any) -> FieldWork:
        """The same for a document of a segment, where it depends on that."""
        if not self.wanted.asks_document and not self.others:
            return self
        wanted = self.wanted
        if wanted.asks_document:
            # ES: beside the document's field, whose words may be its own, stands the segment where the query is held against it
            is_unified = self.options.type in (None, "unified")
            holder = Holder(doc, self.path, segment if self.whole_phrases else None, self.source == "postings", is_unified)
            wanted = wanted.of_document(holder, own_only=bool(self.options.require_field_match))
        return replace(self, wanted=wanted, words=wanted.words(), others=tuple(one.of_document(doc, segment) for one in self.others))


class Works:
    """Makes and keeps what there is to do.

    Attributes:
        place: the segment and where in it the document of the hit stands; None: every part of the query is taken to match it.
    """

    def __init__(self, query: Query | None, shard: ShardSearch) -> None:
        self.query = query
        # what is registered in passing is not of the search
        self.shard = shard.bare()
        self.place: tuple[Any, int] | None = None
        self._wanted: dict[tuple[Any, ...], dict[str, Wanted]] = {}
        self._merged: dict[tuple[Any, ...], Wanted] = {}
        self._works: dict[str, FieldWork] = {}
        self._masks: dict[tuple[int, int], Any] = {}
        self._asked = False

    def of(self, name: str, field: Any, options: Options) -> FieldWork:
        """What there is to do for a field under a name; kept where it is alike for all hits."""
        found = self._works.get(name)
        if found is None:
            self._asked = False
            found = self._made(field, options)
            if not self._asked:
                self._works[name] = found
        return found

    def _made(self, field: Any, options: Options) -> FieldWork:
        weighs = self._weighs(options)
        wanted = self._wanted_of(field, options, weighs=weighs)
        kind = options.type or "unified"
        is_given = self.shows_as_given(field)
        others: dict[bool, list[FieldWork]] = {True: [], False: []}
        if kind == "unified" and options.matched_fields and self.shard.behaviour.has((8, 12)):
            others = self._matched(field, options)
        return FieldWork(
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
            source=_source(field),
            longest=field.ignore_above if is_given else None,
            others=tuple(others[True]),
            unplaced=tuple(others[False]),
        )

    def _matched(self, field: Any, options: Options) -> dict[bool, list[FieldWork]]:
        """For the matched fields, by whether what they find has a place.

        ES: their words are looked for in the values of the one field, whatever the document has in them.
        """
        bare = replace(options, matched_fields=None)
        fields = [self.shard.mapping.field(one) for one in options.matched_fields or () if one != field.path]
        # ES: all are read from where the one field's words are
        source = _source(field)
        place, self.place = self.place, None
        out: dict[bool, list[FieldWork]] = {True: [], False: []}
        for one in fields:
            if one is not None and source in ("analysis", "postings", _source(one)):
                out[source in ("analysis", _source(one))].append(self._made(one, bare))
        self.place = place
        return out

    def shows_as_given(self, field: Any) -> bool:
        """Whether the values of a field are those of the source, not those that are indexed."""
        return bool(self.shard.behaviour.keywords_highlighted_as_given and field.name == "keyword")

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
        if self.place is None:
            return True
        segment, at = self.place
        if not isinstance(part, Query):
            with noting(self.shard, segment):
                return bool(part.match(segment).match[at])
        key = (id(part), id(segment))
        if key not in self._masks:
            with noting(self.shard, segment):
                self._masks[key] = part.bind(self.shard, True).match(segment).match
        return bool(self._masks[key][at])

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
        return tuple(name for name, field in found if field is not None and vectors(field).startswith("with_positions_offsets"))


def vectors(field: Any) -> str:
    """Its ``term_vector``."""
    return str(field.get("term_vector")) if field.has("term_vector") else "no"


def _source(field: Any) -> str:
    """From where the words of a field are read with their places."""
    if field.is_text and field.get("index_options") == "offsets":
        return "postings"
    return "analysis" if vectors(field) == "no" else "vectors"


def _html(text: str) -> str:
    table = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#x27;", "/": "&#x2F;"}
    return "".join(table.get(char, char) for char in text)


_ENCODERS: dict[str, Callable[[str], str]] = {"default": lambda text: text, "html": _html}
