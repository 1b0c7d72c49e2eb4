"""java.time.format.DateTimeFormatter, its constants, and ``parse`` of the classes of java.time."""

from __future__ import annotations

import functools
from typing import Any

from esmock.script.painless.runtime import throwables as t
from esmock.script.painless.runtime.containers import JavaSet
from esmock.script.painless.runtime.time import elements as e
from esmock.script.painless.runtime.time import partial, zoned
from esmock.script.painless.runtime.time.amounts import Period, unparsable
from esmock.script.painless.runtime.time.builder import Builder
from esmock.script.painless.runtime.time.enums import RESOLVER_STYLES, SIGN_STYLES, TEXT_STYLES
from esmock.script.painless.runtime.time.fields import FIELDS
from esmock.script.painless.runtime.time.local import date_from, date_time_from, time_from
from esmock.script.painless.runtime.time.parsed import Parsed
from esmock.script.painless.runtime.time.parsing import Parsing, Printing, with_zone
from esmock.script.painless.runtime.time.temporal import Query
from esmock.script.painless.runtime.time.texts import STANDARD
from esmock.script.painless.runtime.time.value import required
from esmock.script.painless.runtime.time.week_fields import WEEK_BASED_YEAR, WEEK_OF_WEEK_BASED_YEAR
from esmock.script.painless.runtime.values import text_of


class Formatter:
    """A format; ``with_`` makes a copy with another part."""

    java_class = "java.time.format.DateTimeFormatter"
    _PARTS = ("root", "locale", "resolver", "zone", "style", "fields", "chronology")

    def __init__(
        self, root: e.Composite, locale: Any = None, resolver: str = "SMART", chronology: Any = None, zone: Any = None
    ) -> None:
        self.root, self.locale, self.resolver, self.chronology, self.zone = root, locale, resolver, chronology, zone
        self.style = STANDARD
        self.fields: Any = None

    def _with(self, name: str, value: Any) -> Formatter:
        copy = Formatter(self.root)
        for part in self._PARTS:
            setattr(copy, part, getattr(self, part))
        setattr(copy, name, value)
        return copy

    def j_withZone(self, zone: Any) -> Formatter:
        return self._with("zone", zone)

    def j_withLocale(self, locale: Any) -> Formatter:
        return self._with("locale", locale)

    def j_withResolverStyle(self, style: Any) -> Formatter:
        return self._with("resolver", required(style, "resolverStyle").name)

    def j_withDecimalStyle(self, style: Any) -> Formatter:
        return self._with("style", required(style, "decimalStyle"))

    def j_withChronology(self, chronology: Any) -> Formatter:
        return self._with("chronology", chronology)

    def j_withResolverFields(self, fields: Any) -> Formatter:
        return self._with("fields", None if fields is None else frozenset(fields))

    def j_getZone(self) -> Any:
        return self.zone

    def j_getLocale(self) -> Any:
        from esmock.script.painless.runtime.util.locale import DEFAULT

        return self.locale if self.locale is not None else DEFAULT

    def j_getResolverStyle(self) -> Any:
        return RESOLVER_STYLES[self.resolver]

    def j_getDecimalStyle(self) -> Any:
        return self.style

    def j_getChronology(self) -> Any:
        return self.chronology

    def j_getResolverFields(self) -> Any:
        return None if self.fields is None else JavaSet(self.fields)

    # -- printing

    def j_format(self, temporal: Any) -> str:
        """Raises DateTime, UnsupportedTemporalType."""
        seen = with_zone(required(temporal, "temporal"), self.zone)
        if self.chronology is not None and self.chronology.j_getId() != "ISO" and seen.j_isSupported(FIELDS["EPOCH_DAY"]):
            seen = self.chronology.over(seen)
        return self.root.write(Printing(seen, self)) or ""

    def j_formatTo(self, temporal: Any, out: Any) -> None:
        out.j_append(self.j_format(temporal))

    # -- parsing

    def _read(self, text: str, at: int = 0) -> tuple[Parsing, int]:
        run = Parsing(self)
        return run, self.root.read(run, text, at)

    def _resolved(self, run: Parsing) -> Parsed:
        zone = run.zone if run.zone is not None else self.zone
        parsed = Parsed(run.values, zone, run.leap_second, self._effective_chronology())
        return parsed.resolve(self.resolver, self.fields)

    def _effective_chronology(self) -> Any:
        from esmock.script.painless.runtime.time.chrono import ISO

        return self.chronology if self.chronology is not None else ISO

    def j_parse(self, given: Any, query: Any = None) -> Any:
        """Raises DateTimeParse."""
        text = text_of(required(given, "text"))
        shown = text if len(text) <= 64 else text[:64] + "..."
        run, end = self._read(text)
        if end < 0:
            raise unparsable(f"Text '{shown}' could not be parsed at index {~end}", text, ~end)
        if end < len(text):
            raise unparsable(f"Text '{shown}' could not be parsed, unparsed text found at index {end}", text, end)
        try:
            parsed = self._resolved(run)
            return parsed if query is None else query(parsed)
        except (t.DateTime, t.ArithmeticError_) as cause:
            raise unparsable(f"Text '{shown}' could not be parsed: {cause.message}", text, 0, cause) from None

    def j_parseBest(self, text: Any, queries: Any) -> Any:
        if len(queries) < 2:
            raise t.IllegalArgument("At least two queries must be specified")
        parsed = self.j_parse(text)
        for query in queries:
            try:
                return query(parsed)
            except t.DateTime:
                continue
        shown = text_of(text)
        cause = t.DateTime("Unable to convert temporal accessor using any of the specified queries")
        raise unparsable(f"Text '{shown}' could not be parsed: {cause.message}", shown, 0, cause)

    def j_parseUnresolved(self, text: Any, position: Any) -> Any:
        run, end = self._read(text_of(text), position.index)
        if end < 0:
            position.error = ~end
            return None
        position.index = end
        return Parsed(run.values, run.zone, run.leap_second, self._effective_chronology())

    def j_toFormat(self, query: Any = None) -> Any:
        from esmock.script.painless.runtime.text.format import TemporalFormat

        return TemporalFormat(self, query)

    def j_toString(self) -> str:
        text = self.root.shown()
        return text if text.startswith("[") else text[1:-1]




def _clock_seconds(builder: Builder) -> Builder:
    second, nano = FIELDS["SECOND_OF_MINUTE"], FIELDS["NANO_OF_SECOND"]
    builder.j_appendValue(FIELDS["HOUR_OF_DAY"], 2).j_appendLiteral(":").j_appendValue(FIELDS["MINUTE_OF_HOUR"], 2)
    builder.j_optionalStart().j_appendLiteral(":").j_appendValue(second, 2)
    return builder.j_optionalStart().j_appendFraction(nano, 0, 9, True)


def _date(builder: Builder) -> Builder:
    builder.j_appendValue(FIELDS["YEAR"], 4, 10, SIGN_STYLES["EXCEEDS_PAD"]).j_appendLiteral("-")
    builder.j_appendValue(FIELDS["MONTH_OF_YEAR"], 2).j_appendLiteral("-")
    return builder.j_appendValue(FIELDS["DAY_OF_MONTH"], 2)


def _strict(builder: Builder, resolver: str = "STRICT") -> Formatter:
    from esmock.script.painless.runtime.time.chrono import ISO

    return Formatter(builder.composite(), None, resolver, ISO)


def _iso(root: Formatter | None = None) -> Builder:
    builder = Builder().j_parseCaseInsensitive()
    return builder.j_append(root) if root is not None else builder


def _region(builder: Builder) -> Builder:
    builder.j_optionalStart().j_appendLiteral("[").j_parseCaseSensitive()
    return builder.j_appendZoneRegionId().j_appendLiteral("]")


LOCAL_DATE = _strict(_date(Builder()))
LOCAL_TIME = _strict(_clock_seconds(Builder()))
LOCAL_TIME.chronology = None
OFFSET_TIME = _strict(_iso(LOCAL_TIME).j_appendOffsetId())
OFFSET_TIME.chronology = None
LOCAL_DATE_TIME = _strict(_iso(LOCAL_DATE).j_appendLiteral("T").j_append(LOCAL_TIME))
OFFSET_DATE_TIME = _strict(_iso(LOCAL_DATE_TIME).j_parseLenient().j_appendOffsetId().j_parseStrict())
ZONED_DATE_TIME = _strict(_region(Builder().j_append(OFFSET_DATE_TIME)))
ISO_INSTANT = _strict(Builder().j_parseCaseInsensitive().j_appendInstant())
ISO_INSTANT.chronology = None


@functools.cache
def instant_parts(digits: int) -> e.Composite:
    """How the text of an instant is read."""
    low, high = (digits, digits) if digits >= 0 else (0, 9)
    builder = Builder().j_append(LOCAL_DATE).j_appendLiteral("T").j_appendValue(FIELDS["HOUR_OF_DAY"], 2)
    builder.j_appendLiteral(":").j_appendValue(FIELDS["MINUTE_OF_HOUR"], 2).j_appendLiteral(":")
    builder.j_appendValue(FIELDS["SECOND_OF_MINUTE"], 2)
    builder.add(e.Fraction(FIELDS["NANO_OF_SECOND"], low, max(high, 0), True))
    return builder.j_appendOffsetId().composite()


def _rfc() -> Formatter:
    short, plain = TEXT_STYLES["SHORT"], SIGN_STYLES["NOT_NEGATIVE"]
    builder = Builder().j_parseCaseInsensitive().j_parseLenient().j_optionalStart()
    builder.j_appendText(FIELDS["DAY_OF_WEEK"], short).j_appendLiteral(", ").j_optionalEnd()
    builder.j_appendValue(FIELDS["DAY_OF_MONTH"], 1, 2, plain).j_appendLiteral(" ")
    builder.j_appendText(FIELDS["MONTH_OF_YEAR"], short).j_appendLiteral(" ").j_appendValue(FIELDS["YEAR"], 4)
    builder.j_appendLiteral(" ").j_appendValue(FIELDS["HOUR_OF_DAY"], 2).j_appendLiteral(":")
    builder.j_appendValue(FIELDS["MINUTE_OF_HOUR"], 2).j_optionalStart().j_appendLiteral(":")
    builder.j_appendValue(FIELDS["SECOND_OF_MINUTE"], 2).j_optionalEnd().j_appendLiteral(" ")
    return _strict(builder.j_appendOffset("+HHMM", "GMT"), "SMART")


def _ordinal() -> Formatter:
    builder = _iso().j_appendValue(FIELDS["YEAR"], 4, 10, SIGN_STYLES["EXCEEDS_PAD"]).j_appendLiteral("-")
    return _strict(builder.j_appendValue(FIELDS["DAY_OF_YEAR"], 3).j_optionalStart().j_appendOffsetId())


def _week() -> Formatter:
    builder = _iso().j_appendValue(WEEK_BASED_YEAR, 4, 10, SIGN_STYLES["EXCEEDS_PAD"]).j_appendLiteral("-W")
    builder.j_appendValue(WEEK_OF_WEEK_BASED_YEAR, 2).j_appendLiteral("-").j_appendValue(FIELDS["DAY_OF_WEEK"], 1)
    return _strict(builder.j_optionalStart().j_appendOffsetId())


def _basic() -> Formatter:
    builder = _iso().j_appendValue(FIELDS["YEAR"], 4).j_appendValue(FIELDS["MONTH_OF_YEAR"], 2)
    builder.j_appendValue(FIELDS["DAY_OF_MONTH"], 2).j_optionalStart().j_parseLenient()
    return _strict(builder.j_appendOffset("+HHMMss", "Z").j_parseStrict())


def _pattern(pattern: str, locale: Any = None) -> Formatter:
    return Formatter(Builder().j_appendPattern(pattern).composite(), locale)


def _localized(date: Any, time: Any) -> Formatter:
    from esmock.script.painless.runtime.time.chrono import ISO

    return Formatter(Builder().j_appendLocalized(date, time).composite(), chronology=ISO)


_PARSERS: dict[str, tuple[Formatter, Any]] = {
    "LocalDate": (LOCAL_DATE, date_from),
    "LocalTime": (LOCAL_TIME, time_from),
    "LocalDateTime": (LOCAL_DATE_TIME, date_time_from),
    "Instant": (ISO_INSTANT, zoned.instant_from),
    "OffsetTime": (OFFSET_TIME, zoned.offset_time_from),
    "OffsetDateTime": (OFFSET_DATE_TIME, zoned.offset_date_time_from),
    "ZonedDateTime": (ZONED_DATE_TIME, zoned.zoned_from),
    "Year": (
        Formatter(Builder().j_parseLenient().j_appendValue(FIELDS["YEAR"], 1, 10, SIGN_STYLES["NORMAL"]).composite()),
        partial.year_from,
    ),
    "YearMonth": (
        Formatter(
            Builder()
            .j_appendValue(FIELDS["YEAR"], 4, 10, SIGN_STYLES["EXCEEDS_PAD"])
            .j_appendLiteral("-")
            .j_appendValue(FIELDS["MONTH_OF_YEAR"], 2)
            .composite()
        ),
        partial.year_month_from,
    ),
    "MonthDay": (_pattern("--MM-dd"), partial.month_day_from),
}


def _parser(name: str) -> Any:
    formatter, query = _PARSERS[name]

    def parse(text: Any, given: Any = formatter) -> Any:
        return required(given, "formatter").j_parse(text, query)

    return parse


def _excess(parsed: Any) -> Any:
    return Period(0, 0, parsed.excess if isinstance(parsed, Parsed) else 0)


def _leap(parsed: Any) -> bool:
    return isinstance(parsed, Parsed) and parsed.leap_second


METHODS: dict[str, Any] = {
    "DateTimeParseException.getErrorIndex/0": lambda error: getattr(error, "index", 0),
    "DateTimeParseException.getParsedString/0": lambda error: getattr(error, "parsed", None),
}
STATICS: dict[str, Any] = {
    "DateTimeFormatter.ofPattern/1": _pattern,
    "DateTimeFormatter.ofPattern/2": _pattern,
    "DateTimeFormatter.ofLocalizedDate/1": lambda style: _localized(style, None),
    "DateTimeFormatter.ofLocalizedTime/1": lambda style: _localized(None, style),
    "DateTimeFormatter.ofLocalizedDateTime/1": lambda style: _localized(style, style),
    "DateTimeFormatter.ofLocalizedDateTime/2": _localized,
    "DateTimeFormatter.parsedExcessDays/0": lambda: Query("ParsedExcessDays", _excess),
    "DateTimeFormatter.parsedLeapSecond/0": lambda: Query("ParsedLeapSecond", _leap),
} | {f"{name}.parse/1": _parser(name) for name in _PARSERS}
STATICS |= {f"{name}.parse/2": _parser(name) for name in _PARSERS if name != "Instant"}
CONSTANTS: dict[str, Any] = {
    f"DateTimeFormatter.{name}": formatter
    for name, formatter in {
        "ISO_LOCAL_DATE": LOCAL_DATE,
        "ISO_OFFSET_DATE": _strict(_iso(LOCAL_DATE).j_appendOffsetId()),
        "ISO_DATE": _strict(_iso(LOCAL_DATE).j_optionalStart().j_appendOffsetId()),
        "ISO_LOCAL_TIME": LOCAL_TIME,
        "ISO_OFFSET_TIME": OFFSET_TIME,
        "ISO_TIME": _strict(_iso(LOCAL_TIME).j_optionalStart().j_appendOffsetId()),
        "ISO_LOCAL_DATE_TIME": LOCAL_DATE_TIME,
        "ISO_OFFSET_DATE_TIME": OFFSET_DATE_TIME,
        "ISO_ZONED_DATE_TIME": ZONED_DATE_TIME,
        "ISO_DATE_TIME": _strict(_region(Builder().j_append(LOCAL_DATE_TIME).j_optionalStart().j_appendOffsetId())),
        "ISO_ORDINAL_DATE": _ordinal(),
        "ISO_WEEK_DATE": _week(),
        "ISO_INSTANT": ISO_INSTANT,
        "BASIC_ISO_DATE": _basic(),
        "RFC_1123_DATE_TIME": _rfc(),
    }.items()
}
