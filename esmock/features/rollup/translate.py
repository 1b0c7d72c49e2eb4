"""Aggregations on live fields to aggregations on rollup documents, and their answers back again."""

from __future__ import annotations

from typing import Any

from esmock.errors import RuntimeError_
from esmock.features.rollup.select import split

Json = Any
_TERMS_LOST = ("missing", "script", "format")


def translate(name: str, body: dict[str, Json]) -> dict[str, Json]:
    """The aggregations that stand for one aggregation, by name."""
    kind, parameters, subs = split(name, body)
    field = parameters["field"]
    if kind == "avg":
        return {
            f"{name}.value": {"sum": {"field": f"{field}.avg.value"}},
            f"{name}._count": {"sum": {"field": f"{field}.avg._count"}},
        }
    if kind in ("min", "max", "sum", "value_count"):
        return {name: _with_meta(body, {kind: {"field": f"{field}.{kind}.value"}})}
    rolled = dict(parameters)
    if kind == "date_histogram":
        rolled["field"] = f"{field}.date_histogram.timestamp"
        rolled.setdefault("time_zone", "UTC")
    else:
        rolled["field"] = f"{field}.{kind}.value"
        for lost in _TERMS_LOST if kind == "terms" else ():
            rolled.pop(lost, None)
    aggs: dict[str, Json] = {}
    for sub, sub_body in subs.items():
        aggs.update(translate(sub, sub_body))
    aggs[f"{name}._count"] = {"sum": {"field": f"{field}.{kind}._count"}}
    kept = {} if kind == "terms" else body
    return {name: _with_meta(kept, {kind: rolled, "aggs": aggs})}


def _with_meta(body: dict[str, Json], out: dict[str, Json]) -> dict[str, Json]:
    return {**out, "meta": body["meta"]} if "meta" in body else out


def unroll(name: str, body: dict[str, Json], answer: dict[str, Json]) -> dict[str, Json]:
    """One aggregation's answer, from the answers of what ``translate`` made of it.

    Raises:
        RuntimeError_: kinds that the real response translation does not know either.
    """
    kind, parameters, subs = split(name, body)
    if kind == "avg":
        count = answer[f"{name}._count"]["value"]
        total = answer[f"{name}.value"]["value"]
        return _with_meta(body, {}) | {"value": total / count if count else None}
    if kind == "value_count":
        raise RuntimeError_(
            f"Unable to unroll metric.  Aggregation [{name}] is of type [InternalValueCount] which is currently "
            "unsupported."
        )
    result = answer[name]
    if kind in ("min", "max", "sum"):
        return {key: value for key, value in result.items() if key != "value_as_string"}
    buckets = result["buckets"]
    is_keyed = isinstance(buckets, dict)
    items = list(buckets.items()) if is_keyed else [(None, bucket) for bucket in buckets]
    minimum = int(parameters.get("min_doc_count", 1 if kind == "terms" else 0))
    unrolled = [(key, _bucket(name, bucket, subs)) for key, bucket in items]
    unrolled = [pair for pair in _trimmed(unrolled) if pair[1]["doc_count"] >= minimum]
    if kind == "terms":
        _refuse_kinds(name, unrolled)
        _sort_terms(unrolled, parameters)
    out: dict[str, Json] = {} if kind == "terms" else {"meta": result.get("meta", {})}
    out.update({key: value for key, value in result.items() if key not in ("buckets", "meta")})
    out["buckets"] = dict(unrolled) if is_keyed else [bucket for _, bucket in unrolled]
    return out


def _bucket(name: str, bucket: dict[str, Json], subs: dict[str, Json]) -> dict[str, Json]:
    count = int(bucket[f"{name}._count"]["value"])
    head: dict[str, Json] = {key: bucket[key] for key in ("key_as_string", "key") if key in bucket}
    head["doc_count"] = count
    if count == 0:
        # ES: buckets that fill gaps show the internal sub-aggregations (recording: Q5)
        return head | {key: value for key, value in bucket.items() if key not in ("key_as_string", "key", "doc_count")}
    for sub, sub_body in subs.items():
        head[sub] = unroll(sub, sub_body, bucket)
    return head


def _trimmed(buckets: list[tuple[Json, dict[str, Json]]]) -> list[tuple[Json, dict[str, Json]]]:
    """Without empty buckets before the first and after the last full one: gaps lie between."""
    full = [n for n, (_, bucket) in enumerate(buckets) if bucket["doc_count"]]
    return buckets[full[0] : full[-1] + 1] if full else []


def _refuse_kinds(name: str, buckets: list[tuple[Json, dict[str, Json]]]) -> None:
    if any(isinstance(bucket["key"], float) for _, bucket in buckets):
        raise RuntimeError_(
            f"Unable to unroll aggregation tree.  Aggregation [{name}] is of type [DoubleTerms] which is currently "
            "unsupported."
        )


def _sort_terms(buckets: list[tuple[Json, dict[str, Json]]], parameters: dict[str, Json]) -> None:
    order = parameters.get("order")
    if order is None or order == {"_count": "desc"}:
        buckets.sort(key=lambda pair: (-pair[1]["doc_count"], pair[1]["key"]))
    elif order == {"_count": "asc"}:
        buckets.sort(key=lambda pair: (pair[1]["doc_count"], pair[1]["key"]))


def merge(kind: str, left: dict[str, Json], right: dict[str, Json]) -> dict[str, Json]:
    """Two answers of one aggregation: a bucket of the left suppresses the right's of the same key."""
    if kind in ("min", "max", "sum"):
        values = [one["value"] for one in (left, right) if one["value"] is not None]
        combined = {"min": min, "max": max, "sum": sum}[kind](values) if values else left["value"]  # type: ignore[operator]
        return {**left, "value": combined}
    if "buckets" not in left:
        return left if left.get("value") is not None else right
    if isinstance(left["buckets"], dict):
        joined = {**right["buckets"], **{key: one for key, one in left["buckets"].items() if one["doc_count"]}}
        return {**right, **left, "buckets": dict(sorted(joined.items(), key=lambda pair: pair[1]["key"]))}
    by_key = {one["key"]: one for one in right["buckets"]}
    by_key.update({one["key"]: one for one in left["buckets"] if one["doc_count"] or one["key"] not in by_key})
    if kind == "terms":
        buckets = sorted(by_key.values(), key=lambda one: (-one["doc_count"], one["key"]))
    else:
        buckets = sorted(by_key.values(), key=lambda one: one["key"])
    return {**right, **left, "buckets": buckets}
