"""What a test left behind or did not notice: deprecations, reads of unrefreshed data, open contexts, unused rules."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from esmock.controls.refusal import unknown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from esmock.controls.controls import Controls

KINDS = ("deprecations", "unrefreshed", "contexts", "rules")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing worth a look: its kind, and a sentence."""

    kind: str
    text: str

    def __str__(self) -> str:
        return f"{self.kind}: {self.text}"


def findings(controls: Controls, kinds: Iterable[str] = KINDS) -> list[Finding]:
    """Everything of the given kinds. Raises ControlError for a kind that is none."""
    looks = {"deprecations": _deprecations, "unrefreshed": _unrefreshed, "contexts": _contexts, "rules": _rules}
    out: list[Finding] = []
    for kind in kinds:
        if kind not in looks:
            raise unknown("findings", kind, KINDS, "kind of finding")
        out += [Finding(kind, text) for text in looks[kind](controls)]
    return out


def _deprecations(controls: Controls) -> Iterator[str]:
    seen: set[str] = set()
    for exchange in controls.journal:
        for warning in exchange.warnings:
            if warning not in seen and not any(part in warning for part in controls.expected_warnings):
                seen.add(warning)
                yield f"{exchange!r} is deprecated: {warning}"


def _unrefreshed(controls: Controls) -> Iterator[str]:
    for exchange in controls.journal:
        if exchange.unrefreshed:
            yield f"{exchange!r} could not see the last writes to {', '.join(exchange.unrefreshed)}: no refresh came between"


def _contexts(controls: Controls) -> Iterator[str]:
    if controls.cluster is None or "contexts" not in controls.cluster.slots:
        return
    from esmock.state.contexts import contexts

    found = contexts(controls.cluster)
    if found.scrolls:
        yield f"{len(found.scrolls)} scroll(s) were opened and not cleared"
    if found.points:
        yield f"{len(found.points)} point(s) in time were opened and not closed"


def _rules(controls: Controls) -> Iterator[str]:
    for rule in controls.rules:
        if not rule.acted and not getattr(rule.action, "is_of_port", False):
            why = f"matched {rule.seen} request(s)" if rule.seen else "matched no request"
            yield f"{rule.kind} {rule.label} ({rule.matcher}) never acted: it {why}"
