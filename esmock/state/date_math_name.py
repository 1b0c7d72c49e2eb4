"""Index names with date math: ``<logs-{now/d{yyyy-MM-dd|+01:00}}>``. Docs: api-conventions, date math in index names.

Source: recordings of 7.10.2.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from esmock.errors import ElasticsearchParse

if TYPE_CHECKING:
    from esmock.state.cluster import Cluster

_DEFAULT_FORMAT = "uuuu.MM.dd"


def concrete_name(cluster: Cluster, name: str) -> str:
    """A name with its date math evaluated at the cluster's time; other names as they are.

    Raises:
        ElasticsearchParse, IllegalArgument, DateTime: the expression is broken.
    """
    if not name.startswith("<") or not name.endswith(">"):
        return name
    return _Reader(name[1:], cluster.clock.now_ms()).read()


@dataclass(slots=True)
class _Reader:
    """Goes through an expression once.

    Args:
        text: from behind the ``<`` to the end, closing ``>`` and all: errors quote it so.
    """

    text: str
    now_ms: int
    name: list[str] = field(default_factory=list)
    placeholder: list[str] | None = None
    in_format: bool = False

    def read(self) -> str:
        escaped = False
        for at, char in enumerate(self.text[:-1], 1):
            was_escaped, escaped = escaped, False
            if char == "\\":
                if was_escaped:
                    self.name.append(char)
                escaped = not was_escaped
            elif self.placeholder is None:
                self._outside(char, at, was_escaped)
            else:
                self._inside(self.placeholder, char, at, was_escaped)
        if self.placeholder is not None:
            raise self._error("date math placeholder is open ended")
        if not self.name:
            raise ElasticsearchParse("nothing captured")
        return "".join(self.name)

    def _outside(self, char: str, at: int, escaped: bool) -> None:
        if char == "{" and not escaped:
            self.placeholder = []
        elif char == "}" and not escaped:
            raise self._error(
                f"invalid character at position [{at}]. `{{` and `}}` are reserved characters and should be escaped when "
                "used as part of the index name using `\\` (e.g. `\\{text\\}`)"
            )
        else:
            self.name.append(char)

    def _inside(self, placeholder: list[str], char: str, at: int, escaped: bool) -> None:
        if char not in "{}" or (self.in_format and escaped):
            placeholder.append(char)
        elif char == "{":
            if self.in_format:
                raise self._error(f"invalid character in placeholder at position [{at}]")
            self.in_format = True
            placeholder.append(char)
        elif self.in_format:
            self.in_format = False
            placeholder.append(char)
        else:
            self.name.append(_evaluate("".join(placeholder), self.now_ms))
            self.placeholder = None

    def _error(self, problem: str) -> ElasticsearchParse:
        return ElasticsearchParse(f"invalid dynamic name expression [{self.text}]. {problem}")


def _evaluate(placeholder: str, now_ms: int) -> str:
    """``now/d`` or ``now/d{format|zone}`` as text."""
    from esmock.mapping.dates.formatter import date_formatter
    from esmock.mapping.dates.math import parse_math
    from esmock.mapping.dates.zone import zone_of

    expression, brace, rest = placeholder.partition("{")
    pattern, zone_text = _DEFAULT_FORMAT, "UTC"
    if brace:
        if not placeholder.endswith("}"):
            raise ElasticsearchParse(
                f"invalid dynamic name expression [{placeholder}]. missing closing `}}` for date math format"
            )
        if rest == "}":
            raise ElasticsearchParse(f"invalid dynamic name expression [{placeholder}]. missing date format")
        pattern, bar, given = rest[:-1].partition("|")
        zone_text = given if bar else "UTC"
    zone = zone_of(zone_text)
    formatter = date_formatter(pattern)
    if not expression:
        raise ElasticsearchParse("cannot parse empty date")
    return formatter.format_ns(parse_math(expression, formatter, now_ms, round_up=False, zone=zone), zone)
