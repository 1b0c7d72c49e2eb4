"""Features that stand still while their indices are upgraded: machine learning and transforms."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from esmock.state.cluster import Cluster

SLOT = "upgrade_modes"


class UpgradeModes:
    """The slot ``upgrade_modes`` of a cluster: the names of the features that are upgraded now. Replaced, never changed."""

    def __init__(self) -> None:
        self.features: frozenset[str] = frozenset()

    def clone(self, cluster: Cluster) -> UpgradeModes:
        """The same for another cluster."""
        twin = UpgradeModes()
        twin.features = self.features
        return twin

    def set(self, feature: str, *, enabled: bool) -> None:
        """Begin or end the upgrade of a feature."""
        self.features = self.features | {feature} if enabled else self.features - {feature}


def upgrade_modes(cluster: Cluster) -> UpgradeModes:
    """The cluster's features in upgrade mode."""
    found: UpgradeModes = cluster.slot(SLOT, UpgradeModes)
    return found
