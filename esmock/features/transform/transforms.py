"""The transforms of a cluster: put, changed, started, stopped, reset, removed.

Source: the classes TransportPutTransformAction and its kin, TransformMessages, and the makers' YAML tests.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from esmock.errors import ResourceAlreadyExists, ResourceNotFound, Status, Validation
from esmock.features.transform.config import TransformConfig, updated
from esmock.features.transform.destination import check, is_own, make
from esmock.features.transform.transform import FAILED, STARTED, STOPPED, Checkpoint, Counts, Transform
from esmock.state import admin
from esmock.state.resolve import glob
from esmock.state.upgrade_modes import upgrade_modes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from esmock.state.cluster import Cluster

Json = Any
SLOT = "transforms"


class Transforms:
    """The slot ``transforms`` of a cluster."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self.transforms: dict[str, Transform] = {}

    def clone(self, cluster: Cluster) -> Transforms:
        """The same for another cluster, with timers of their own."""
        twin = Transforms(cluster)
        for name, one in self.transforms.items():
            twin.transforms[name] = one.clone()
            if one.state == STARTED:
                due = one.timer.at_ms - cluster.clock.now_ms() if one.timer is not None else 0
                twin.transforms[name].schedule(cluster, max(0, due))
        return twin

    def put(self, config: TransformConfig, *, deferred: bool) -> None:
        """Store a transform. Raises ResourceAlreadyExists, Validation."""
        if config.id in self.transforms:
            raise ResourceAlreadyExists(f"Transform with id [{config.id}] already exists")
        config = self.stamped(config)
        if not deferred:
            check(self._cluster, config)
        self.transforms[config.id] = Transform(config)

    def stamped(self, config: TransformConfig) -> TransformConfig:
        """With the version and time of its making."""
        behaviour = self._cluster.behaviour
        version = "10.0.0" if behaviour.has((8, 11)) else str(behaviour.version)
        return replace(config, created_ms=self._cluster.clock.now_ms(), version=version)

    def one(self, id_: str) -> Transform:
        """Raises ResourceNotFound."""
        found = self.transforms.get(id_)
        if found is None:
            raise missing(id_)
        return found

    def find(self, expression: str | None, *, allow_no_match: bool = True) -> list[Transform]:
        """Those that an expression names, by id. Raises ResourceNotFound."""
        names = [name for name in (expression or "_all").split(",") if name]
        found: dict[str, Transform] = {}
        for name in names:
            if name == "_all" or "*" in name:
                regex = glob("*" if name == "_all" else name)
                chosen = [id_ for id_ in self.transforms if regex.match(id_)]
                if not chosen and not allow_no_match:
                    raise missing(name)
            else:
                chosen = [self.one(name).config.id]
            found |= {id_: self.transforms[id_] for id_ in chosen}
        return [found[id_] for id_ in sorted(found)]

    def update(self, id_: str, changes: Mapping[str, Json], roles: tuple[str, ...] | None, *, deferred: bool) -> TransformConfig:
        """Change a configuration. Raises ResourceNotFound, Status, Validation."""
        one = self.one(id_)
        sync = changes.get("sync")
        if sync is not None and not one.config.is_continuous:
            raise Status(
                f"Cannot change the current sync configuration of transform [{id_}] from [null] to [{next(iter(sync))}]", status=400
            )
        config = updated(one.config, {**changes, "roles": roles})
        if config == one.config:
            return config
        if not deferred:
            check(self._cluster, config)
        one.config = config
        return config

    def start(self, id_: str, from_ms: int | None) -> None:
        """Let a transform run. Raises ResourceNotFound, Validation, Status."""
        one = self.one(id_)
        if "transform" in upgrade_modes(self._cluster).features:
            raise Status("Cannot start any Transform while the Transform feature is upgrading.", status=409)
        if from_ms is not None and not one.config.is_continuous:
            raise Validation("[from] parameter is currently not supported for batch (non-continuous) transforms")
        if one.state == FAILED:
            raise Status(
                f"Unable to start transform [{id_}] as it is in a failed state with failure: [{one.reason}]. "
                "Use force stop and then restart the transform once error is resolved.",
                status=409,
            )
        if one.state == STARTED:
            raise Status(f"Cannot start transform [{id_}] as it is already started.", status=409)
        check(self._cluster, one.config)
        make(self._cluster, one.config)
        one.start(self._cluster, from_ms or 0)

    def stop(self, expression: str, *, force: bool, allow_no_match: bool) -> None:
        """Let transforms rest. Raises ResourceNotFound, Status."""
        found = self.find(expression, allow_no_match=allow_no_match)
        failed = [one for one in found if one.state == FAILED]
        if failed and not force:
            raise Status(
                f"Unable to stop transform [{failed[0].config.id}] as it is in a failed state. Use force stop to stop the transform. "
                f"More details: [{failed[0].reason}]"
                if self._cluster.behaviour.has((8, 9))
                else f"Unable to stop transform [{failed[0].config.id}] as it is in a failed state with reason [{failed[0].reason}]. "
                "Use force stop to stop the transform.",
                status=409,
            )
        for one in found:
            one.stop()

    def delete(self, id_: str, *, force: bool, with_index: bool) -> None:
        """Forget a transform. Raises ResourceNotFound, Status."""
        one = self._resting(id_, "delete", force=force)
        if with_index and one.config.index in self._cluster.indices:
            admin.delete(self._cluster, [self._cluster.indices[one.config.index]])
        del self.transforms[id_]

    def reset(self, id_: str, *, force: bool) -> None:
        """Back to where it was put; what it made goes. Raises ResourceNotFound, Status."""
        one = self._resting(id_, "reset", force=force)
        if is_own(self._cluster, one.config):
            admin.delete(self._cluster, [self._cluster.indices[one.config.index]])
        one.counts, one.last = Counts(), Checkpoint()
        one.changed_ms = one.searched_ms = None

    def _resting(self, id_: str, what: str, *, force: bool) -> Transform:
        one = self.one(id_)
        if one.state != STOPPED and not force:
            raise Status(f"Cannot {what} transform [{id_}] as the task is running. Stop the task first", status=409)
        one.stop()
        return one

    def run_now(self, expression: str, *, defer: bool) -> None:
        """Let running transforms look for changes before the next request. Raises ResourceNotFound."""
        for one in self.find(expression):
            if one.state == STARTED and not defer:
                one.schedule(self._cluster, 0)


def missing(id_: str) -> ResourceNotFound:
    """The error of an unknown transform."""
    return ResourceNotFound(f"Transform with id [{id_}] could not be found")


def transforms(cluster: Cluster) -> Transforms:
    """The cluster's transforms."""
    found: Transforms = cluster.slot(SLOT, lambda: Transforms(cluster))
    return found
