"""Which values decide what a script gives: of documents that agree in them it need run for one alone."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from typing import Any

from esmock.script.painless import nodes as n
from esmock.script.painless.failure import CompileFailure
from esmock.script.painless.parser import parse
from esmock.script.painless.runtime.values import FLAT

_UNSTEADY = frozenset(
    "random nextInt nextLong nextDouble nextFloat nextBoolean nextGaussian shuffle currentTimeMillis nanoTime now randomUUID hashCode "
    "identityHashCode".split()
)
"""Methods whose answer does not follow from what they are given, or that do more than answer."""
_FORMULAS = frozenset(
    "saturation sigmoid decayNumericLinear decayNumericExp decayNumericGauss decayDateLinear decayDateExp decayDateGauss".split()
)
"""Functions of the language whose answer follows from what they are given; others read the document for themselves."""
_MADE = frozenset("ArrayList LinkedList ArrayDeque HashMap LinkedHashMap TreeMap HashSet LinkedHashSet TreeSet StringBuilder StringBuffer".split())
"""Classes of which a new object is as good as the last."""
_OTHERS = frozenset(("_score", "_value", "_agg", "ctx", "state", "states"))
_READS = frozenset(("get", "getOrDefault", "containsKey"))


class _Undecided(Exception):
    """Something else has a say."""


@functools.lru_cache(maxsize=256)
def deciding_fields(source: str, dollar: bool = False) -> tuple[str, ...] | None:
    """The fields whose doc values decide, beside parameters that are single values; None where something else has a say.

    Args:
        dollar: whether ``$`` is a name of the language.
    """
    try:
        tree = parse(source, dollar=dollar)
    except (CompileFailure, RecursionError):
        return None
    fields: dict[str, None] = {}
    try:
        known = _FORMULAS | {function.name for function in tree.functions}
        for function in tree.functions:
            _look(function.body, fields, known)
        _look(tree.body, fields, known)
    except (_Undecided, RecursionError):
        return None
    return tuple(fields)


def are_single(params: Mapping[str, Any]) -> bool:
    """Whether nothing can be changed in the parameters of a script."""
    return all(type(value) in FLAT for value in params.values())


def _look(node: n.Node, fields: dict[str, None], known: frozenset[str]) -> None:
    """Take note of the fields that a part of a script reads; ``known``: functions that it may call. Raises _Undecided."""
    if isinstance(node, n.Symbol) and (node.name in _OTHERS or node.name in ("doc", "params")):
        raise _Undecided
    if isinstance(node, n.NewObject) and node.type_name not in _MADE:
        raise _Undecided
    if isinstance(node, n.Call) and node.name in _UNSTEADY:
        raise _Undecided
    if isinstance(node, n.LocalCall) and node.name not in known:
        raise _Undecided
    if isinstance(node, n.FunctionRef) and (node.method in _UNSTEADY or node.method == "new"):
        raise _Undecided
    if isinstance(node, n.Assignment) and _is_of(_holder(node.target), "params"):
        raise _Undecided
    for child in _children(node):
        if not _is_known(child, fields):
            _look(child, fields, known)


def _is_known(node: n.Node, fields: dict[str, None]) -> bool:
    """Whether a part of a script reads a field or a parameter by its name; the field is noted."""
    name = _named(node)
    if name is not None and _is_of(_holder(node), "doc") and not name.startswith("_"):
        fields[name] = None
        return True
    if isinstance(node, n.Call) and _is_of(node.prefix, "params") and node.name in _READS:
        return all(isinstance(one, n.String | n.Numeric | n.Null | n.Boolean) and _named_publicly(one) for one in node.arguments)
    return name is not None and _is_of(_holder(node), "params") and not name.startswith("_")


def _named_publicly(node: n.Node) -> bool:
    return not isinstance(node, n.String) or not node.value.startswith("_")


def _named(node: n.Node) -> str | None:
    """The member that ``x.name`` and ``x['name']`` read."""
    if isinstance(node, n.Dot):
        return node.name
    return node.index.value if isinstance(node, n.Brace) and isinstance(node.index, n.String) else None


def _holder(node: n.Node) -> n.Node | None:
    return node.prefix if isinstance(node, n.Dot | n.Brace) else None


def _is_of(node: n.Node | None, name: str) -> bool:
    return isinstance(node, n.Symbol) and node.name == name


def _children(node: n.Node) -> Iterator[n.Node]:
    for name in node.__dataclass_fields__:  # type: ignore[attr-defined]
        value = getattr(node, name)
        if isinstance(value, n.Node):
            yield value
        elif isinstance(value, list):
            yield from (one for one in value if isinstance(one, n.Node))
