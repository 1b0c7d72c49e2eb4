"""Making the downsampled index. Docs: indices-downsample-data-stream.

Source: the makers' tests (downsample/10_basic, 60_settings) and what the documentation says; there was no engine with the module to ask.
"""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING, Any

from esmock.errors import ActionRequestValidation, ApiError, IndexNotFound
from esmock.features.downsample.summary import METRICS, TIMESTAMP, Roles, roles_of, summaries
from esmock.state.blocks import is_blocked
from esmock.state.create import NO_TEMPLATES, already_exists, build_index, check_new_name
from esmock.state.index_file import put_documents
from esmock.state.series_write import series_id
from esmock.xcontent.units import parse_time_ms

if TYPE_CHECKING:
    from collections.abc import Callable

    from esmock.state.cluster import Cluster
    from esmock.state.index import Index

Json = Any
_LEFT_BEHIND = (
    "index.creation_date", "index.uuid", "index.version.created", "index.provided_name", "index.hidden", "index.blocks.write",
    "index.default_pipeline", "index.final_pipeline", "index.lifecycle.name", "index.verified_before_close",
    "index.verified_read_only", "index.refresh_interval",
)
_STRINGS = {"strings": {"match_mapping_type": "string", "mapping": {"type": "keyword"}}}


def downsample(cluster: Cluster, source_name: str, target: str, interval: str, warn: Callable[[str], None]) -> None:
    """Fill a new index with the summaries of a time series.

    Args:
        interval: ``1h`` ..., of fixed length.

    Raises:
        IndexNotFound, ResourceAlreadyExists, InvalidIndexName, ActionRequestValidation; ApiError where the source is no time series,
        or still written to.
    """
    source = _source(cluster, source_name)
    existing = cluster.indices.get(target)
    if existing is not None:
        if existing.settings.get("index.downsample.status") == "success":
            return
        raise already_exists(existing)
    check_new_name(cluster, target)
    _check_interval(source, interval)
    roles = roles_of(source.mapping)
    if not roles.dimensions:
        raise ActionRequestValidation(f"Index [{source_name}] does not contain any dimension fields")
    mappings = _mappings(source.mapping.to_json(), roles, interval)
    index = build_index(cluster, target, _settings(source, interval), mappings, {}, NO_TEMPLATES, warn)
    made = [{"_id": series_id(index, one), "_source": json.dumps(one)} for one in summaries(source, roles, parse_time_ms(interval, ""))]
    put_documents(index, {"documents": made}, cluster.clock.now_ms())
    for shard in index.shards:
        shard.merge()
        shard.commit()
    index.change_settings({**index.settings, "index.blocks.write": "true", "index.downsample.status": "success"})
    cluster.changed()


def _source(cluster: Cluster, name: str) -> Index:
    source = cluster.indices.get(name)
    if source is None:
        raise IndexNotFound(name, resource=None)
    if source.settings.get("index.mode") != "time_series":
        raise ApiError(f"Rollup requires setting [index.mode=time_series] for index [{name}]")
    if not is_blocked(cluster, source, "write"):
        raise ApiError(f"Downsample requires setting [index.blocks.write = true] for index [{name}]")
    return source


def _check_interval(source: Index, interval: str) -> None:
    """A downsampled index can only be made coarser. Raises ActionRequestValidation."""
    timestamp = source.mapping.to_json().get("properties", {}).get(TIMESTAMP, {})
    given = timestamp.get("meta", {}).get("fixed_interval")
    if given is None:
        return
    wanted_ms, given_ms = parse_time_ms(interval, ""), parse_time_ms(given, "")
    if wanted_ms <= given_ms:
        problem = "greater than"
    elif wanted_ms % given_ms:
        problem = "a multiple of"
    else:
        return
    raise ActionRequestValidation(
        f"Source index is a downsampled index. Downsampling interval [{interval}] must be {problem} the source index interval [{given}]."
    )


def _settings(source: Index, interval: str) -> dict[str, Any]:
    copied = {key: value for key, value in source.settings.items() if key not in _LEFT_BEHIND}
    place = {"name": source.name, "uuid": source.uuid}
    origin = {f"index.downsample.origin.{key}": value for key, value in place.items()}
    return {
        **origin,
        **copied,
        **{f"index.downsample.source.{key}": value for key, value in place.items()},
        "index.downsample.interval": interval,
        "index.downsample.status": "started",
        "index.refresh_interval": "-1",
    }


def _mappings(source: dict[str, Json], roles: Roles, interval: str) -> dict[str, Json]:
    """The mapping of the source with summaries in place of gauges."""
    out = copy.deepcopy(source)
    out.pop("_data_stream_timestamp", None)
    templates = [one for one in out.get("dynamic_templates", []) if "strings" not in one]
    out["dynamic_templates"] = [*templates, _STRINGS]
    out["properties"][TIMESTAMP]["meta"] = {"fixed_interval": interval, "time_zone": "UTC"}
    for path in roles.gauges:
        held, name = _holder(out, path)
        if held[name]["type"] != "aggregate_metric_double":
            held[name] = {
                "type": "aggregate_metric_double",
                "metrics": list(METRICS),
                "default_metric": "max",
                "time_series_metric": "gauge",
            }
    return out


def _holder(mapping: dict[str, Json], path: str) -> tuple[dict[str, Json], str]:
    """The object that defines a field, and its name there; multi-fields lie below ``fields``."""
    held, rest = mapping["properties"], path
    while rest not in held:
        head = next(name for name in held if rest.startswith(f"{name}."))
        rest = rest[len(head) + 1 :]
        inner = held[head].get("properties", {})
        held = inner if rest in inner or any(rest.startswith(f"{name}.") for name in inner) else held[head]["fields"]
    return held, rest
