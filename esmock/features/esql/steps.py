"""The commands of a query as steps: what each makes of the columns before it, looked at first, then done page by page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

import numpy as np

from esmock.errors import Unsupported
from esmock.features.esql import tree
from esmock.features.esql.analysis import Analyzer
from esmock.features.esql.block import Block, of_rows
from esmock.features.esql.evaluate import conjuncts, evaluate, folded, holds, is_asked_of_index, may_hold
from esmock.features.esql.extraction import dissect_fields, dissected, grok_fields, grokked
from esmock.features.esql.fork import FORK, forked_page, labelled
from esmock.features.esql.functions.function import Evaluation
from esmock.features.esql.functions.registry import functions
from esmock.features.esql.functions.search import SEARCHES
from esmock.features.esql.grouping import Plan, grouped_page, inlined_page, row_groups
from esmock.features.esql.page import Page
from esmock.features.esql.scope import Attribute, Scope
from esmock.features.esql.tree import Assignment, Call, Command, Expression, Name, NamePattern
from esmock.features.esql.types import SPANS

if TYPE_CHECKING:
    from esmock.features.esql.enrich import Enrichment
    from esmock.features.esql.lookup import Lookup

Json = Any
Run = Callable[[Page, Evaluation], Page]


@dataclass(slots=True)
class Step:
    """What is done to a page.

    Args:
        reads: the columns that it needs besides those that it hands on.
        loads: those of them whose values it looks at.
        makes: the columns that it adds.
        pairs: what becomes of the columns where it names them all: (new, old).
        is_ordered: the order of the rows decides what it does.
        is_blind: it makes rows without regard to the order of those before.
        may_wait: it may be done after the rows were chosen.
    """

    run: Run
    reads: frozenset[str] = frozenset()
    loads: frozenset[str] = frozenset()
    makes: frozenset[str] = frozenset()
    pairs: list[tuple[str, str]] | None = None
    is_ordered: bool = False
    is_sort: bool = False
    is_blind: bool = False
    may_wait: bool = False
    is_constant: bool = False
    """It is computed once, whether its column is looked at or not."""
    is_filter: bool = False
    plan: Plan | None = None
    """Of STATS."""


def _names(*expressions: Expression | None) -> frozenset[str]:
    """The columns that expressions read."""
    return frozenset(one.name for top in expressions if top is not None for one in top.walk() if isinstance(one, Name))
_UNSORTED = ("geo_point", "cartesian_point", "geo_shape", "cartesian_shape", "_source", "unsupported")


@dataclass(slots=True)
class Planner:
    """Turns commands into steps.

    Args:
        warn: takes warnings.
        mentioned: whether a field is one of those that the query names, of which alone it is told where a name is unknown.
        lookup: finds an index to join with.
        enrichment: finds a policy to enrich by.
        random: chooses samples.
    """

    scope: Scope
    warn: Callable[[str], None] = lambda _text: None
    mentioned: Callable[[str], bool] = lambda _name: True
    lookup: Callable[[str], Lookup] | None = None
    enrichment: Callable[[str], Enrichment | None] | None = None
    random: Any = None
    evaluation: Evaluation | None = None
    is_fresh: bool = True
    """The rows are still those of the indices, so that terms of a field have their order."""
    steps: list[Step] = field(default_factory=list)

    def add(self, command: Command) -> None:
        """Look at a command, and keep its steps. Raises Verification."""
        planners: dict[type, Callable[[Any], Step | list[Step]]] = {
            tree.Where: self._where, tree.Eval: self._eval, tree.Stats: self._stats, tree.Sort: self._sort, tree.Limit: self._limit,
            tree.Keep: self._keep, tree.Drop: self._drop, tree.Rename: self._rename, tree.Dissect: self._dissect, tree.Grok: self._grok,
            tree.MvExpand: self._mv_expand, tree.Sample: self._sample, tree.LookupJoin: self._lookup_join, tree.Row: self._row,
            tree.Enrich: self._enrich, tree.InlineStats: self._inline_stats, tree.Fork: self._fork, tree.Fuse: self._fuse,
        }  # fmt: skip
        found = planners[type(command)](command)
        if isinstance(command, (tree.Limit, tree.Stats, tree.LookupJoin, tree.Enrich, tree.Sample, tree.Fork, tree.Fuse)):
            self.is_fresh = False
        self.steps += found if isinstance(found, list) else [found]

    def _analyzer(self, scope: Scope, *, in_stats: bool = False) -> Analyzer:
        assert self.evaluation is not None
        return Analyzer(scope, in_stats=in_stats, mentioned=self.mentioned, behaviour=self.evaluation.behaviour)

    # -- rows

    def _row(self, command: tree.Row) -> list[Step]:
        self.scope = {}
        problems = self._analyzer({})
        for one in command.fields:
            kind = problems.look(one.value)
            if problems.behaviour is not None and problems.behaviour.rows_read_themselves:
                problems.scope = {**problems.scope, one.name: Attribute(kind)}
            if kind in SPANS:
                problems.type_problems.append((one.value.at, f"cannot use [{one.value.text}] directly in a row assignment"))
        problems.check()
        return self._eval(tree.Eval(command.fields, at=command.at))

    def _where(self, command: tree.Where) -> Step:
        analyzer = self._analyzer(self.scope)
        analyzer.look(command.condition)
        analyzer.check_condition(command.condition)
        analyzer.check()
        condition = self._folded(command.condition)
        searches = any(isinstance(one, Call) and one.name in SEARCHES for one in condition.walk())
        scores: frozenset[str] = frozenset(("_score",)) if searches and "_score" in self.scope else frozenset()
        fields = {name for name, one in self.scope.items() if one.is_field}

        def step(page: Page, run: Evaluation) -> Page:
            for one in conjuncts(condition):
                page = page.filter(may_hold(one, page, run, fields))
            return page.filter(holds(condition, page, run))

        loads = _names(*(one for one in conjuncts(condition) if not is_asked_of_index(one)))
        return Step(step, _names(condition) | scores, loads, is_filter=not searches)

    def _folded(self, expression: Expression) -> Expression:
        assert self.evaluation is not None
        return folded(expression, self.evaluation)

    def _sort(self, command: tree.Sort) -> Step:
        analyzer = self._analyzer(self.scope)
        for order in command.orders:
            kind = analyzer.look(order.key)
            if kind in _UNSORTED:
                analyzer.type_problems.append((order.key.at, f"cannot sort on {kind}"))
        analyzer.check()
        reads = _names(*(order.key for order in command.orders))
        return Step(lambda page, run: page.take(_sorted(command.orders, page, run)), reads, reads, is_sort=True)

    def _limit(self, command: tree.Limit) -> Step:
        if command.groups:
            return self._limit_by(command)

        def step(page: Page, run: Evaluation) -> Page:
            return page if page.n_rows <= command.count else page.take(np.arange(command.count))

        return Step(step, is_ordered=True)

    def _limit_by(self, command: tree.Limit) -> Step:
        """So many rows of each group, in their order."""
        analyzer = self._analyzer(self.scope, in_stats=True)
        for one in command.groups:
            analyzer.look(one.value)
            if _aggregates_in(one.value):
                raise Unsupported("aggregations of the ES|QL command [LIMIT BY]")
        analyzer.check()

        def step(page: Page, run: Evaluation) -> Page:
            groups = row_groups(command.groups, page, run, "LIMIT BY")
            order = np.argsort(groups, kind="stable")
            ordered = groups[order]
            begins = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]]) if len(ordered) else np.zeros(0, np.int64)
            place = np.arange(len(ordered)) - np.repeat(begins, np.diff(np.r_[begins, len(ordered)]))
            mask = np.zeros(page.n_rows, bool)
            mask[order[place < command.count]] = True
            return page.filter(mask)

        reads = _names(*(one.value for one in command.groups))
        return Step(step, reads, reads, is_ordered=True)

    def _sample(self, command: tree.Sample) -> Step:
        chosen = self.random

        def step(page: Page, run: Evaluation) -> Page:
            return page.filter(np.array([chosen.random() < command.probability for _ in range(page.n_rows)], bool))

        return Step(step, is_ordered=True)

    def _mv_expand(self, command: tree.MvExpand) -> Step:
        name = command.name.text
        analyzer = self._analyzer(self.scope)
        if name not in self.scope:
            analyzer.unknown(name, command.name.at)
        else:
            analyzer.check_usable(name, command.name.at)
        analyzer.check()
        self.scope = {**self.scope, name: Attribute(self.scope[name].type)}

        def step(page: Page, run: Evaluation) -> Page:
            block = page.block(name)
            counts = np.maximum(block.counts, 1)
            expanded = page.take(np.repeat(np.arange(page.n_rows), counts))
            rows = ([value] for values in block.rows() for value in (values or [None]))
            new = of_rows(block.type, ([] if value == [None] else value for value in rows))
            return expanded.with_column_in_place(name, new)

        return Step(step, frozenset((name,)), frozenset((name,)))

    # -- columns

    def _eval(self, command: tree.Eval) -> list[Step]:
        steps = []
        for one in command.fields:
            analyzer = self._analyzer(self.scope)
            kind = analyzer.look(one.value)
            if kind in SPANS:
                analyzer.type_problems.append(
                    (one.at, f"EVAL does not support type [{kind}] as the return data type of expression [{one.value.text}]")
                )
            analyzer.check()
            attribute = self._attribute(one.value)
            if one.name in self.scope or not isinstance(one.value, Name):
                attribute = Attribute(attribute.type)
            self._add_columns({one.name: attribute})
            one.value = self._folded(one.value)
            steps.append(_computed(one))
        return steps

    def _attribute(self, value: Expression) -> Attribute:
        return self.scope[value.name] if isinstance(value, Name) else Attribute(value.type)

    def _keep(self, command: tree.Keep) -> Step:
        """ES: where a column is named more than once, the most telling way counts: by name, by pattern, by a star alone."""
        analyzer = self._analyzer(self.scope)
        ranks: dict[str, tuple[int, int]] = {}
        for place, one in enumerate(command.names):
            rank = 0 if not one.is_pattern else 2 if one.text == "*" else 1
            found = self._matching(one, analyzer)
            for name in found:
                if name not in ranks or rank <= ranks[name][0]:
                    ranks.pop(name, None)
                    ranks[name] = (rank, place)
        analyzer.check()
        order = list(self.scope)
        names = sorted(ranks, key=lambda name: (ranks[name][1], order.index(name)))
        return self._projected([(name, name) for name in names])

    def _drop(self, command: tree.Drop) -> Step:
        analyzer = self._analyzer(self.scope)
        gone = {name for one in command.names for name in self._matching(one, analyzer)}
        analyzer.check()
        return self._projected([(name, name) for name in self.scope if name not in gone])

    def _matching(self, pattern: NamePattern, analyzer: Analyzer) -> list[str]:
        if not pattern.is_pattern:
            if pattern.text in self.scope:
                return [pattern.text]
            analyzer.unknown(pattern.text, pattern.at)
            return []
        found = [name for name in self.scope if fnmatchcase(name, pattern.text.replace("[", "[[]"))]
        if not found and pattern.text != "*":
            analyzer.problems.append((pattern.at, f"No matches found for pattern [{pattern.text}]"))
        return found

    def _renamed(self, pairs: list[tuple[str, str]]) -> Step:
        step = self._projected(pairs)
        for new, old in pairs:
            if new != old and self.scope[new].is_field:
                self.scope[new] = replace(self.scope[new], is_field=False)
        return step

    def _rename(self, command: tree.Rename) -> Step:
        pairs = [(name, name) for name in self.scope]
        analyzer = self._analyzer(self.scope)
        for old, new in command.pairs:
            if all(name != old.text for name, _ in pairs):
                analyzer.unknown(old.text, old.at)
                continue
            analyzer.check_usable(dict(pairs).get(old.text, old.text), old.at)
            pairs = [pair for pair in pairs if pair[0] != new.text or old.text == new.text]
            pairs = [(new.text if name == old.text else name, source) for name, source in pairs]
        analyzer.check()
        return self._renamed(pairs)

    def _projected(self, pairs: list[tuple[str, str]]) -> Step:
        before = self.scope
        self.scope = {new: before[old] for new, old in pairs}
        return projected(pairs)

    def _dissect(self, command: tree.Dissect) -> Step:
        self._check_text(command.source, "Dissect")
        names = dissect_fields(command.pattern, command.at)
        self._add_columns({name: Attribute("keyword") for name in names})

        def step(page: Page, run: Evaluation) -> Page:
            found = dissected(command.pattern, command.separator, evaluate(command.source, page, run))
            return page.with_columns({name: of_rows("keyword", found[name]) for name in names})

        reads = _names(command.source)
        return Step(step, reads, reads, frozenset(names))

    def _grok(self, command: tree.Grok) -> Step:
        self._check_text(command.source, "Grok")
        kinds = grok_fields(command.pattern, command.at)
        self._add_columns({name: Attribute(kind) for name, kind in kinds.items()})

        def step(page: Page, run: Evaluation) -> Page:
            found = grokked(command.pattern, evaluate(command.source, page, run))
            return page.with_columns({name: of_rows(kind, found[name]) for name, kind in kinds.items()})

        reads = _names(command.source)
        return Step(step, reads, reads, frozenset(kinds))

    def _check_text(self, source: Expression, name: str) -> None:
        analyzer = self._analyzer(self.scope)
        kind = analyzer.look(source)
        if kind and kind not in ("keyword", "text", "null"):
            analyzer.type_problems.append(
                (source.at, f"{name} only supports KEYWORD or TEXT values, found expression [{source.text}] type [{kind.upper()}]")
            )
        analyzer.check()

    def _add_columns(self, added: dict[str, Attribute]) -> None:
        """Put columns behind the others, in the place of those with their names."""
        self.scope = {**{name: found for name, found in self.scope.items() if name not in added}, **added}

    def _lookup_join(self, command: tree.LookupJoin) -> Step:
        from esmock.features.esql.lookup import joined_page

        assert self.lookup is not None
        found = self.lookup(command.index)
        analyzer = self._analyzer(self.scope)
        problem = found.problem(command.index)
        if problem is not None:
            analyzer.problems.append((command.index_at, problem))
        for one in command.fields:
            if one.text not in self.scope or (problem is None and one.text not in found.scope):
                side = "left" if one.text not in self.scope else "right"
                analyzer.problems.append((one.at, f"Unknown column [{one.text}] in {side} side of join"))
        analyzer.check()
        names = [one.text for one in command.fields]
        added = {name: Attribute(one.type) for name, one in found.scope.items() if name not in names}
        self._add_columns(added)
        reads = frozenset(names)
        return Step(lambda page, run: joined_page(page, found, names), reads, reads, frozenset(added))

    def _enrich(self, command: tree.Enrich) -> Step:
        from esmock.features.esql.enrich import enriched

        assert self.enrichment is not None
        found = self.enrichment(command.policy)
        analyzer = self._analyzer(self.scope)
        if found is None:
            analyzer.problems.append((command.policy_at, f"cannot find enrich policy [{command.policy}]"))
            analyzer.check()
            raise AssertionError(command.policy)
        on = command.on.text if command.on is not None else found.policy.match_field
        if on not in self.scope:
            analyzer.unknown(on, command.on.at if command.on is not None else command.at)
        taken = [(name, name) for name in found.fields] if command.taken is None else [(new, old.text) for new, old in command.taken]
        for (_, old), pattern in zip(taken, command.taken or (), strict=False):
            if old not in found.fields:
                told = f"Enrich field [{old}] not found in enrich policy [{command.policy}]"
                analyzer.problems.append((pattern[1].at, told))
        analyzer.check()
        added = {new: found.attribute(old) for new, old in taken}
        self._add_columns(added)
        reads = frozenset((on,))
        return Step(lambda page, run: enriched(page, found, on, taken), reads, reads, frozenset(added))

    # -- groups

    def _stats(self, command: tree.Stats) -> Step:
        grouping = self._analyzer(self.scope, in_stats=True)
        for one in command.groups:
            grouping.look(one.value)
            for call in _aggregates_in(one.value):
                grouping.type_problems.append((one.value.at, f"cannot use an aggregate [{call.text}] for grouping"))
        grouping.check()
        inner = {**self.scope, **{one.name: Attribute(one.value.type) for one in command.groups}}
        analyzer = self._analyzer(inner, in_stats=True)
        for one in command.aggregates:
            analyzer.look(one.value)
        if not analyzer.problems:
            for one in command.aggregates:
                self._check_aggregate(one.value, command.groups, analyzer)
        analyzer.check()
        for one in (*command.aggregates, *command.groups):
            one.value = self._folded(one.value)
        self._warn_of_shadows([*command.aggregates, *command.groups])
        single = command.groups[0].value if len(command.groups) == 1 else None
        ordinals = (
            isinstance(single, Name) and single.name == command.groups[0].name and self.is_fresh
            and self.scope[single.name].is_field and single.type in ("keyword", "text", "ip", "version")
        )  # fmt: skip
        columns = {one.name: Attribute(one.value.type) for one in command.aggregates}
        for one in command.groups:
            columns.pop(one.name, None)
            columns[one.name] = self._attribute(one.value)
        self.scope = columns
        plan = Plan(command.aggregates, command.groups, ordinals)
        loads = _names(*(one.value for one in command.aggregates))
        reads = loads | _names(*(one.value for one in command.groups))
        return Step(lambda page, run: grouped_page(plan, page, run), reads, loads, frozenset(columns), is_blind=True, plan=plan)

    def _inline_stats(self, command: tree.InlineStats) -> Step:
        """ES: rows that were only put in order, however many, cannot come before it."""
        sorts = [place for place, step in enumerate(self.steps) if step.is_sort]
        if sorts:
            raise Unsupported("[SORT] before the ES|QL command [INLINE STATS]")
        before = self.scope
        found = self._stats(command)
        plan = found.plan
        assert plan is not None
        plan.ordinals = False
        added, self.scope = self.scope, before
        self._add_columns(added)
        reads = found.reads | _names(*(one.value for one in plan.groups))
        return Step(lambda page, run: inlined_page(plan, page, run), reads, reads, frozenset(added), is_ordered=True)

    def _fork(self, command: tree.Fork) -> Step:
        """Every branch goes on with the same rows; where a row comes from stands in ``_fork``."""
        before = self.scope
        plans = [replace(self, scope=before, steps=[]) for _ in command.branches]
        for number, (plan, commands) in enumerate(zip(plans, command.branches, strict=True), 1):
            for one in commands:
                plan.add(one)
            plan._add_columns({FORK: Attribute("keyword")})
            plan.steps.append(Step(labelled(f"fork{number}"), makes=frozenset((FORK,))))
        scope: Scope = {}
        for plan in plans:
            for name, attribute in plan.scope.items():
                known = scope.setdefault(name, replace(attribute, is_field=False))
                if known.type != attribute.type:
                    raise Unsupported(f"branches of the ES|QL command [FORK] that give [{name}] different types")
        self.scope = scope
        branches = [[step.run for step in plan.steps] for plan in plans]
        reads = frozenset(before)
        return Step(lambda page, run: forked_page(branches, scope, page, run), reads, reads, frozenset(scope), is_ordered=True)

    def _fuse(self, command: tree.Fuse) -> Step:
        from esmock.features.esql.fuse import check_options, fused_page, fused_scope

        check_options(command)
        reads = frozenset(self.scope)
        self.scope = scope = fused_scope(command, self.scope)
        return Step(lambda page, run: fused_page(command, scope, page), reads, reads, frozenset(scope), is_ordered=True)

    def _check_aggregate(self, value: Expression, groups: list[Assignment], analyzer: Analyzer) -> None:
        """What is neither grouped by nor inside of an aggregation cannot be told for a group."""
        by = {one.name for one in groups} | {one.value.text for one in groups}
        if value.text in by or (isinstance(value, Name) and value.name in by):
            return
        if isinstance(value, Name):
            analyzer.type_problems.append(
                (value.at, f"column [{value.name}] must appear in the STATS BY clause or be used in an aggregate function")
            )
        elif isinstance(value, Call):
            if functions()[value.name].is_aggregate:
                for inner in value.arguments:
                    for call in _aggregates_in(inner):
                        analyzer.type_problems.append(
                            (call.at, f"nested aggregations [{call.text}] not allowed inside other aggregations [{value.text}]")
                        )
                return
            for argument in value.arguments:
                self._check_aggregate(argument, groups, analyzer)

    def _warn_of_shadows(self, fields: list[Assignment]) -> None:
        for place, one in enumerate(fields):
            for later in fields[place + 1 :]:
                if later.name == one.name:
                    (line, column), (other_line, other_column) = one.at, later.at
                    self.warn(f"Line {line}:{column}: Field '{one.name}' shadowed by field at line {other_line}:{other_column}")
                    break


def projected(pairs: list[tuple[str, str]]) -> Step:
    """Some columns, under new names: (new, old)."""
    return Step(lambda page, run: page.named(pairs), pairs=pairs)


def _computed(one: Assignment) -> Step:
    return Step(
        lambda page, run: page.with_columns({one.name: evaluate(one.value, page, run)}),
        _names(one.value), _names(one.value), frozenset((one.name,)), may_wait=True, is_constant=one.value.is_constant,
    )  # fmt: skip


def _aggregates_in(expression: Expression) -> list[Call]:
    known = functions()
    return [one for one in expression.walk() if isinstance(one, Call) and one.name in known and known[one.name].is_aggregate]


def _sorted(orders: list[tree.Order], page: Page, run: Evaluation) -> np.ndarray:
    """int64[n_rows]: the rows in order; of several values the least counts, or the greatest where the order is descending."""
    rows = np.arange(page.n_rows)
    for order in reversed(orders):
        keys = _keys(evaluate(order.key, page, run), descending=order.descending)
        has = np.array([key is not None for key in keys], bool)
        ranks = _ranks([key for key in keys if key is not None], descending=order.descending)
        places = np.full(page.n_rows, -1 if order.nulls_first else len(ranks), np.int64)
        places[has] = ranks
        rows = rows[np.argsort(places[rows], kind="stable")]
    return rows


def _keys(block: Block, *, descending: bool) -> list[Json]:
    pick = max if descending else min
    return [pick(values) if values else None for values in block.rows()]


def _ranks(keys: list[Json], *, descending: bool) -> np.ndarray:
    order = {key: at for at, key in enumerate(sorted(set(keys), reverse=descending))}
    return np.array([order[key] for key in keys], np.int64)


