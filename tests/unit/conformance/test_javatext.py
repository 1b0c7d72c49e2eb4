"""Text forms of values.

Source: documentation of java.lang.Double.toString and AbstractMap.toString.
"""

from __future__ import annotations

from typing import Any

import pytest

from esmock.conformance.javatext import java_text


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, "null"),
        (True, "true"),
        (12, "12"),
        (123456789012345678901, "123456789012345678901"),
        ("x", "x"),
        (1.0, "1.0"),
        (-0.0, "-0.0"),
        (0.1, "0.1"),
        (100.0, "100.0"),
        (123456.789, "123456.789"),
        (9999999.0, "9999999.0"),
        (1e7, "1.0E7"),
        (1.0e10, "1.0E10"),
        (12345678.9, "1.23456789E7"),
        (0.001, "0.001"),
        (0.0001, "1.0E-4"),
        (-1.5e-5, "-1.5E-5"),
        (1.7976931348623157e308, "1.7976931348623157E308"),
        (float("nan"), "NaN"),
        (float("-inf"), "-Infinity"),
        ([1, "a", None], "[1, a, null]"),
        ([], "[]"),
        ({"b": 1, "a": {"x": [True]}}, "{b=1, a={x=[true]}}"),
    ],
)
def test_text_form(value: Any, expected: str) -> None:
    assert java_text(value) == expected
