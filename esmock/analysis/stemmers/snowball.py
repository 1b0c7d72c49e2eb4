"""Snowball stemmers by language, as Lucene has them."""

from __future__ import annotations

import functools
from collections.abc import Callable


@functools.cache
def snowball(language: str) -> Callable[[str], str]:
    """The stemmer of the snowballstemmer package with a memory of its own answers."""
    import snowballstemmer

    return snowballstemmer.stemmer(language).stemWord  # type: ignore[no-any-return]
