"""Statistics of shards, as numbers under the names that the stats APIs print.

Source: recordings of 7.10.2, 7.17.29 and 8.19.21. Differs: sizes are estimates from the documents, times are zero.
"""

from __future__ import annotations

import copy
from collections.abc import Container, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from esmock.state.resolve import matches
from esmock.state.segment_files import file_sizes, printed
from esmock.xcontent.java_order import hash_order

if TYPE_CHECKING:
    from esmock.state.index import Index
    from esmock.state.shard import Shard
    from esmock.store.segment import Segment
    from esmock.version import Behaviour

Json = Any
Stats = dict[str, dict[str, Any]]

_EMPTY_STORE_BYTES = 208
_EMPTY_STORE_BYTES_NEWER = 227
_TRANSLOG_HEADER_BYTES = 55
_BYTES_PER_DOC = 45
_BYTES_PER_FIELD = 386
_SEGMENT_BYTES = 2780
_SEGMENT_BYTES_NEWER = 3580
_BYTES_PER_OPERATION = 100
_TRANSDUCER_BYTES = 77

_EMPTY: Stats = {
    "docs": {"count": 0, "deleted": 0},
    "shard_stats": {"total_count": 0},
    "store": {"size_in_bytes": 0, "total_data_set_size_in_bytes": 0, "reserved_in_bytes": 0},
    "indexing": {
        "index_total": 0, "index_time_in_millis": 0, "index_current": 0, "index_failed": 0,
        "index_failed_due_to_version_conflict": 0, "delete_total": 0, "delete_time_in_millis": 0, "delete_current": 0,
        "noop_update_total": 0, "is_throttled": False, "throttle_time_in_millis": 0, "write_load": 0.0,
    },
    "get": {
        "total": 0, "time_in_millis": 0, "exists_total": 0, "exists_time_in_millis": 0, "missing_total": 0,
        "missing_time_in_millis": 0, "current": 0,
    },
    "search": {
        "open_contexts": 0, "query_total": 0, "query_time_in_millis": 0, "query_current": 0, "query_failure": 0,
        "fetch_total": 0, "fetch_time_in_millis": 0, "fetch_current": 0, "fetch_failure": 0, "scroll_total": 0,
        "scroll_time_in_millis": 0, "scroll_current": 0, "suggest_total": 0, "suggest_time_in_millis": 0,
        "suggest_current": 0,
    },
    "merges": {
        "current": 0, "current_docs": 0, "current_size_in_bytes": 0, "total": 0, "total_time_in_millis": 0,
        "total_docs": 0, "total_size_in_bytes": 0, "total_stopped_time_in_millis": 0,
        "total_throttled_time_in_millis": 0, "total_auto_throttle_in_bytes": 0,
    },
    "refresh": {
        "total": 0, "total_time_in_millis": 0, "external_total": 0, "external_total_time_in_millis": 0, "listeners": 0,
    },
    "flush": {
        "total": 0, "periodic": 0, "total_time_in_millis": 0, "total_time_excluding_waiting_on_lock_in_millis": 0,
    },
    "warmer": {"current": 0, "total": 0, "total_time_in_millis": 0},
    "query_cache": {
        "memory_size_in_bytes": 0, "total_count": 0, "hit_count": 0, "miss_count": 0, "cache_size": 0, "cache_count": 0,
        "evictions": 0,
    },
    "fielddata": {"memory_size_in_bytes": 0, "evictions": 0, "global_ordinals": {"build_time_in_millis": 0}},
    "completion": {"size_in_bytes": 0},
    "segments": {
        "count": 0, "memory_in_bytes": 0, "terms_memory_in_bytes": 0, "stored_fields_memory_in_bytes": 0,
        "term_vectors_memory_in_bytes": 0, "norms_memory_in_bytes": 0, "points_memory_in_bytes": 0,
        "doc_values_memory_in_bytes": 0, "index_writer_memory_in_bytes": 0, "version_map_memory_in_bytes": 0,
        "fixed_bit_set_memory_in_bytes": 0, "max_unsafe_auto_id_timestamp": -1, "file_sizes": {},
    },
    "translog": {
        "operations": 0, "size_in_bytes": 0, "uncommitted_operations": 0, "uncommitted_size_in_bytes": 0,
        "earliest_last_modified_age": 0,
    },
    "request_cache": {"memory_size_in_bytes": 0, "evictions": 0, "hit_count": 0, "miss_count": 0},
    "recovery": {"current_as_source": 0, "current_as_target": 0, "throttle_time_in_millis": 0},
    "bulk": {
        "total_operations": 0, "total_time_in_millis": 0, "total_size_in_bytes": 0, "avg_time_in_millis": 0,
        "avg_size_in_bytes": 0,
    },
    "dense_vector": {"value_count": 0},
    "sparse_vector": {"value_count": 0},
}
_EIGHT_ONLY = {
    "indexing": ("index_failed_due_to_version_conflict", "write_load"),
    "search": ("query_failure", "fetch_failure"),
    "flush": ("total_time_excluding_waiting_on_lock_in_millis",),
    "fielddata": ("global_ordinals",),
}
_SEARCHES = ("open_contexts", "query_total", "fetch_total", "scroll_total", "scroll_current", "suggest_total")
BY_FIELD = {"fielddata": "fielddata_by_field", "completion": "completion_by_field", "search": "search_by_group"}
"""Sections of single fields and groups, shown as part of others, and only to those who name fields or groups."""
_FILES = "segment_files"
"""Another such section; it is there only where it was asked for."""
_LAST = "global_ordinals"
"""Of the statistics of field data: behind those of single fields."""
_EIGHT_SECTIONS = ("bulk", "dense_vector", "sparse_vector")


def empty(behaviour: Behaviour) -> Stats:
    """Every statistic of a version, at nothing."""
    out = copy.deepcopy(_EMPTY)
    if behaviour.major < 8:
        for section in _EIGHT_SECTIONS:
            del out[section]
        for section, names in _EIGHT_ONLY.items():
            for name in names:
                del out[section][name]
        if not behaviour.newer_jackson:
            del out["shard_stats"]
            del out["store"]["total_data_set_size_in_bytes"]
    else:
        out["docs"]["total_size_in_bytes"] = 0
    return out


def of_shard(index: Index, shard: Shard, behaviour: Behaviour, *, files: bool = False) -> Stats:
    """The statistics of one shard; ``files``: with the sizes of its segments' files."""
    out = empty(behaviour)
    size = store_size(shard, behaviour)
    out["docs"].update(count=shard.n_live, deleted=shard.n_deleted)
    out["store"]["size_in_bytes"] = size
    if "total_data_set_size_in_bytes" in out["store"]:
        out["store"]["total_data_set_size_in_bytes"] = size
        out["shard_stats"]["total_count"] = 1
    if "total_size_in_bytes" in out["docs"]:
        out["docs"]["total_size_in_bytes"] = size - _empty_store(behaviour)
    _add_done(out, shard.counters, 1)
    out["merges"]["total_auto_throttle_in_bytes"] = 18874368 if behaviour.major >= 8 else 20971520
    out["warmer"]["total"] = 1 + shard.counters.get("refresh_total", 0) + shard.counters.get("opened_commits", 0)
    out["segments"]["count"] = len(shard.layout)
    _translog(out["translog"], index, shard)
    _memory(out, shard)
    _completion(out, shard)
    if "dense_vector" in out:
        _vectors(out, shard)
    if files:
        out[_FILES] = file_sizes(shard, behaviour, segment_size)
    return out


def of_deleted(done: Mapping[str, int], behaviour: Behaviour) -> Stats:
    """What shards that are gone have done; ``done`` tells how many ``shards`` there were."""
    out = empty(behaviour)
    _add_done(out, done, done["shards"])
    return out


def _add_done(out: Stats, done: Mapping[str, int], n_shards: int) -> None:
    counters = done.get
    out["indexing"].update(
        index_total=counters("index_total", 0),
        delete_total=counters("delete_total", 0),
        noop_update_total=counters("noop_update_total", 0),
    )
    missing = counters("get_missing_total", 0)
    total = counters("get_total", 0)
    out["get"].update(total=total, exists_total=total - missing, missing_total=missing)
    for name in _SEARCHES:
        out["search"][name] = counters(name, 0)
    out[BY_FIELD["search"]] = _groups(out["search"], done)
    refreshes = 2 * n_shards + counters("refresh_total", 0) + counters("idle_refresh_total", 0)
    out["refresh"].update(total=refreshes + counters("commit_total", 0), external_total=refreshes)
    out["flush"]["total"] = counters("flush_total", 0)


def _groups(section: dict[str, Any], done: Mapping[str, int]) -> dict[str, Any]:
    """The searches of each group (``stats``), under the names of the section."""
    counts = {name.split("/", 1)[1] for name in done if "/" in name}
    empty_ = {name: 0 for name in section if name != "open_contexts"}
    return {one: {**empty_, **{name: done.get(f"{name}/{one}", 0) for name in _SEARCHES[1:]}} for one in hash_order(counts)}


def _memory(out: Stats, shard: Shard) -> None:
    counters = shard.counters.get
    out["request_cache"].update(
        memory_size_in_bytes=shard.caches.answer_bytes,
        hit_count=counters("request_cache_hits", 0),
        miss_count=counters("request_cache_misses", 0),
    )
    by_field = shard.caches.fielddata_bytes
    out["fielddata"]["memory_size_in_bytes"] = sum(by_field.values())
    out[BY_FIELD["fielddata"]] = {name: {"memory_size_in_bytes": size} for name, size in by_field.items()}


def _completion(out: Stats, shard: Shard) -> None:
    """About what Lucene's transducers of completion fields take."""
    sizes: dict[str, int] = {}
    for segment, _, _ in shard.segments():
        if segment is None or not segment.docs:
            continue
        for path, field in segment.docs[-1].mapping.fields():
            if field.name == "completion":
                sizes[path] = sizes.get(path, 0) + transducer_bytes(segment, path)
    out["completion"]["size_in_bytes"] = sum(sizes.values())
    out[BY_FIELD["completion"]] = {name: {"size_in_bytes": size} for name, size in sizes.items()}


def _vectors(out: Stats, shard: Shard) -> None:
    """Count the vectors that are indexed, those of deleted documents too until they are merged away."""
    for segment, _ in shard.views:
        for kind, count in segment.cached(("vectors",), lambda: _indexed_vectors(segment)).items():  # noqa: B023
            out[kind]["value_count"] += count


def _indexed_vectors(segment: Segment) -> dict[str, int]:
    from esmock.mapping.values import raw_values

    out = {"dense_vector": 0, "sparse_vector": 0}
    for start, end, mapping in segment.runs():
        fields = [field for field in map(mapping.own_field, mapping.vector_paths) if field is not None and field.is_indexed]
        for source in segment.sources()[start:end] if fields else ():
            for field in fields:
                kind = "sparse_vector" if field.name == "sparse_vector" else "dense_vector"
                out[kind] += len(raw_values(source, field.path, whole=True))
    return out


def transducer_bytes(segment: Segment, path: str) -> int:
    """Estimated bytes of a completion field's transducer: some for itself, and three for each letter that no input before shares."""
    size: int = segment.cached(("transducer_bytes", path), lambda: _transducer_bytes(segment, path))
    return size


def _transducer_bytes(segment: Segment, path: str) -> int:
    per_doc, field = segment.values(path)
    if field is None:
        return 0
    inputs = (one for values in per_doc for value in values for one in field.inputs(value))  # type: ignore[attr-defined]
    size, last = 0, ""
    for text in sorted({text for one in inputs for text in one.texts}):
        shared = next((at for at, (a, b) in enumerate(zip(text, last, strict=False)) if a != b), min(len(text), len(last)))
        size, last = size + 3 * (len(text) - shared), text
    return size + _TRANSDUCER_BYTES if size else 0


def _translog(out: dict[str, Any], index: Index, shard: Shard) -> None:
    """Without soft deletes flushed operations are kept for a while, and a fresh log has two generations."""
    count = shard.counters.get
    operations = shard.n_operations
    pending = operations - count("flushed_operations", 0)
    keeps = index.settings.get("index.soft_deletes.enabled") == "false"
    kept = operations - count("trimmed_operations", 0) if keeps else pending
    headers = 2 * _TRANSLOG_HEADER_BYTES if keeps else _TRANSLOG_HEADER_BYTES
    out.update(
        operations=kept,
        size_in_bytes=headers + _BYTES_PER_OPERATION * kept,
        uncommitted_operations=pending,
        uncommitted_size_in_bytes=_TRANSLOG_HEADER_BYTES + _BYTES_PER_OPERATION * pending,
    )


def _empty_store(behaviour: Behaviour) -> int:
    return _EMPTY_STORE_BYTES_NEWER if behaviour.newer_jackson else _EMPTY_STORE_BYTES


def segment_size(segment: Segment | None, behaviour: Behaviour) -> int:
    """Estimated bytes of a segment: files of a fixed size, a bit for each field, and the documents, stored compressed.

    Args:
        segment: None: one that holds deletes only.
    """
    fixed = _SEGMENT_BYTES_NEWER if behaviour.major >= 8 else _SEGMENT_BYTES
    if segment is None:
        return fixed
    fields = segment.docs[-1].mapping.n_fields if segment.docs else 0
    return fixed + _BYTES_PER_FIELD * fields + _BYTES_PER_DOC * segment.n_docs + segment.source_bytes // 2


def segment_memory(behaviour: Behaviour) -> int:
    """What a segment keeps in memory, about: since 8.0 that is not told."""
    return 1140 if behaviour.major < 8 else 0


def store_size(shard: Shard, behaviour: Behaviour) -> int:
    """Estimated bytes on disk; exact where there is no document."""
    return _empty_store(behaviour) + sum(segment_size(segment, behaviour) for segment, _, _ in shard.segments())


def shown(found: Stats, wanted: Container[str] | None, fields: Mapping[str, Sequence[str]] | None = None) -> dict[str, dict[str, Json]]:
    """The sections as they are printed.

    Args:
        wanted: names of sections; None: all.
        fields: section to patterns of the fields, or groups of searches, that are told apart there.
    """
    hidden = (*BY_FIELD.values(), _FILES)
    out = {name: dict(body) for name, body in found.items() if name not in hidden and (wanted is None or name in wanted)}
    if _FILES in found and "segments" in out:
        out["segments"]["file_sizes"] = printed(found[_FILES])
    for section, patterns in (fields or {}).items():
        if section in out and patterns:
            known = found.get(BY_FIELD[section], {})
            last = out[section].pop(_LAST, None)
            apart = {name: body for name, body in known.items() if matches(patterns, name) or "_all" in patterns}
            if apart or section != "search":
                out[section]["groups" if section == "search" else "fields"] = apart
            if last is not None:
                out[section][_LAST] = last
    return out


def total(parts: Iterable[Stats], behaviour: Behaviour) -> Stats:
    """Several shards' statistics added up."""
    out = empty(behaviour)
    for part in parts:
        _add(out, part)
    return out


def of_index(index: Index, behaviour: Behaviour) -> Stats:
    """The statistics of an index's primaries."""
    return total((of_shard(index, shard, behaviour) for shard in index.shards), behaviour)


_FOLDS = {"max_unsafe_auto_id_timestamp": max, "min_size_in_bytes": min, "max_size_in_bytes": max}


def _add(into: dict[str, Any], part: dict[str, Any]) -> None:
    for key, value in part.items():
        if isinstance(value, dict):
            _add(into.setdefault(key, {}), value)
        elif key in _FOLDS:
            into[key] = _FOLDS[key](into.get(key, value), value)
        elif isinstance(value, bool):
            into[key] = into[key] or value
        else:
            into[key] = into.get(key, 0) + value
