"""Running a query from its text to its columns and values."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from esmock.errors import IndexNotFound
from esmock.features.esql import tree
from esmock.features.esql.block import Block, single
from esmock.features.esql.commands import DEFAULT_LIMIT, MOST_ROWS, parse
from esmock.features.esql.enrich import enrichment
from esmock.features.esql.errors import Parsing, Verification
from esmock.features.esql.functions.conversion import printed
from esmock.features.esql.functions.function import Evaluation
from esmock.features.esql.functions.search import query_of
from esmock.features.esql.mentions import mentioned_in
from esmock.features.esql.optimizer import optimized
from esmock.features.esql.page import Page
from esmock.features.esql.scope import Attribute, Scope
from esmock.features.esql.source import METADATA_TYPES, Source, converted, open_source, page_of, scope_of
from esmock.features.esql.steps import Planner
from esmock.features.esql.tree import Call, Command
from esmock.features.esql.types import shown

if TYPE_CHECKING:
    from esmock.features.esql.lookup import Lookup
    from esmock.state.cluster import Cluster

Json = Any
_PRINTED = ("datetime", "date_nanos", "ip", "version", "geo_point", "cartesian_point")
"""Types whose values are printed as texts."""


@dataclass(slots=True)
class Result:
    """What a query gives.

    Args:
        columns: name and type of each, with the types that a field of the type ``unsupported`` has.
        values: of each column, row by row: None, a value, or a list of them.
    """

    columns: list[tuple[str, str, tuple[str, ...]]]
    values: list[list[Json]]
    n_rows: int
    documents_found: int = 0
    values_loaded: int = 0
    empty: list[bool] = field(default_factory=list)
    """Of each column: whether it has no value at all."""


def run(
    cluster: Cluster,
    query: str,
    params: Sequence[Json] = (),
    named: Mapping[str, Json] | None = None,
    *,
    warn: Callable[[str], None],
    filter_: Json = None,
) -> Result:
    """Run a query.

    Args:
        filter_: a query that documents must match beforehand.

    Raises:
        ApiError: as Elasticsearch refuses it; Unsupported for what is not built.
    """
    commands = parse(query, params, named, cluster.behaviour)
    limited = any(isinstance(one, tree.Limit) and not one.groups for one in commands)
    warnings = [] if limited else [f"No limit defined, adding default limit of [{DEFAULT_LIMIT}]"]
    opened = _Opened(cluster, commands[0], warn, filter_)
    evaluation = Evaluation(cluster.behaviour, cluster.clock.now_ms(), warnings.append, opened.full_text)
    evaluation.union = partial(opened.union, evaluation)
    planner = Planner(
        opened.scope,
        warnings.append,
        mentioned_in(commands),
        partial(_lookup, cluster, warn=warn),
        partial(enrichment, cluster),
        cluster.random,
        evaluation,
    )
    try:
        opened.open()
        planner.scope = opened.scope
        for command in commands[1:] if not isinstance(commands[0], tree.Row) else commands:
            planner.add(command)
    except Parsing:
        warnings.clear()
        raise
    finally:
        for text in warnings:
            warn(text)
    evaluation.warn = warn
    page = opened.page()
    for step in optimized(planner.steps, planner.scope):
        page = step.run(page, evaluation)
    most = MOST_ROWS if limited else DEFAULT_LIMIT
    if page.n_rows > most:
        page = page.take(np.arange(most))
    return _result(page, planner.scope, is_indexed=opened.source is not None)


class _Opened:
    """What the first command opens: documents, a row, or the server's version."""

    def __init__(self, cluster: Cluster, command: Command, warn: Callable[[str], None], filter_: Json) -> None:
        self.source: Source | None = None
        self.scope: Scope = {}
        self._cluster = cluster
        self._command = command
        self._filter = filter_
        self._fields: Scope = {}
        self._warn = warn

    def open(self) -> None:
        """Find the indices and their columns. Raises Verification, IndexNotFound."""
        if isinstance(self._command, tree.From):
            self._open(self._command, self._warn)
        elif isinstance(self._command, tree.ShowInfo):
            self.scope = {name: Attribute("keyword") for name in ("version", "date", "hash")}

    def _open(self, command: tree.From, warn: Callable[[str], None]) -> None:
        try:
            self.source, indices = open_source(self._cluster, command.indices, warn)
        except IndexNotFound:
            if len(command.indices) > 1:
                raise
            raise Verification([(command.at, f"Unknown index [{command.indices[0]}]")]) from None
        if not indices:
            raise Verification([(command.at, f"Unknown index [{','.join(command.indices)}]")])
        self._fields = scope_of(self._cluster, indices)
        self.scope = {**self._fields, **{name: Attribute(METADATA_TYPES[name]) for name in command.metadata}}

    def page(self) -> Page:
        """The rows to begin with."""
        if isinstance(self._command, tree.From):
            assert self.source is not None
            found = page_of(self.source, self._fields, self._command.metadata)
            if self._filter is not None and found.docs is not None:
                return found.filter(self.source.matching(self._filter, found.docs)[0])
            return found
        if isinstance(self._command, tree.ShowInfo):
            build = self._cluster.behaviour.build
            values = {"version": str(self._cluster.behaviour.version), "date": build.date, "hash": build.hash}
            return Page(1, {name: single("keyword", np.array([value], object), np.ones(1, bool)) for name, value in values.items()})
        return Page(1, {})

    def full_text(self, call: Call, page: Page) -> np.ndarray:
        """bool[n_rows]: which rows a function of search finds; their scores are added to ``_score``."""
        assert self.source is not None
        assert page.docs is not None
        match, score = self.source.matching(query_of(call), page.docs)
        if "_score" in page.names:
            before = page.block("_score")
            page.put("_score", Block("double", before.values + np.where(match, score.astype(np.float64), 0.0), before.starts))
        return match

    def union(self, run: Evaluation, call: Call, page: Page) -> Block:
        """A field whose types differ, converted."""
        assert self.source is not None
        return converted(self.source, page, call, run)


def _lookup(cluster: Cluster, name: str, *, warn: Callable[[str], None]) -> Lookup:
    from esmock.features.esql.lookup import Lookup

    try:
        source, indices = open_source(cluster, [name], warn)
    except IndexNotFound:
        return Lookup(None, {}, None)
    scope = scope_of(cluster, indices)
    return Lookup(indices[0], scope, page_of(source, scope, ()))


def _result(page: Page, scope: Scope, *, is_indexed: bool) -> Result:
    columns, values, empty = [], [], []
    loaded = 0
    for name in page.names:
        found = scope[name]
        block = page.block(name)
        kind = found.type if found.type == "unsupported" else block.type
        columns.append((name, shown(kind), found.originals))
        values.append([_cell(row) for row in _shown_rows(block)])
        empty.append(not len(block.values))
        loaded += len(block.values)
    return Result(columns, values, page.n_rows, page.n_rows if is_indexed else 0, loaded if is_indexed else 0, empty)


def _shown_rows(block: Block) -> list[list[Json]]:
    if block.type == "_source":
        return [[json.loads(value) for value in row] for row in block.rows()]
    if block.type not in _PRINTED:
        return block.rows()
    show = printed(block.type)
    return [[show(value) for value in row] for row in block.rows()]


def _cell(row: list[Json]) -> Json:
    return None if not row else row[0] if len(row) == 1 else row


