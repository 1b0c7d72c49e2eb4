"""What a server is told at start: everything that makes two servers answer differently, in one frozen object."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from esmock.version import LATEST, Behaviour, behaviour


@dataclass(frozen=True, slots=True)
class NodeSettings:
    """One node of a cluster that pretends to have several.

    Args:
        name: None: made from the first node's name.
        roles: such as ``("master", "data")``; None: all that a node of the version has.
        attributes: ``node.attr.*`` without the prefix.
    """

    name: str | None = None
    roles: Sequence[str] | None = None
    attributes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ServerSettings:
    """Settings of a server and of the spaces it holds.

    Args:
        version: the Elasticsearch release to play, one of ``esmock.version.VERSIONS``.
        cluster_name: as ``GET /`` tells it.
        node_name: name of the first node.
        nodes: how many nodes the cluster seems to have, or what each of them is; the first one is the master.
        seed: of the generator behind ids, node ids and random scores.
        frozen_at_ms: the instant at which the clock stands; None: it runs.
        existing_rollup_use: from 8.11 a new rollup job is refused on a cluster without rollup use; esmock starts as one that has some.
        rollup_as: rollup answers as that of this release, ``6.8.23``, on a 7.x; None: as the version's own. What rollup
            stands on (paths of indices, search, totals of hits) stays the version's.
        security: whether requests are authenticated and authorized.
        passwords: of the reserved users, by name.
        anonymous_roles: roles of who sends no credentials; none: he is refused.
        jwt: the realm of JSON Web Tokens: ``issuer``, ``audiences``, ``key`` (a secret, or a public key as PEM), ``client_secret``,
            ``principal_claim``, ``groups_claim``; None: there is none.
        client_authorities: the certificates, as PEM, of authorities that vouch for those of clients, which others may pass on
            (``_security/delegate_pki``); a server that asks clients for certificates sets it itself.
        node_settings: further node settings, flat (``action.auto_create_index``, ``path.repo``, ``node.attr.x`` ...).
    """

    version: str = LATEST
    cluster_name: str = "esmock"
    node_name: str = "node-0"
    seed: int = 0
    frozen_at_ms: int | None = None
    existing_rollup_use: bool = True
    rollup_as: str | None = None
    node_settings: dict[str, str] = field(default_factory=dict)
    nodes: int | Sequence[NodeSettings] = 1
    security: bool = False
    passwords: Mapping[str, str] = field(default_factory=lambda: {"elastic": "changeme"}, repr=False)
    anonymous_roles: Sequence[str] = ()
    jwt: Mapping[str, Any] | None = field(default=None, repr=False)
    client_authorities: str | None = field(default=None, repr=False)

    @property
    def behaviour(self) -> Behaviour:
        return behaviour(self.version, self.rollup_as)
