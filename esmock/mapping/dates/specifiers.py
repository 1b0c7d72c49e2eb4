"""Date patterns whose meaning depends on the locale data of the Java that runs. Docs: mapping-date-format, custom date formats.

Source: asked of 8.19.21.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_TEXTUAL = re.compile(r"[BEGOavz]|LLL|MMM|QQQ|qqq|ccc|eee|(?<!Z)Z{4}(?!Z)")
_OF_WEEKS = re.compile(r"[YWw]")


def locale_warnings(format: str, release: str) -> Iterator[str]:
    """The deprecations of a format: one for each pattern that is no built-in name.

    Args:
        release: ``8.19``: which pages to look at.
    """
    from esmock.mapping.dates.named import NAMED

    for pattern in format.split("||"):
        pattern = pattern.removeprefix("8")
        if pattern in NAMED or pattern.startswith("epoch_"):
            continue
        if _TEXTUAL.search(pattern):
            told = "textual field specifiers that could change"
        elif _OF_WEEKS.search(pattern):
            told = "week-date field specifiers that are changing"
        else:
            continue
        yield (
            f"Date format [{pattern}] contains {told} in JDK 23. See [https://www.elastic.co/guide/en/elasticsearch/reference/{release}/"
            "mapping-date-format.html#custom-date-format-locales] for more information."
        )
