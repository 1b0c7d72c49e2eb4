"""Which steps need not be done, and which may be done earlier: what is not needed does not warn either.

Source: warnings of 8.19.21 about rows of columns that nothing reads, and the order of groups behind a sort.
"""

from __future__ import annotations

from collections.abc import Iterable

from esmock.features.esql.steps import Step, projected


def optimized(steps: list[Step], wanted: Iterable[str]) -> list[Step]:
    """The steps that lead to some columns: filters before what is computed for all rows, nothing that nobody looks at."""
    found = _needed(_filtered_first(steps), wanted)
    _settle_groups(found)
    return found


def _settle_groups(steps: list[Step]) -> None:
    """ES: a field whose values are looked at anyhow is grouped by its values, not by its terms."""
    loaded: set[str] = set()
    for step in steps:
        loaded |= step.loads
        if step.plan is not None and step.plan.ordinals:
            step.plan.ordinals = step.plan.groups[0].name not in loaded


def _filtered_first(steps: list[Step]) -> list[Step]:
    """Filters stand before the columns that they do not read."""
    out: list[Step] = []
    for step in steps:
        at = len(out)
        while step.is_filter and at and (out[at - 1].may_wait or out[at - 1].is_sort) and not out[at - 1].makes & step.reads:
            at -= 1
        out.insert(at, step)
    return out


def _needed(steps: list[Step], wanted: Iterable[str]) -> list[Step]:
    needed = set(wanted)
    is_order_seen = True
    out: list[Step] = []
    for step in reversed(steps):
        if step.may_wait and not step.is_constant and not step.makes & needed:
            continue
        if step.is_sort and not is_order_seen:
            continue
        if step.is_blind:
            needed, is_order_seen = set(step.reads), False
        elif step.pairs is not None:
            step = projected([(new, old) for new, old in step.pairs if new in needed])
            needed = {old for _, old in step.pairs or ()}
        else:
            needed = (needed - step.makes) | step.reads
        if step.is_sort:
            is_order_seen = False
        elif step.is_ordered:
            is_order_seen = True
        out.append(step)
    return out[::-1]
