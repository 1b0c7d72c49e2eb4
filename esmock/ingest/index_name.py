"""Index names with date math: ``<logs-{now/d{yyyy-MM-dd|+01:00}}>``."""

from __future__ import annotations

import re

from esmock.errors import ElasticsearchParse
from esmock.mapping.dates.formatter import date_formatter
from esmock.mapping.dates.math import parse_math
from esmock.mapping.dates.zone import zone_of

_EXPRESSION = re.compile(r"\{([^{}]*)(?:\{([^{}]*)\})?\}")


def resolve_date_math(name: str, now_ms: int) -> str:
    """The name with its expressions evaluated. Raises ElasticsearchParse, IllegalArgument."""
    inner = name[1:-1]
    if inner.count("{") != inner.count("}"):
        raise ElasticsearchParse(f"invalid dynamic name expression [{inner}]. date math placeholder is open ended")

    def put(match: re.Match[str]) -> str:
        expression, format_ = match[1], match[2] or "uuuu.MM.dd"
        pattern, _, zone_text = format_.partition("|")
        zone = zone_of(zone_text or "UTC")
        formatter = date_formatter(pattern)
        date, _, operations = expression.partition("||")
        text = expression if not operations and expression.startswith("now") else f"{date}||{operations}"
        instant = parse_math(text, formatter, now_ms, round_up=False, zone=zone)
        return formatter.format_ns(instant, zone)

    return _EXPRESSION.sub(put, inner)
