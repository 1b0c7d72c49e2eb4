"""java.time.format.DateTimeFormatterBuilder, and the letters of a pattern."""

from __future__ import annotations

from typing import Any

from esmock.script.painless.runtime import throwables as t
from esmock.script.painless.runtime.time import elements as e
from esmock.script.painless.runtime.time import zone_elements as z
from esmock.script.painless.runtime.time.enums import TEXT_STYLES
from esmock.script.painless.runtime.time.fields import FIELDS
from esmock.script.painless.runtime.time.locales import words
from esmock.script.painless.runtime.time.value import required
from esmock.script.painless.runtime.time.week_fields import CONSTANTS as WEEKS
from esmock.script.painless.runtime.time.week_fields import QUARTER_OF_YEAR, week_fields_of

_LETTERS: dict[str, Any] = {
    letter: FIELDS[name]
    for letter, name in (
        part.split("=")
        for part in (
            "G=ERA y=YEAR_OF_ERA u=YEAR M=MONTH_OF_YEAR L=MONTH_OF_YEAR D=DAY_OF_YEAR d=DAY_OF_MONTH "
            "F=ALIGNED_DAY_OF_WEEK_IN_MONTH E=DAY_OF_WEEK c=DAY_OF_WEEK e=DAY_OF_WEEK a=AMPM_OF_DAY H=HOUR_OF_DAY "
            "k=CLOCK_HOUR_OF_DAY K=HOUR_OF_AMPM h=CLOCK_HOUR_OF_AMPM m=MINUTE_OF_HOUR s=SECOND_OF_MINUTE "
            "S=NANO_OF_SECOND A=MILLI_OF_DAY n=NANO_OF_SECOND N=NANO_OF_DAY"
        ).split()
    )
} | {"Q": QUARTER_OF_YEAR, "q": QUARTER_OF_YEAR, "g": WEEKS["JulianFields.MODIFIED_JULIAN_DAY"]}
_STYLE_OF = {3: "SHORT", 4: "FULL", 5: "NARROW"}


_INNER = "java.time.format.DateTimeFormatterBuilder$"
_PADDED = (
    f"class {_INNER}PadPrinterParserDecorator cannot be cast to class {_INNER}NumberPrinterParser "
    f"({_INNER}PadPrinterParserDecorator and {_INNER}NumberPrinterParser are in module java.base of loader 'bootstrap')"
)


def _too_many(letter: str) -> t.Throwable:
    return t.IllegalArgument(f"Too many pattern letters: {letter}")


class WeekLetter(e.Deferred):
    """``Y``, ``w``, ``W``, ``e``, ``c``: fields of the locale's weeks."""

    def __init__(self, letter: str, count: int) -> None:
        self.letter, self.count = letter, count

    def resolved(self, locale: Any) -> e.Element:
        weeks = week_fields_of(locale)
        if self.letter == "Y":
            field = weeks.j_weekBasedYear()
            if self.count == 2:
                return e.Reduced(field, 2, 2, 2000, "2000-01-01")
            return e.Number(field, self.count, 19, "NORMAL" if self.count < 4 else "EXCEEDS_PAD")
        field = {"e": weeks.j_dayOfWeek, "c": weeks.j_dayOfWeek, "w": weeks.j_weekOfWeekBasedYear, "W": weeks.j_weekOfMonth}[
            self.letter
        ]()
        return e.Number(field, self.count, self.count if self.letter in "ec" else 2, "NOT_NEGATIVE")

    def shown(self) -> str:
        if self.letter == "Y":
            if self.count == 1:
                return "Localized(WeekBasedYear)"
            if self.count == 2:
                return "Localized(ReducedValue(WeekBasedYear,2,2,2000-01-01))"
            sign = "NORMAL" if self.count < 4 else "EXCEEDS_PAD"
            return f"Localized(WeekBasedYear,{self.count},19,{sign})"
        name = {"e": "DayOfWeek", "c": "DayOfWeek", "w": "WeekOfWeekBasedYear", "W": "WeekOfMonth"}[self.letter]
        return f"Localized({name},{self.count})"


class LocalizedPattern(e.Deferred):
    """The locale's own pattern of a date style, a time style or both."""

    def __init__(self, date: Any, time: Any) -> None:
        self.date, self.time = date, time

    def resolved(self, locale: Any) -> e.Element:
        return Builder().j_appendPattern(localized_pattern(self.date, self.time, locale)).composite()

    def shown(self) -> str:
        return f"Localized({self.date.name if self.date else ''},{self.time.name if self.time else ''})"


class ChronologyName(e.Element):
    def __init__(self, style: Any = None) -> None:
        self.style = style

    def write(self, run: Any) -> str | None:
        found = run.query("chronology")
        return None if found is None else str(found.j_getId())

    def read(self, run: Any, text: str, at: int) -> int:
        return at + 3 if run.matches(text, at, "ISO") else ~at

    def shown(self) -> str:
        return f"java.time.format.DateTimeFormatterBuilder$ChronoPrinterParser@{id(self) & 0xFFFFFFF:x}"


def localized_pattern(date: Any, time: Any, locale: Any) -> str:
    """The locale's pattern. Raises IllegalArgument without a style."""
    if date is None and time is None:
        raise t.IllegalArgument("Either dateStyle or timeStyle must be non-null")
    patterns = words(locale, "patterns")
    parts = [patterns[date.ordinal]] if date is not None else []
    parts += [patterns[4 + time.ordinal]] if time is not None else []
    if len(parts) == 2:
        short = (patterns[3], patterns[7])
        return patterns[8].replace(short[0], "\0").replace(short[1], parts[1]).replace("\0", parts[0])
    return parts[0]


class Builder:
    """Gathers elements; ``_open`` are the optional parts that have been started."""

    java_class = "java.time.format.DateTimeFormatterBuilder"

    def __init__(self) -> None:
        self._open: list[list[e.Element]] = [[]]
        self._number: list[int] = [-1]
        self._pad: tuple[int, str] | None = None

    def add(self, element: e.Element) -> Builder:
        if self._pad is not None:
            element = e.Padded(element, *self._pad)
            self._pad = None
        self._open[-1].append(element)
        self._number[-1] = -1
        return self

    def _add_number(self, number: e.Number) -> Builder:
        """A number; fixed-width ones right behind one reserve their digits in it."""
        first, parts = self._number[-1], self._open[-1]
        if first < 0:
            self.add(number)
            self._number[-1] = len(parts) - 1
            return self
        base = parts[first]
        if not isinstance(base, e.Number):  # ES: a padded number cannot be followed by another one
            raise t.ClassCast(_PADDED)
        if number.low == number.high and number.sign == "NOT_NEGATIVE":
            parts[first] = base.followed(number.high)
            self.add(number.fixed())
            self._number[-1] = first
        else:
            parts[first] = base.fixed()
            self.add(number)
            self._number[-1] = len(parts) - 1
        return self

    def j_append(self, formatter: Any) -> Builder:
        return self.add(e.Composite(formatter.root.elements))

    def j_appendOptional(self, formatter: Any) -> Builder:
        return self.add(e.Composite(formatter.root.elements, optional=True))

    def j_appendChronologyId(self) -> Builder:
        return self.add(ChronologyName())

    def j_appendChronologyText(self, style: Any) -> Builder:
        return self.add(ChronologyName(style))

    def j_appendFraction(self, field: Any, low: int, high: int, point: bool) -> Builder:
        if not field.j_range().j_isFixed():
            raise t.IllegalArgument(f"Field must have a fixed set of values: {field.j_toString()}")
        if not 0 <= low <= 9:
            raise t.IllegalArgument(f"Minimum width must be from 0 to 9 inclusive but was {low}")
        if not 1 <= high <= 9:
            raise t.IllegalArgument(f"Maximum width must be from 1 to 9 inclusive but was {high}")
        if high < low:
            raise t.IllegalArgument(f"Maximum width must exceed or equal the minimum width but {high} < {low}")
        fraction = e.Fraction(field, low, high, point)
        return self._add_number(fraction) if low == high and not point else self.add(fraction)

    def j_appendInstant(self, digits: int | None = None) -> Builder:
        if digits is None:
            return self.add(z.InstantText(-2))
        if not -1 <= digits <= 9:
            raise t.IllegalArgument(f"The fractional digits must be from -1 to 9 inclusive but was {digits}")
        return self.add(z.InstantText(digits))

    def j_appendLiteral(self, text: str) -> Builder:
        return self.add(e.Literal(text)) if required(text, "literal") else self

    def j_appendLocalized(self, date: Any, time: Any) -> Builder:
        if date is None and time is None:
            raise t.IllegalArgument("Either the date or time style must be non-null")
        return self.add(LocalizedPattern(date, time))

    def j_appendLocalizedOffset(self, style: Any) -> Builder:
        if style.name not in ("FULL", "SHORT"):
            raise t.IllegalArgument("Style must be either full or short")
        return self.add(z.LocalizedOffset(style))

    def j_appendOffset(self, pattern: str, zero: str) -> Builder:
        return self.add(z.Offset(pattern, zero))

    def j_appendOffsetId(self) -> Builder:
        return self.add(z.OFFSET_ID)

    def j_appendZoneId(self) -> Builder:
        return self.add(z.ZoneIds("zoneId", "ZoneId()"))

    def j_appendZoneRegionId(self) -> Builder:
        return self.add(_ZoneRegion("zoneId", "ZoneRegionId()"))

    def j_appendZoneOrOffsetId(self) -> Builder:
        return self.add(z.ZoneIds("zone", "ZoneOrOffsetId()"))

    def j_appendZoneText(self, style: Any, preferred: Any = None) -> Builder:
        return self.add(z.ZoneText(style))

    def j_appendText(self, field: Any, style: Any = TEXT_STYLES["FULL"]) -> Builder:
        return self.add(e.Text(required(field, "field"), required(style, "textStyle")))

    def j_appendValue(self, field: Any, low: int | None = None, high: int | None = None, sign: Any = None) -> Builder:
        required(field, "field")
        if low is None:
            return self._add_number(e.Number(field, 1, 19, "NORMAL"))
        if high is None:
            if not 1 <= low <= 19:
                raise t.IllegalArgument(f"The width must be from 1 to 19 inclusive but was {low}")
            return self._add_number(e.Number(field, low, low, "NOT_NEGATIVE"))
        for value, name in ((low, "minimum"), (high, "maximum")):
            if not 1 <= value <= 19:
                raise t.IllegalArgument(f"The {name} width must be from 1 to 19 inclusive but was {value}")
        if high < low:
            raise t.IllegalArgument(f"The maximum width must exceed or equal the minimum width but {high} < {low}")
        return self._add_number(e.Number(field, low, high, sign.name))

    def j_appendValueReduced(self, field: Any, width: int, high: int, base: Any) -> Builder:
        for value, name in ((width, "minWidth"), (high, "maxWidth")):
            if not 1 <= value <= 10:
                raise t.IllegalArgument(f"The {name} must be from 1 to 10 inclusive but was {value}")
        if high < width:
            raise t.IllegalArgument(f"Maximum width must exceed or equal the minimum width but {high} < {width}")
        if not field.j_range().j_isValidValue(base):
            raise t.IllegalArgument("The base value must be within the range of the field")
        return self._add_number(e.Reduced(field, width, high, base, str(base)))

    def j_optionalStart(self) -> Builder:
        self._open.append([])
        self._number.append(-1)
        return self

    def j_optionalEnd(self) -> Builder:
        if len(self._open) == 1:
            raise t.IllegalState("Cannot call optionalEnd() as there was no previous call to optionalStart()")
        parts = self._open.pop()
        self._number.pop()
        if parts:
            self._number[-1] = -1
            self._open[-1].append(e.Composite(tuple(parts), optional=True))
        return self

    def j_padNext(self, width: int, char: int = 32) -> Builder:
        if width < 1:
            raise t.IllegalArgument(f"The pad width must be at least one but was {width}")
        self._pad = (width, chr(char))
        self._number[-1] = -1
        return self

    def j_parseCaseInsensitive(self) -> Builder:
        return self.add(e.Setting("case_sensitive", False))

    def j_parseCaseSensitive(self) -> Builder:
        return self.add(e.Setting("case_sensitive", True))

    def j_parseLenient(self) -> Builder:
        return self.add(e.Setting("strict", False))

    def j_parseStrict(self) -> Builder:
        return self.add(e.Setting("strict", True))

    def j_parseDefaulting(self, field: Any, value: int) -> Builder:
        return self.add(e.Default(required(field, "field"), value))

    def composite(self) -> e.Composite:
        while len(self._open) > 1:
            self.j_optionalEnd()
        return e.Composite(tuple(self._open[0]))

    def j_toFormatter(self, locale: Any = None) -> Any:
        from esmock.script.painless.runtime.time.formatter import Formatter

        return Formatter(self.composite(), locale)

    # -- patterns

    def j_appendPattern(self, pattern: str) -> Builder:
        required(pattern, "pattern")
        at = 0
        while at < len(pattern):
            char = pattern[at]
            if char.isascii() and char.isalpha():
                at = self._letters(pattern, at)
            elif char == "'":
                at = self._quoted(pattern, at)
            elif char in "[]":
                self._bracket(char)
                at += 1
            elif char in "{}#":
                raise t.IllegalArgument(f"Pattern includes reserved character: '{char}'")
            else:
                self.j_appendLiteral(char)
                at += 1
        return self

    def _bracket(self, char: str) -> None:
        if char == "[":
            self.j_optionalStart()
        elif len(self._open) == 1:
            raise t.IllegalArgument("Pattern invalid as it contains ] without previous [")
        else:
            self.j_optionalEnd()

    def _letters(self, pattern: str, at: int) -> int:
        letter, end = pattern[at], _run(pattern, at)
        if letter == "p":
            width = end - at
            if not (end < len(pattern) and pattern[end].isascii() and pattern[end].isalpha()):
                raise t.IllegalArgument(f"Pad letter 'p' must be followed by valid pad pattern: {pattern}")
            self.j_padNext(width)
            at, letter, end = end, pattern[end], _run(pattern, end)
        if letter in _LETTERS:
            self._field(letter, end - at)
        else:
            self._other(letter, end - at)
        return end

    def _quoted(self, pattern: str, at: int) -> int:
        end, out = at + 1, []
        while end < len(pattern):
            if pattern[end] == "'":
                if pattern[end + 1 : end + 2] != "'":
                    break
                end += 1
            out.append(pattern[end])
            end += 1
        if end >= len(pattern):
            raise t.IllegalArgument(f"Pattern ends with an incomplete string literal: {pattern}")
        self.j_appendLiteral("".join(out) or "'")
        return end + 1

    def _field(self, letter: str, count: int) -> None:
        field = _LETTERS[letter]
        if letter in "uy":
            if count == 2:
                self._add_number(e.Reduced(field, 2, 2, 2000, "2000-01-01"))
            else:
                self._add_number(e.Number(field, count, 19, "NORMAL" if count < 4 else "EXCEEDS_PAD"))
        elif letter in "cLqMQEe":
            self._text_or_number(letter, field, count)
        elif letter == "a":
            if count != 1:
                raise _too_many(letter)
            self.j_appendText(field, TEXT_STYLES["SHORT"])
        elif letter == "G":
            if count > 5:
                raise _too_many(letter)
            self.j_appendText(field, TEXT_STYLES[_STYLE_OF.get(count, "SHORT")])
        elif letter == "S":
            self.j_appendFraction(field, count, count, False)
        elif letter in "FdhHkKms" or letter == "D":
            self._short_number(letter, field, count)
        else:
            sign = "NORMAL" if letter == "g" else "NOT_NEGATIVE"
            self._add_number(e.Number(field, count, 19, sign))

    def _short_number(self, letter: str, field: Any, count: int) -> None:
        limit = {"F": 1, "D": 3}.get(letter, 2)
        if count > limit:
            raise _too_many(letter)
        if count == 1:
            self.j_appendValue(field)
        elif letter == "D":
            self._add_number(e.Number(field, count, 3, "NOT_NEGATIVE"))
        else:
            self.j_appendValue(field, count)

    def _text_or_number(self, letter: str, field: Any, count: int) -> None:
        if count > 5:
            raise _too_many(letter)
        if letter == "c" and count == 2:
            raise t.IllegalArgument('Invalid pattern "cc"')
        if count > 2:
            standalone = "_STANDALONE" if letter in "cLq" else ""
            self.j_appendText(field, TEXT_STYLES[_STYLE_OF[count] + standalone])
        elif letter in "ce":
            self.add(WeekLetter(letter, count))
        elif letter == "E":
            self.j_appendText(field, TEXT_STYLES["SHORT"])
        elif count == 1:
            self.j_appendValue(field)
        else:
            self.j_appendValue(field, 2)

    def _other(self, letter: str, count: int) -> None:
        if letter == "z":
            if count > 4:
                raise _too_many(letter)
            self.j_appendZoneText(TEXT_STYLES["FULL" if count == 4 else "SHORT"])
        elif letter == "V":
            if count != 2:
                raise t.IllegalArgument(f"Pattern letter count must be 2: {letter}")
            self.j_appendZoneId()
        elif letter == "v":
            if count not in (1, 4):
                raise t.IllegalArgument(f"Wrong number of pattern letters: {letter}")
            self.add(z.ZoneText(TEXT_STYLES["FULL" if count == 4 else "SHORT"], generic=True))
        elif letter in "ZOXx":
            self._offset(letter, count)
        elif letter in "WwY":
            if (letter == "W" and count > 1) or (letter == "w" and count > 2):
                raise _too_many(letter)
            self.add(WeekLetter(letter, count))
        else:
            raise t.IllegalArgument(f"Unknown pattern letter: {letter}")

    def _offset(self, letter: str, count: int) -> None:
        if letter == "O":
            if count not in (1, 4):
                raise t.IllegalArgument(f"Pattern letter count must be 1 or 4: {letter}")
            self.j_appendLocalizedOffset(TEXT_STYLES["FULL" if count == 4 else "SHORT"])
            return
        if count > 5:
            raise _too_many(letter)
        if letter == "Z":
            if count == 4:
                self.j_appendLocalizedOffset(TEXT_STYLES["FULL"])
            else:
                self.j_appendOffset(*(("+HH:MM:ss", "Z") if count == 5 else ("+HHMM", "+0000")))
            return
        zero = "Z" if letter == "X" else "+00" if count == 1 else "+0000" if count % 2 == 0 else "+00:00"
        self.j_appendOffset(z.OFFSET_PATTERNS[count + (0 if count == 1 else 1)], zero)


class _ZoneRegion(z.ZoneIds):
    """Only a zone that is no offset is printed."""

    def write(self, run: Any) -> str | None:
        from esmock.script.painless.runtime.time.zones import ZoneOffset

        zone = run.temporal.zone_id()
        if zone is None or isinstance(zone, ZoneOffset):
            if run.optional:
                return None
            raise t.DateTime(f"Unable to extract ZoneRegion from temporal {run.temporal.j_toString()}")
        return str(zone.name)


def _run(pattern: str, at: int) -> int:
    end = at
    while end < len(pattern) and pattern[end] == pattern[at]:
        end += 1
    return end


def _localized(date: Any, time: Any, chronology: Any, locale: Any) -> str:
    required(locale, "locale")
    required(chronology, "chrono")
    return localized_pattern(date, time, locale)


CONSTRUCTORS: dict[str, Any] = {"DateTimeFormatterBuilder/0": Builder}
STATICS: dict[str, Any] = {"DateTimeFormatterBuilder.getLocalizedDateTimePattern/4": _localized}
