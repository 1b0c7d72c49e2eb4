"""Texts as Java counts them: in UTF-16 code units. Python's characters beyond U+FFFF become two surrogates and back."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from esmock.script.painless.runtime.values import text_of


def is_wide(text: str) -> bool:
    """Whether a text has characters of two units."""
    return not text.isascii() and max(text) > "\uffff"


def units_of(text: str) -> str:
    """A text with one character per unit."""
    if not is_wide(text):
        return text
    return "".join(char if char <= "\uffff" else _pair(ord(char)) for char in text)


def _pair(code: int) -> str:
    code -= 0x10000
    return chr(0xD800 + (code >> 10)) + chr(0xDC00 + (code & 0x3FF))


def joined(text: str) -> str:
    """A text of units with its surrogate pairs made one character each."""
    if text.isascii() or not any("\ud800" <= char <= "\udbff" for char in text):
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")


def unit_index(text: str, at: int) -> int:
    """The index in units of a place in a text."""
    return at if text.isascii() else at + sum(char > "\uffff" for char in text[:at])


def by_units(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function of String whose indexes and lengths count units: wide texts are given to it as units, and joined again."""

    @functools.wraps(function)
    def apply(text: Any, *arguments: Any) -> Any:
        text = text if type(text) is str else text_of(text)
        if text.isascii() or not is_wide(text):
            return function(text, *arguments)
        given = [units_of(one) if type(one) is str else one for one in arguments]
        found = function(units_of(text), *given)
        return joined(found) if type(found) is str else found

    return apply
