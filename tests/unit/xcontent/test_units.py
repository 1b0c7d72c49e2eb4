"""Time values and byte sizes. Evidence: recordings of 7.10.2, 7.17.29 and 8.19.21 (cases U1 to U8)."""

from __future__ import annotations

import pytest

from esmock.errors import ApiError, ElasticsearchParse, IllegalArgument, NumberFormat
from esmock.version import behaviour
from esmock.xcontent.units import (
    TimeValue,
    byte_sizes,
    parse_byte_size,
    parse_time,
    parse_time_ms,
    print_byte_size,
)


def chain(error: ApiError) -> list[tuple[str, str | None]]:
    return [(one.type, one.reason) for one in error.chain()]


@pytest.mark.parametrize(
    ("text", "millis"),
    [
        ("5micros", 0),
        ("00", 0),
        ("-1", -1),
        ("-01", -1),
        ("-1s", -1000),
        ("5m", 300_000),
        (" 2H ", 7_200_000),
        ("1d", 86_400_000),
        ("1500ms", 1500),
        ("1999999nanos", 1),
        ("-1nanos", 0),
    ],
)
def test_time_values_are_read_in_milliseconds(text: str, millis: int) -> None:
    assert parse_time_ms(text, "timeout") == millis


@pytest.mark.parametrize("text", ["5w", "10", "abc", "", "5M", "5m ", "-2"])
def test_a_time_without_known_unit_names_the_parameter(text: str) -> None:
    with pytest.raises(IllegalArgument) as caught:
        parse_time(text, "timeout")
    assert caught.value.reason == (
        f"failed to parse setting [timeout] with value [{text}] as a time value: unit is missing or unrecognized"
    )


@pytest.mark.parametrize(
    ("text", "reasons"),
    [
        ("m", ["failed to parse [m]", 'For input string: ""']),
        ("xs", ["failed to parse [xs]", 'For input string: "x"']),
        (
            "-1.5s",
            ["failed to parse [-1.5s], fractional time values are not supported", 'For input string: "-1.5"'],
        ),
        (
            "9999999999999999999s",
            [
                "failed to parse [9999999999999999999s], fractional time values are not supported",
                'For input string: "9999999999999999999"',
            ],
        ),
        (
            "-5s",
            ["failed to parse setting [t] with value [-5s] as a time value: negative durations are not supported"],
        ),
    ],
)
def test_bad_numbers_of_times_have_a_cause(text: str, reasons: list[str]) -> None:
    with pytest.raises(IllegalArgument) as caught:
        parse_time(text, "t")
    assert [one.reason for one in caught.value.chain()] == reasons


@pytest.mark.parametrize(
    ("value", "printed"),
    [
        (TimeValue(1500), "1.5s"),
        (TimeValue(61, "s"), "1m"),
        (TimeValue(90, "s"), "1.5m"),
        (TimeValue(999), "999ms"),
        (TimeValue(0), "0s"),
        (TimeValue(-1), "-1"),
        (TimeValue(314758, "nanos"), "314.7micros"),
        (TimeValue(36, "h"), "1.5d"),
    ],
)
def test_times_print_their_largest_unit_cut_after_one_decimal(value: TimeValue, printed: str) -> None:
    assert str(value) == printed


def test_the_re_readable_form_keeps_the_unit() -> None:
    assert parse_time("60s", "t").string_rep == "60s"


@pytest.mark.parametrize(
    ("text", "size"),
    [("0", 0), ("-1", -1), ("1b", 1), (" 1b", 1), ("1K", 1024), ("1kB", 1024), (" 1kb ", 1024), ("5tb", 5 * 2**40)],
)
def test_byte_sizes_are_read(text: str, size: int) -> None:
    assert parse_byte_size(text, "p") == size


@pytest.mark.parametrize(
    ("text", "version", "expected"),
    [
        (
            "10",
            "7.10.2",
            [("parse_exception", "failed to parse setting [p] with value [10] as a size in bytes: unit is missing or unrecognized")],
        ),
        ("xb", "7.10.2", [("number_format_exception", 'For input string: "x"')]),
        (
            "xb",
            "7.17.29",
            [
                ("parse_exception", "failed to parse setting [p] with value [xb]"),
                ("number_format_exception", 'For input string: "x"'),
            ],
        ),
        ("1.5b", "7.10.2", [("number_format_exception", 'For input string: "1.5"')]),
        ("k", "7.10.2", [("parse_exception", "failed to parse [k]"), ("number_format_exception", 'For input string: ""')]),
        (
            "NaNk",
            "8.19.21",
            [
                ("parse_exception", "failed to parse setting [p] with value [NaNk]"),
                ("number_format_exception", 'For input string: "nan"'),
            ],
        ),
        (
            "-1k",
            "8.19.21",
            [
                ("parse_exception", "failed to parse setting [p] with value [-1k] as a size in bytes"),
                ("illegal_argument_exception", "Values less than -1 bytes are not supported: -1kb"),
            ],
        ),
        (
            "99999999999pb",
            "8.19.21",
            [
                ("parse_exception", "failed to parse setting [p] with value [99999999999pb] as a size in bytes"),
                (
                    "illegal_argument_exception",
                    "Values greater than 9223372036854775807 bytes are not supported: 99999999999pb",
                ),
            ],
        ),
    ],
)
def test_bad_byte_sizes_are_worded_as_the_version_words_them(
    text: str, version: str, expected: list[tuple[str, str]]
) -> None:
    with pytest.raises((ElasticsearchParse, NumberFormat)) as caught:
        parse_byte_size(text, "p", sizes=byte_sizes(behaviour(version)))
    assert chain(caught.value) == expected


def test_fractions_of_bytes_warn_until_8() -> None:
    warnings: list[str] = []
    assert parse_byte_size("1.5k", "p", sizes=byte_sizes(behaviour("8.19.21")), warn=warnings.append) == 1536
    assert warnings == [
        "Fractional bytes values are deprecated. Use non-fractional bytes values instead: [1.5k] found for setting [p]"
    ]


@pytest.mark.unverified
def test_9_reads_two_decimals_rounded_up_and_refuses_more() -> None:
    sizes = byte_sizes(behaviour("9.5.3"))
    assert parse_byte_size("1.25kb", "p", sizes=sizes) == 1280
    assert parse_byte_size("0.01kb", "p", sizes=sizes) == 11
    with pytest.raises(ElasticsearchParse) as caught:
        parse_byte_size("1.255kb", "p", sizes=sizes)
    assert caught.value.reason == "failed to parse setting [p] with more than two decimals in value [1.255kb]"


@pytest.mark.parametrize(("size", "printed"), [(1535, "1.4kb"), (1024, "1kb"), (10, "10b"), (0, "0b"), (8458, "8.2kb")])
def test_byte_sizes_print_one_decimal_cut(size: int, printed: str) -> None:
    assert print_byte_size(size) == printed
