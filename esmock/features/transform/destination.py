"""Where a transform reads and writes: what is wrong with the two, and the index that it makes for itself.

Source: the classes SourceDestValidator and TransformIndex, and the makers' YAML tests.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from esmock.errors import ApiError, IllegalArgument, Validation
from esmock.features.transform.config import Pivot
from esmock.features.transform.function import LENIENT_OPEN, field_types, search_body
from esmock.features.transform.outputs import check_supported
from esmock.state.create import create_index
from esmock.state.resolve import OPEN, resolve, write_index

if TYPE_CHECKING:
    from esmock.features.transform.config import TransformConfig
    from esmock.state.cluster import Cluster

Json = Any
CREATOR = "transform"


def check(cluster: Cluster, config: TransformConfig, *, with_destination: bool = True) -> None:
    """Refuse what cannot run. Raises Validation."""
    faults = _source_faults(cluster, config)
    if with_destination:
        faults += _destination_faults(cluster, config)
    pipeline = config.dest.get("pipeline")
    if pipeline is not None:
        from esmock.ingest.service import pipelines

        if pipelines(cluster).pipeline(pipeline) is None:
            faults.append(f"Pipeline with id [{pipeline}] could not be found")
    if faults:
        raise Validation(*faults)
    if isinstance(config.function, Pivot):
        check_supported(config.function.aggregations)
    _try(cluster, config)


def _try(cluster: Cluster, config: TransformConfig) -> None:
    """Search once with nothing to come of it. Raises Validation."""
    from esmock.search.service import search_made

    body = search_body(config, config.source["query"], None, 1)
    try:
        search_made(cluster, config.source["index"], body, options=LENIENT_OPEN, allow_partial=False)
    except ApiError as error:
        raise _untested(error) from None


def _untested(error: ApiError) -> Validation:
    failure = Validation(f"Failed to test query, received status: {_status_name(error.peeled().status)}")
    failure.cause = error.peeled()
    return failure


def _status_name(status: int) -> str:
    from http import HTTPStatus

    return HTTPStatus(status).name


def _source_faults(cluster: Cluster, config: TransformConfig) -> list[str]:
    faults = []
    for name in config.source["index"]:
        try:
            resolve(cluster, [name], OPEN)
        except ApiError as error:
            faults.append(str(error.reason))
    return faults


def _destination_faults(cluster: Cluster, config: TransformConfig) -> list[str]:
    name = config.index
    holders = cluster.aliases().get(name)
    target = name
    if holders:
        try:
            target = write_index(cluster, name, holders).name
        except IllegalArgument as error:
            return [str(error.reason)]
    read = [index.name for index in resolve(cluster, config.source["index"], LENIENT_OPEN)]
    if target in read or _is_meant(config.source["index"], target):
        return [f"Destination index [{target}] is included in source expression [{_listed(config, read, holders)}]"]
    return []


def _is_meant(names: list[str], target: str) -> bool:
    from esmock.state.resolve import matches

    return matches(names, target)


def _listed(config: TransformConfig, read: list[str], holders: Any) -> str:
    return ",".join(read if holders and read else config.source["index"])


def generated(cluster: Cluster, config: TransformConfig, types: Mapping[str, str]) -> dict[str, Json]:
    """The index that the transform would make: settings, mappings, aliases."""
    meta = {
        CREATOR: config.id,
        "version": {"created": config.version},
        "creation_date_in_millis": cluster.clock.now_ms(),
    }
    return {
        "mappings": {
            "_meta": {"_transform": meta, "created_by": CREATOR},
            "properties": {name: {"type": type_} for name, type_ in types.items()},
        },
        "settings": {"index": {"number_of_shards": "1", "auto_expand_replicas": "0-1"}},
        "aliases": {},
    }


def make(cluster: Cluster, config: TransformConfig) -> dict[str, str]:
    """Make the destination where it is missing; the types of the fields that are written."""
    types = field_types(cluster, config)
    if not cluster.exists(config.index):
        deduced = types if config.settings.get("deduce_mappings", True) else {}
        body = generated(cluster, config, deduced)
        if not deduced:
            del body["mappings"]["properties"]
        create_index(cluster, config.index, body)
        for alias in config.dest.get("aliases") or ():
            _add_alias(cluster, config.index, alias["alias"], moves=bool(alias.get("move_on_creation")))
    return types


def _add_alias(cluster: Cluster, index: str, alias: str, *, moves: bool) -> None:
    from esmock.state.alias_actions import AliasAction, apply

    removed = [AliasAction("remove", [holder.name], [alias]) for holder in cluster.aliases().get(alias, ()) if moves]
    apply(cluster, [*removed, AliasAction("add", [index], [alias])], lambda name, body, bearer: None)


def is_own(cluster: Cluster, config: TransformConfig) -> bool:
    """Whether a transform made the destination."""
    index = cluster.indices.get(config.index)
    return index is not None and (index.mapping.meta or {}).get("created_by") == CREATOR
