"""What a transform asks of its source, page by page, and the documents that come of it.

Source: the classes Pivot, Latest, CompositeBucketsChangeCollector and the makers' YAML tests.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from esmock.features.transform import outputs
from esmock.features.transform.config import Pivot
from esmock.features.transform.document_id import document_id
from esmock.state.resolve import IndicesOptions
from esmock.xcontent.java_order import hash_order, hash_ordered
from esmock.xcontent.json_writer import RawJson

if TYPE_CHECKING:
    from esmock.features.transform.config import TransformConfig
    from esmock.state.cluster import Cluster

Json = Any
NAME = "_transform"
LENIENT_OPEN = IndicesOptions(ignore_unavailable=True)
_TOP = "_top_hits"


@dataclass(frozen=True, slots=True)
class Page:
    """The buckets of one search.

    Args:
        documents: pairs of id and document.
        read: documents of the source in them.
        after: where the next page begins; None: there is none.
    """

    documents: list[tuple[str, Json]]
    read: int
    after: Json


def sources(config: TransformConfig) -> list[Json]:
    """The sources of the composite aggregation; those of dates come first (since 7.15; the makers' preview test)."""
    if isinstance(config.function, Pivot):
        groups = [{name: group} for name, group in config.function.groups.items()]
        return sorted(groups, key=lambda one: "date_histogram" not in next(iter(one.values())))
    return [{name: {"terms": {"field": name}}} for name in config.function.unique_key]


def _aggregations(config: TransformConfig) -> dict[str, Json]:
    if isinstance(config.function, Pivot):
        return dict(config.function.aggregations)
    return {_TOP: {"top_hits": {"size": 1, "sort": [{config.function.sort: {"order": "desc"}}]}}}


def search_body(config: TransformConfig, query: Json, after: Json, size: int, *, with_metrics: bool = True) -> dict[str, Json]:
    """One page's search."""
    composite: dict[str, Json] = {"size": size, "sources": sources(config)}
    if after is not None:
        composite["after"] = after
    aggregation: dict[str, Json] = {"composite": composite}
    if with_metrics:
        aggregation["aggs"] = _aggregations(config)
    body = {"size": 0, "query": query, "aggs": {NAME: aggregation}}
    runtime = config.source.get("runtime_mappings")
    return body if runtime is None else {**body, "runtime_mappings": runtime}


def _search(cluster: Cluster, config: TransformConfig, body: Json) -> Json:
    from esmock.search.service import search_made

    found = search_made(cluster, config.source["index"], body, options=LENIENT_OPEN, allow_partial=False)
    return (found.aggregations or {}).get(NAME) or {"buckets": []}


def page(
    cluster: Cluster, config: TransformConfig, query: Json, after: Json, size: int, types: Mapping[str, str]
) -> Page:
    """The next page. Raises ApiError as the search does."""
    found = _search(cluster, config, search_body(config, query, after, size))
    buckets = found["buckets"]
    return Page(
        [(document_id(bucket["key"]), document(config, bucket, types)) for bucket in buckets],
        sum(bucket["doc_count"] for bucket in buckets),
        found.get("after_key") if buckets else None,
    )


def document(config: TransformConfig, bucket: Json, types: Mapping[str, str]) -> Json:
    """The document for one bucket, in the order of Java's map."""
    function = config.function
    if not isinstance(function, Pivot):
        source = bucket[_TOP]["hits"]["hits"][0]["_source"]
        return hash_ordered(source.tree if isinstance(source, RawJson) else source)
    out: dict[str, Json] = {}
    dates_as_epoch = bool(config.settings.get("dates_as_epoch_millis"))
    for name, group in function.groups.items():
        kind = next(iter(group))
        outputs.put(out, name, outputs.key_value(kind, bucket["key"][name], types.get(name), dates_as_epoch=dates_as_epoch))
    for name, one in function.aggregations.items():
        if name in bucket:
            outputs.put(out, name, outputs.value(name, name, one, bucket[name], types))
    return {name: out[name] for name in hash_order(out)}


def changed(cluster: Cluster, config: TransformConfig, since_ms: int, until_ms: int) -> Json:
    """The query for the groups that have documents of a span of time; None: there are none.

    Args:
        since_ms, until_ms: the span on the field of ``sync``; its end does not belong to it.
    """
    within = {"bool": {"filter": [config.source["query"], span(config, since_ms, until_ms)]}}
    keys: list[Json] = []
    after = None
    while True:
        found = _search(cluster, config, search_body(config, within, after, 1000, with_metrics=False))
        keys += [bucket["key"] for bucket in found["buckets"]]
        after = found.get("after_key")
        if not found["buckets"] or after is None:
            break
    if not keys:
        return None
    filters = [config.source["query"], {"range": {config.sync["time"]["field"]: {"lt": until_ms, "format": "epoch_millis"}}}]
    return {"bool": {"filter": [*filters, *_groups_of(config, keys)]}}


def _groups_of(config: TransformConfig, keys: list[Json]) -> Iterator[Json]:
    """Filters for the groups by terms; others are computed again as a whole."""
    for source in sources(config):
        ((name, group),) = source.items()
        field = group.get("terms", {}).get("field")
        values = [key[name] for key in keys]
        if field is not None and None not in values:
            yield {"terms": {field: sorted(set(values), key=str)}}


def span(config: TransformConfig, since_ms: int, until_ms: int) -> Json:
    """The documents that came between two checkpoints."""
    return {"range": {config.sync["time"]["field"]: {"gte": since_ms, "lt": until_ms, "format": "epoch_millis"}}}


def field_types(cluster: Cluster, config: TransformConfig) -> dict[str, str]:
    """The types of the fields that a pivot writes; nothing for the latest documents, and for what is left to dynamic mapping."""
    function = config.function
    if not isinstance(function, Pivot):
        return {}
    types = _source_types(cluster, config)
    found: dict[str, str] = {}
    fixed = {"date_histogram": "date", "histogram": "double", "geotile_grid": "geo_shape"}
    for name, group in function.groups.items():
        kind = next(iter(group))
        found[name] = fixed.get(kind) or types.get(group[kind].get("field") or "") or "keyword"
    for one in outputs.outputs(function.aggregations):
        type_ = one.mapped_type(types)
        if type_ is not None:
            found[one.path] = type_
    for path in list(found):
        parents = path.split(".")[:-1]
        for depth in range(1, len(parents) + 1):
            found.setdefault(".".join(parents[:depth]), "object")
    return {name: found[name] for name in hash_order(found)}


def _source_types(cluster: Cluster, config: TransformConfig) -> dict[str, str]:
    from esmock.search.field_caps import FieldCapsRequest, field_caps
    from esmock.state.resolve import resolve

    assert isinstance(config.function, Pivot)
    groups = [body.get("field") for group in config.function.groups.values() for body in group.values()]
    wanted = {*groups, *(one.source for one in outputs.outputs(config.function.aggregations))} - {None}
    indices = resolve(cluster, config.source["index"], LENIENT_OPEN)
    request = FieldCapsRequest(tuple(sorted(wanted)), runtime=config.source.get("runtime_mappings"))
    found = field_caps(request, indices, cluster.behaviour)["fields"]
    return {name: next(iter(kinds)) for name, kinds in found.items()}
