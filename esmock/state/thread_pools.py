"""The thread pools of a node with two processors, as 7.10.2, 7.17.29 and 8.19.21 name them, in the order in which a node makes them."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from esmock.xcontent.java_order import hash_order

if TYPE_CHECKING:
    from esmock.version import Behaviour

_SEVEN = """
generic scaling 4 128 30s
write fixed 2 10000
get fixed 2 1000
analyze fixed 1 16
search fixed_auto_queue_size 4 1000
search_throttled fixed_auto_queue_size 1 100
management scaling 1 5 5m
listener fixed 1 -1
flush scaling 1 1 5m
refresh scaling 1 1 5m
warmer scaling 1 1 5m
snapshot scaling 1 1 5m
fetch_shard_started scaling 1 4 5m
force_merge fixed 1 -1
fetch_shard_store scaling 1 4 5m
system_read fixed 1 2000
system_write fixed 1 1000
"""
_SEVENTEEN = """
generic scaling 4 128 30s
write fixed 2 10000
get fixed 2 1000
analyze fixed 1 16
search fixed_auto_queue_size 4 1000
search_coordination fixed 1 1000
search_throttled fixed_auto_queue_size 1 100
auto_complete fixed 1 100
management scaling 1 2 5m
listener fixed 1 -1
flush scaling 1 1 5m
refresh scaling 1 1 5m
warmer scaling 1 1 5m
snapshot scaling 1 1 5m
snapshot_meta scaling 1 6 30s
fetch_shard_started scaling 1 4 5m
force_merge fixed 1 -1
fetch_shard_store scaling 1 4 5m
system_read fixed 1 2000
system_write fixed 1 1000
system_critical_read fixed 1 2000
system_critical_write fixed 1 1500
"""
_EIGHT = """
generic scaling 4 128 30s
write fixed 2 10000
get fixed 4 1000
analyze fixed 1 16
search fixed 4 1000
search_throttled fixed 1 100
search_coordination fixed 1 1000
auto_complete fixed 1 100
management scaling 1 2 5m
flush scaling 1 1 5m
refresh scaling 1 1 5m
warmer scaling 1 1 5m
snapshot scaling 1 1 5m
snapshot_meta scaling 1 6 30s
fetch_shard_started scaling 1 4 5m
force_merge fixed 1 -1
cluster_coordination fixed 1 -1
fetch_shard_store scaling 1 4 5m
system_read fixed 1 2000
system_write fixed 1 1000
system_critical_read fixed 1 2000
system_critical_write fixed 1 1500
merge scaling 1 2 5m
esql_worker fixed 4 1000
"""


@dataclass(frozen=True, slots=True)
class ThreadPool:
    """One pool: of a fixed ``size``, or scaling from ``core`` to ``maximum`` threads that live for ``keep_alive``."""

    name: str
    kind: str
    size: int | None = None
    core: int | None = None
    maximum: int | None = None
    keep_alive: str | None = None
    queue_size: int = -1

    def described(self) -> dict[str, Any]:
        """As the nodes info API prints it."""
        if self.size is not None:
            return {"type": self.kind, "size": self.size, "queue_size": self.queue_size}
        return {
            "type": self.kind,
            "core": self.core,
            "max": self.maximum,
            "keep_alive": self.keep_alive,
            "queue_size": self.queue_size,
        }


    def settings(self) -> dict[str, str]:
        """The settings that it is made by."""
        if self.size is not None:
            found: dict[str, Any] = {"size": self.size, "queue_size": self.queue_size}
        else:
            found = {"core": self.core, "max": self.maximum, "keep_alive": self.keep_alive}
        return {f"thread_pool.{self.name}.{key}": str(value) for key, value in found.items()}


@functools.cache
def pools_of(behaviour: Behaviour) -> tuple[ThreadPool, ...]:
    """The pools of a version, by name."""
    return tuple(sorted(_made(behaviour), key=attrgetter("name")))


def pools_by_hash(behaviour: Behaviour) -> list[ThreadPool]:
    """The pools as the nodes info API lists them."""
    pools = {pool.name: pool for pool in _made(behaviour)}
    return [pools[name] for name in hash_order(pools)]


def _made(behaviour: Behaviour) -> list[ThreadPool]:
    pools = _EIGHT if behaviour.major >= 8 else _SEVENTEEN if behaviour.newer_jackson else _SEVEN
    return [_read(line) for line in pools.split("\n") if line]


def _read(line: str) -> ThreadPool:
    name, kind, *numbers = line.split()
    if kind == "scaling":
        core, maximum, keep_alive = numbers
        return ThreadPool(name, kind, core=int(core), maximum=int(maximum), keep_alive=keep_alive)
    size, queue = numbers
    return ThreadPool(name, kind, size=int(size), queue_size=int(queue))
