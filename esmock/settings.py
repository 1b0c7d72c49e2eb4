"""What a server is told at start: everything that makes two servers answer differently, in one frozen object."""

from __future__ import annotations

from dataclasses import dataclass, field

from esmock.version import LATEST, Behaviour, behaviour


@dataclass(frozen=True, slots=True)
class ServerSettings:
    """Settings of a server and of the spaces it holds.

    Args:
        version: the Elasticsearch release to play, one of ``esmock.version.VERSIONS``.
        cluster_name: as ``GET /`` tells it.
        node_name: name of the one node.
        seed: of the generator behind ids, node ids and random scores.
        frozen_at_ms: the instant at which the clock stands; None: it runs.
        existing_rollup_use: from 8.11 a new rollup job is refused on a cluster without rollup use; esmock starts as one that has some.
        node_settings: further node settings, flat (``action.auto_create_index``, ``path.repo``, ``node.attr.x`` ...).
    """

    version: str = LATEST
    cluster_name: str = "esmock"
    node_name: str = "node-0"
    seed: int = 0
    frozen_at_ms: int | None = None
    existing_rollup_use: bool = True
    node_settings: dict[str, str] = field(default_factory=dict)

    @property
    def behaviour(self) -> Behaviour:
        return behaviour(self.version)
