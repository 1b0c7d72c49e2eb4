"""The elements of a format that print and parse offsets, zones and instants."""

from __future__ import annotations

import re
from typing import Any

from esmock.script.painless.runtime import throwables as t
from esmock.script.painless.runtime.time import arithmetic as a
from esmock.script.painless.runtime.time.elements import Element
from esmock.script.painless.runtime.time.fields import FIELDS
from esmock.script.painless.runtime.time.parsing import Parsing, Printing
from esmock.script.painless.runtime.time.parts import date_text, time_text
from esmock.script.painless.runtime.time.rules import zone_names
from esmock.script.painless.runtime.time.value import SECOND
from esmock.script.painless.runtime.time.zone_text import zone_name, zones_by_name
from esmock.script.painless.runtime.time.zones import parse_offset, prefixed, region

_OFFSET, _SECONDS, _NANO = FIELDS["OFFSET_SECONDS"], FIELDS["INSTANT_SECONDS"], FIELDS["NANO_OF_SECOND"]
OFFSET_PATTERNS = tuple(
    "+HH +HHmm +HH:mm +HHMM +HH:MM +HHMMss +HH:MM:ss +HHMMSS +HH:MM:SS +HHmmss +HH:mm:ss "
    "+H +Hmm +H:mm +HMM +H:MM +HMMss +H:MM:ss +HMMSS +H:MM:SS +Hmmss +H:mm:ss".split()
)


class Offset(Element):
    """An offset in one of the patterns; ``zero`` stands for none."""

    def __init__(self, pattern: str, zero: str) -> None:
        if pattern not in OFFSET_PATTERNS:
            raise t.IllegalArgument(f"Invalid zone offset pattern: {pattern}")
        self.pattern, self.zero = pattern, zero
        self.style = OFFSET_PATTERNS.index(pattern) % 11
        self.padded = OFFSET_PATTERNS.index(pattern) < 11
        self._expressions = {strict: self._expression(strict) for strict in (True, False)}

    def write(self, run: Printing) -> str | None:
        seconds = run.value(_OFFSET)
        if seconds is None:
            return None
        if not seconds:
            return self.zero
        total, style = abs(seconds), self.style
        hours, minutes, rest = total // 3600 % 100, total // 60 % 60, total % 60
        shown, colon = hours, ":" if style > 0 and style % 2 == 0 else ""
        text = ("-" if seconds < 0 else "+") + (f"{hours:02d}" if self.padded else str(hours))
        if 3 <= style <= 8 or (style >= 9 and rest) or (style >= 1 and minutes):
            text += f"{colon}{minutes:02d}"
            shown += minutes
            if style in (7, 8) or (style >= 5 and rest):
                text += f"{colon}{rest:02d}"
                shown += rest
        return text if shown else self.zero

    def _expression(self, strict: bool) -> re.Pattern[str]:
        hour = r"\d\d" if self.padded else r"\d\d?"
        if not strict:
            sep = ":" if self.style > 0 and self.style % 2 == 0 else ""
            return re.compile(rf"([+-])({hour})(?:{sep or ':?'}(\d\d)(?:{sep or ':?'}(\d\d))?)?")
        sep = ":" if self.style > 0 and self.style % 2 == 0 else ""
        minute, second = rf"{sep}(\d\d)", rf"{sep}(\d\d)"
        form = {
            0: "",
            1: f"(?:{minute})?",
            2: f"(?:{minute})?",
            3: minute,
            4: minute,
            5: f"{minute}(?:{second})?",
            6: f"{minute}(?:{second})?",
            7: minute + second,
            8: minute + second,
        }.get(self.style, f"(?:{minute}(?:{second})?)?")
        return re.compile(rf"([+-])({hour}){form}")

    def read(self, run: Parsing, text: str, at: int) -> int:
        if at == len(text):
            return run.put(_OFFSET, 0, at, at) if not self.zero else ~at
        if self.zero and run.matches(text, at, self.zero):
            return run.put(_OFFSET, 0, at, at + len(self.zero))
        found = self._expressions[run.strict].match(text, at)
        if found is not None:
            sign, *clock = (*found.groups(), None, None)[:4]
            parts = tuple(int(part or 0) for part in clock)
            if parts[0] > 23 or parts[1] > 59 or parts[2] > 59:
                raise t.DateTime("Value out of range: Hour[0-23], Minute[0-59], Second[0-59]")
            seconds = (parts[0] * 60 + parts[1]) * 60 + parts[2]
            return run.put(_OFFSET, -seconds if sign == "-" else seconds, at, found.end())
        return run.put(_OFFSET, 0, at, at) if not self.zero else ~at

    def shown(self) -> str:
        zero = self.zero.replace("'", "''")
        return f"Offset({self.pattern},'{zero}')"


OFFSET_ID = Offset("+HH:MM:ss", "Z")


class LocalizedOffset(Element):
    """``GMT+1`` or ``GMT+01:00``."""

    _READ = {
        True: re.compile(r"GMT(?:([+-])(\d\d):(\d\d)(?::(\d\d))?)?"),
        False: re.compile(r"GMT(?:([+-])(\d\d?)(?::(\d\d)(?::(\d\d))?)?)?"),
    }

    def __init__(self, style: Any) -> None:
        self.style = style

    def write(self, run: Printing) -> str | None:
        seconds = run.value(_OFFSET)
        if seconds is None:
            return None
        if not seconds:
            return "GMT"
        total = abs(seconds)
        hours, minutes, rest = total // 3600 % 100, total // 60 % 60, total % 60
        sign = "-" if seconds < 0 else "+"
        tail = f":{rest:02d}" if rest else ""
        if self.style.name == "FULL":
            return f"GMT{sign}{hours:02d}:{minutes:02d}{tail}"
        return f"GMT{sign}{hours}" + (f":{minutes:02d}{tail}" if minutes or rest else "")

    def read(self, run: Parsing, text: str, at: int) -> int:
        found = self._READ[self.style.name == "FULL"].match(text, at)
        if found is None:
            return ~at
        sign, hour, minute, second = found.groups()
        total = (int(hour or 0) * 60 + int(minute or 0)) * 60 + int(second or 0)
        return run.put(_OFFSET, -total if sign == "-" else total, at, found.end())

    def shown(self) -> str:
        return f"LocalizedOffset({self.style.name})"


class ZoneIds(Element):
    """The id of a zone, or an offset; ``query`` is which of the temporal's is printed."""

    def __init__(self, query: str, shown: str) -> None:
        self.query, self._shown = query, shown

    def write(self, run: Printing) -> str | None:
        zone = run.query(self.query)
        return None if zone is None else str(zone.name)

    def read(self, run: Parsing, text: str, at: int) -> int:
        if at >= len(text):
            return ~at
        if text[at] in "+-":
            return self._offset(run, text, at, at, "")
        for prefix in ("UTC", "GMT", "UT"):
            end = at + len(prefix)
            if run.matches(text, at, prefix) and not (prefix == "UT" and run.matches(text, at, "UTC")):
                if text[end : end + 1] in ("+", "-"):
                    return self._offset(run, text, at, end, prefix)
                if not text[end : end + 1].isalnum():
                    run.zone = prefixed(prefix, parse_offset("Z"))
                    return end
        return self._region(run, text, at)

    def _region(self, run: Parsing, text: str, at: int) -> int:
        found = re.compile(r"[A-Za-z][A-Za-z0-9~/._+-]*").match(text, at)
        name = found[0] if found is not None else ""
        while name:
            known = name if run.case_sensitive else _folded().get(name.casefold())
            if known is not None and known in zone_names():
                run.zone = region(known)
                return at + len(name)
            name = name[:-1]
        if run.matches(text, at, "Z"):
            run.zone = parse_offset("Z")
            return at + 1
        return ~at

    def _offset(self, run: Parsing, text: str, at: int, start: int, prefix: str) -> int:
        inner = Parsing(run.formatter)
        inner.case_sensitive, inner.strict = run.case_sensitive, run.strict
        end = OFFSET_ID.read(inner, text, start)
        if end < 0:
            if not prefix:
                return ~at
            run.zone = prefixed(prefix, parse_offset("Z"))
            return start
        run.zone = prefixed(prefix, _offset_zone(inner.values[_OFFSET]))
        return end

    def shown(self) -> str:
        return self._shown


def _offset_zone(seconds: int) -> Any:
    from esmock.script.painless.runtime.time.zones import total_seconds

    return total_seconds(seconds)


def _folded() -> dict[str, str]:
    return {name.casefold(): name for name in zone_names()}


class ZoneText(ZoneIds):
    """The name of a zone: of the time of the year, or its generic one."""

    def __init__(self, style: Any, generic: bool = False) -> None:
        super().__init__("zoneId", f"ZoneText({style.name})")
        self.style, self.generic = style, generic

    def write(self, run: Printing) -> str | None:
        from esmock.script.painless.runtime.time.zones import ZoneOffset

        zone = run.query("zoneId")
        if zone is None or isinstance(zone, ZoneOffset):
            return None if zone is None else str(zone.name)
        summer: bool | None = None
        if not self.generic and run.temporal.j_isSupported(_SECONDS):
            second = run.temporal.j_getLong(_SECONDS)
            summer = zone.offsets.at(second) != zone.offsets.standard_at(second)
        return zone_name(zone, self.style, summer)

    def read(self, run: Parsing, text: str, at: int) -> int:
        names = zones_by_name(self.style.name.startswith("SHORT"))
        best = max((name for name in names if run.matches(text, at, name)), key=len, default="")
        ids = super().read(run, text, at)
        if best and at + len(best) >= max(ids, 0):
            run.zone = region(names[best])
            return at + len(best)
        return ids


class InstantText(Element):
    """An instant in UTC; ``digits`` of the second: -2 three, six or nine, -1 as many as there are."""

    def __init__(self, digits: int) -> None:
        self.digits = digits

    def write(self, run: Printing) -> str | None:
        seconds = run.value(_SECONDS)
        if seconds is None:
            return None
        nano = run.temporal.j_getLong(_NANO) if run.temporal.j_isSupported(_NANO) else 0
        days, second = divmod(seconds, 86400)
        clock = time_text(second * SECOND)
        return f"{date_text(days)}T{clock if len(clock) > 5 else clock + ':00'}{self._fraction(nano)}Z"

    def _fraction(self, nano: int) -> str:
        if self.digits == 0 or (nano == 0 and self.digits < 0):
            return ""
        text = f"{nano:09d}"
        if self.digits > 0:
            return "." + text[: self.digits]
        if self.digits == -1:
            return "." + text.rstrip("0")
        return "." + (text[:3] if nano % 1_000_000 == 0 else text[:6] if nano % 1000 == 0 else text)

    def read(self, run: Parsing, text: str, at: int) -> int:
        from esmock.script.painless.runtime.time.formatter import instant_parts

        inner = Parsing(run.formatter)
        inner.case_sensitive, inner.strict = run.case_sensitive, run.strict
        end = instant_parts(self.digits).read(inner, text, at)
        if end < 0:
            return end
        seconds = _instant_seconds(inner.values, run)
        if seconds is None:
            return ~at
        end = run.put(_SECONDS, seconds, at, end)
        return run.put(_NANO, inner.values.get(_NANO, 0), at, end) if end >= 0 else end

    def shown(self) -> str:
        return "Instant()"


def _instant_seconds(values: dict[Any, int], run: Parsing) -> int | None:
    year, month, day = (values[FIELDS[name]] for name in ("YEAR", "MONTH_OF_YEAR", "DAY_OF_MONTH"))
    hour, minute = values[FIELDS["HOUR_OF_DAY"]], values[FIELDS["MINUTE_OF_HOUR"]]
    second, nano = values.get(FIELDS["SECOND_OF_MINUTE"], 0), values.get(_NANO, 0)
    days = 0
    if (hour, minute, second, nano) == (24, 0, 0, 0):
        hour, days = 0, 1
    elif (hour, minute, second) == (23, 59, 60):
        run.leap_second = True
        second = 59
    try:
        clock = a.day_nanos(hour, minute, second) // SECOND
        return (a.date_days(year, month, day) + days) * 86400 + clock - values.get(_OFFSET, 0)
    except t.DateTime:
        return None
