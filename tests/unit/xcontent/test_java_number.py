"""Java's numbers. Evidence: what JDK 25 and JDK 17 print and say."""

from __future__ import annotations

import math
import struct

import pytest

from esmock.errors import NumberFormat
from esmock.xcontent.java_number import (
    java_double,
    java_float,
    parse_double,
    parse_float,
    parse_int,
    parse_long,
    to_int,
    to_long,
)
from esmock.xcontent.java_old_number import java_double_old, java_float_old


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1e10, "1.0E10"),
        (0.001, "0.001"),
        (1e-4, "1.0E-4"),
        (1e7, "1.0E7"),
        (9999999.0, "9999999.0"),
        (123.0, "123.0"),
        (12345678.0, "1.2345678E7"),
        (9007199254740993.0, "9.007199254740992E15"),
        (1.7976931348623157e308, "1.7976931348623157E308"),
        (5e-324, "4.9E-324"),
        (1e-323, "9.9E-324"),
        (1e23, "1.0E23"),
        (-0.0, "-0.0"),
        (math.nan, "NaN"),
        (-math.inf, "-Infinity"),
    ],
)
def test_doubles_print_as_java_prints_them(value: float, text: str) -> None:
    assert java_double(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.1, "0.1"),
        (0.28768208622932434, "0.2876821"),
        (12345678.0, "1.2345678E7"),
        (9.0071993e15, "9.007199E15"),
        (1.4e-45, "1.4E-45"),
        (3.4028235e38, "3.4028235E38"),
        (2.0**-96, "1.2621775E-29"),
        (2.0**90, "1.2379401E27"),
    ],
)
def test_32_bit_values_print_as_java_prints_them(value: float, text: str) -> None:
    assert java_float(struct.unpack("f", struct.pack("f", value))[0]) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (2e23, "1.9999999999999998E23"),
        (1e23, "9.999999999999999E22"),
        (6.224990119686153e16, "6.2249901196861528E16"),
        (-9.620025111972445e16, "-9.6200251119724448E16"),
        (1e-323, "1.0E-323"),
        (1.5e10, "1.5E10"),
        (0.25, "0.25"),
        (1e-5, "1.0E-5"),
    ],
)
def test_older_javas_print_some_doubles_with_a_digit_too_many(value: float, text: str) -> None:
    assert java_double_old(value) == text


@pytest.mark.parametrize(
    ("bits", "text"),
    [("5a000000", "9.0071993E15"), ("6a6c4478", "7.1407456E25"), ("3dcccccd", "0.1"), ("00000010", "2.24E-44")],
)
def test_older_javas_print_some_32_bit_values_with_a_digit_too_many(bits: str, text: str) -> None:
    assert java_float_old(struct.unpack(">f", bytes.fromhex(bits))[0]) == text


@pytest.mark.parametrize("text", ["", "abc", "1.0", " 1", "1_0", "2147483648", "--1", "0x1"])
def test_parse_int_refuses_what_java_refuses(text: str) -> None:
    with pytest.raises(NumberFormat) as caught:
        parse_int(text)
    assert caught.value.reason == f'For input string: "{text}"'


def test_integers_may_carry_a_sign() -> None:
    assert parse_int("+1") == 1
    assert parse_long("-9223372036854775808") == -(2**63)


@pytest.mark.parametrize(
    ("text", "value"), [(" 1.5 ", 1.5), ("1d", 1.0), ("1.F", 1.0), (".5", 0.5), ("-Infinity", -math.inf), ("0x1p3", 8.0)]
)
def test_doubles_are_read_in_every_java_form(text: str, value: float) -> None:
    assert parse_double(text) == value


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "empty String"),
        ("  ", "empty String"),
        ("x", 'For input string: "x"'),
        ("nan", 'For input string: "nan"'),
        ("1.2.3", "multiple points"),
        ("1_0", 'For input string: "1_0"'),
    ],
)
def test_bad_doubles_are_worded_as_java_words_them(text: str, reason: str) -> None:
    with pytest.raises(NumberFormat) as caught:
        parse_double(text)
    assert caught.value.reason == reason


def test_casts_truncate_and_saturate() -> None:
    assert to_long(1e300) == 2**63 - 1
    assert to_long(-1.9) == -1
    assert to_long(math.nan) == 0
    assert to_int(1e10) == 2**31 - 1
    assert parse_float("1e400") == math.inf
    assert parse_float("1e39") == math.inf
