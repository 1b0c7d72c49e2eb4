"""Aggregations on live fields as aggregations on the fields of rollup documents. Docs: rollup-search."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from esmock.errors import IllegalArgument
from esmock.features.rollup.select import split
from esmock.features.rollup.unroll import COUNT, VALUE
from esmock.mapping.dates import joda

if TYPE_CHECKING:
    from esmock.version import RollupTraits

Json = Any
_KEPT = {
    "date_histogram": (
        "calendar_interval", "fixed_interval", "interval", "time_zone", "offset", "extended_bounds", "format", "keyed",
        "min_doc_count", "order",
    ),
    "histogram": ("interval", "offset", "extended_bounds", "keyed", "min_doc_count", "order"),
    "terms": (
        "include", "exclude", "collect_mode", "execution_hint", "size", "shard_size", "min_doc_count",
        "shard_min_doc_count", "order", "show_term_doc_count_error",
    ),
}  # fmt: skip
"""What survives of a bucket aggregation; the rest (missing, script, hard_bounds ...) is dropped without a word."""


def translate(aggs: dict[str, Json], traits: RollupTraits) -> dict[str, Json]:
    """The aggregations that stand for those of one level, by name. Raises IllegalArgument for names that meet."""
    out: dict[str, Json] = {}
    for name, body in aggs.items():
        _add(out, _translated(name, body, traits))
    return out


def conditions(body: dict[str, Json], traits: RollupTraits) -> list[Json]:
    """What documents must be like to count for an aggregation: while zones are lost, they are rolled up in the zone that is asked for."""
    if traits.zones_kept:
        return []
    kind, parameters, subs = split("", body)
    found = [one for sub in subs.values() for one in conditions(sub, traits)]
    if kind == "date_histogram":
        zone = joda.id_of(parameters.get("time_zone", "UTC"))
        found.insert(0, {"term": {f"{parameters['field']}.date_histogram.time_zone": zone}})
    return found


def _add(level: dict[str, Json], more: dict[str, Json]) -> None:
    for name, body in more.items():
        if name in level:
            raise IllegalArgument(f"Two sibling aggregations cannot have the same name: [{name}]")
        level[name] = body


def _translated(name: str, body: dict[str, Json], traits: RollupTraits) -> dict[str, Json]:
    kind, parameters, subs = split(name, body)
    field = parameters["field"]
    if kind == "avg":
        return {
            name + VALUE: {"sum": {"field": f"{field}.avg.value"}},
            name + COUNT: {"sum": {"field": f"{field}.avg._count"}},
        }
    if kind not in _KEPT:
        metric: dict[str, Json] = {kind: {**parameters, "field": f"{field}.{kind}.value"}}
        return {name: {**metric, "meta": body["meta"]} if "meta" in body else metric}
    rolled = {key: parameters[key] for key in _KEPT[kind] if key in parameters}
    rolled["field"] = f"{field}.date_histogram.timestamp" if kind == "date_histogram" else f"{field}.{kind}.value"
    if kind == "date_histogram":
        rolled["time_zone"] = rolled.get("time_zone", "UTC") if traits.zones_kept else "UTC"
    below = translate(subs, traits)
    _add(below, {name + COUNT: {"sum": {"field": f"{field}.{kind}._count"}}})
    out: dict[str, Json] = {kind: rolled, "aggs": below}
    if kind != "terms":
        out["meta"] = body.get("meta", {})
    return {name: out}
