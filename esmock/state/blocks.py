"""Blocks: what is forbidden for indices and for the whole cluster. Docs: index-modules-blocks, misc-cluster-settings.

Source: answers of 7.10.2 and 8.19.21.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from esmock.errors import ClusterBlock

if TYPE_CHECKING:
    from esmock.state.cluster import Cluster
    from esmock.state.index import Index

BLOCKS = {
    "read_only": (5, "index read-only (api)", "FORBIDDEN", ("write", "metadata_write")),
    "read": (7, "index read (api)", "FORBIDDEN", ("read",)),
    "write": (8, "index write (api)", "FORBIDDEN", ("write",)),
    "metadata": (9, "index metadata (api)", "FORBIDDEN", ("metadata_write", "metadata_read")),
    "read_only_allow_delete": (
        12,
        "disk usage exceeded flood-stage watermark, index has read-only-allow-delete block",
        "TOO_MANY_REQUESTS",
        ("write", "metadata_write"),
    ),
}
"""Name of the setting below ``index.blocks`` to (id, text, status name, levels)."""


GLOBAL = {
    "cluster.blocks.read_only": (6, "cluster read-only (api)", ("write", "metadata_write")),
    "cluster.blocks.read_only_allow_delete": (13, "cluster read-only / allow delete (api)", ("write", "metadata_write")),
}
"""Cluster setting to (id, text, levels) of the block that it sets."""

_CHECKED_AS_A_WHOLE = (
    "indices:data/write/bulk", "indices:data/write/index", "indices:data/write/update", "indices:data/write/delete",
    "indices:admin/template/put", "indices:admin/template/delete", "indices:admin/index_template/put",
    "indices:admin/index_template/delete", "cluster:admin/component_template/put", "cluster:admin/component_template/delete",
    "indices:admin/forcemerge", "indices:admin/cache/clear", "cluster:admin/ingest/pipeline/put",
    "cluster:admin/ingest/pipeline/delete", "cluster:admin/script/put", "cluster:admin/script/delete",
    "cluster:admin/repository/put", "cluster:admin/repository/delete", "cluster:admin/reroute",
    "cluster:admin/voting_config/add_exclusions", "cluster:admin/voting_config/clear_exclusions",
)  # fmt: skip


def global_blocks(cluster: Cluster) -> dict[str, tuple[int, str, tuple[str, ...]]]:
    """The blocks of the whole cluster, by the setting that sets them."""
    return {name: block for name, block in GLOBAL.items() if str(cluster.setting(name, "false")) == "true"}


def check_action(cluster: Cluster, action: str) -> None:
    """Refuse an action that is checked against the blocks of the whole cluster. Raises ClusterBlock."""
    if action in _CHECKED_AS_A_WHOLE:
        check_whole(cluster)


def check_settings(cluster: Cluster, names: list[str]) -> None:
    """Refuse to change settings of a blocked cluster, but for one that lifts a block alone. Raises ClusterBlock."""
    if not (len(names) == 1 and names[0] in GLOBAL):
        check_whole(cluster)


def check_whole(cluster: Cluster) -> None:
    """Refuse what a block of the whole cluster forbids. Raises ClusterBlock."""
    found = global_blocks(cluster)
    if found:
        shown = ", ".join(f"FORBIDDEN/{number}/{text}" for number, text, _ in found.values())
        raise ClusterBlock(f"blocked by: [{shown}];", status=403)


def check_new(cluster: Cluster, name: str) -> None:
    """Refuse to make an index where the whole cluster is blocked. Raises ClusterBlock."""
    if cluster.is_blocked:
        shown = ", ".join(f"FORBIDDEN/{number}/{text}" for number, text, _ in global_blocks(cluster).values())
        raise ClusterBlock(f"index [{name}] blocked by: [{shown}];", status=403)


def _texts(cluster: Cluster, index: Index, level: str, *, releases: bool) -> list[tuple[int, str, int]]:
    """Number, text and status of the blocks that forbid something; ``releases``: it frees space."""
    found: list[tuple[int, str, int]] = []
    if cluster.is_blocked:
        for number, text, levels in global_blocks(cluster).values():
            if level in levels and not (releases and number == 13):
                found.append((number, f"FORBIDDEN/{number}/{text}", 403))
    if not index.has_blocks:
        return found
    for name, (number, text, status, levels) in BLOCKS.items():
        if level not in levels or index.settings.get(f"index.blocks.{name}") != "true":
            continue
        if name == "read_only_allow_delete":
            if releases or (level == "metadata_write" and not cluster.behaviour.flood_stage_blocks_metadata):
                continue
            if cluster.behaviour.major >= 8:
                release = f"{cluster.behaviour.version.major}.{cluster.behaviour.version.minor}"
                text += (
                    "; for more information, see https://www.elastic.co/guide/en/elasticsearch/reference/"
                    f"{release}/fix-watermark-errors.html"
                )
        found.append((number, f"{status}/{number}/{text}", 429 if status == "TOO_MANY_REQUESTS" else 403))
    return found


def is_blocked(cluster: Cluster, index: Index, level: str) -> bool:
    """Whether a block of an index or of the cluster, or that it is closed, forbids what ``check_blocks`` would refuse."""
    return index.is_closed or bool(_texts(cluster, index, level, releases=False))


def check_blocks(cluster: Cluster, indices: Iterable[Index], level: str, *, releases: bool = False) -> None:
    """Refuse what a block of an index or of the cluster forbids.

    Args:
        level: ``write``, ``read``, ``metadata_write`` or ``metadata_read``.
        releases: what is done frees disk space, so blocks for the want of it do not count.

    Raises:
        ClusterBlock.
    """
    parts: list[str] = []
    statuses: list[int] = []
    for index in indices:
        found = _texts(cluster, index, level, releases=releases)
        if found:
            found.sort(reverse=True)
            statuses += [status for _, _, status in found]
            parts.append(f"index [{index.name}] blocked by: [{', '.join(text for _, text, _ in found)}];")
    if parts:
        raise ClusterBlock("".join(parts), status=429 if all(status == 429 for status in statuses) else 403)


def closed_block(indices: Iterable[Index]) -> ClusterBlock:
    """The error of closed indices as of indices that are blocked."""
    return ClusterBlock("".join(f"index [{one.name}] blocked by: [FORBIDDEN/4/index closed];" for one in indices))
