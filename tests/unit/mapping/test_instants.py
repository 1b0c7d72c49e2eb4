"""Whole instants of UTC are read at once; what they are is told by the same format spelled as a pattern."""

from __future__ import annotations

import random

from esmock.errors import ApiError
from esmock.mapping.dates.formatter import DateFormatter, date_formatter


def read(formatter: DateFormatter, text: str) -> int | None:
    try:
        return formatter.parse_ns(text)
    except ApiError:
        return None


def test_as_the_pattern_reads_them() -> None:
    chosen = random.Random(1)
    named, spelled = date_formatter("strict_date_optional_time"), date_formatter("uuuu-MM-dd'T'HH:mm:ss[.SSS]XXX")
    n_read = 0
    for _ in range(3000):
        year, month, day = chosen.choice([1, 1600, 1969, 1970, 2020, 2021, 9999]), chosen.randrange(14), chosen.randrange(33)
        clock = f"{chosen.randrange(25):02}:{chosen.randrange(61):02}:{chosen.randrange(61):02}"
        text = f"{year:04}-{month:02}-{day:02}T{clock}" + chosen.choice(["Z", f".{chosen.randrange(1000):03}Z"])
        found = read(named, text)
        assert found == read(spelled, text), text
        n_read += found is not None
    assert n_read > 1000
