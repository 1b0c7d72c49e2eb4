"""Exploring hop by hop: terms of the best documents, and the terms that stand beside them.

A vertex weighs as much as its share of what its hop found, weakened by the vertex that led there.
Source: the class TransportGraphExploreAction; answers of 6.8.23 (``graph/explore.json``).
Differs: documents of several shards are read one after the other, so that timeouts never strike.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from esmock.errors import IllegalArgument
from esmock.features.graph.request import Exploration, Hop, Vertices
from esmock.xcontent.java_number import to_float
from esmock.xcontent.java_order import java_hash

if TYPE_CHECKING:
    from esmock.state.cluster import Cluster

Json = Any
_DECAY = 0.95
_LEAST_OF_SHARD = 10


@dataclass(slots=True)
class Vertex:
    """A term of a field; ``bg`` and ``fg`` count its documents in the index and in the sample, where it is significant."""

    field: str
    term: str
    weight: float
    depth: int
    bg: int = 0
    fg: int = 0

    @property
    def hash(self) -> int:
        """As Java hashes its name."""
        return (31 * java_hash(self.field) + java_hash(self.term)) & 0xFFFFFFFF


@dataclass(frozen=True, slots=True)
class Connection:
    """Documents that two vertices share."""

    source: Vertex
    target: Vertex
    weight: float
    doc_count: int

    @property
    def hash(self) -> int:
        return (31 * self.source.hash + self.target.hash) & 0xFFFFFFFF


@dataclass(slots=True)
class Graph:
    """What was found so far.

    Attributes:
        waves: for each hop, field to the vertices that it brought.
    """

    vertices: dict[tuple[str, str], Vertex] = field(default_factory=dict)
    connections: dict[tuple[str, str, str, str], Connection] = field(default_factory=dict)
    waves: list[dict[str, list[Vertex]]] = field(default_factory=list)

    def vertex(self, field_: str, bucket: Json, weight: float, depth: int) -> Vertex:
        """The vertex of a bucket, made where it is new."""
        term = _term(bucket)
        found = self.vertices.get((field_, term))
        if found is None:
            found = Vertex(field_, term, weight, depth, bucket.get("bg_count", 0), bucket["doc_count"] if "score" in bucket else 0)
            self.vertices[field_, term] = found
            self.waves[depth].setdefault(field_, []).append(found)
        return found

    def connect(self, source: Vertex, target: Vertex, weight: float, doc_count: int) -> Connection:
        """Put a connection in, over an older one of the two."""
        key = (source.field, source.term, target.field, target.term)
        found = self.connections[key] = Connection(source, target, weight, doc_count)
        return found

    def drop(self, vertex: Vertex, connection: Connection) -> None:
        """Take a vertex out that is too weak, with a connection to it."""
        one = connection
        self.connections.pop((one.source.field, one.source.term, one.target.field, one.target.term), None)
        if self.vertices.pop((vertex.field, vertex.term), None) is not None:
            self.waves[-1][vertex.field].remove(vertex)


def explore(cluster: Cluster, names: Sequence[str], asked: Exploration, routing: Sequence[str] | None) -> Graph:
    """Run it. Raises ApiError as the searches do."""
    graph = Graph()
    for number, hop in enumerate(asked.hops):
        graph.waves.append({})
        if number and not any(graph.waves[number - 1].values()):
            break
        body = _root_body(asked, hop) if not number else _body(asked, graph, asked.hops[number - 1], hop)
        sample = _sample(cluster, names, body, routing)
        if not number:
            _root(graph, hop, sample)
        else:
            _expand(graph, asked.hops[number - 1], hop, sample, number)
    return graph


def _sample(cluster: Cluster, names: Sequence[str], body: Json, routing: Sequence[str] | None) -> Json:
    from esmock.search.service import search_made

    found = search_made(cluster, names, body, routing=routing)
    return (found.aggregations or {}).get("sample") or {}


def _term(bucket: Json) -> str:
    return str(bucket.get("key_as_string", bucket["key"]))


def _signal(bucket: Json) -> float:
    """What a bucket is worth: its score where significance counts, else its documents."""
    return float(bucket.get("score", bucket["doc_count"]))


# -- what is searched


def _root_body(asked: Exploration, hop: Hop) -> Json:
    includes = [clause for one in hop.vertices for clause in _boosted(one)]
    must = [hop.query, *([{"bool": {"should": includes}}] if includes else [])]
    aggregations: dict[str, Json] = {}
    for number, one in enumerate(hop.vertices):
        terms: dict[str, Json] = {"field": one.field, "size": len(one.include) or one.size, "execution_hint": "map"}
        if asked.use_significance:
            terms |= {"min_doc_count": one.min_doc_count, "shard_min_doc_count": min(one.shard_min_doc_count, one.min_doc_count)}
        name = f"field{number}"
        aggregations[name] = {_kind(asked): {**terms, **_chosen(name, one)}}
    return _searched(asked, must, aggregations)


def _body(asked: Exploration, graph: Graph, last: Hop, hop: Hop) -> Json:
    wave = graph.waves[-2]
    either = [clause for one in hop.vertices for clause in _boosted(one)]
    for vertices in wave.values():
        for vertex in vertices:
            term = {"term": {vertex.field: vertex.term}}
            either.append({"constant_score": {"filter": term, "boost": to_float(vertex.weight)}})
    aggregations: dict[str, Json] = {}
    for number, one in enumerate(last.vertices):
        found = wave.get(one.field)
        if found:
            terms = sorted({vertex.term for vertex in found})
            of_field = {"field": one.field, "include": terms, "size": len(terms), "execution_hint": "map"}
            aggregations[f"field{number}"] = {"terms": of_field, "aggs": _next(asked, one, hop)}
    return _searched(asked, [hop.query, {"bool": {"should": either}}], aggregations)


def _next(asked: Exploration, last: Vertices, hop: Hop) -> dict[str, Json]:
    out: dict[str, Json] = {}
    for number, one in enumerate(hop.vertices):
        size = one.size + (one.field == last.field)  # the term itself is among them
        terms: dict[str, Json] = {
            "field": one.field,
            "size": size,
            "min_doc_count": one.min_doc_count,
            "shard_min_doc_count": min(one.shard_min_doc_count, one.min_doc_count),
            "execution_hint": "map",
        }
        if asked.use_significance and size < _LEAST_OF_SHARD:
            terms["shard_size"] = _LEAST_OF_SHARD
        name = f"field{number}"
        out[name] = {_kind(asked): {**terms, **_chosen(name, one)}}
    return out


def _kind(asked: Exploration) -> str:
    return "significant_terms" if asked.use_significance else "terms"


def _chosen(name: str, one: Vertices) -> dict[str, Json]:
    """Which terms may be found. Raises IllegalArgument for a number of them that cannot be."""
    if one.size < 1:
        raise IllegalArgument(f"[size] must be greater than 0. Found [{one.size}] in [{name}]")
    if one.include:
        return {"include": sorted(one.include)}
    return {"exclude": sorted(one.exclude)} if one.exclude else {}


def _boosted(one: Vertices) -> Iterator[Json]:
    least = min(one.include.values(), default=1.0)
    for term, boost in one.include.items():
        yield {"term": {one.field: {"value": term, "boost": to_float(boost / least)}}}


def _searched(asked: Exploration, must: list[Json], aggregations: dict[str, Json]) -> Json:
    sampler: Json = {"sampler": {"shard_size": asked.sample_size}}
    if asked.diversity_field is not None:
        diverse = {"field": asked.diversity_field, "shard_size": asked.sample_size, "max_docs_per_value": asked.most_per_value}
        sampler = {"diversified_sampler": diverse}
    return {"size": 0, "query": {"bool": {"must": must}}, "aggs": {"sample": {**sampler, "aggs": aggregations}}}


# -- what comes of it


def _root(graph: Graph, hop: Hop, sample: Json) -> None:
    found = [
        (one.field, bucket)
        for number, one in enumerate(hop.vertices)
        for bucket in sample.get(f"field{number}", {}).get("buckets", ())
    ]
    total = 0.0
    for _, bucket in found:
        total += _signal(bucket)
    for field_, bucket in found:
        graph.vertex(field_, bucket, _signal(bucket) / total, 0)


def _links(graph: Graph, last: Hop, hop: Hop, sample: Json) -> Iterator[tuple[Vertex, Vertices, Json]]:
    """From where, what was looked for, and the bucket that was found."""
    for number, one in enumerate(last.vertices):
        for from_bucket in sample.get(f"field{number}", {}).get("buckets", ()):
            source = graph.vertices[one.field, _term(from_bucket)]
            for inner, wanted in enumerate(hop.vertices):
                for bucket in from_bucket.get(f"field{inner}", {}).get("buckets", ()):
                    yield source, wanted, bucket


def _is_self(source: Vertex, wanted: Vertices, bucket: Json) -> bool:
    return wanted.field == source.field and _term(bucket) == source.term


def _expand(graph: Graph, last: Hop, hop: Hop, sample: Json, depth: int) -> None:
    links = list(_links(graph, last, hop, sample))
    total = 0.0
    for source, wanted, bucket in links:
        if not _is_self(source, wanted, bucket):
            total += _signal(bucket)
    if not total:
        return
    fresh: list[Connection] = []
    before = set(graph.vertices)
    for source, wanted, bucket in links:
        if "score" in bucket and _is_self(source, wanted, bucket):
            continue  # ES: only where significance counts does a term not lead to itself
        strength = _signal(bucket) / total * min(_DECAY, source.weight)
        is_new = (wanted.field, _term(bucket)) not in graph.vertices
        target = graph.vertex(wanted.field, bucket, strength, depth)
        if not is_new:
            target.weight += strength
            target.fg = max(target.fg, bucket["doc_count"]) if "score" in bucket else target.fg
        fresh.append(graph.connect(source, target, strength, bucket["doc_count"]))
    _trim(graph, hop, fresh, [one for key, one in graph.vertices.items() if key not in before])


def _trim(graph: Graph, hop: Hop, fresh: list[Connection], new: list[Vertex]) -> None:
    """Keep the heaviest of each field."""
    gone: list[Vertex] = []
    for wanted in hop.vertices:
        if len(new) > wanted.size:
            of_field = sorted((one for one in new if one.field == wanted.field), key=lambda one: -one.weight)
            gone += of_field[wanted.size :]
    for connection in fresh:
        if any(connection.target is one for one in gone):
            graph.drop(connection.target, connection)
