"""java.util beside its collections: locales, calendars, time zones, random numbers."""

from __future__ import annotations

from types import ModuleType


def families() -> tuple[ModuleType, ...]:
    """The modules with tables and classes."""
    from esmock.script.painless.runtime.util import (
        calendar,
        calendar_builder,
        calendar_time,
        date,
        events,
        locale,
        random,
        time_zone,
    )

    return (calendar, calendar_builder, calendar_time, date, events, locale, random, time_zone)
