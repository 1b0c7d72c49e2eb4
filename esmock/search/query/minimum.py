"""``minimum_should_match``. Docs: query-dsl-minimum-should-match."""

from __future__ import annotations

from esmock.errors import NumberFormat


def minimum_should_match(count: int, text: str) -> int:
    """How many of ``count`` optional clauses must match.

    Raises:
        NumberFormat: not of the grammar.
    """
    text = text.strip()
    if "<" in text:
        result = count
        for part in text.split():
            bound, _, value = part.partition("<")
            if count <= _integer(bound):
                return result
            result = minimum_should_match(count, value)
        return result
    if text.endswith("%"):
        percent = _integer(text[:-1])
        share = int(count * percent * (1 / 100))
        result = count + share if share < 0 or percent < 0 else share
    else:
        number = _integer(text)
        result = count + number if number < 0 else number
    return max(0, result)


def _integer(text: str) -> int:
    digits = text[1:] if text[:1] in "+-" else text
    if not digits.isdigit():
        raise NumberFormat(f'For input string: "{text}"')
    return int(text)
