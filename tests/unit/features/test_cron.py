"""Source: the cron-expressions page for what the fields mean; recordings of 6.8.23 for errors."""

from datetime import UTC, datetime

import pytest

from esmock.errors import IllegalArgument
from esmock.features.cron import Cron


def ms(text):
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1000)


def text(millis):
    return None if millis is None else datetime.fromtimestamp(millis / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S")


@pytest.mark.parametrize(
    ("expression", "after", "expected"),
    [
        ("*/30 * * * * ?", "2020-01-01 00:00:00", "2020-01-01 00:00:30"),
        ("*/30 * * * * ?", "2020-01-01 00:00:29.999", "2020-01-01 00:00:30"),
        ("* * * * * ?", "2020-12-31 23:59:59", "2021-01-01 00:00:00"),
        ("0 5 9 * * ?", "2020-01-01 09:05:00", "2020-01-02 09:05:00"),
        ("0 0 12 L * ?", "2020-02-01 00:00:00", "2020-02-29 12:00:00"),
        ("0 0 12 L-2 * ?", "2020-02-01 00:00:00", "2020-02-27 12:00:00"),
        ("0 0 12 LW * ?", "2020-02-01 00:00:00", "2020-02-28 12:00:00"),
        ("0 0 12 1W * ?", "2020-02-01 00:00:00", "2020-02-03 12:00:00"),
        ("0 0 12 ? * FRI", "2020-01-01 00:00:00", "2020-01-03 12:00:00"),
        ("0 0 12 ? * 6L", "2020-01-01 00:00:00", "2020-01-31 12:00:00"),
        ("0 0 12 ? * 2#5", "2020-01-01 00:00:00", "2020-03-30 12:00:00"),
        ("0 0 22-2 * * ?", "2020-01-01 03:00:00", "2020-01-01 22:00:00"),
        ("0 0 0 1 NOV-FEB ?", "2020-03-01 00:00:00", "2020-11-01 00:00:00"),
        ("*/30 * * * * ? 2017", "2020-01-01 00:00:00", None),
        ("0 0 0 1 1 ? 2031", "2020-01-01 00:00:00", "2031-01-01 00:00:00"),
    ],
)
def test_the_next_time_is_strictly_later(expression, after, expected):
    assert text(Cron(expression).next_ms(ms(after))) == expected


@pytest.mark.parametrize(
    ("expression", "detail"),
    [
        ("nonsense", "illegal characters [NON] at pos [0] '"),
        ("0 * * *", "unexpected end of expression at pos [7]."),
        ("0 0 0 0 0 0", "Day of month values must be between 1 and 31"),
        ("0 0 0 1 1 1", "support for specifying both a day-of-week AND a day-of-month parameter is not implemented."),
        ("99 * * * * ?", "Minute and Second values must be between 0 and 59"),
    ],
)
def test_bad_expressions_are_refused_with_elasticsearchs_detail(expression, detail):
    with pytest.raises(IllegalArgument) as raised:
        Cron(expression)
    assert raised.value.reason == f"invalid cron expression [{expression}]"
    expected = f"illegal cron expression format [java.lang.IllegalArgumentException: {detail}]"
    assert raised.value.cause.reason == expected
