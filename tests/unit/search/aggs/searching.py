"""Runs aggregations over documents in memory: no HTTP, no node."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from esmock.analysis.index_analysis import IndexAnalysis
from esmock.errors import ApiError
from esmock.mapping.mapping import Mapping
from esmock.script.service import ScriptService
from esmock.search.aggs.internal import ReduceContext, Rendering, results_body
from esmock.search.aggs.request import parse_aggregations
from esmock.search.query.base import ParseContext
from esmock.search.query.shard import ShardSearch
from esmock.store.reader import Reader
from esmock.store.segment import Segment, StoredDoc
from esmock.version import behaviour
from esmock.xcontent import located
from esmock.xcontent.jackson import jackson_for


@dataclass
class Scripts:
    """As a cluster's."""

    service: ScriptService


class Documents:
    """An index: documents in shards, each shard in segments.

    Args:
        shards: per shard the segments, per segment the documents.
        ids: of all documents in that order; None: their numbers.
    """

    def __init__(
        self,
        version: str,
        mapping: Any,
        shards: Sequence[Sequence[Sequence[Any]]],
        name: str = "books",
        ids: Sequence[str] | None = None,
    ) -> None:
        self.behaviour = behaviour(version)
        self.name = name
        self.scripts = Scripts(ScriptService(self.behaviour, {"script.disable_max_compilations_rate": "true"}, {}))
        snapshot = Mapping.parse(mapping, IndexAnalysis({}, self.behaviour), self.behaviour)
        number = 0
        self.shards = []
        for place, segments in enumerate(shards):
            built = []
            for docs in segments:
                stored = []
                for doc in docs:
                    source = json.dumps(doc).encode()
                    snapshot = snapshot.parse_document(source, str(number)).mapping
                    stored.append(StoredDoc(str(number) if ids is None else ids[number], source, None, len(stored), 1, 1, snapshot))
                    number += 1
                built.append((Segment.build(stored), frozenset()))
            self.shards.append((place, Reader.of(built)))
        self.mapping = snapshot

    def aggregate(self, body: bytes | dict[str, Any]) -> dict[str, Any]:
        """``aggregations``, or ``{"error": ...}`` of parsing and reducing, or ``{"failure": ...}`` of the first shard that failed."""
        data = body if isinstance(body, bytes) else json.dumps({"aggs": body}).encode()
        try:
            try:
                return self._run(json.loads(data)["aggs"])
            except located.NeedsPositions:
                return self._run(located.located(data, jackson_for(self.behaviour))["aggs"])
        except ApiError as error:
            return {"error": error.error_body()}

    def _run(self, aggs: Any) -> dict[str, Any]:
        parsed = parse_aggregations(aggs, ParseContext(self.behaviour))
        parsed.check()
        partials = []
        for place, reader in self.shards:
            shard = ShardSearch(
                index=self.name,
                index_uuid="_na_",
                number=place,
                mapping=self.mapping,
                reader=reader,
                behaviour=self.behaviour,
                now_ms=0,
                scripts=self.scripts,
            )
            try:
                collector = parsed.collector(shard)
                for leaf in reader:
                    n = leaf.segment.n_docs
                    scores = np.ones(n, np.float32) if collector.needs_scores else None
                    collector.collect(leaf.segment, np.arange(n), scores)
                partials.append(collector.result())
            except ApiError as error:
                return {"failure": error.cause_body()}
        results = parsed.reduce_tree(partials, ReduceContext(self.behaviour, scripts=self.scripts))
        return results_body(results, Rendering(self.behaviour))
