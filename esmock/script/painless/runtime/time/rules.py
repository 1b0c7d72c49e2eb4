"""java.time.zone: the offsets of a time zone and when they change, from the published time zone database.

Source: RFC 8536 (the TZif format and its footer).
"""

from __future__ import annotations

import bisect
import functools
import re
import struct
from dataclasses import dataclass
from typing import Any

from esmock.mapping.dates import calendar

_FOOTER = re.compile(r"(<[^>]+>|[A-Za-z]+)([-+]?[\d:]+)(?:(<[^>]+>|[A-Za-z]+)([-+]?[\d:]+)?,(.+),(.+))?")
_NOT_JAVAS = frozenset(("EST", "MST", "HST", "localtime", "Factory", "posixrules"))
_YEAR = 400 * 86400
_MONTH_RULE = re.compile(r"M(\d+)\.(\d)\.(\d)(?:/([-+]?[\d:]+))?")


@dataclass(frozen=True, slots=True)
class YearlyRule:
    """A change that comes every year: on the ``week``-th such weekday (5: the last; 0 is Sunday), at ``second`` of local time."""

    month: int
    week: int
    weekday: int
    second: int
    before: int
    after: int
    standard: int

    def day(self, year: int) -> int:
        """Days since 1970 of that weekday in a year."""
        if self.week == 5:
            last = calendar.days_of(year, self.month, calendar.month_length(year, self.month))
            return last - (calendar.day_of_week(last) - self.weekday) % 7
        first = calendar.days_of(year, self.month, 1)
        return first + (self.weekday - calendar.day_of_week(first)) % 7 + 7 * (self.week - 1)

    def epoch(self, year: int) -> int:
        return self.day(year) * 86400 + self.second - self.before


@dataclass(frozen=True, slots=True)
class Change:
    """From one offset to another, at an instant in seconds since 1970."""

    epoch: int
    before: int
    after: int


class Offsets:
    """The offsets of one zone: ``changes`` in order, then ``yearly`` ones for ever.

    Args:
        first: the offset before the first change.
        standard: (epoch seconds, standard offset from then on), in order.
    """

    def __init__(
        self,
        first: int,
        changes: tuple[Change, ...] = (),
        yearly: tuple[YearlyRule, ...] = (),
        standard: tuple[tuple[int, int], ...] = (),
    ) -> None:
        self.first, self.changes, self.yearly, self.standard = first, changes, yearly, standard
        self._times = [one.epoch for one in changes]
        self._years: dict[int, list[Change]] = {}

    @property
    def fixed(self) -> bool:
        return not self.changes and not self.yearly

    def at(self, epoch: int) -> int:
        """The offset at an instant."""
        at = bisect.bisect_right(self._times, epoch)
        if at == len(self._times) and self.yearly:
            last = self._times[-1] if self._times else None
            if last is None or epoch > last:
                return self._by_rules(epoch)
        return self.changes[at - 1].after if at else self.first

    def _by_rules(self, epoch: int) -> int:
        year = calendar.civil((epoch + self.yearly[0].standard) // 86400)[0]
        offset = self.year(year)[0].before
        for change in self.year(year):
            if epoch >= change.epoch:
                offset = change.after
        return offset

    def year(self, year: int) -> list[Change]:
        """The yearly changes of one year."""
        if year not in self._years:
            if len(self._years) > 512:
                self._years.clear()
            found = [Change(rule.epoch(year), rule.before, rule.after) for rule in self.yearly]
            self._years[year] = sorted(found, key=lambda change: change.epoch)
        return self._years[year]

    def standard_at(self, epoch: int) -> int:
        at = bisect.bisect_right([when for when, _ in self.standard], epoch)
        return self.standard[at - 1][1] if at else self.standard[0][1] if self.standard else self.first

    def around(self, local: int) -> Change | None:
        """The change whose gap or overlap a local time (seconds) falls into."""
        for change in self._near(local):
            low, high = sorted((change.epoch + change.before, change.epoch + change.after))
            if low <= local < high:
                return change
        return None

    def _near(self, local: int) -> list[Change]:
        at = bisect.bisect_left(self._times, local - 172_800)
        near = [one for one in self.changes[at : at + 4] if one.epoch < local + 172_800]
        if self.yearly and (not self._times or local > self._times[-1] - 172_800):
            year = calendar.civil(local // 86400)[0]
            last = self._times[-1] if self._times else None
            near += [one for one in self.year(year) if last is None or one.epoch > last]
        return near

    def valid(self, local: int) -> list[int]:
        """The offsets that a local time can have: none in a gap, two in an overlap."""
        change = self.around(local)
        if change is not None:
            return [] if change.after > change.before else [change.before, change.after]
        return [self.plain(local)]

    def plain(self, local: int) -> int:
        """The offset of a local time that is in no gap and no overlap."""
        guess = self.at(local - self.at(local))
        return guess if self.at(local - guess) == guess else self.at(local - self.first)

    def next(self, epoch: int) -> Change | None:
        """The first change after an instant."""
        at = bisect.bisect_right(self._times, epoch)
        if at < len(self.changes):
            return self.changes[at]
        if not self.yearly:
            return None
        year = calendar.civil(epoch // 86400)[0]
        last = self._times[-1] if self._times else None
        later = [one for y in (year - 1, year, year + 1) for one in self.year(y) if one.epoch > epoch]
        return next((one for one in later if last is None or one.epoch > last), None)

    def previous(self, epoch: int) -> Change | None:
        """The last change before an instant."""
        if self.yearly and (not self._times or epoch > self._times[-1]):
            year = calendar.civil(epoch // 86400)[0]
            earlier = [one for y in (year - 1, year, year + 1) for one in self.year(y) if one.epoch < epoch]
            if earlier and (not self._times or earlier[-1].epoch > self._times[-1]):
                return earlier[-1]
        at = bisect.bisect_left(self._times, epoch)
        return self.changes[at - 1] if at else None


def _seconds(text: str) -> int:
    sign = -1 if text.startswith("-") else 1
    parts = [int(part) for part in text.lstrip("+-").split(":")]
    return sign * sum(part * size for part, size in zip(parts, (3600, 60, 1), strict=False))


def _yearly(footer: str) -> tuple[YearlyRule, ...]:
    found = _FOOTER.fullmatch(footer)
    if not found or found[3] is None:
        return ()
    standard = -_seconds(found[2])
    summer = -_seconds(found[4]) if found[4] else standard + 3600
    out = []
    for text, before, after in ((found[5], standard, summer), (found[6], summer, standard)):
        rule = _MONTH_RULE.fullmatch(text)
        if rule is None:
            return ()
        second = _seconds(rule[4]) if rule[4] else 7200
        out.append(YearlyRule(int(rule[1]), int(rule[2]), int(rule[3]), second, before, after, standard))
    return tuple(out)


def _read(name: str) -> bytes:
    """A file of the time zone database, from where Python's own zoneinfo finds it."""
    import zoneinfo
    from importlib import resources
    from pathlib import Path

    for folder in zoneinfo.TZPATH:
        path = Path(folder, *name.split("/"))
        if path.is_file():
            return path.read_bytes()
    found = resources.files("tzdata").joinpath("zoneinfo", *name.split("/"))
    return found.read_bytes()


@functools.lru_cache(maxsize=512)
def offsets_of(name: str) -> Offsets:
    """The offsets of a zone. Raises OSError for one that the database has not."""
    data = _read(name)
    if data[:4] != b"TZif":
        raise FileNotFoundError(name)
    counts = struct.unpack(">6l", data[20:44])
    start = 44 + counts[3] * 5 + counts[4] * 6 + counts[5] + counts[2] * 8 + counts[1] + counts[0]
    _, _, leaps, times, types, chars = struct.unpack(">6l", data[start + 20 : start + 44])
    at = start + 44
    epochs = struct.unpack(f">{times}q", data[at : at + times * 8])
    at += times * 8
    kinds = data[at : at + times]
    at += times
    infos = [struct.unpack(">lbB", data[at + 6 * i : at + 6 * i + 6]) for i in range(types)]
    footer = data[at + types * 6 + chars + leaps * 12 :].rsplit(b"\n", 2)[-2].decode()
    return _offsets(epochs, [infos[kind] for kind in kinds], infos[0], _yearly(footer))


def _offsets(epochs: Any, infos: list[Any], first: Any, yearly: tuple[YearlyRule, ...]) -> Offsets:
    changes, standards = [], [(-(1 << 63), first[0])]
    offset, standard = first[0], first[0]
    for epoch, (seconds, summer, _) in zip(epochs, infos, strict=True):
        if summer:
            standard = standard if 0 < seconds - standard <= 7200 else seconds - 3600
        else:
            standard = seconds
        if standard != standards[-1][1]:
            standards.append((epoch, standard))
        if seconds != offset and epoch > -(1 << 59):
            changes.append(Change(epoch, offset, seconds))
        offset = seconds
    while len(changes) > 2 and all(_regular(one, yearly) for one in changes[-3:]):
        if changes[-1].epoch - changes[-3].epoch > _YEAR:
            break
        changes.pop()
    return Offsets(first[0], tuple(changes), yearly, tuple(standards))


def _regular(change: Change, yearly: tuple[YearlyRule, ...]) -> bool:
    """Whether a listed change is one that the yearly rules make anyway."""
    return any(
        rule.epoch(calendar.civil((change.epoch + rule.before) // 86400)[0]) == change.epoch and rule.after == change.after
        for rule in yearly
    )


@functools.cache
def zone_names() -> tuple[str, ...]:
    """The ids of the database's zones, in order."""
    import zoneinfo

    return tuple(sorted(zoneinfo.available_timezones() - _NOT_JAVAS))


def fixed(seconds: int) -> Offsets:
    """The offsets of a zone that never changes."""
    return Offsets(seconds)
