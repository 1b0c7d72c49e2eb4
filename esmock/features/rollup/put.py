"""Creating a job: checks, the rollup index, the task. Docs: rollup-put-job."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from esmock.errors import ApiError, IllegalArgument, IllegalState, NullPointer, RuntimeError_, Status
from esmock.features.rollup.caps import job_configs
from esmock.features.rollup.config import RollupJobConfig
from esmock.features.rollup.jobs import RollupJobs, rollup_jobs
from esmock.features.rollup.rights import CREATE, EVERYTHING, FIELD_CAPS, PUT_MAPPING, Rights
from esmock.features.rollup.validate import check_fields, field_caps
from esmock.mapping.dates.deprecated_zones import DEPRECATED_ZONES
from esmock.state.create import create_index, find_templates
from esmock.state.gate import narrowed
from esmock.state.resolve import OPEN, resolve

if TYPE_CHECKING:
    from esmock.state.cluster import Cluster
    from esmock.state.index import Index
    from esmock.version import Behaviour

Json = Any
REMOVAL_WARNING = (
    "The rollup functionality will be removed in Elasticsearch 10.0. See docs for more information."
)


def put_job(cluster: Cluster, config: RollupJobConfig, warn: Callable[[str], None], rights: Rights = EVERYTHING) -> None:
    """Create a job and its index; the checks come in Elasticsearch's order.

    Args:
        rights: of who asks for it, with which the job will run.

    Raises:
        Security: the source may not be looked at.
        IllegalArgument: rollup is not in use (8.15 and later).
        IndexNotFound, RollupActionRequestValidation: the source does not fit.
        RuntimeError_, IllegalState, Status: the rollup index or the job stands in the way.
    """
    jobs = rollup_jobs(cluster)
    _check_usage(cluster, jobs)
    zone = config.date_histogram.time_zone
    if zone in DEPRECATED_ZONES and cluster.behaviour.rollup.deprecated_zones_warned:
        warn(
            f"Creating Rollup job [{config.id}] with timezone [{zone}], but [{zone}] has been deprecated by the IANA.  "
            f"Use [{DEPRECATED_ZONES[zone]}] instead."
        )
    patterns = config.index_pattern.split(",") if cluster.behaviour.rollup.patterns_split else [config.index_pattern]
    with rights.acting(cluster, FIELD_CAPS):
        sources = resolve(cluster, narrowed(cluster, FIELD_CAPS, patterns, OPEN), OPEN)
    check_fields(config, field_caps(sources, config.all_fields()), cluster.behaviour.rollup)
    index = cluster.indices.get(config.rollup_index)
    if index is None:
        _create_index(cluster, config, rights)
    else:
        _add_to_index(cluster, index, config, rights)
    jobs.create(config, rights)


def _check_usage(cluster: Cluster, jobs: RollupJobs) -> None:
    if not cluster.behaviour.rollup.usage_required or cluster.server_settings.existing_rollup_use or jobs.jobs:
        return
    if any(job_configs(index) is not None for index in cluster.indices.values()):
        return
    raise IllegalArgument(
        "new rollup jobs are not allowed in clusters that don't have any rollup usage, since rollup has been deprecated"
    )


def _version_text(cluster: Cluster) -> str:
    return str(cluster.behaviour.rollup.version) if cluster.behaviour.major < 9 else ""


def index_mapping(cluster: Cluster, config: RollupJobConfig) -> dict[str, Json]:
    """The mapping of a new rollup index."""
    return {
        "_meta": {"_rollup": {config.id: config.body()}, "rollup-version": _version_text(cluster)},
        "dynamic_templates": [
            {"strings": {"match_mapping_type": "string", "mapping": {"type": "keyword"}}},
            {"date_histograms": {"path_match": "*.date_histogram.timestamp", "mapping": {"type": "date"}}},
        ],
    }


def _create_index(cluster: Cluster, config: RollupJobConfig, rights: Rights) -> None:
    traits = cluster.behaviour.rollup
    given = find_templates(cluster, config.rollup_index, {}, lambda _text: None).settings
    settings = {} if "index.number_of_shards" in given else {"index.number_of_shards": traits.default_shards}
    try:
        _permit(cluster, rights, CREATE, config.rollup_index)
        index = create_index(cluster, config.rollup_index, {"settings": settings, "mappings": index_mapping(cluster, config)})
        index.settings["index.version.created"] = traits.index_created
    except ApiError as cause:
        raise RuntimeError_(f"Could not create index for rollup job [{config.id}]", cause=cause) from None


def _permit(cluster: Cluster, rights: Rights, action: str, name: str) -> None:
    """Raises Security."""
    with rights.acting(cluster, action):
        if cluster.gate is not None:
            cluster.gate.permit(action, name)


def _missing_mapping(index: Index, behaviour: Behaviour) -> str | None:
    """What Java says of a mapping that is not found: those of open indices are looked through for one without a type of its own."""
    traits = behaviour.rollup
    name = "MappingMetadata" if traits.unmapped_target_is_empty else "MappingMetaData"
    if index.is_closed and behaviour.mapping_types:
        found = '"org.elasticsearch.common.collect.ImmutableOpenMap.get(Object)"'
        return f"{found} because the return value of {found}"
    is_there = index.type_name in (None, "_doc") and bool(traits.unmapped_target_is_empty or index.mapping.to_json())
    if is_there and not index.is_closed:
        return None
    return f'"org.elasticsearch.cluster.metadata.{name}.getSourceAsMap()" because "mappings"'


def _add_to_index(cluster: Cluster, index: Index, config: RollupJobConfig, rights: Rights) -> None:
    start = "Rollup data cannot be added to existing indices that contain non-rollup data (expected to find"
    where = f"in mapping of rollup index [{index.name}] but not found)."
    missing = _missing_mapping(index, cluster.behaviour)
    if missing is not None:
        raise RuntimeError_(f"Could not update mappings for rollup job [{config.id}]", cause=NullPointer(f"Cannot invoke {missing} is null"))
    meta = index.mapping.meta
    if not meta:
        raise RuntimeError_(f"{start} _meta key {where}")
    configs = job_configs(index)
    if configs is None:
        raise RuntimeError_(f"{start} rollup meta key [_rollup] {where}")
    if meta.get("rollup-version") is None and cluster.behaviour.mapping_types:
        raise IllegalState(f"Could not determine version of existing rollup metadata for index [{index.name}]")
    if config.id in configs:
        raise Status(
            f"Cannot create rollup job [{config.id}] because job was previously created (existing metadata).",
            status=409,
        )
    try:
        _permit(cluster, rights, PUT_MAPPING, index.name)
    except ApiError as cause:
        raise RuntimeError_(f"Could not update mappings for rollup job [{config.id}]", cause=cause) from None
    changed = {**meta, "_rollup": {**configs, config.id: config.body()}}
    index.set_mapping(index.mapping.with_meta(changed))
    cluster.changed()
