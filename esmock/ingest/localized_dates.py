"""Dates with names of months and days in other languages than English: their names are put into English before they are read.

Source: answers of 7.10.2 to java.time's formatters, whose words ``script`` has.
Differs: from 8.16 on Elasticsearch takes the words of the CLDR, of which some abbreviations are others.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterable

from esmock.errors import ApiError

_GROUP = re.compile(r"'[^']*'|M{3,4}|L{3,4}|E{1,4}|a")
_KINDS = {"M": "months", "L": "months", "E": "days", "a": "ampm"}
REFUSED = re.compile(r"M{5}|L{5}|E{5}|e{3}|c{3}|B|G")
"""Names that are not put into English."""


def read_in_english(read: Callable[[str], int], value: str, pattern: str, locale: str) -> int:
    """What a reader of English dates makes of a text. Raises ApiError: in terms of the text itself."""
    shown, end = _in_english(value, pattern, locale)
    try:
        return read(shown)
    except ApiError as error:
        _restore(error, shown, value, end)
        raise


def _in_english(value: str, pattern: str, locale: str) -> tuple[str, int]:
    """The text with its names in English, and where the last of them ends; a name that is English already is made unreadable."""
    end = 0
    for group in _GROUP.findall(pattern):
        if group.startswith("'"):
            continue
        own, foreign, english = _words(locale, group)
        found = own.search(value)
        if found is not None:
            name = english[found[0]]
            value = value[: found.start()] + name + value[found.end() :]
            end = max(end, found.start() + len(name))
        else:
            value = foreign.sub(lambda match: "#" * len(match[0]), value)
    return value, end


def _restore(error: ApiError | None, shown: str, value: str, end: int) -> None:
    """Put the text itself into an error and its causes, and the place of the fault in it."""
    while error is not None:
        if error.reason:
            place = _PLACE.search(error.reason)
            error.reason = error.reason.replace(shown, value)
            if place is not None and int(place[1]) >= end:
                error.reason = error.reason.replace(place[0], f"at index {int(place[1]) + len(value) - len(shown)}")
        error = error.cause


_PLACE = re.compile(r"at index (\d+)")


@functools.lru_cache(maxsize=256)
def _words(locale: str, group: str) -> tuple[re.Pattern[str], re.Pattern[str], dict[str, str]]:
    """What finds a name of the language, what finds an English one, and the English ones by the others."""
    from esmock.script.painless.runtime.time.locales import words
    from esmock.script.painless.runtime.util.locale import Locale

    kind = _KINDS[group[0]]
    style = ("FULL" if len(group) == 4 else "SHORT") + ("_STANDALONE" if group[0] == "L" else "")
    language, english = (Locale.of_tag(tag) for tag in (locale.replace("_", "-"), "en"))
    names = dict(zip(words(language, f"{style}.{kind}"), words(english, f"{style}.{kind}"), strict=False))
    return _one_of(names), _one_of(names.values()), names


def _one_of(names: Iterable[str]) -> re.Pattern[str]:
    choice = "|".join(map(re.escape, sorted(names, key=len, reverse=True)))
    return re.compile(rf"(?<!\w)(?:{choice})(?!\w)")
