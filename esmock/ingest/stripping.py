"""Markup taken out of a string."""

from __future__ import annotations


def strip_html(value: str) -> str:
    """The text without its markup, as the char filter ``html_strip`` leaves it."""
    from esmock.analysis.char_filters import HtmlStrip

    stripper = HtmlStrip.__new__(HtmlStrip)
    stripper.escaped = frozenset()
    return stripper.filter(value)[0]
