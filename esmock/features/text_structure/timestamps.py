"""The timestamps that a text may hold, and the patterns they are known by.

Source: the table of formats on the docs page find-structure (7.0 to 9.5), its examples.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

_DAY = r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*"
_MONTH = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*"
_TIME = r"\d{2}:\d{2}:\d{2}"
_ZONE = r"(?:Z|[+-]\d{2}:?\d{2})"


@dataclass(frozen=True, slots=True)
class TimestampFormat:
    """One format.

    Args:
        java, joda: its names for the two libraries.
        regex: what it looks like.
        grok: the name of the grok pattern that finds it.
        simple: the part of it by which lines that begin a message are known.
        has_zone: it says where its clock stands.
    """

    java: str
    joda: str
    regex: str
    grok: str
    simple: str
    has_zone: bool = False

    def search(self, text: str) -> re.Match[str] | None:
        """The first timestamp in a text."""
        return re.search(rf"(?<![\d.:-])(?:{self.regex})(?![\d:])", text)

    def is_whole(self, text: str) -> bool:
        """Whether a text is such a timestamp and nothing else."""
        return re.fullmatch(self.regex, text.strip()) is not None

    @property
    def mapping_format(self) -> str:
        """The ``format`` of a field that holds such values."""
        return {"ISO8601": "iso8601", "UNIX_MS": "epoch_millis", "UNIX": "epoch_second"}.get(self.java, self.java)


FORMATS: tuple[TimestampFormat, ...] = (
    TimestampFormat(
        "yyyy-MM-dd HH:mm:ss,SSSXX", "YYYY-MM-dd HH:mm:ss,SSSZ", rf"\d{{4}}-\d{{2}}-\d{{2}} {_TIME}[:.,]\d{{3,9}} ?[+-]\d{{2}}\d{{2}}",
        "TOMCAT_DATESTAMP", r"\b\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}", has_zone=True,
    ),
    TimestampFormat(
        "yyyy-MM-dd HH:mm:ss,SSS", "YYYY-MM-dd HH:mm:ss,SSS", rf"\d{{4}}-\d{{2}}-\d{{2}} {_TIME}[:.,]\d{{3,9}}", "TIMESTAMP_ISO8601",
        r"\b\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}",
    ),
    TimestampFormat(
        "yyyy-MM-dd HH:mm:ss", "YYYY-MM-dd HH:mm:ss", rf"\d{{4}}-\d{{2}}-\d{{2}} {_TIME}", "TIMESTAMP_ISO8601",
        r"\b\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}",
    ),
    TimestampFormat(
        "ISO8601", "ISO8601", rf"\d{{4}}-\d{{2}}-\d{{2}}T\d{{2}}:\d{{2}}(?::\d{{2}}(?:[.,]\d{{1,9}})?)?{_ZONE}", "TIMESTAMP_ISO8601",
        r"\b\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}", has_zone=True,
    ),
    TimestampFormat(
        "ISO8601", "ISO8601", r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?", "TIMESTAMP_ISO8601",
        r"\b\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}",
    ),
    TimestampFormat(
        "EEE, dd MMM yyyy HH:mm:ss XX", "EEE, dd MMM YYYY HH:mm:ss Z", rf"{_DAY}, \d{{2}} {_MONTH} \d{{4}} {_TIME} [+-]\d{{4}}", "DATESTAMP_RFC2822",
        r"\b[A-Z]\S{2}, \d{1,2} [A-Z]\S{2} \d{4} \d{2}:\d{2}:\d{2}", has_zone=True,
    ),
    TimestampFormat(
        "EEE MMM dd HH:mm:ss zzz yyyy", "EEE MMM dd HH:mm:ss zzz YYYY", rf"{_DAY} {_MONTH} \d{{2}} {_TIME} [A-Z]{{3,4}} \d{{4}}", "DATESTAMP_OTHER",
        r"\b[A-Z]\S{2} [A-Z]\S{2} \d{2} \d{2}:\d{2}:\d{2}\b", has_zone=True,
    ),
    TimestampFormat(
        "EEE MMM dd HH:mm:ss yyyy", "EEE MMM dd HH:mm:ss YYYY", rf"{_DAY} {_MONTH} \d{{2}} {_TIME} \d{{4}}", "HTTPDERROR_DATE",
        r"\b[A-Z]\S{2} [A-Z]\S{2} \d{2} \d{2}:\d{2}:\d{2} \d{4}\b",
    ),
    TimestampFormat(
        "dd/MMM/yyyy:HH:mm:ss XX", "dd/MMM/YYYY:HH:mm:ss Z", rf"\d{{2}}/{_MONTH}/\d{{4}}:{_TIME} [+-]\d{{4}}", "HTTPDATE",
        r"\b\d{2}/[A-Z]\S{2}/\d{4}:\d{2}:\d{2}:\d{2} ", has_zone=True,
    ),
    TimestampFormat(
        "MMM dd, yyyy h:mm:ss a", "MMM dd, YYYY h:mm:ss a", rf"{_MONTH} \d{{1,2}}, \d{{4}} \d{{1,2}}:\d{{2}}:\d{{2}} [AP]M", "CATALINA_DATESTAMP",
        r"\b[A-Z]\S{2} \d{2}, \d{4} \d{1,2}:\d{2}:\d{2} [AP]M\b",
    ),
    TimestampFormat(
        "MMM dd yyyy HH:mm:ss", "MMM dd YYYY HH:mm:ss", rf"{_MONTH} \d{{2}} \d{{4}} {_TIME}", "CISCOTIMESTAMP",
        r"\b[A-Z]\S{2} {1,2}\d{1,2} \d{4} \d{2}:\d{2}:\d{2}\b",
    ),
    TimestampFormat(
        "MMM dd HH:mm:ss", "MMM dd HH:mm:ss", rf"{_MONTH} \d{{2}} {_TIME}", "SYSLOGTIMESTAMP",
        r"\b[A-Z]\S{2} {1,2}\d{1,2} \d{2}:\d{2}:\d{2}\b",
    ),
    TimestampFormat(
        "MMM  d HH:mm:ss", "MMM  d HH:mm:ss", rf"{_MONTH}  \d {_TIME}", "SYSLOGTIMESTAMP",
        r"\b[A-Z]\S{2} {1,2}\d{1,2} \d{2}:\d{2}:\d{2}\b",
    ),
    TimestampFormat("yyyyMMddHHmmss", "YYYYMMddHHmmss", r"20\d{12}", "DATESTAMP_EVENTLOG", r"\b\d{14}\b"),
    TimestampFormat("UNIX_MS", "UNIX_MS", r"1\d{12}", "POSINT", r"\b\d{13}\b", has_zone=True),
    TimestampFormat("UNIX", "UNIX", r"1\d{9}(?:\.\d+)?", "NUMBER", r"\b\d{10}\b", has_zone=True),
    TimestampFormat("ISO8601", "ISO8601", r"\d{4}-\d{2}-\d{2}", "TIMESTAMP_ISO8601", r"\b\d{4}-\d{2}-\d{2}"),
)  # fmt: skip
"""The most telling ones first."""


def whole(values: Sequence[str], wanted: str | None = None) -> TimestampFormat | None:
    """The format that every value has.

    Args:
        wanted: the Java name of the only format that counts.
    """
    known = [one for one in FORMATS if wanted in (None, one.java)]
    return next((one for one in known if values and all(one.is_whole(value) for value in values)), None)


def within(lines: Sequence[str], wanted: str | None = None) -> TimestampFormat | None:
    """The format that most of some lines have somewhere; None: hardly any has one."""
    best, most = None, 0
    for one in FORMATS:
        if wanted not in (None, one.java):
            continue
        count = sum(one.search(line) is not None for line in lines)
        if count > most and not (one.java.startswith("UNIX") and wanted is None):
            best, most = one, count
    return best
