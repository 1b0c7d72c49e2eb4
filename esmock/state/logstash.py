"""Pipelines that Logstash reads from the cluster. Docs: logstash-apis."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from esmock.xcontent.java_order import hash_order

if TYPE_CHECKING:
    from esmock.state.cluster import Cluster

Json = Any


class LogstashPipelines:
    """The slot ``logstash`` of a cluster: pipeline to its body as it was put."""

    def __init__(self, pipelines: Mapping[str, Json] | None = None) -> None:
        self.pipelines = dict(pipelines or {})

    def clone(self, cluster: Cluster) -> LogstashPipelines:
        return LogstashPipelines(self.pipelines)

    def named(self, names: Sequence[str]) -> dict[str, Json]:
        """Those of the names that are there, all without names; in the order of Java's map."""
        found = {name: body for name, body in self.pipelines.items() if not names or name in names}
        return {name: found[name] for name in hash_order(found)}

    def put(self, name: str, body: Json) -> bool:
        """Store a pipeline; whether it is new."""
        is_new = name not in self.pipelines
        self.pipelines[name] = body
        return is_new

    def delete(self, name: str) -> bool:
        """Remove a pipeline; whether it was there."""
        return self.pipelines.pop(name, None) is not None


def logstash_pipelines(cluster: Cluster) -> LogstashPipelines:
    """The cluster's Logstash pipelines."""
    found: LogstashPipelines = cluster.slot("logstash", LogstashPipelines)
    return found
