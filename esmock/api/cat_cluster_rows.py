"""Rows of the cat tables about the cluster: health, repositories, snapshots, templates."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from esmock.api.cat_parts import hms, moment
from esmock.errors import ActionRequestValidation, ApiError, RepositoryMissing
from esmock.shape.cat import Long, Millis, Row
from esmock.state import health as state_health
from esmock.state.repositories import find_repositories
from esmock.state.repositories import repositories as registry_of_repositories
from esmock.state.resolve import glob
from esmock.state.templates import templates as registry
from esmock.xcontent.java_order import grown_order

if TYPE_CHECKING:
    from esmock.api.request import Request
    from esmock.state.cluster import Cluster


def health(cluster: Cluster, request: Request) -> Iterator[Row]:
    """The cluster's health in a line."""
    found = state_health.of_indices(cluster.indices.values())
    yield {
        **moment(cluster.clock.now_ms()),
        "cluster": cluster.name,
        "status": found.status,
        "node.total": len(cluster.nodes),
        "node.data": cluster.n_data_nodes,
        "shards": found.active,
        "pri": found.active_primaries,
        "relo": 0,
        "init": 0,
        "unassign": found.unassigned,
        "unassign.pri": found.unassigned_primaries,
        "pending_tasks": 0,
        "max_task_wait_time": "-",
        "active_shards_percent": f"{found.active_percent:.1f}%",
    }


def pending_tasks(cluster: Cluster, request: Request) -> Iterable[Row]:
    """Cluster tasks that wait: none ever does."""
    return ()


def repositories(cluster: Cluster, request: Request) -> Iterator[Row]:
    """Snapshot repositories."""
    for name, found in registry_of_repositories(cluster).repositories.items():
        yield {"id": name, "type": found.kind}


def snapshots(cluster: Cluster, request: Request) -> Iterator[Row]:
    """The snapshots of repositories; before 7.16 of one, by its name."""
    named = request.part_list("repository")
    if not cluster.behaviour.has((7, 16)) and not named:
        raise ActionRequestValidation("repository is missing")
    known = registry_of_repositories(cluster).repositories
    absent = [name for name in named if "*" not in name and name not in (*known, "_all")]
    if cluster.behaviour.announces_eight and absent:
        raise ApiError(
            f"Repositories [{','.join(absent)}] failed to retrieve snapshots", cause=RepositoryMissing(f"[{absent[0]}] missing")
        )
    if not cluster.behaviour.newer_jackson and named and request.part("repository") not in known:
        raise RepositoryMissing(f"[{request.part('repository')}] missing")
    for entry in find_repositories(cluster, named):
        for one in entry.snapshots.values():
            yield {
                "id": one.name,
                "repository": entry.name,
                "status": one.state,
                "start_epoch": one.started_ms // 1000,
                "start_time": hms(one.started_ms),
                "end_epoch": one.started_ms // 1000,
                "end_time": hms(one.started_ms),
                "duration": Millis(0),
                "indices": len(one.indices),
                "successful_shards": one.counted_shards(cluster.behaviour),
                "failed_shards": 0,
                "total_shards": one.counted_shards(cluster.behaviour),
                "reason": None,
            }


def templates(cluster: Cluster, request: Request) -> Iterator[Row]:
    """Legacy and composable templates."""
    name = request.part("name")
    pattern = None if name is None else glob(name)
    found = registry(cluster)
    for key, legacy in found.legacy.items():
        if pattern is None or pattern.match(key):
            yield _template_row(key, legacy.index_patterns, legacy.order, legacy.version, "")
    for key in grown_order(found.composable):
        template = found.composable[key]
        if pattern is None or pattern.match(key):
            used = f"[{', '.join(template.composed_of)}]"
            yield _template_row(key, template.index_patterns, Long(template.rank), template.version, used)


def _template_row(name: str, patterns: Iterable[str], order: int, version: int | None, used: str) -> Row:
    return {
        "name": name,
        "index_patterns": f"[{', '.join(patterns)}]",
        "order": order,
        "version": version,
        "composed_of": used,
    }


def component_templates(cluster: Cluster, request: Request) -> Iterator[Row]:
    """Component templates and what they hold."""
    name = request.part("name")
    pattern = None if name is None else glob(name)
    found = registry(cluster)
    for key, one in found.components.items():
        if pattern is None or pattern.match(key):
            template = one.template
            users = [name for name, user in found.composable.items() if key in user.composed_of]
            yield {
                "name": key,
                "version": one.version,
                "alias_count": len(template.aliases or {}),
                "mapping_count": len((template.mappings or {}).get("properties", {})),
                "settings_count": len(template.settings or {}),
                "metadata_count": len(one.meta or {}),
                "included_in": f"[{', '.join(users)}]",
            }
