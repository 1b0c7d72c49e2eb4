"""java.time: dates, times, amounts, zones and their formats, on days since 1970 and nanoseconds of a day.

One module per subject; each has the tables (``STATICS``, ``CONSTANTS`` ...) that ``runtime.library`` joins.
Source: the behaviour of OpenJDK 17 under 7.10.2, asked call by call (fixtures/recorded/7.10.2/painless_time.json).
"""

from __future__ import annotations

from types import ModuleType


def families() -> tuple[ModuleType, ...]:
    """The modules with tables and classes."""
    from esmock.script.painless.runtime.time import (
        adjusters,
        amounts,
        builder,
        chrono,
        enums,
        fields,
        formatter,
        hijrah,
        instants,
        joda,
        local,
        parsed,
        partial,
        temporal,
        texts,
        week_fields,
        zone_rules,
        zoned,
        zones,
    )

    return (
        temporal,
        fields,
        enums,
        local,
        instants,
        zoned,
        partial,
        amounts,
        week_fields,
        adjusters,
        zones,
        zone_rules,
        texts,
        builder,
        formatter,
        parsed,
        chrono,
        hijrah,
        joda,
    )
