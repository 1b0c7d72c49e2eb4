"""A script that does not compile: the error and the place it points at."""

from __future__ import annotations

from esmock import errors


class NoViableAlt(errors.IllegalArgument):
    """The cause that the parser adds to its own message; it has none itself."""

    package = "org.antlr.v4.runtime"


class LexerNoViableAlt(NoViableAlt):
    pass


class CompileFailure(Exception):
    """Raised by every compile phase.

    Args:
        offset: index of the character that the error points at.
        error: the Java exception, as shown under ``caused_by``.
    """

    def __init__(self, offset: int, error: errors.ApiError) -> None:
        super().__init__(error.reason)
        self.offset = offset
        self.error = error


def illegal(offset: int, reason: str) -> CompileFailure:
    """A compile error of the commonest class."""
    return CompileFailure(offset, errors.IllegalArgument(reason))


def bad_cast(offset: int, reason: str) -> CompileFailure:
    """A compile error about types that do not fit."""
    return CompileFailure(offset, errors.ClassCast(reason))
