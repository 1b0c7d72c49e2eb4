"""With whose rights a job is made and runs: those of who put it, as they were then.

Source: recordings of 6.8.23 (I7, X3, X4).
"""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from esmock.features.security.authentication import Authentication
    from esmock.state.cluster import Cluster

FIELD_CAPS = "indices:data/read/field_caps"
SEARCH = "indices:data/read/search"
BULK = "indices:data/write/bulk"
CREATE = "indices:admin/create"
PUT_MAPPING = "indices:admin/mapping/put"


@dataclass(frozen=True, slots=True)
class Rights:
    """Of the sender of a put.

    Args:
        who: None: there is no security, or whoever asks holds the server in his hands.
    """

    who: Authentication | None = None

    def acting(self, cluster: Cluster, action: str) -> AbstractContextManager[Any]:
        """With these rights, for an action. Raises Security where it is allowed on no index."""
        if self.who is None:
            return nullcontext()
        from esmock.features.security.gate import SecurityGate
        from esmock.features.security.user import security_state

        gate = SecurityGate(cluster, self.who, security_state(cluster), action, lambda _text: None)
        if not self.who.permits(action):
            raise gate.denied(action)
        return cluster.acting_for(gate)


EVERYTHING = Rights()
