"""How older rollups word what others raise. Source: recordings of 6.8.23 (P40, C15, Q14, Q29)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from esmock.errors import ApiError, IndexNotFound, RuntimeError_

if TYPE_CHECKING:
    from esmock.version import RollupTraits


@contextmanager
def worded(traits: RollupTraits) -> Iterator[None]:
    """Let what is raised inside sound as rollup says it."""
    try:
        yield
    except IndexNotFound as error:
        if not traits.missing_indices_named:
            error.reason = "no such index"
        raise


@contextmanager
def wrapped(traits: RollupTraits) -> Iterator[None]:
    """Let a search inside fail as one of several, which is no failure of the client's any more. Raises RuntimeError_."""
    try:
        yield
    except ApiError as error:
        if traits.live_errors_unwrapped:
            raise
        raise RuntimeError_(error.reason, cause=error) from None
