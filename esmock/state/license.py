"""The licence of a cluster: basic from the start, a trial on request.

Source: answers of 6.8.23, 7.17.29 and 8.19.21.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

if TYPE_CHECKING:
    from esmock.state.cluster import Cluster

TRIAL_MS = 30 * 24 * 3600 * 1000


@dataclass(frozen=True, slots=True)
class License:
    """A licence.

    Args:
        kind: ``basic`` or ``trial``.
        expires_ms: None: never.
    """

    uid: str
    kind: str
    issued_ms: int
    expires_ms: int | None = None


class Licensing:
    """The slot ``license`` of a cluster."""

    def __init__(self, license_: License, *, had_trial: bool = False) -> None:
        self.license = license_
        self.had_trial = had_trial

    def clone(self, cluster: Cluster) -> Licensing:
        return Licensing(self.license, had_trial=self.had_trial)

    def start_trial(self, cluster: Cluster) -> bool:
        """Start the one trial; whether there was none yet."""
        if self.had_trial:
            return False
        now = cluster.clock.now_ms()
        self.license, self.had_trial = License(_uid(cluster), "trial", now, now + TRIAL_MS), True
        return True

    def start_basic(self, cluster: Cluster) -> None:
        """Issue a basic licence anew."""
        self.license = License(_uid(cluster), "basic", cluster.clock.now_ms())


def licensing(cluster: Cluster) -> Licensing:
    """The cluster's licence, and whether it had its trial."""
    found: Licensing = cluster.slot(
        "license", lambda: Licensing(License(_uid(cluster), "basic", cluster.started_ms))
    )
    return found


def _uid(cluster: Cluster) -> str:
    return str(UUID(int=cluster.random.getrandbits(128), version=4))
