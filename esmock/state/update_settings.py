"""Changing the settings of indices.

Source: recordings of 7.10.2 and 8.19.21; docs page indices-update-settings.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from esmock.errors import ApiError, IllegalArgument, raise_first
from esmock.state import index_settings
from esmock.state.allocation import reroute
from esmock.state.auto_expand import expanded
from esmock.state.blocks import check_blocks
from esmock.state.create import analysis_of, check_active_shards, check_translog_retention
from esmock.state.index_mode import check_bounds
from esmock.state.resolve import glob
from esmock.state.shard_limit import check_shard_limit
from esmock.state.unassigned import replicas_changed
from esmock.xcontent.java_order import hash_order

if TYPE_CHECKING:
    from esmock.state.cluster import Cluster
    from esmock.state.index import Index
    from esmock.version import Behaviour

META_BLOCKS = frozenset(("index.blocks.read_only", "index.blocks.read_only_allow_delete", "index.blocks.metadata"))


def update(
    cluster: Cluster,
    indices: Iterable[Index],
    changes: dict[str, Any],
    *,
    preserve: bool = False,
    reopen: bool = False,
    lifts_block: bool | None = None,
    warn: Callable[[str], None] = lambda text: None,
) -> None:
    """Change settings of all the indices, or of none.

    Args:
        changes: full names to values; None resets, also by wildcard.
        preserve: what is set already stays.
        reopen: static settings are changed as if the index were closed meanwhile.
        lifts_block: the request names a block by its full name, so a block does not stop it; None: it is seen from the changes.

    Raises:
        IllegalArgument: unknown, private, static or final settings, or bad values. ClusterBlock.
    """
    from esmock.mapping.similarity import check_similarities

    behaviour = cluster.behaviour
    listed = list(indices)
    if not (any(name in changes for name in META_BLOCKS) if lifts_block is None else lifts_block):
        check_blocks(cluster, listed, "metadata_write")
    index_settings.warn_of(changes, behaviour, warn)
    _check_names(changes, behaviour, names_only=behaviour.newer_jackson)
    static = hash_order(name for name in changes if _scope(name, behaviour) in ("static", "final"))
    opened = [index for index in listed if not index.is_closed]
    if static and opened and not (reopen and behaviour.major >= 8):
        raise _not_dynamic(static, opened, behaviour)
    _check_values(changes, behaviour)
    planned = [(index, _changed(cluster, index, changes, preserve=preserve, reopen=reopen)) for index in listed]
    if any(name.startswith("index.translog.retention.") for name in changes):
        for _, settings in planned:
            check_translog_retention(settings, behaviour, warn)
    for _, settings in planned if any(name.startswith("index.time_series.") for name in changes) else ():
        check_bounds(settings)
    check_shard_limit(cluster, sum(_added_copies(index, settings) for index, settings in planned if not index.is_closed))
    for _, settings in planned if any(name.startswith("index.similarity.") for name in changes) else ():
        check_similarities(settings)
    for index, settings in planned:
        if any(name.startswith("index.analysis.") for name in changes):
            index.analysis = analysis_of(settings, cluster, warn)
        if settings != index.settings:
            before = index.n_replicas
            index.change_settings(settings)
            replicas_changed(index, before, cluster.clock.now_ms())
    reroute(cluster)
    cluster.changed()


def _added_copies(index: Index, settings: dict[str, Any]) -> int:
    return index.n_shards * (int(settings.get("index.number_of_replicas") or 0) - index.n_replicas)


def _scope(name: str, behaviour: Behaviour) -> str:
    found = index_settings.find(name, behaviour)
    return "dynamic" if found is None else found.scope


def _not_dynamic(names: list[str], opened: list[Index], behaviour: Behaviour) -> IllegalArgument:
    shown = ", ".join(f"[{index.name}/{index.uuid}]" for index in opened)
    more = ""
    if behaviour.major >= 8:
        more = (
            " unless the `reopen` query parameter is set to true. Alternatively, close the indices, apply the settings "
            "changes, and reopen the indices"
        )
    return IllegalArgument(f"Can't update non dynamic settings [[{', '.join(names)}]] for open indices [{shown}]{more}")


def _check_names(changes: dict[str, Any], behaviour: Behaviour, *, names_only: bool) -> None:
    """Unknown, private and internal settings; and bad values of dynamic ones."""
    failures: list[ApiError] = []
    for name in changes if behaviour.major >= 8 else sorted(changes):
        value = changes[name]
        if value is None and "*" in name:
            continue
        found = index_settings.find(name, behaviour)
        if index_settings.is_gone(name, behaviour):
            continue  # ES: it is refused last
        if found is None:
            failures.append(index_settings.unknown(name, behaviour))
        elif found.scope == "private":
            failures.append(
                IllegalArgument(f"can not update private setting [{name}]; this setting is managed by Elasticsearch")
            )
        elif found.scope == "internal":
            failures.append(
                IllegalArgument(f"can not update internal setting [{name}]; this setting is managed via a dedicated API")
            )
        elif value is not None and not names_only:
            try:
                found.check(value, behaviour)
            except ApiError as error:
                failures.append(error)
    raise_first(failures)


def _check_values(changes: dict[str, Any], behaviour: Behaviour) -> None:
    plain = {name: value for name, value in changes.items() if not (value is None and "*" in name)}
    index_settings.check_values(plain, behaviour)


def _changed(
    cluster: Cluster, index: Index, changes: dict[str, Any], *, preserve: bool, reopen: bool
) -> dict[str, Any]:
    behaviour = cluster.behaviour
    settings = dict(index.settings)
    for name, value in changes.items():
        if preserve and name in index.settings:
            continue
        if value is None and "*" in name:
            regex = glob(name)
            for known in [key for key in settings if regex.match(key)]:
                if _scope(known, behaviour) == "dynamic":
                    del settings[known]
        elif value is None:
            settings.pop(name, None)
        elif (index.is_closed or reopen) and _scope(name, behaviour) == "final":
            raise IllegalArgument(f"final {index.name} setting [{name}], not updateable")
        elif not (preserve and not index.is_closed and _scope(name, behaviour) == "static"):
            settings[name] = value
    if not any(str(settings.get(name)).lower() == "true" for name in ("index.blocks.write", "index.blocks.read_only")):
        settings.pop("index.verified_read_only", None)
    settings.setdefault("index.number_of_replicas", "1")
    settings["index.number_of_replicas"] = expanded(cluster, settings) or settings["index.number_of_replicas"]
    if "index.write.wait_for_active_shards" in changes:
        check_active_shards(settings, None)
    return settings
