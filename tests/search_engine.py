"""The engine without HTTP: a mapping, documents in some number of segments, and searches over them."""

from __future__ import annotations

import json
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import orjson

from esmock.analysis.index_analysis import plain_analysis
from esmock.errors import ApiError
from esmock.mapping.mapping import Mapping
from esmock.script.service import ScriptService
from esmock.search.execute import execute
from esmock.search.request import SearchRequest
from esmock.search.shard_target import Environment, ShardTarget
from esmock.shape import search as shape
from esmock.store.reader import Reader
from esmock.store.segment import Segment, StoredDoc
from esmock.version import behaviour
from esmock.xcontent import json_writer, reading
from esmock.xcontent.located import NeedsPositions

Json = Any


class Engine:
    """One shard.

    Args:
        docs: (id, source) in order of arrival.
        n_segments: over how many segments the documents are spread.
        n_shards: over how many shards, in turn; searches then count the terms of all (dfs_query_then_fetch).
    """

    def __init__(
        self, version: str, mappings: Json, docs: list[tuple[str, Json]], *, index: str = "eng_cases", n_segments: int = 1,
        n_shards: int = 1,
    ) -> None:
        self.behaviour = behaviour(version)
        self.index = index
        self.scripts = SimpleNamespace(service=ScriptService(self.behaviour, {}, {}))
        self.mapping = Mapping.parse(mappings, plain_analysis(self.behaviour), self.behaviour)
        stored = []
        for number, (doc_id, source) in enumerate(docs):
            data = orjson.dumps(source)
            self.mapping = self.mapping.parse_document(data, doc_id).mapping
            stored.append(StoredDoc(doc_id, data, None, number, 1, 1, self.mapping))
        size = max(1, -(-len(stored) // n_segments))
        self.readers = [
            Reader.of((Segment.build(own[at : at + size]), frozenset()) for at in range(0, len(own), size))
            for own in (stored[number::n_shards] for number in range(n_shards))
        ]
        self.reader = self.readers[0]

    def search(self, text: str | Json) -> Json:
        """The answer to a search body, as a client reads it; ``took`` is 0."""
        data = text.encode() if isinstance(text, str) else orjson.dumps(text)
        try:
            try:
                body = self._run(data, with_positions=False)
            except NeedsPositions:
                body = self._run(data, with_positions=True)
        except ApiError as error:
            body = error.body()
        return json.loads(json_writer.dumps(body))

    def ids(self, query: Json, **more: Json) -> list[str]:
        """Ids of the hits of a query."""
        answer = self.search({"query": query, **more})
        return [hit["_id"] for hit in answer["hits"]["hits"]]

    def _run(self, data: bytes, *, with_positions: bool) -> Json:
        tree = reading.read(data, "json", self.behaviour, with_positions=with_positions, label="stream")
        request = SearchRequest.parse(tree, self.behaviour)
        request = replace(request, uses_dfs=len(self.readers) > 1)
        targets = [
            ShardTarget(self.index, "UUID", number, reader, self.mapping, {}, (), "NODE")
            for number, reader in enumerate(self.readers)
        ]
        result = execute(request, targets, Environment(self.behaviour, now_ms=1_600_000_000_000, scripts=self.scripts))
        return shape.body(result, self.behaviour, typed=self.behaviour.mapping_types)
