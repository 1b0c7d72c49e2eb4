"""Time zones as Joda time names them, by which rollup of 6.8 reads and compares them.

Source: asked of 6.8.23, whose tables are those of early 2021: every id that Java knows today, offsets in every form, and which job
a search in each zone reaches.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from esmock.errors import ApiError, IllegalArgument, Unsupported
from esmock.mapping.dates.deprecated_zones import DEPRECATED_ZONES
from esmock.mapping.dates.zone import zone_id

_LATER = frozenset(
    "America/Ciudad_Juarez America/Coyhaique Europe/Kyiv Pacific/Kanton Factory localtime UT Z CST PST".split()
)
"""What Java knows and Joda's tables do not."""
_OWN = ("EST", "MST", "HST")
_ALIASES = {
    **DEPRECATED_ZONES,
    "America/Godthab": "America/Nuuk",
    "Australia/Currie": "Australia/Hobart",
    "Canada/Saskatchewan": "America/Regina",
    "ROC": "Asia/Taipei",
    **dict.fromkeys("Etc/UCT Etc/Universal Etc/Zulu UCT Universal Zulu".split(), "Etc/UTC"),
    **dict.fromkeys(
        "Etc/GMT+0 Etc/GMT-0 Etc/GMT0 Etc/Greenwich GMT GMT+0 GMT-0 GMT0 Greenwich".split(), "Etc/GMT"
    ),
}
_MOST_HOURS = 18
"""Farthest from UTC that java.time goes; Joda goes to a day."""


def canonical(text: str) -> str:
    """The id of the zone that an id or offset means: ``+1:30`` never, ``+01:30`` and ``Canada/Mountain`` (America/Edmonton).

    Raises:
        IllegalArgument: in Joda's words.
    """
    if text[:1] in ("+", "-"):
        return _offset_id(text)
    if text == "UTC" or text in _OWN:
        return text
    try:
        if text in _LATER or re.match("(UTC|GMT|UT)[+-](?!0$)", text):
            raise IllegalArgument(text)
        zone_id(text)
    except ApiError:
        raise IllegalArgument(f"The datetime zone id '{text}' is not recognised") from None
    return _ALIASES.get(text, text)


def of_job(text: str) -> str:
    """The same of a job's zone, which may be a number of hours: ``5``, ``+1``."""
    if re.fullmatch(r"[+-]?\d+", text, re.ASCII):
        hours = int(text)
        if abs(hours) > 23:
            raise IllegalArgument(f"Hours out of range: {hours}")
        return of_hours(hours)
    return canonical(text)


def id_of(zone: str | int) -> str:
    """The same of what a search names: an id, an offset, or a number of hours."""
    return of_hours(zone) if isinstance(zone, int) else canonical(zone)


def of_hours(hours: int) -> str:
    """The id of an offset of whole hours."""
    return _checked_id("+" if hours >= 0 else "-", [abs(hours), 0]) if hours else "UTC"


def _offset_id(text: str) -> str:
    parts = list(_offset_parts(text))
    if not any(parts):
        return "UTC"
    return _checked_id(text[0], [*parts, 0][: max(2, len(parts))])


def _checked_id(sign: str, parts: list[int]) -> str:
    if parts[0] > _MOST_HOURS:
        raise Unsupported("time zones of rollup jobs that are more than 18 hours from UTC")
    while len(parts) > 2 and not parts[-1]:
        parts.pop()
    return sign + ":".join(f"{part:02}" for part in parts)


def _offset_parts(text: str) -> Iterator[int]:
    """Hours, minutes and seconds of an offset, as far as they are there; thousandths are dropped. Raises IllegalArgument."""
    at, separator = 1, ""
    for most in (23, 59, 59):
        if most == 59:
            if at == len(text) or (text[at] != ":" and not (text[at].isdigit() and (at == 3 or not separator))):
                break
            if at == 3:
                separator = ":" if text[at] == ":" else ""
            at += len(separator)
        digits = re.match(r"\d\d", text[at:], re.ASCII)
        if digits is None or int(digits[0]) > most:
            raise _malformed(text, at)
        yield int(digits[0])
        at += 2
    fraction = re.match(r"[.,]\d{1,3}" if separator else r"\d{1,3}", text[at:], re.ASCII)
    at += len(fraction[0]) if fraction and at > len("+hhmm") else 0
    if at < len(text):
        raise _malformed(text, at)


def _malformed(text: str, at: int) -> IllegalArgument:
    where = f' is malformed at "{text[at:]}"' if at < len(text) else ""
    return IllegalArgument(f'Invalid format: "{text}"{where}')
