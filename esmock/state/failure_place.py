"""Where in pipelines a document failed, as failure stores keep it. Docs: failure-store."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from esmock.errors import ApiError

Json = Any
_TRACE = "_pipeline_trace"
PROCESSOR = "_processor"
"""The attribute of a processor's error that tells which one it was."""


def marked(error: ApiError, pipelines: Sequence[str]) -> ApiError:
    """An error that bears the pipelines it went wrong in, from the outermost to the innermost, unless it or a cause has them."""
    if not any(hasattr(one, _TRACE) for one in error.chain()):
        setattr(error, _TRACE, tuple(pipelines))
    return error


def place_of(error: ApiError) -> dict[str, Json]:
    """What a failure store's document tells of the place of an error."""
    out: dict[str, Json] = {}
    for one in error.chain():
        trace = getattr(one, _TRACE, ())
        if trace:
            out["pipeline_trace"], out["pipeline"] = list(trace), trace[-1]
        processor: dict[str, Json] | None = getattr(one, PROCESSOR, None)
        if processor is not None:
            out.pop("processor_tag", None)
            out.update(processor)
    return out
