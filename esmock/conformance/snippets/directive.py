"""The options inside the brackets of ``TEST[...]`` and ``TESTRESPONSE[...]``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from types import MappingProxyType

_SUBSTITUTION = r"s/(?P<pattern>(?:\\/|[^/])+)/(?P<replacement>(?:\\/|[^/])*)/"

_GRAMMAR = MappingProxyType(
    {
        "catch": r"catch:\s*(?P<value>/[^/]+/|[^ \]]+)",
        "s": _SUBSTITUTION,
        "non_json": "non_json",
        "_cat": "_cat",
        "skip": r"skip:(?P<value>[^\]]+)",
        "continued": "continued",
        "setup": r"setup:(?P<value>[^ \]]+)",
        "teardown": r"teardown:(?P<value>[^ \]]+)",
        "warning": r"warning:(?P<value>.+)",
        "skip_shard_failures": "skip_shard_failures",
    }
)
"""Grammar of each option. No option needs a separator where its own shape ends it."""

_SHOWN = MappingProxyType(
    {
        "catch": "catch:NAME or catch:/regex/",
        "s": "s/pattern/replacement/",
        "skip": "skip:reason",
        "setup": "setup:name",
        "teardown": "teardown:name",
        "warning": "warning:text",
    }
)

BLANK_MARKS = (
    ("^", "/"),
    (r"\n$", r"\\s*/"),
    ("( +)", r"$1\\s+"),
    (r"\n", r"\\s*\n "),
)
"""What ``non_json`` (``_cat`` of old) appends to the substitutions: a regex that ignores column widths."""


class OptionError(Exception):
    """Options that do not tile the text between the brackets.

    Args:
        message: what was found and what was expected.
        offset: 0-based offset in the option text.
    """

    def __init__(self, message: str, offset: int) -> None:
        super().__init__(message)
        self.message, self.offset = message, offset


def options(text: str, known: tuple[str, ...]) -> Iterator[tuple[str, str | tuple[str, str]]]:
    """The options of a directive, left to right.

    Args:
        text: what stands between the brackets.
        known: the options that the directive has in this era, in the order in which they are tried.

    Yields:
        ``(name, value)``; the value is ``(pattern, replacement)`` for ``s`` and empty for a plain word.

    Raises:
        OptionError: some text is no option. One space may follow an option; there is no comma.
    """
    position = 0
    while position < len(text):
        for name in known:
            match = re.compile(f"(?:{_GRAMMAR[name]}) ?").match(text, position)
            if match:
                break
        else:
            raise OptionError(_complaint(text, position, known), position)
        found = match.groupdict()
        if name in ("setup", "teardown") and not all(found["value"].split(",")):
            message = (
                f"an empty name in [{match[0].strip()}]: expected names separated by a comma alone, without a space"
            )
            raise OptionError(message, position)
        yield name, (found["pattern"], found["replacement"]) if name == "s" else found.get("value") or ""
        position = match.end()


def _complaint(text: str, position: int, known: tuple[str, ...]) -> str:
    rest = text[position:]
    expected = "expected " + ", ".join(_SHOWN.get(name, name) for name in known)
    if rest.startswith(" "):
        return f"options are separated by one space, found more before [{rest.lstrip()}]; {expected}"
    if rest.startswith(","):
        return f"options are not separated by commas, found [{rest}]; {expected}"
    if rest.startswith("s/"):
        return f"unfinished substitution [{rest}]; expected s/pattern/replacement/ (a slash inside is written \\/)"
    return f"unknown option [{rest}]; {expected}"
