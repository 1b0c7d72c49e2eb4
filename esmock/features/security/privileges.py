"""Privileges by name: the transport actions that each of them grants, and which privileges grant an action.

Source: answers of 8.19.21 (what a denial names, and in which order); the security privileges page.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from esmock.errors import IllegalArgument
from esmock.features.security.privilege_names import cluster_names, index_names

if TYPE_CHECKING:
    from esmock.version import Behaviour

    _Before = tuple[tuple[tuple[int, int], Mapping[str, "Privilege"]], ...]

_TEMPLATES = ("indices:admin/template/*", "indices:admin/index_template/*")
_SECURITY = "cluster:admin/xpack/security/"
_ROLLUP_CAPS = "indices:data/read/xpack/rollup/get/index/caps*"
_TRANSFORMS = (
    "cluster:admin/transform/*", "cluster:monitor/transform/*", "cluster:admin/data_frame/*", "cluster:monitor/data_frame/*",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Privilege:
    """A named set of actions.

    Args:
        patterns: of actions; ``*`` stands for anything, ``?`` for one character.
        excluded: patterns of actions that it does not grant all the same.
    """

    name: str
    patterns: tuple[str, ...]
    excluded: tuple[str, ...] = ()

    def grants(self, action: str) -> bool:
        """Whether the action is among its own."""
        return matches(self.patterns, action) and not matches(self.excluded, action)

    def is_within(self, *others: Privilege) -> bool:
        """Whether all its actions are among those of others, taken together."""
        return all(any(self._is_of(own, other) for other in others) for own in self.patterns)

    def _is_of(self, own: str, other: Privilege) -> bool:
        """Whether the actions of one of its patterns are the other's too."""
        outside = (
            (_covers(out, own) or _covers(own, out)) and not any(_covers(mine, out) for mine in self.excluded)
            for out in other.excluded
        )
        return any(_covers(theirs, own) for theirs in other.patterns) and not any(outside)


@functools.lru_cache(2048)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(re.escape(pattern).replace(r"\*", ".*").replace(r"\?", "."), re.DOTALL)


def matches(patterns: Iterable[str], text: str) -> bool:
    """Whether a text is of one of the patterns."""
    return any(_compiled(one).fullmatch(text) is not None for one in patterns)


def _covers(wide: str, narrow: str) -> bool:
    return _compiled(wide).fullmatch(narrow) is not None


def _table(rows: Mapping[str, tuple[str, ...]], excluded: Mapping[str, tuple[str, ...]]) -> dict[str, Privilege]:
    return {name: Privilege(name, patterns, excluded.get(name, ())) for name, patterns in rows.items()}


CLUSTER: Mapping[str, Privilege] = _table(
    {
        "all": ("cluster:*", *_TEMPLATES),
        "cancel_task": ("cluster:admin/tasks/cancel*",),
        "clone_api_key": (_SECURITY + "api_key/clone*",),
        "create_snapshot": (
            "cluster:admin/snapshot/create", "cluster:admin/snapshot/status*", "cluster:admin/snapshot/get",
            "cluster:admin/repository/get",
        ),
        "cross_cluster_replication": ("cluster:monitor/state", "cluster:monitor/xpack/info", "cluster:internal/remote_cluster/*"),
        "delegate_pki": (_SECURITY + "delegate_pki", _SECURITY + "token/invalidate"),
        "grant_api_key": (_SECURITY + "api_key/grant*",),
        "manage": ("cluster:*", *_TEMPLATES),
        "manage_api_key": (_SECURITY + "api_key/*",),
        "manage_autoscaling": ("cluster:admin/autoscaling/*",),
        "manage_ccr": ("cluster:admin/xpack/ccr/*", "cluster:monitor/state", _SECURITY + "user/has_privileges"),
        "manage_enrich": ("cluster:admin/xpack/enrich/*", "cluster:monitor/xpack/enrich/*"),
        "manage_esql": ("cluster:admin/esql/*", "cluster:admin/xpack/esql/*", "cluster:monitor/xpack/esql/*"),
        "manage_ilm": ("cluster:admin/ilm/*",),
        "manage_index_templates": (*_TEMPLATES, "cluster:admin/component_template/*"),
        "manage_ingest_pipelines": ("cluster:admin/ingest/pipeline/*",),
        "manage_ml": ("cluster:admin/xpack/ml/*", "cluster:monitor/xpack/ml/*"),
        "manage_own_api_key": tuple(
            f"{_SECURITY}api_key/{one}"
            for one in ("clone", "create", "get", "invalidate", "query", "update*", "bulk_update")
        ),
        "manage_pipeline": ("cluster:admin/ingest/pipeline/*",),
        "manage_reindex": ("cluster:admin/reindex/*", "cluster:monitor/reindex/*"),
        "manage_rollup": ("cluster:admin/xpack/rollup/*", "cluster:monitor/xpack/rollup/*"),
        "manage_security": (_SECURITY + "*",),
        "manage_slm": ("cluster:admin/slm/*", "cluster:admin/ilm/start", "cluster:admin/ilm/stop", "cluster:admin/ilm/operation_mode/get"),
        "manage_token": (_SECURITY + "token/*",),
        "manage_transform": _TRANSFORMS,
        "manage_user_profile": (_SECURITY + "profile/*",),
        "manage_watcher": ("cluster:admin/xpack/watcher/*", "cluster:monitor/xpack/watcher/*"),
        "monitor": (
            "cluster:monitor/*", "indices:admin/template/get", "indices:admin/index_template/get",
            "cluster:admin/component_template/get",
        ),
        "monitor_enrich": ("cluster:monitor/xpack/enrich/*", "cluster:admin/xpack/enrich/get"),
        "monitor_esql": ("cluster:monitor/xpack/esql/*",),
        "monitor_ml": ("cluster:monitor/xpack/ml/*",),
        "monitor_reindex": ("cluster:monitor/reindex/*",),
        "monitor_rollup": ("cluster:monitor/xpack/rollup/*",),
        "monitor_snapshot": (
            "cluster:admin/snapshot/status*", "cluster:admin/snapshot/get", "cluster:admin/repository/get",
        ),
        "monitor_text_structure": ("cluster:monitor/text_structure/*",),
        "monitor_transform": ("cluster:monitor/transform/*", "cluster:monitor/data_frame/*"),
        "monitor_watcher": ("cluster:monitor/xpack/watcher/*",),
        "none": (),
        "read_ccr": ("cluster:monitor/state", _SECURITY + "user/has_privileges"),
        "read_ilm": ("cluster:admin/ilm/get", "cluster:admin/ilm/operation_mode/get"),
        "read_pipeline": ("cluster:admin/ingest/pipeline/get", "cluster:admin/ingest/pipeline/simulate"),
        "read_security": (
            _SECURITY + "api_key/get", _SECURITY + "api_key/query", _SECURITY + "privilege/builtin/get",
            _SECURITY + "privilege/get", _SECURITY + "profile/get", _SECURITY + "profile/has_privileges",
            _SECURITY + "profile/suggest", _SECURITY + "role/get", _SECURITY + "role/query", _SECURITY + "user/query", _SECURITY + "role_mapping/get",
            _SECURITY + "service_account/get", _SECURITY + "service_account/credential/get*",
            _SECURITY + "user/get", _SECURITY + "user/list_privileges", _SECURITY + "user/has_privileges", _SECURITY + "settings/get",
        ),
        "read_slm": ("cluster:admin/slm/get", "cluster:admin/slm/status", "cluster:admin/ilm/operation_mode/get"),
        "transport_client": ("cluster:monitor/nodes/liveness", "cluster:monitor/state"),
        "cross_cluster_search": ("cluster:internal/remote_cluster/*", "cluster:monitor/xpack/info", "cluster:monitor/stats"),
        "manage_behavioral_analytics": ("cluster:admin/xpack/application/analytics/*",),
        "manage_connector": ("cluster:admin/xpack/connector/*",),
        "manage_data_frame_transforms": _TRANSFORMS,
        "manage_data_stream_global_retention": ("cluster:admin/data_stream/global_retention/*",),
        "manage_inference": ("cluster:admin/xpack/inference/*", "cluster:monitor/xpack/inference*"),
        "manage_logstash_pipelines": ("cluster:admin/logstash/pipeline/*",),
        "manage_oidc": (_SECURITY + "oidc/*",),
        "manage_saml": (
            _SECURITY + "saml/*", "cluster:monitor/xpack/security/saml/metadata", _SECURITY + "token/invalidate",
            _SECURITY + "token/refresh",
        ),
        "manage_search_application": ("cluster:admin/xpack/application/search_application/*",),
        "manage_search_query_rules": ("cluster:admin/xpack/query_rules/*",),
        "manage_search_synonyms": ("cluster:admin/synonyms/*", "cluster:admin/synonyms_sets/*", "cluster:admin/synonym_rules/*"),
        "manage_service_account": (_SECURITY + "service_account/*",),
        "monitor_connector": ("cluster:admin/xpack/connector/get*", "cluster:admin/xpack/connector/list*"),
        "monitor_data_frame_transforms": ("cluster:monitor/transform/*", "cluster:monitor/data_frame/*"),
        "monitor_data_stream_global_retention": ("cluster:monitor/data_stream/global_retention/*",),
        "monitor_inference": ("cluster:monitor/xpack/inference*",),
        "monitor_stats": ("cluster:monitor/stats*",),
        "post_behavioral_analytics_event": ("cluster:admin/xpack/application/analytics/post_event",),
        "read_connector_secrets": ("cluster:admin/xpack/connector/secret/get",),
        "read_fleet_secrets": ("cluster:admin/fleet/secrets/get",),
        "write_connector_secrets": ("cluster:admin/xpack/connector/secret/*",),
        "write_fleet_secrets": ("cluster:admin/fleet/secrets/*",),
    },
    {"manage": (_SECURITY + "*",), "manage_security": (_SECURITY + "delegate_pki",)},
)  # fmt: skip

INDEX: Mapping[str, Privilege] = _table(
    {
        "all": ("indices:*", "internal:transport/proxy/indices:*"),
        "auto_configure": ("indices:admin/mapping/auto_put", "indices:admin/auto_create"),
        "create": ("indices:data/write/index*", "indices:data/write/bulk*", "indices:data/write/simulate/bulk*"),
        "create_doc": (
            "indices:data/write/index", "indices:data/write/index[*", "indices:data/write/index:op_type/create",
            "indices:data/write/bulk*", "indices:data/write/simulate/bulk*",
        ),
        "create_index": ("indices:admin/create", "indices:admin/auto_create", "indices:admin/data_stream/create"),
        "create_view": ("indices:admin/esql/view/put",),
        "delete": ("indices:data/write/delete*", "indices:data/write/bulk*"),
        "delete_index": ("indices:admin/delete", "indices:admin/data_stream/delete"),
        "delete_view": ("indices:admin/esql/view/delete",),
        "index": (
            "indices:data/write/index*", "indices:data/write/bulk*", "indices:data/write/update*", "indices:data/write/simulate/bulk*",
        ),
        "maintenance": (
            "indices:admin/refresh*", "indices:admin/flush*", "indices:admin/synced_flush", "indices:admin/forcemerge*",
        ),
        "cross_cluster_replication": (
            "indices:data/read/xpack/ccr/shard_changes*", "indices:monitor/stats*",
            "indices:admin/seq_no/add_retention_lease*", "indices:admin/seq_no/remove_retention_lease*",
            "indices:admin/seq_no/renew_retention_lease*",
            "indices:internal/admin/ccr/restore/*",
        ),
        "manage": ("indices:monitor/*", "indices:admin/*", "indices:data/read/field_caps*", _ROLLUP_CAPS),
        "cross_cluster_replication_internal": ("indices:internal/admin/ccr/restore/*", "internal:transport/proxy/indices:*"),
        "manage_data_stream_lifecycle": ("indices:admin/data_stream/lifecycle/*",),
        "manage_follow_index": (
            "indices:admin/xpack/ccr/*", "indices:admin/close*", "indices:admin/data_stream/promote", "indices:admin/rollover",
        ),
        "manage_failure_store": (),
        "manage_ilm": ("indices:admin/ilm/*",),
        "manage_leader_index": ("indices:admin/xpack/ccr/forget_follower*",),
        "manage_view": ("indices:admin/esql/view/*",),
        "monitor": ("indices:monitor/*",),
        "none": (),
        "read": ("indices:data/read/*", "indices:admin/resolve/index", "indices:admin/resolve/cluster"),
        "read_cross_cluster": (
            "internal:transport/proxy/indices:data/read/*", "indices:admin/shards/search_shards", "indices:admin/resolve/cluster",
        ),
        "read_failure_store": (),
        "read_view_metadata": ("indices:admin/esql/view/get",),
        "view_index_metadata": (
            "indices:admin/aliases/get", "indices:admin/aliases/exists", "indices:admin/get", "indices:admin/exists",
            "indices:admin/types/exists", "indices:admin/mappings/get", "indices:admin/mappings/fields/get*",
            "indices:admin/shards/search_shards", "indices:admin/validate/query*", "indices:monitor/settings/get",
            "indices:admin/ilm/explain", "indices:admin/data_stream/get", "indices:admin/resolve/index",
            "indices:admin/resolve/cluster", "indices:data/read/field_caps*", _ROLLUP_CAPS, "indices:monitor/transform/checkpoint*",
        ),
        "write": ("indices:data/write/*", "indices:admin/mapping/auto_put"),
    },
    {},
)  # fmt: skip


_CLUSTER_BEFORE = (
    (
        (7, 17),
        _table(
            {
                "monitor": ("cluster:monitor/*",),
                "manage_saml": (_SECURITY + "saml/*", _SECURITY + "token/invalidate", _SECURITY + "token/refresh"),
            },
            {},
        ),
    ),
)
_INDEX_BEFORE = (
    ((7, 17), _table({"manage_follow_index": ("indices:admin/xpack/ccr/*", "indices:admin/close*")}, {})),
    ((8, 0), _table({"read": ("indices:data/read/*",)}, {})),
)
"""Privileges that were less before some version. Source: answers of 6.8.23 and 7.17.29; elastic/elasticsearch pull request 82046."""


@functools.lru_cache(1024)
def is_cluster_action(action: str) -> bool:
    """Whether cluster privileges grant the action; index privileges grant the others."""
    return action.startswith("cluster:") or matches(_TEMPLATES, action)


@functools.lru_cache(1024)
def granting(action: str, behaviour: Behaviour) -> tuple[str, ...]:
    """Names of the privileges that grant an action, in a version, the narrowest first."""
    if is_cluster_action(action):
        return tuple(name for name in cluster_names(behaviour) if _cluster_of(behaviour)[name].grants(action))
    return tuple(name for name in index_names(behaviour) if _index_of(behaviour)[name].grants(action))


@functools.lru_cache(8)
def _cluster_of(behaviour: Behaviour) -> Mapping[str, Privilege]:
    return _of_version(CLUSTER, _CLUSTER_BEFORE, behaviour)


@functools.lru_cache(8)
def _index_of(behaviour: Behaviour) -> Mapping[str, Privilege]:
    return _of_version(INDEX, _INDEX_BEFORE, behaviour)


def _of_version(now: Mapping[str, Privilege], before: _Before, behaviour: Behaviour) -> Mapping[str, Privilege]:
    """A table as it was in a version; what changed several times is as it was before the first change to come."""
    found = dict(now)
    for version, table in reversed(before):
        if not behaviour.has(version):
            found |= table
    return found


def cluster_privilege(name: str, behaviour: Behaviour) -> Privilege | None:
    """A cluster privilege by name, as a version has it, or the action pattern that it is; None for neither."""
    return _by_name(_cluster_of(behaviour), name, ("cluster:", "indices:admin/template/", "indices:admin/index_template/"))


def index_privilege(name: str, behaviour: Behaviour) -> Privilege | None:
    """An index privilege by name, as a version has it, or the action pattern that it is; None for neither."""
    return _by_name(_index_of(behaviour), name, ("indices:", "internal:"))


def _by_name(table: Mapping[str, Privilege], name: str, prefixes: tuple[str, ...]) -> Privilege | None:
    known = table.get(name.lower())
    if known is None and name.startswith(prefixes):
        return Privilege(name, (name, f"{name}*"))
    return known


def known_cluster_privilege(name: str, behaviour: Behaviour) -> Privilege:
    """The same for what users write. Raises IllegalArgument for a name that the version does not know."""
    names = cluster_names(behaviour)
    found = cluster_privilege(name, behaviour)
    if found is None or (found.name in CLUSTER and found.name not in names):
        raise IllegalArgument(
            f"unknown cluster privilege [{name}]. a privilege must be either one of the predefined cluster privilege names "
            f"[{','.join(names)}] or a pattern over one of the available cluster actions"
        )
    return found


def known_index_privilege(name: str, behaviour: Behaviour) -> Privilege:
    """The same for what users write. Raises IllegalArgument for a name that the version does not know."""
    names = index_names(behaviour)
    found = index_privilege(name, behaviour)
    if found is None or (found.name in INDEX and found.name not in names):
        # ES: prints names and privileges of its table, which are alike
        raise IllegalArgument(
            f"unknown index privilege [{name}]. a privilege must be either one of the predefined fixed indices privileges "
            f"[{','.join(f'{one}=[{one}]' for one in names)}] or a pattern over one of the available index actions"
        )
    return found
