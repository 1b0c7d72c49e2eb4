"""From node attributes to data tiers: what allocates by ``node.attr.data`` prefers tiers instead. Docs: ilm-migrate-to-data-tiers.

Source: the docs page; no engine that could be asked has it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from esmock.errors import IllegalState
from esmock.features.lifecycle.lifecycles import lifecycles
from esmock.features.lifecycle.policy import Phase, Policy
from esmock.state.data_streams import TIER
from esmock.state.templates import LegacyTemplate, Template, Templates, templates

if TYPE_CHECKING:
    from esmock.state.cluster import Cluster

Json = Any
_KINDS = ("require", "include", "exclude")
_TIERS = ("hot", "warm", "cold", "frozen")


@dataclass(slots=True)
class Migrated:
    """The names of what is changed."""

    removed_template: str | None = None
    policies: list[str] = field(default_factory=list)
    indices: list[str] = field(default_factory=list)
    legacy: list[str] = field(default_factory=list)
    composable: list[str] = field(default_factory=list)
    components: list[str] = field(default_factory=list)

    def to_json(self, *, dry_run: bool) -> dict[str, Json]:
        """The answer: without what is empty."""
        named = {
            "removed_legacy_template": self.removed_template,
            "migrated_ilm_policies": self.policies,
            "migrated_indices": self.indices,
            "migrated_legacy_templates": self.legacy,
            "migrated_composable_templates": self.composable,
            "migrated_component_templates": self.components,
        }
        return {"dry_run": dry_run, **{name: value for name, value in named.items() if value}}


def migrate(cluster: Cluster, attribute: str, template: str | None, *, dry_run: bool) -> Migrated:
    """Take a node attribute out of policies, indices and templates.

    Args:
        attribute: its name without ``node.attr.``.
        template: a legacy template that is removed, where there is one of that name.

    Raises:
        IllegalState: policies are carried out at this time.
    """
    mode = lifecycles(cluster).mode
    if not dry_run and mode != "STOPPED" and lifecycles(cluster).policies:
        raise IllegalState(f"stop ILM before migrating to data tiers, current state is [{mode}]")
    done, then = Migrated(), _Changes()
    known = templates(cluster)
    if template is not None and template in known.legacy:
        done.removed_template = template
        rest = {name: one for name, one in known.legacy.items() if name != template}
        then.add(lambda: setattr(known, "legacy", rest))
    _policies(cluster, attribute, done, then)
    _indices(cluster, attribute, done, then)
    _templates(cluster, attribute, done, then)
    if not dry_run:
        then.make()
        cluster.changed()
    return done


class _Changes:
    """What is changed once all is known to be well."""

    def __init__(self) -> None:
        self._steps: list[Callable[[], Any]] = []

    def add(self, step: Callable[[], Any]) -> None:
        self._steps.append(step)

    def make(self) -> None:
        for step in self._steps:
            step()


def _policies(cluster: Cluster, attribute: str, done: Migrated, then: _Changes) -> None:
    for name, policy in lifecycles(cluster).policies.items():
        phases = {key: _of_phase(phase, attribute) for key, phase in policy.phases.items()}
        if phases != policy.phases:
            done.policies.append(name)
            changed: Policy = replace(policy, phases=phases)
            then.add(partial(lifecycles(cluster).put, changed))


def _of_phase(phase: Phase, attribute: str) -> Phase:
    """The phase without allocation by the attribute, and without the word that data is not to move between tiers."""
    allocate = phase.actions.get("allocate")
    if allocate is None or not any(attribute in (allocate.get(kind) or {}) for kind in _KINDS):
        return phase
    left = {
        key: {name: value for name, value in given.items() if name != attribute} if key in _KINDS else given
        for key, given in allocate.items()
    }
    actions = {name: given for name, given in phase.actions.items() if name not in ("allocate", "migrate")}
    if any(value not in (None, {}, -1) for value in left.values()):
        actions["allocate"] = left
    return replace(phase, actions=actions)


def _names(attribute: str) -> list[str]:
    return [f"index.routing.allocation.{kind}.{attribute}" for kind in _KINDS]


def _preferred(value: str) -> str | None:
    """A tier and those that are taken where it has no node; None: the value names no tier."""
    if value not in _TIERS:
        return None
    return ",".join(f"data_{one}" for one in reversed(_TIERS[: _TIERS.index(value) + 1]))


def _indices(cluster: Cluster, attribute: str, done: Migrated, then: _Changes) -> None:
    for name, index in sorted(cluster.indices.items()):
        given = {key: index.settings[key] for key in _names(attribute) if key in index.settings}
        if not given:
            continue
        done.indices.append(name)
        settings = {key: value for key, value in index.settings.items() if key not in given}
        tiers = [tier for value in given.values() if (tier := _preferred(str(value))) is not None]
        if tiers:
            settings[TIER] = tiers[0]
        then.add(partial(index.change_settings, settings))


def _templates(cluster: Cluster, attribute: str, done: Migrated, then: _Changes) -> None:
    known = templates(cluster)
    for kind, names in (("legacy", done.legacy), ("composable", done.composable), ("components", done.components)):
        changed = {
            name: other
            for name, one in sorted(getattr(known, kind).items())
            if (other := _without(one, set(_names(attribute)))) is not one and name != done.removed_template
        }
        names.extend(changed)
        then.add(partial(_replace_some, known, kind, changed))


def _replace_some(known: Templates, kind: str, changed: dict[str, Any]) -> None:
    setattr(known, kind, {**getattr(known, kind), **changed})


def _without(one: Any, taken: set[str]) -> Any:
    """A template without some settings: itself where it has none of them."""
    if isinstance(one, LegacyTemplate):
        left = {key: value for key, value in one.settings.items() if key not in taken}
        return one if len(left) == len(one.settings) else replace(one, settings=left)
    inner: Template | None = one.template
    given = {} if inner is None else inner.settings or {}
    left = {key: value for key, value in given.items() if key not in taken}
    return one if inner is None or len(left) == len(given) else replace(one, template=replace(inner, settings=left))
