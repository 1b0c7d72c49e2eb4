"""Processors ``date`` and ``date_index_name``."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, timedelta, timezone, tzinfo
from functools import partial
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from esmock.errors import ApiError, IllegalArgument, NullPointer, NumberFormat, StringIndexOutOfBounds, Unsupported
from esmock.ingest.configuration import Configuration
from esmock.ingest.document import IngestDocument
from esmock.ingest.java import text
from esmock.ingest.localized_dates import REFUSED, read_in_english
from esmock.ingest.processor import Processor
from esmock.ingest.template import Template
from esmock.mapping.dates.calendar import civil, days_of
from esmock.mapping.dates.formatter import date_formatter
from esmock.mapping.dates.zone import zone_of
from esmock.xcontent.java_number import parse_double, parse_long

_DEFAULT_OUTPUT = "yyyy-MM-dd'T'HH:mm:ss.SSSXXX"
_MS = 1_000_000
_FIXED = ("ISO8601", "UNIX", "UNIX_MS", "TAI64N")
Read = Callable[[str], int]


def date_reader(pattern: str, zone: tzinfo, now_ms: Callable[[], int]) -> Read:
    """A function from text to nanoseconds since the epoch. Raises IllegalArgument for a bad pattern."""
    if pattern == "UNIX":
        return lambda value: int(parse_double(value) * 1000) * _MS
    if pattern == "UNIX_MS":
        return lambda value: parse_long(value) * _MS
    if pattern == "TAI64N":
        return _tai64n
    if pattern == "ISO8601":
        iso = date_formatter("iso8601")
        return lambda value: iso.parse_ns(value, zone=zone)
    pattern = pattern[1:] if pattern.startswith("8") else pattern
    formatter = date_formatter(pattern)
    if "epoch" in pattern and isinstance(zone, timezone):
        return lambda value: _of_epoch(value, pattern, zone, now_ms)
    if any(char in pattern for char in "yuY") or "date" in pattern or "epoch" in pattern or "iso" in pattern:
        return lambda value: formatter.parse_ns(value, zone=zone)
    return lambda value: _in_year(formatter.parse_ns(value, zone=zone), now_ms())


def _of_epoch(value: str, pattern: str, zone: tzinfo, now_ms: Callable[[], int]) -> int:
    """ES: without a zone of a place, a count of seconds has no year; it becomes the part of a second behind this year's begin."""
    for one in pattern.split("||"):
        try:
            found = date_formatter(one).parse_ns(value, zone=zone)
        except ApiError:
            continue
        if not one.startswith("epoch_") or zone.utcoffset(None) != timedelta(0):
            return found
        year = civil(now_ms() // 86_400_000)[0]
        return days_of(year, 1, 1) * 86400 * 10**9 + found % 10**9
    return date_formatter(pattern).parse_ns(value, zone=zone)


def _in_year(instant: int, now_ms: int) -> int:
    """A date read without a year (1970) in the year of now."""
    days, rest = divmod(instant, 86400 * 10**9)
    _, month, day = civil(days)
    year = civil(now_ms // 86_400_000)[0]
    return days_of(year, month, day) * 86400 * 10**9 + rest


def _tai64n(value: str) -> int:
    value = value.removeprefix("@")
    for begin, end in ((1, 16), (16, 24)):
        part = value[begin:end]
        if len(value) < end:
            raise StringIndexOutOfBounds(f"begin {begin}, end {end}, length {len(value)}")
        if any(char not in "0123456789abcdefABCDEF" for char in part):
            raise NumberFormat(f'For input string: "{part}" under radix 16')
    seconds, nanos = int(value[1:16], 16) - 10, int(value[16:24], 16)
    return seconds * 10**9 + nanos // _MS * _MS


class _Dates(Processor):
    """What both processors share: formats, zone and locale, which may be templates.

    Attributes:
        first_counts: the first format that reads a date counts; or else the last one.
    """

    first_counts = False

    def _settings(self, config: Configuration, formats: list[Any]) -> None:
        self.formats = [str(one) for one in formats]
        self._readers: dict[tuple[str, tzinfo, str], Read] = {}

    def _parse(self, value: str | None, zone: Callable[[], tzinfo], locale: str) -> int:
        failed: list[ApiError] = []
        found: int | None = None
        for pattern in self.formats:
            try:
                own = zone()
                if value is None or (not value and pattern not in _NUMBERS):
                    needs_names(locale, pattern)
                    raise _without_text(pattern)
                read = self._readers.get((pattern, own, locale)) or self._reader(pattern, own, locale)
                found = read(value)
                if self.first_counts:
                    return found
            except ApiError as error:
                failed.append(error)
        if found is not None:
            return found
        if failed:
            failed[0].suppressed.extend(failed[1:])
        shown = "null" if value is None else value
        raise IllegalArgument(f"unable to parse date [{shown}]", cause=failed[0] if failed else None)

    def _reader(self, pattern: str, zone: tzinfo, locale: str) -> Read:
        has_names = needs_names(locale, pattern)
        plain = date_reader(pattern, zone, self.environment.now_ms)
        read = partial(read_in_english, plain, pattern=pattern, locale=locale) if has_names else plain
        self._readers[pattern, zone, locale] = read
        return read


_NUMBERS = ("UNIX", "UNIX_MS", "TAI64N")


def _without_text(pattern: str) -> ApiError:
    """What Java's readers say to null."""
    if pattern == "UNIX":
        return NullPointer('Cannot invoke "String.trim()" because "in" is null')
    if pattern == "UNIX_MS":
        return NumberFormat("Cannot parse null string")
    if pattern == "TAI64N":
        return NullPointer('Cannot invoke "String.startsWith(String)" because "date" is null')
    return IllegalArgument("cannot parse empty date")


def _zone(template: Template | None, document: IngestDocument) -> tzinfo:
    if template is None:
        return UTC
    name = template.render(document)
    return ZoneInfo(name) if name in ("UTC", "GMT", "UT") else zone_of(name)


_LANGUAGES = frozenset(
    "aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee el en eo es et eu fa "
    "ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik in io is it iu iw ja ji jv ka kg ki kj kk kl km "
    "kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mo mr ms mt my na nb nd ne ng nl nn no nr nv ny oc oj om or "
    "os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr ss st su sv sw ta te tg th ti tk tl tn to tr ts tt tw "
    "ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu".split()
)
"""Two-letter codes of ISO 639-1, with those that it had before."""
_NAMES = re.compile(r"MMM|LLL|E|e{3}|c{3}|a|B|G")


class MissingResource(ApiError):
    java = "MissingResourceException"
    package = "java.util"
    is_elasticsearch = False


def needs_names(locale: str, pattern: str) -> bool:
    """Whether dates of a pattern have words of a language that is not English.

    Raises:
        IllegalArgument: there is no such language.
        Unsupported: for words that are not known here.
    """
    language = locale.replace("_", "-").split("-")[0].lower()
    if locale in ("", "ROOT"):
        return False
    if (len(language) == 2 and language not in _LANGUAGES) or len(language) > 3:
        missing = MissingResource(f"Couldn't find 3-letter language code for {language}")
        raise IllegalArgument(f"Unknown language: {locale.replace('_', '-').split('-')[0]}", cause=missing)
    plain = re.sub(r"'[^']*'", "", pattern)
    named = "_" in pattern or pattern in _FIXED
    if language in ("en", "root", "und") or named or not _NAMES.search(plain):
        return False
    if REFUSED.search(plain):
        raise Unsupported(f"names in the locale {locale} in a date processor")
    return True


class Date(_Dates):
    name: ClassVar[str] = "date"

    def __init__(self, config: Configuration) -> None:
        super().__init__(config)
        self.field = config.string("field")
        self.target = config.string("target_field", "@timestamp")
        zone = config.string("timezone", None)
        self.zone = config.template("timezone", zone) if zone is not None else None
        locale = config.string("locale", None)
        self.locale = config.template("locale", locale) if locale is not None else None
        self._settings(config, config.list("formats"))
        self.output = config.string("output_format", _DEFAULT_OUTPUT)
        # ES: a fix of 8.2 that went into 7.17, too
        self.first_counts = len(self.formats) == 1 or config.environment.behaviour.has((7, 17))

    def execute(self, document: IngestDocument) -> None:
        value = document.get(self.field)
        shown = None if value is None else text(value)
        instant = self._parse(shown, lambda: _zone(self.zone, document), "" if self.locale is None else self.locale.render(document))
        document.set(self.target, date_formatter(self.output).format_ns(instant, _zone(self.zone, document)))


class DateIndexName(_Dates):
    """Writes a date-math expression into ``_index``; the index is resolved when the document is written."""

    name: ClassVar[str] = "date_index_name"

    def __init__(self, config: Configuration) -> None:
        super().__init__(config)
        locale = config.string("locale", None)
        zone = config.string("timezone", None)
        self.locale_text = locale or ""
        self.zone_text = zone or "UTC"
        self._settings(config, config.list("date_formats", None) or ["yyyy-MM-dd'T'HH:mm:ss.SSSXX"])
        self.field = config.string("field")
        prefix = config.string("index_name_prefix", "")
        self.prefix = config.template("index_name_prefix", prefix)
        self.rounding = config.template_string("date_rounding")
        self.format = config.template("index_name_format", config.string("index_name_format", "yyyy-MM-dd"))

    def execute(self, document: IngestDocument) -> None:
        value = document.get(self.field)
        zone = zone_of(self.zone_text)
        instant = self._parse(None if value is None else text(value), lambda: zone, self.locale_text)
        pattern = self.format.render(document)
        date = date_formatter(pattern).format_ns(instant, zone)
        prefix, rounding = self.prefix.render(document), self.rounding.render(document)
        document.fields["_index"] = f"<{prefix}{{{date}||/{rounding}{{{pattern}|{self.zone_text}}}}}>"
        document.count()


PROCESSORS = (Date, DateIndexName)
