"""Scripts over whole columns: a score, filter or sort script that numpy can run.

The script's tree is evaluated once for all documents, with Java's types followed at each step. Whatever does not fit (other
statements, other types, a missing value that would be read, an operation that would throw) gives None, and the caller runs
the compiled script document by document.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from esmock.script.doc_values import Columns
from esmock.script.painless import nodes as n
from esmock.script.painless.failure import CompileFailure
from esmock.script.painless.parser import parse
from esmock.script.painless.vector_flow import Flow
from esmock.script.painless.vector_values import NoVector


def vectorise(source: str, columns: Columns) -> Callable[..., Any] | None:
    """A function (params, n_docs, _score=float64[n_docs] or None, wanted=bool[n_docs] or None) -> float64[n_docs] or
    bool[n_docs], or None.

    The function returns None when these documents need the slow way; what it says of documents that are not wanted means
    nothing.
    """
    statements = _statements(source)
    if statements is None:
        return None

    def run(params: Mapping[str, Any], n_docs: int, _score: Any = None, wanted: Any = None) -> Any:
        import numpy as np

        try:
            with np.errstate(all="ignore"):
                found = Flow(columns, params, n_docs, _score, np, wanted).body(statements)
        except NoVector:
            return None
        if found.kind == "string":
            return None
        values = np.broadcast_to(found.values, (n_docs,))
        return values.astype(np.float64) if found.kind != "boolean" else values

    return run


def vectorised_texts(source: str, columns: Columns, params: Mapping[str, Any], n_docs: int) -> tuple[Any, list[str]] | None:
    """What a script gives for all documents, as text: int64[n_docs], places in a list of distinct texts; None as above."""
    import numpy as np

    statements = _statements(source)
    if statements is None:
        return None
    try:
        with np.errstate(all="ignore"):
            flow = Flow(columns, params, n_docs, None, np)
            found = flow.as_text(flow.body(statements))
    except NoVector:
        return None
    assert found.dictionary is not None
    return np.broadcast_to(found.values, (n_docs,)), found.dictionary


def _statements(source: str) -> list[n.Node] | None:
    """The statements of a script without functions; None for others."""
    try:
        tree = parse(source)
    except CompileFailure:
        return None
    return None if tree.functions or not tree.body.statements else tree.body.statements
