"""What single contexts add to the allow list: classes, and functions that scripts call by their bare name."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from esmock.errors import Unsupported
from esmock.script.painless.allowlist import ClassInfo, Lookup, Method
from esmock.script.painless.runtime import moving, scoring

_MOVING = "org.elasticsearch.search.aggregations.pipeline.MovingFunctions"
_STRING = "java.lang.String"


def _moving_functions() -> ClassInfo:
    info = ClassInfo(_MOVING, "c", True, ("java.lang.Object",), None)
    for name, (parameters, _) in moving.FUNCTIONS.items():
        info.statics[name, len(parameters)] = Method(_MOVING, name, "double", parameters, _MOVING)
    return info


@functools.cache
def lookup(context: str) -> Lookup:
    """The allow list of a context; contexts without additions share their class table through ``allowlist``."""
    if context == "moving-function":
        return Lookup({_MOVING: _moving_functions()})
    if context == "ingest":
        added = {
            (_STRING, name, 0): Method(_STRING, name, _STRING, (), _STRING, True) for name in ("sha1", "sha256")
        }
        return Lookup(None, added)
    return Lookup()


_VECTORS = frozenset(("cosineSimilarity", "dotProduct", "l1norm", "l2norm", "hamming"))


class Imports:
    """Functions by bare name."""

    def __init__(self, context: str) -> None:
        self._functions = scoring.FUNCTIONS if context == "score" else {}
        self._is_score = context == "score"

    def find(self, name: str, count: int) -> tuple[Method, Callable[..., Any], str] | None:
        """(signature, function, name of a hidden first argument or nothing)."""
        found = self._functions.get((name, count))
        if found is None:
            if self._is_score and name in _VECTORS:
                raise Unsupported(f"the function [{name}] in scripts")
            return None
        parameters, function, hidden = found
        return Method("", name, "double", parameters, ""), function, hidden
