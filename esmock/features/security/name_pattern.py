"""Patterns of names in roles: with ``*`` and ``?``, or a Lucene regular expression between slashes."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable

from esmock.errors import IllegalArgument
from esmock.features.security.privileges import matches


def is_plain(pattern: str) -> bool:
    """Whether a pattern is a name itself."""
    return not (pattern.startswith("/") or "*" in pattern or "?" in pattern)


def name_matches(pattern: str, name: str) -> bool:
    """Whether a name is of a pattern. Raises IllegalArgument for a bad expression."""
    if len(pattern) > 1 and pattern.startswith("/") and pattern.endswith("/"):
        return _expression(pattern[1:-1])(name)
    return matches((pattern,), name)


def covers_all(
    patterns: Iterable[str], others: Iterable[str], *, kept_back: Iterable[str] = (), left_out: Iterable[str] = ()
) -> bool:
    """Whether all names of other patterns are of some patterns, taken together. Raises IllegalArgument for a bad expression.

    Args:
        kept_back: patterns of names that are not of the former.
        left_out: patterns of names that are not asked for.
    """
    from esmock.analysis.language import both, complement, is_within, of_patterns

    held, asked = of_patterns(patterns), of_patterns(others)
    return is_within(both(asked, complement(of_patterns(left_out))), both(held, complement(of_patterns(kept_back))))


def is_broken_expression(pattern: str) -> bool:
    """Whether a pattern begins as an expression and does not end as one."""
    return pattern.startswith("/") and (len(pattern) < 2 or not pattern.endswith("/"))


def check_expression(pattern: str) -> None:
    """Raises IllegalArgument for a pattern that begins as an expression and does not end as one."""
    if is_broken_expression(pattern):
        raise IllegalArgument(
            f"invalid pattern [{pattern}]. patterns starting with '/' indicate regular expression pattern and"
            " therefore must also end with '/'. other patterns (those that do not start with '/') will be treated"
            " as simple wildcard patterns"
        )


@functools.lru_cache(256)
def _expression(text: str) -> Callable[[str], bool]:
    """What a Lucene regular expression matches. Raises IllegalArgument for a bad one."""
    from esmock.analysis.lucene_regex import compile_regex

    return compile_regex(text)
