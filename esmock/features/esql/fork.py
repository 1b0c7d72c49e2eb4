"""``FORK``: several ways to go on with the same rows. Docs: esql-fork."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from esmock.features.esql.block import of_rows
from esmock.features.esql.page import Page

if TYPE_CHECKING:
    from esmock.features.esql.block import Block
    from esmock.features.esql.functions.function import Evaluation
    from esmock.features.esql.page import Load
    from esmock.features.esql.scope import Scope

Json = Any
Run = Callable[[Page, "Evaluation"], Page]
FORK = "_fork"
"""The column that tells where a row comes from."""


def labelled(text: str) -> Run:
    """Says which branch the rows of a page come from."""
    return lambda page, run: page.with_columns({FORK: of_rows("keyword", [[text]] * page.n_rows)})


def forked_page(branches: Sequence[Sequence[Run]], scope: Scope, page: Page, run: Evaluation) -> Page:
    """The rows of all branches, one branch after the other; what a branch has not is null."""
    pages = []
    for steps in branches:
        branch = page.with_columns({})  # scores are put into the page
        for step in steps:
            branch = step(branch, run)
        pages.append(branch)
    columns: dict[str, Block | Load] = {}
    for name, attribute in scope.items():
        rows: list[list[Json]] = []
        for one in pages:
            rows += one.block(name).rows() if name in one.names else [[]] * one.n_rows
        columns[name] = of_rows(attribute.type, rows)
    return Page(sum(one.n_rows for one in pages), columns)
