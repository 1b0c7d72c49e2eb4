"""Memory that a large build has used in passing, given back to the operating system."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable

LARGE_BUILD_DOCS = 5000
"""Documents from which on a build is worth the call."""


def release(n_docs: int) -> None:
    """Give freed memory back after a build over so many documents.

    glibc keeps what was freed in its heap, several times what the build leaves behind; elsewhere this does nothing.
    """
    if n_docs >= LARGE_BUILD_DOCS:
        _trim()()


@functools.cache
def _trim() -> Callable[[], object]:
    if sys.platform != "linux":
        return lambda: None
    import ctypes

    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    return (lambda: None) if trim is None else lambda: trim(0)
