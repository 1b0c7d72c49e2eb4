"""Making an index: name, settings, templates, analysis, mapping, aliases, in Elasticsearch's order of complaints.

Source: recordings of 7.10.2 and 8.19.21; docs page indices-create-index.
"""

from __future__ import annotations

import copy
import functools
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from esmock.errors import (
    ApiError,
    IllegalArgument,
    IllegalState,
    IndexNotFound,
    InvalidIndexName,
    NullPointer,
    ResourceAlreadyExists,
    Validation,
)
from esmock.state import index_settings
from esmock.state.aliases import (
    AliasBody,
    Bearer,
    CheckFilter,
    check_alias,
    check_index_name,
    check_write_marks,
    ordered,
    parse_aliases,
    self_conflict,
    write_marks,
)
from esmock.state.allocation import allocate
from esmock.state.auto_expand import expanded
from esmock.state.blocks import check_blocks, check_new
from esmock.state.date_math_name import concrete_name
from esmock.state.index import Index
from esmock.state.index_mode import check_mode, with_timestamp
from esmock.state.index_sorting import check_sort_fields, check_sort_sizes
from esmock.state.resolve import glob
from esmock.state.shard_limit import check_shard_limit
from esmock.state.store_type import check_store_type
from esmock.state.synonym_sets import synonym_sets
from esmock.state.templates import Applied, apply_composable, apply_legacy, merge_defaults, merge_mappings, templates
from esmock.xcontent.java_order import hash_ordered

if TYPE_CHECKING:
    from esmock.analysis.index_analysis import IndexAnalysis, ScriptCompiler
    from esmock.mapping.mapping import Mapping
    from esmock.state.cluster import Cluster
    from esmock.version import Behaviour

Json = Any
Warn = Callable[[str], None]

NO_TEMPLATES = Applied()


def _silent(text: str) -> None:
    """For callers that have no response to warn in."""


def may_create(cluster: Cluster, name: str, *, is_asked: bool = False) -> None:
    """Refuse a write to a missing index where ``action.auto_create_index`` forbids to make it. Raises IndexNotFound.

    Args:
        is_asked: before anything is written: 7.x then says why, which it does not of a write when the setting is false.
    """
    setting = str(cluster.setting("action.auto_create_index", "true"))
    template = templates(cluster).composable_for(name)
    if template is not None and template.allow_auto_create is not None:
        if template.allow_auto_create:
            return
        # ES: the text stands where the name should
        shown = ", ".join(template.index_patterns)
        raise IndexNotFound(f"composable template [{shown}] forbids index auto creation", resource=None)
    if setting == "true":
        return
    if cluster.behaviour.mapping_types and setting == "false" and not is_asked:
        raise IndexNotFound(name, resource="index_expression")
    what = " and [action.auto_create_index]"
    if setting == "false":
        raise IndexNotFound(name, resource=None, suffix=f"{what} is [false]")
    for pattern in setting.split(","):
        allowed = not pattern.startswith("-")
        plain = pattern[1:] if pattern[:1] in ("-", "+") else pattern
        if glob(plain).match(name):
            if allowed:
                return
            raise IndexNotFound(
                name, resource=None, suffix=f"{what} contains [{pattern}] which forbids automatic creation of the index"
            )
    raise IndexNotFound(name, resource=None, suffix=f"{what} ([{setting}]) doesn't match")


def create_index(
    cluster: Cluster,
    name: str,
    body: dict[str, Json],
    *,
    auto: bool = False,
    warn: Warn = _silent,
    type_name: str | None = None,
    active_shards: int | str | None = None,
    check_filter: CheckFilter = lambda name, body, bearer: None,
) -> Index:
    """Make an index and put it into the cluster.

    Args:
        body: ``settings``, ``mappings`` (no type level) and ``aliases`` as in ``PUT /{index}``.
        auto: made by a write.
        warn: told of every deprecation.
        type_name: the mapping type that the request named (7.x).
        active_shards: ``wait_for_active_shards`` of the request.
        check_filter: reads an alias's filter, to refuse what is no query.

    Raises:
        InvalidIndexName, ResourceAlreadyExists, IllegalArgument, Validation, MapperParsing ...
    """
    behaviour = cluster.behaviour
    name = concrete_name(cluster, name)
    own = index_settings.normalise(body.get("settings") or {})
    aliases = parse_aliases(hash_ordered(body.get("aliases", {})), behaviour)  # ES: the body is read into hash maps
    if name in cluster.indices:
        check_blocks(cluster, [cluster.indices[name]], "metadata_write")
    index_settings.warn_of(own, behaviour, warn)
    index_settings.check_values(own, behaviour)
    check_new_name(cluster, name)
    index_settings.check_private(own, behaviour)
    warn_of_dot(name, own, warn)
    applied = find_templates(cluster, name, own, warn)
    if applied.composable is not None and applied.composable.data_stream is not None:
        raise IllegalArgument(
            f"cannot create index with name [{name}], because it matches with template [{applied.composable.name}] that "
            "creates data streams only, use create data stream api instead"
        )
    mappings = body.get("mappings") or {}
    return build_index(cluster, name, own, mappings, aliases, applied, warn, type_name, active_shards, check_filter)


def check_new_name(cluster: Cluster, name: str) -> None:
    """Refuse a name that cannot be or that is taken. Raises InvalidIndexName, ResourceAlreadyExists."""
    check_index_name(name, cluster.behaviour)
    check_new(cluster, name)
    existing = cluster.indices.get(name)
    if existing is not None:
        check_blocks(cluster, (existing,), "metadata_write")
        raise already_exists(existing)
    if name in cluster.aliases():
        raise InvalidIndexName(name, "already exists as alias")
    if name in cluster.streams and templates(cluster).composable_for(name) is None:
        raise InvalidIndexName(name, "already exists as data stream")


def warn_of_dot(name: str, settings: dict[str, Any], warn: Warn) -> None:
    """Names of hidden indices only begin with a dot."""
    if name.startswith(".") and settings.get("index.hidden") != "true":
        warn(
            f"index name [{name}] starts with a dot '.', in the next major version, index names starting with a dot "
            "are reserved for hidden indices and system indices"
        )


def already_exists(index: Index) -> ResourceAlreadyExists:
    """The error of a second index with a name."""
    return ResourceAlreadyExists(
        f"index [{index.name}/{index.uuid}] already exists", metadata={"index_uuid": index.uuid, "index": index.name}
    )


def find_templates(cluster: Cluster, name: str, settings: dict[str, Any], warn: Warn) -> Applied:
    """What the templates give to a new index."""
    registry = templates(cluster)
    if not registry.legacy and not registry.composable:
        return NO_TEMPLATES
    hidden = settings.get("index.hidden") == "true"
    composable = registry.composable_for(name, is_hidden=hidden)
    if composable is not None:
        return apply_composable(registry, composable)
    legacy = registry.legacy_for(name)
    if hidden:
        legacy = [one for one in legacy if "*" not in one.index_patterns]
    if len(legacy) > 1:
        names = ", ".join(sorted(one.name for one in legacy))
        warn(
            f"index [{name}] matches multiple legacy templates [{names}], composable templates will only match a "
            "single template"
        )
    return apply_legacy(legacy)


def chooses_nodes(settings: dict[str, Any]) -> bool:
    """Whether settings say which nodes an index may lie on, so that no tier is preferred."""
    return any(key.startswith(_NODE_FILTERS) for key in settings)


_NODE_FILTERS = tuple(f"index.routing.allocation.{kind}." for kind in ("require", "include", "exclude"))


def joined_settings(cluster: Cluster, name: str, own: dict[str, Any], applied: Applied) -> dict[str, Any]:
    """Settings of templates and request, with what Elasticsearch adds itself."""
    behaviour = cluster.behaviour
    merged = {**applied.settings, **own}
    if behaviour.newer_jackson and not chooses_nodes(merged):
        merged["index.routing.allocation.include._tier_preference"] = "data_content"
    if merged.get("index.number_of_shards") is None:
        if "index.number_of_shards" in merged:
            raise IllegalState("you must set the number of shards before setting/reading primary terms")
        merged["index.number_of_shards"] = "1"
    if merged.setdefault("index.number_of_replicas", "1") is None:
        raise NullPointer(
            'Cannot invoke "java.lang.Integer.intValue()" because the return value of '
            '"org.elasticsearch.common.settings.Settings.getAsInt(String, java.lang.Integer)" is null'
        )
    merged["index.version.created"] = behaviour.build.index_created
    merged["index.creation_date"] = str(cluster.clock.now_ms())
    merged["index.provided_name"] = name
    merged["index.uuid"] = cluster.new_uuid()
    merged["index.number_of_replicas"] = expanded(cluster, merged) or merged["index.number_of_replicas"]
    return merged


def _check_joined(cluster: Cluster, name: str, settings: dict[str, Any], warn: Warn) -> None:
    """What is wrong with settings together."""
    behaviour = cluster.behaviour
    if behaviour.major >= 8:
        check_mode(settings, is_backing=name.startswith(".ds-"), knows_columns=behaviour.columnar_modes)
    shards = int(settings["index.number_of_shards"])
    routing_shards = settings.get("index.number_of_routing_shards")
    if routing_shards is not None:
        check_factor(shards, int(routing_shards))
    partition = int(settings.get("index.routing_partition_size") or 1)
    if partition > 1 and shards > 1 and routing_shards is not None and partition >= int(routing_shards):
        raise IllegalArgument(
            f"routing partition size [{partition}] should be a positive number less than the number of shards "
            f"[{routing_shards or shards}] for [{name}]"
        )
    if settings.get("index.soft_deletes.enabled") == "false":
        if behaviour.major >= 8:
            raise IllegalArgument(
                "Creating indices with soft-deletes disabled is no longer supported. Please do not specify a value for "
                "setting [index.soft_deletes.enabled]."
            )
        warn(
            "Creating indices with soft-deletes disabled is deprecated and will be removed in future Elasticsearch "
            f"versions. Please do not specify value for setting [index.soft_deletes.enabled] of index [{name}]."
        )
    check_translog_retention(settings, behaviour, warn)


def check_translog_retention(settings: dict[str, Any], behaviour: Behaviour, warn: Warn) -> None:
    """Settings that do nothing any more: a deprecation on 7.x, later an error. Raises IllegalArgument."""
    if behaviour.major < 8 and settings.get("index.soft_deletes.enabled") == "false":
        return
    if any(f"index.translog.retention.{key}" in settings for key in ("age", "size")):
        what = "Translog retention settings [index.translog.retention.age] and [index.translog.retention.size] are"
        if behaviour.major >= 8:
            raise IllegalArgument(f"{what} no longer supported. Please do not specify values for these settings")
        warn(f"{what} deprecated and effectively ignored. They will be removed in a future version.")


def check_factor(shards: int, routing_shards: int) -> None:
    """Raises IllegalArgument unless the shards divide the routing shards."""
    if shards > routing_shards:
        raise IllegalArgument(
            f"the number of source shards [{shards}] must be less that the number of target shards [{routing_shards}]"
        )
    if routing_shards % shards:
        raise IllegalArgument(f"the number of source shards [{shards}] must be a factor of [{routing_shards}]")


def build_index(
    cluster: Cluster,
    name: str,
    own: dict[str, Any],
    mappings: dict[str, Json],
    aliases: dict[str, AliasBody],
    applied: Applied,
    warn: Warn,
    type_name: str | None = None,
    active_shards: int | str | None = None,
    check_filter: CheckFilter = lambda name, body, bearer: None,
) -> Index:
    """An index of what its request and templates give, put into the cluster; arguments as of ``create_index``."""
    behaviour = cluster.behaviour
    settings = joined_settings(cluster, name, own, applied)
    _check_joined(cluster, name, settings, warn)
    if "index.data_path" in settings and "path.shared_data" not in cluster.server_settings.node_settings:
        raise Validation("path.shared_data must be set in order to use custom data paths")
    check_shard_limit(
        cluster, int(settings["index.number_of_shards"]) * (1 + int(settings["index.number_of_replicas"]))
    )
    check_active_shards(settings, active_shards)
    check_sort_sizes(settings)
    analysis = analysis_of(settings, cluster, warn)
    from esmock.mapping.similarity import check_similarities

    for one in check_similarities(settings):
        if one.kind == "scripted" and cluster.similarity_checker is not None:
            cluster.similarity_checker(cluster, one)
    check_store_type(settings, behaviour, warn)
    mapping = _mapping(mappings, applied, settings, analysis, behaviour, warn)
    check_sort_fields(settings, mapping, behaviour)
    bearer = Bearer(name, settings["index.uuid"], mapping)
    joined = joined_aliases(cluster, bearer, aliases, applied, check_filter)
    _check_write_marks(cluster, name, joined)
    index = Index(name, settings["index.uuid"], settings, mapping, analysis, joined, cluster.clock.now_ms())
    if type_name is not None or applied.type_name is not None:
        index.type_name = type_name or applied.type_name
    cluster.indices[name] = index
    allocate(cluster, index)
    cluster.changed()
    return index


def _check_write_marks(cluster: Cluster, name: str, own: dict[str, AliasBody]) -> None:
    if any(body.get("is_write_index") for body in own.values()):
        everywhere = {one: index.aliases for one, index in cluster.indices.items()}
        check_write_marks(write_marks({**everywhere, name: own}))


def analysis_of(settings: dict[str, Any], cluster: Cluster, warn: Warn = _silent) -> IndexAnalysis:
    """The analyzers that settings define."""
    from esmock.analysis.index_analysis import plain_analysis

    home = cluster.server_settings.node_settings.get("path.home")
    if home is None and not any(key.startswith("index.analysis.") for key in settings):
        return plain_analysis(cluster.behaviour)
    return own_analysis(settings, cluster, warn)


def own_analysis(settings: dict[str, Any], cluster: Cluster, warn: Warn) -> IndexAnalysis:
    """As ``analysis_of``, never shared; word lists lie in the folder ``config`` of the node's ``path.home``."""
    from esmock.analysis.environment import Environment
    from esmock.analysis.index_analysis import IndexAnalysis

    home = cluster.server_settings.node_settings.get("path.home")
    environment = Environment(
        Path(home) / "config" if home else None, lambda name: list(synonym_sets(cluster).rules(name).values())
    )
    return IndexAnalysis(settings, cluster.behaviour, environment, token_scripts(cluster), warn)


def token_scripts(cluster: Cluster) -> ScriptCompiler | None:
    """What compiles the scripts of token filters."""
    return None if cluster.token_scripts is None else functools.partial(cluster.token_scripts, cluster)


def _mapping(
    own: dict[str, Json],
    applied: Applied,
    settings: dict[str, Any],
    analysis: IndexAnalysis,
    behaviour: Behaviour,
    warn: Warn,
) -> Mapping:
    from esmock.mapping.mapping import Mapping

    body = joined_mapping(own, applied, strict=behaviour.mapping_types)
    if behaviour.major >= 8:
        body = with_timestamp(body, settings)
    return Mapping.parse(body, analysis, behaviour, settings=settings, warn=warn)


def joined_mapping(own: dict[str, Json], applied: Applied, *, strict: bool = False) -> dict[str, Json]:
    """The mapping of a request over those of its templates."""
    if not applied.mappings:
        return own
    if applied.composable is not None:
        return merge_mappings([*applied.mappings, own], strict=strict)
    merged: dict[str, Json] = copy.deepcopy(own)
    for part in reversed(applied.mappings):
        merge_defaults(merged, part)
    return merged


def joined_aliases(
    cluster: Cluster, bearer: Bearer, own: dict[str, AliasBody], applied: Applied, check_filter: CheckFilter
) -> dict[str, AliasBody]:
    """Aliases of request and templates, by name, each checked with its filter. Raises IllegalArgument, InvalidAliasName."""
    out: dict[str, AliasBody] = {}
    for alias, body in own.items():
        check_alias(cluster, alias, body, bearer.name)
        if alias == bearer.name:
            raise self_conflict(bearer.name, bearer.uuid, cluster.behaviour)
        check_filter(alias, body, bearer)
        out[alias] = ordered(body)
    for alias, body in applied.aliases.items():
        real = alias.replace("{index}", bearer.name) if "{index}" in alias else alias
        if alias in own or real in out:
            continue
        check_alias(cluster, real, body, bearer.name)
        check_filter(real, body, bearer)
        out[real] = ordered(body)
    return {alias: out[alias] for alias in sorted(out)}


def check_active_shards(settings: dict[str, Any], asked: int | str | None) -> None:
    """Refuse to wait for more copies than there are. Raises IllegalArgument."""
    copies = 1 + int(settings["index.number_of_replicas"])
    key = "index.write.wait_for_active_shards"
    for name, wanted in ((key, settings.get(key)), ("wait_for_active_shards", asked)):
        if wanted not in (None, "all") and int(str(wanted)) > copies:
            raise IllegalArgument(f"invalid {name}[{wanted}]: cannot be greater than number of shard copies [{copies}]")


__all__ = ["ApiError", "create_index", "joined_settings", "may_create"]
