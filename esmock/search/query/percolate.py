"""Stored queries that match given documents. Docs: query-dsl-percolate-query.

The documents become a shard of their own in memory; each stored query is bound to it. Source: recordings of 7.10.2.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass, replace
from dataclasses import field as member
from typing import TYPE_CHECKING, Any

import numpy as np

from esmock.errors import (
    ActionRequestValidation,
    ApiError,
    IllegalArgument,
    MapperParsing,
    Parsing,
    QueryShard,
    ResourceNotFound,
)
from esmock.mapping.percolator import Percolator, queries_at
from esmock.search.query.base import F32, Bound, Hits, ParseContext, Query
from esmock.search.query.parse import parse_query
from esmock.search.query.scripted import reading_of
from esmock.xcontent import json_reader, json_writer, value_reader
from esmock.xcontent import object_parser as parsing
from esmock.xcontent.jackson import jackson_for
from esmock.xcontent.located import at_end, at_name, at_value, located
from esmock.xcontent.object_parser import Parser

if TYPE_CHECKING:
    from esmock.mapping.mapping import Mapping
    from esmock.search.query.shard import ShardSearch
    from esmock.store.segment import Segment

Json = Any
TEMPORARY_ID = "_temp_id"
_MARK = "_percolator_document_slot"


def _build(given: dict[str, Any]) -> dict[str, Any]:
    if given.get("id") is not None and given.get("index") is None:
        raise IllegalArgument("[index] is a required argument")
    return given


def _text(name: str, **more: Any) -> parsing.Field:
    return parsing.string(name, argument=True, **more)


_PARSER = Parser(
    "percolate",
    parsing.string("field", required=True),
    parsing.string("name"),
    _text("type", in_version=lambda behaviour: behaviour.major < 8),
    _text("index"),
    _text("id"),
    _text("routing"),
    _text("preference"),
    parsing.long_("version", argument=True),
    parsing.custom("document", ("START_OBJECT",), value_reader.anything, argument=True),
    parsing.custom("documents", ("START_ARRAY", "START_OBJECT"), value_reader.anything, argument=True),
    parsing.float_("boost"),
    parsing.string("_name"),
    build=_build,
    one_of=(("document", "documents", "id"),),
    exclusive=(("document", "documents", "id"),),
)


@dataclass(slots=True)
class Percolate(Query):
    """Docs: query-dsl-percolate-query."""

    name = "percolate"
    field: str
    documents: list[Json] = member(default_factory=list)
    label: str | None = None
    index: str | None = None
    doc_id: str | None = None
    routing: str | None = None
    version: int | None = None
    mapping_type: str | None = None
    source: bytes | None = None
    """Of a document that the query names, once it is fetched."""

    @classmethod
    def parse(cls, body: Json, ctx: ParseContext) -> Percolate:
        found = _PARSER.parse(body, reading_of(ctx))
        documents = found.get("documents")
        listed = [found["document"]] if "document" in found else documents if isinstance(documents, list) else [documents]
        out = {
            "field": found["field"], "documents": [] if "id" in found else listed, "label": found.get("name"),
            "index": found.get("index"), "doc_id": found.get("id"), "routing": found.get("routing"), "version": found.get("version"),
            "mapping_type": found.get("type"), "boost": found.get("boost", 1.0), "query_name": found.get("_name"),
        }  # fmt: skip
        if found.get("type") is not None and "id" in found:
            ctx.warn(
                "[types removal] Types are deprecated in [percolate] queries. The [type] of the indexed document should no longer be"
                " specified."
            )
        query = cls(**out)
        if not listed or "id" in found:
            ctx.pending.append(query)
        return query

    def rewritten(self, resources: Any) -> None:
        """Fetch the document that the query names, before any shard is searched. Raises ResourceNotFound, VersionConflict."""
        if self.documents:
            return
        if self.doc_id is None or self.index is None:
            raise ActionRequestValidation("index is missing", "id is missing")
        if self.version is not None and (self.version < -3 or self.version in (-1, -2, 0)):
            raise ActionRequestValidation(f"illegal version value [{self.version}] for version type [INTERNAL]")
        doc = resources.document_version(self.index, self.doc_id, self.routing, self.version)
        typed = "" if self.mapping_type is None else f"/{self.mapping_type}"
        if doc is None or self.mapping_type not in (None, "_doc"):
            raise ResourceNotFound(f"indexed document [{self.index}{typed}/{self.doc_id}] couldn't be found")
        self.source = doc.source
        self.documents = [json_reader.parse_stored(doc.source)]

    def texts(self) -> list[str]:
        """The documents as they are held."""
        held = [json_writer.dumps(one) for one in self.documents] if self.source is None else [self.source]
        return [one.decode("utf-8", "surrogatepass") for one in held]

    def bind_boosted(self, shard: ShardSearch, scored: bool, boost: Any) -> Bound:
        if not self.documents and shard.resources is not None:
            self.rewritten(shard.resources)
        found = shard.field(self.field)
        if found is None:
            raise shard.error(f"field [{self.field}] does not exist")
        if not isinstance(found, Percolator):
            raise shard.error(f"expected field [{self.field}] to be of type [percolator], but is of type [{found.type_name}]")
        bound = PercolateBound(found.path, Memory.of(shard, self.documents), self.label, scored)
        shard.percolations.append(bound)
        return bound


@dataclass(slots=True)
class Memory:
    """The given documents as a shard."""

    shard: ShardSearch
    segment: Segment

    @classmethod
    def of(cls, shard: ShardSearch, documents: list[Json]) -> Memory:
        """Parse documents under the shard's mapping. Raises MapperParsing."""
        from esmock.store.reader import Reader
        from esmock.store.segment import Segment, StoredDoc

        mapping = shard.mapping
        stored = []
        for document in documents:
            source = json_writer.dumps(document)
            mapping = mapping.parse_document(source, TEMPORARY_ID).mapping
            stored.append(StoredDoc(TEMPORARY_ID, source, None, 0, 1, 1, mapping))
        segment = Segment.build(stored)
        reader = Reader.of([(segment, frozenset())])
        # ES: the index in memory scores with Lucene's own BM25, which has no factor (k1 + 1), whatever the fields ask for
        plain = replace(shard.behaviour, bm25_k1_factor=False)
        inner = replace(
            shard, mapping=mapping, reader=reader, behaviour=plain, named={}, inner_hits={}, percolations=[], scope=None, is_guessed=True,
            scores_alike=True,
        )  # fmt: skip
        return cls(inner, segment)


@dataclass(slots=True)
class PercolateBound(Bound):
    """Documents whose stored query matches a given document, with the best score of theirs."""

    path: str
    memory: Memory
    label: str | None
    scored: bool
    _found: dict[tuple[int, int], Hits | None] = member(default_factory=dict)

    def match(self, segment: Any) -> Hits:
        match = np.zeros(segment.n_docs, bool)
        score = np.zeros(segment.n_docs, F32)
        for doc, query in enumerate(stored_queries(segment, self.path, self.memory.shard)):
            hits = None if query is None else self._hits(segment, doc, query)
            if hits is not None and hits.match.any():
                match[doc] = True
                if hits.score is not None:
                    score[doc] = hits.score[hits.match].max()
        return Hits(match, score if self.scored else None)

    def _hits(self, segment: Any, doc: int, query: Query) -> Hits | None:
        key = (id(segment), doc)
        if key not in self._found:
            try:
                self._found[key] = query.bind(self.memory.shard, self.scored).match(self.memory.segment)
            except ApiError:
                # ES: a query that cannot be built any more matches nothing
                self._found[key] = None
        return self._found[key]

    def slots(self, segment: Any, doc: int) -> list[int]:
        """Which of the given documents a stored query matches."""
        query = stored_queries(segment, self.path, self.memory.shard)[doc]
        hits = None if query is None else self._hits(segment, doc, query)
        return [] if hits is None else np.flatnonzero(hits.match).tolist()

    def field_name(self, *, is_alone: bool) -> str:
        """The name of the field in which a hit carries the slots; where there are other such queries it tells which one."""
        return _MARK if self.label is None or is_alone else f"{_MARK}_{self.label}"


def stored_queries(segment: Any, path: str, shard: ShardSearch) -> list[Query | None]:
    """The queries of a segment's documents, parsed once."""
    return segment.cached(("queries", path), lambda: list(_parsed(segment, path, shard)))  # type: ignore[no-any-return]


def _parsed(segment: Any, path: str, shard: ShardSearch) -> Iterator[Query | None]:
    ctx = ParseContext(shard.behaviour)
    parts = tuple(path.split("."))
    for source in segment.sources():
        place = next(queries_at(source, parts), None)
        try:
            yield None if place is None else parse_query(*place, ctx)
        except ApiError:
            yield None


def check_queries(index: str, uuid: str, mapping: Mapping, source: bytes, now_ms: int, resources: Any, scripts: Any) -> None:
    """Refuse a document whose percolator fields hold no query that could run.

    Raises:
        MapperParsing: ``failed to parse`` around what is wrong with the query.
    """
    from esmock.search.query.shard import ShardSearch
    from esmock.store.reader import Reader

    behaviour = mapping.behaviour
    tree = located(source, jackson_for(behaviour))
    as_text = str(mapping.context.settings.get("index.percolator.map_unmapped_fields_as_text", "false")) == "true"
    shard = ShardSearch(index, uuid, 0, mapping, Reader.of([]), behaviour, now_ms, resources=resources, scripts=scripts, is_guessed=True)
    for path in mapping.percolator_paths:
        for holder, key in queries_at(tree, tuple(path.split("."))):
            try:
                if not isinstance(holder[key], dict):
                    raise Parsing("[_na] query malformed, must start with start_object", _after(holder, key))
                query = parse_query(holder, key, ParseContext(behaviour))
                for one in _all_queries(query):
                    _check_one(one, shard, as_text)
                query.bind(shard, False)
            except ApiError as error:
                raise MapperParsing("failed to parse", cause=error) from None


def _after(holder: Json, key: Any) -> Any:
    """Where the token behind a scalar stands: the parser has read it when it complains."""
    names: list[Any] = list(holder) if isinstance(holder, dict) else list(range(len(holder)))
    following = names.index(key) + 1
    if following == len(names):
        return at_end(holder)
    return at_name(holder, names[following]) if isinstance(holder, dict) else at_value(holder, following)


_STRICT = (
    "match", "match_phrase", "match_phrase_prefix", "match_bool_prefix", "term", "terms", "range", "prefix", "wildcard", "regexp",
    "fuzzy", "span_term", "terms_set",
)  # fmt: skip


def _check_one(query: Query, shard: ShardSearch, as_text: bool) -> None:
    if query.name in ("has_child", "has_parent"):
        raise IllegalArgument(f"the [{query.name}] query is unsupported inside a percolator query")
    name = getattr(query, "field", None)
    if query.name in _STRICT and not as_text and name and not str(name).startswith("_") and shard.field(name) is None:
        raise QueryShard(
            f"No field mapping can be found for the field with name [{name}]",
            metadata={"index_uuid": shard.index_uuid, "index": shard.index},
        )


def _all_queries(node: Any) -> Iterator[Query]:
    """A query and all queries in it."""
    if isinstance(node, list | tuple):
        for one in node:
            yield from _all_queries(one)
    elif dataclasses.is_dataclass(node) and not isinstance(node, type):
        if isinstance(node, Query):
            yield node
        for member in dataclasses.fields(node):
            yield from _all_queries(getattr(node, member.name))


QUERIES = (Percolate,)
