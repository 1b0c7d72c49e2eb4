"""The lifecycle policies of a cluster, and where its indices stand in them.

Source: answers of 6.8.23; what is newer follows docs pages ilm-apis and ilm-index-lifecycle.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from esmock.errors import ApiError, IllegalArgument, ResourceNotFound, Unsupported
from esmock.features.lifecycle import actions
from esmock.state.resolve import by_name, glob
from esmock.state.templates import templates
from esmock.xcontent import json_writer
from esmock.xcontent.units import parse_time_ms

if TYPE_CHECKING:
    from esmock.features.lifecycle.policy import Phase, Policy
    from esmock.state.cluster import Cluster
    from esmock.state.index import Index

Json = Any
SLOT = "lifecycles"
POLICY = "index.lifecycle.name"
SKIP = "index.lifecycle.skip"
_INTERVAL = "indices.lifecycle.poll_interval"
COMPLETE = "complete"
ERROR = "ERROR"


@dataclass(frozen=True, slots=True)
class StepKey:
    """A step by the names of its phase, action and its own; of a target the last two may be missing (from 7.14 on)."""

    phase: str
    action: str | None = None
    name: str | None = None

    def __str__(self) -> str:
        named = {"phase": self.phase, "action": self.action, "name": self.name}
        return json_writer.dumps({key: value for key, value in named.items() if value is not None}).decode()


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an index stands.

    Args:
        since_ms: what its age is counted from.
        phase: as the policy described it when the index entered.
        version, modified_ms: of the policy at that time.
        step: as Elasticsearch names it; ``ERROR`` with the ``failed_step`` and its ``error``.
    """

    policy: str
    since_ms: int
    phase: Phase
    version: int
    modified_ms: int
    phase_ms: int
    action: str
    action_ms: int
    step: str
    step_ms: int
    failed_step: str | None = None
    error: ApiError | Unsupported | None = None
    retries: int = 0

    def at(self, action: str, step: str, now_ms: int) -> Standing:
        """The same in another step."""
        action_ms = self.action_ms if action == self.action else now_ms
        return replace(
            self, action=action, action_ms=action_ms, step=step, step_ms=now_ms, failed_step=None, error=None, retries=0
        )

    def failed(self, error: ApiError | Unsupported, now_ms: int) -> Standing:
        """The same after a step has failed, once more or for the first time."""
        again = self.step == ERROR
        return replace(
            self,
            step=ERROR,
            step_ms=self.step_ms if again else now_ms,
            failed_step=self.failed_step if again else self.step,
            error=error,
            retries=self.retries + again,
        )


class Lifecycles:
    """The slot ``lifecycles`` of a cluster.

    Attributes:
        mode: ``RUNNING`` or ``STOPPED``.
        standings: uuid of an index to where it stands.
    """

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self.policies: dict[str, Policy] = {}
        self.mode = "RUNNING"
        self.standings: dict[str, Standing] = {}
        self._timer: Any = None

    def clone(self, cluster: Cluster) -> Lifecycles:
        """The same for another cluster, with a timer of its own."""
        twin = Lifecycles(cluster)
        twin.policies, twin.mode, twin.standings = dict(self.policies), self.mode, dict(self.standings)
        if self._timer is not None:
            twin.settings_changed()
        return twin

    def settings_changed(self) -> None:
        """Look at the indices again after the interval that the settings say now."""
        if self._timer is not None:
            self._timer.cancel()
        cluster = self._cluster
        interval_ms = parse_time_ms(str(cluster.setting(_INTERVAL, "10m")), _INTERVAL)
        self._timer = cluster.clock.call_at(cluster.clock.now_ms() + max(interval_ms, 1000), self._poll)

    def _poll(self) -> None:
        self.run()
        self.settings_changed()

    # -- policies

    def put(self, policy: Policy) -> None:
        """Store a policy; a changed one counts as its next version."""
        older = self.policies.get(policy.name)
        version = 1 if older is None else older.version + 1
        self.policies[policy.name] = replace(policy, version=version, modified_ms=self._cluster.clock.now_ms())
        if self._timer is None:
            self.settings_changed()

    def find(self, names: list[str], *, wildcards: bool) -> list[Policy]:
        """Policies by name, all of them for none. Raises ResourceNotFound."""
        if not names or names == ["*"] or names == ["_all"]:
            return list(self.policies.values())
        found: dict[str, Policy] = {}
        for name in names:
            if wildcards and "*" in name:
                regex = glob(name)
                found.update({one: policy for one, policy in self.policies.items() if regex.match(one)})
            elif name in self.policies:
                found[name] = self.policies[name]
            else:
                raise ResourceNotFound(f"Lifecycle policy not found: {name}")
        return list(found.values())

    def delete(self, name: str) -> None:
        """Remove a policy. Raises IllegalArgument for one in use, ResourceNotFound."""
        users = self.users(name)
        if users:
            raise IllegalArgument(
                f"Cannot delete policy [{name}]. It is in use by one or more indices: [{', '.join(users)}]"
            )
        if self.policies.pop(name, None) is None:
            raise ResourceNotFound(f"Lifecycle policy not found: {name}")

    def users(self, name: str) -> list[str]:
        """The indices that a policy manages."""
        return sorted(one.name for one in self._cluster.indices.values() if one.settings.get(POLICY) == name)

    def users_of_kinds(self, name: str) -> dict[str, Json]:
        """Indices, data streams and composable templates that name a policy."""
        cluster = self._cluster
        registry = templates(cluster)
        using = [
            one.name
            for one in registry.composable.values()
            if any((part.settings or {}).get(POLICY) == name for part in registry.parts_of(one))
        ]
        streams = [
            one.name for one in cluster.streams.values() if cluster.indices[one.write_index].settings.get(POLICY) == name
        ]
        return {"indices": self.users(name), "data_streams": streams, "composable_templates": sorted(using)}

    # -- indices

    def standing(self, index: Index) -> Standing | None:
        """Where a managed index stands, put into its first phase if it is new; None without such a policy."""
        found = self.standings.get(index.uuid)
        name = index.settings.get(POLICY)
        if found is not None and found.policy == name:
            return found
        policy = self.policies.get(name) if name is not None else None
        phases = policy.ordered_phases() if policy is not None else []
        if policy is None or not phases:
            return None
        since = int(index.settings.get("index.lifecycle.origination_date") or -1)
        since = index.created_ms if since < 0 else since
        now = max(index.created_ms, policy.modified_ms)
        first = self._entered(policy, phases[0], since, now)
        self.standings[index.uuid] = first if phases[0].min_age_ms <= now - since else replace(
            first, phase=replace(phases[0], name="new", actions={}), action=COMPLETE, step=COMPLETE
        )
        self._advance(index)
        return self.standings.get(index.uuid)

    def _entered(self, policy: Policy, phase: Phase, since_ms: int, now_ms: int) -> Standing:
        names = phase.ordered_actions()
        action = names[0] if names else COMPLETE
        step = actions.first_step(action)
        return Standing(
            policy.name, since_ms, phase, policy.version, policy.modified_ms, now_ms, action, now_ms, step, now_ms
        )

    def remove(self, index: Index) -> None:
        """Take an index out of its policy's hands."""
        settings = {key: value for key, value in index.settings.items() if not key.startswith("index.lifecycle.")}
        if settings != index.settings:
            index.change_settings(settings)
        self.standings.pop(index.uuid, None)

    def retry(self, index: Index) -> None:
        """Try the step that failed again. Raises IllegalArgument."""
        found = self.standing(index)
        if found is None or found.step != ERROR or found.failed_step is None:
            raise IllegalArgument(
                f"cannot retry an action for an index [{index.name}] that has not encountered an error when running a "
                "Lifecycle Policy"
            )
        now = self._cluster.clock.now_ms()
        self.standings[index.uuid] = found.at(found.action, found.failed_step, now)

    def move(self, index: Index, current: StepKey, following: StepKey) -> None:
        """Set an index on another step. Raises IllegalArgument."""
        standing = self.standing(index)
        if standing is None:
            raise IllegalArgument(f"index [{index.name}] is not associated with an Index Lifecycle Policy")
        if StepKey(standing.phase.name, standing.action, standing.step) != current:
            raise IllegalArgument(f"index [{index.name}] is not on current step [{current}]")
        policy = self.policies[standing.policy]
        phase = next((one for one in policy.ordered_phases() if one.name == following.phase), None)
        names = phase.ordered_actions() if phase is not None else []
        action = following.action or (names[0] if names else COMPLETE)
        step = following.name or (COMPLETE if action == COMPLETE else actions.first_step(action))
        if phase is None or (action != COMPLETE and (action not in names or step not in actions.steps(action))):
            raise IllegalArgument(
                f"step [{following}] for index [{index.name}] with policy [{policy.name}] does not exist"
            )
        now = self._cluster.clock.now_ms()
        entered = self._entered(policy, phase, standing.since_ms, now)
        self.standings[index.uuid] = replace(entered, action=action, step=step)
        self._advance(index)

    def run(self) -> None:
        """Take every managed index as far as it can go now."""
        if self.mode != "RUNNING":
            return
        cluster = self._cluster
        for index in by_name(cluster.indices.values()):
            is_left = index.settings.get(SKIP) == "true"
            if POLICY in index.settings and not is_left and index.name in cluster.indices and self.standing(index) is not None:
                self._advance(index, polls=True)
        known = {index.uuid for index in cluster.indices.values()}
        self.standings = {uuid: one for uuid, one in self.standings.items() if uuid in known}

    def _advance(self, index: Index, *, polls: bool = False) -> None:
        """Do what can be done for an index; the end of a phase and waiting steps are looked at only when it is time to."""
        cluster = self._cluster
        while index.name in cluster.indices:
            standing = self.standings[index.uuid]
            now = cluster.clock.now_ms() if polls else standing.step_ms
            if standing.step == ERROR and not polls:
                return
            if standing.action == COMPLETE:
                entered = self._next_phase(standing, now) if polls else None
                if entered is None:
                    return
                self.standings[index.uuid] = entered
                continue
            if actions.waits(standing.action) and not polls:
                return
            try:
                outcome = actions.run(cluster, index, standing.phase, standing.action)
            except (ApiError, Unsupported) as error:
                self.standings[index.uuid] = standing.failed(error, now)
                return
            if not outcome.is_done:
                if standing.step == ERROR:
                    self.standings[index.uuid] = standing.at(standing.action, actions.first_step(standing.action), now)
                return
            following = standing.phase.ordered_actions()
            rest = following[following.index(standing.action) + 1 :]
            after = standing if outcome.rolled_ms is None else replace(standing, since_ms=outcome.rolled_ms)
            name = rest[0] if rest else COMPLETE
            self.standings[index.uuid] = after.at(name, actions.first_step(name), now)

    def _next_phase(self, standing: Standing, now_ms: int) -> Standing | None:
        """The next phase, entered, where the index is old enough."""
        policy = self.policies.get(standing.policy)
        if policy is None:
            return None
        phases = policy.ordered_phases()
        names = [one.name for one in phases]
        at = names.index(standing.phase.name) + 1 if standing.phase.name in names else 0
        if at >= len(phases) or now_ms - standing.since_ms < phases[at].min_age_ms:
            return None
        return self._entered(policy, phases[at], standing.since_ms, now_ms)


def lifecycles(cluster: Cluster) -> Lifecycles:
    """The cluster's lifecycles."""
    found: Lifecycles = cluster.slot(SLOT, lambda: Lifecycles(cluster))
    return found
