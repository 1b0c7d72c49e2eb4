"""What is wrong with a query: its words, its names and types, or what is not built."""

from __future__ import annotations

from collections.abc import Iterable

from esmock.errors import ApiError

Place = tuple[int, int]
"""Line and column, from 1."""


class InputMismatch(ApiError):
    """A word that may not stand where it does."""

    is_elasticsearch = False
    package = "org.antlr.v4.runtime"


class NoViableAlt(ApiError):
    """Words that begin nothing that is known."""

    is_elasticsearch = False
    package = "org.antlr.v4.runtime"


class LexerNoViableAlt(ApiError):
    """A sign that is no word."""

    is_elasticsearch = False
    package = "org.antlr.v4.runtime"


class QlIllegalArgument(ApiError):
    """A function that cannot be made of its arguments."""

    status = 500
    package = "org.elasticsearch.xpack.esql.core"


class InvalidArgument(ApiError):
    """Arguments that a function cannot work with."""

    status = 400
    package = "org.elasticsearch.xpack.esql.core"


class Parsing(ApiError):
    """A query that cannot be read."""

    status = 400
    package = "org.elasticsearch.xpack.esql.parser"

    def __init__(self, reason: str, at: Place, cause: ApiError | None = None) -> None:
        super().__init__(f"line {at[0]}:{at[1]}: {reason}", cause=cause)


class Verification(ApiError):
    """A query whose names or types do not fit."""

    status = 400
    package = "org.elasticsearch.xpack.esql"

    def __init__(self, problems: Iterable[tuple[Place, str]]) -> None:
        found = list(dict.fromkeys(problems))
        lines = "".join(f"\nline {line}:{column}: {text}" for (line, column), text in found)
        super().__init__(f"Found {len(found)} problem{'s' if len(found) > 1 else ''}{lines}")
