"""Tables of the cat APIs: columns, text layout, sorting, help. Docs: cat.

Columns are data (``cat_columns.txt``, recorded from 7.10.2, 7.17.29 and 8.19.21): which versions have them, name, aliases, alignment, kind,
whether they are shown by default, description.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from typing import TYPE_CHECKING, Any

from esmock.errors import ApiError, IllegalArgument, UnsupportedOperation
from esmock.xcontent.units import print_byte_size, print_time_ms, print_time_ns

if TYPE_CHECKING:
    from esmock.version import Behaviour

Row = Mapping[str, Any]
_BYTES = {"b": 0, "k": 1, "kb": 1, "m": 2, "mb": 2, "g": 3, "gb": 3, "t": 4, "tb": 4, "p": 5, "pb": 5}
_TIMES = {"nanos": 1e-6, "micros": 1e-3, "ms": 1, "s": 1_000, "m": 60_000, "h": 3_600_000, "d": 86_400_000}


class Size(int):
    """A number of bytes."""


class Long(int):
    """A number of another type than the rest of its column: compared with them as text."""


class Ranked(str):
    """A constant of an enumeration: sorted by its place there, not by its name."""

    rank: int

    def __new__(cls, name: str, order: Sequence[str]) -> Ranked:
        made = super().__new__(cls, name)
        made.rank = order.index(name)
        return made

    def __lt__(self, other: str) -> bool:
        return isinstance(other, Ranked) and self.rank < other.rank

    def __gt__(self, other: str) -> bool:
        return isinstance(other, Ranked) and self.rank > other.rank


class Millis(int):
    """A duration in milliseconds."""


class Nanos(int):
    """A duration in nanoseconds."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column; ``kind`` is ``n`` (number), ``s`` (size), ``d`` (duration) or ``t`` (text)."""

    name: str
    aliases: tuple[str, ...]
    alias_text: str
    is_right: bool
    kind: str
    is_default: bool
    description: str

    def nothing(self) -> Any:
        """What a counter shows that nothing has counted yet."""
        return {"n": 0, "s": Size(0), "d": Millis(0)}.get(self.kind)


def columns(table: str, behaviour: Behaviour) -> tuple[Column, ...]:
    """The columns of a table in a version."""
    return _columns(table, "8" if behaviour.major >= 8 else "s" if behaviour.newer_jackson else "7")


@functools.cache
def _columns(table: str, era: str) -> tuple[Column, ...]:
    """The columns of an era: 7, s (7.17, which has those of 7 but for what is marked ``!``) or 8."""
    text = resources.files("esmock.shape").joinpath("cat_columns.txt").read_text("utf-8")
    found: list[Column] = []
    current = ""
    for line in text.splitlines():
        if line.startswith("["):
            current = line[1:-1]
        elif current == table:
            versions, name, aliases, align, kind, shown, description = line.split("\t")
            if era in versions or (era == "s" and "7" in versions and "!" not in versions):
                found.append(
                    Column(
                        name, tuple(filter(None, aliases.split(","))), aliases, align == "R", kind, shown == "D", description
                    )
                )
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Layout:
    """How a request wants its table.

    Args:
        h: column selectors; None: the default ones.
        sort: ``name``, ``name:desc`` ...
        units: ``bytes`` and ``time`` of the request.
    """

    h: list[str] | None = None
    with_header: bool = False
    show_time: Callable[[], bool] = lambda: True
    with_siblings: Callable[[], bool] = lambda: False
    sort: tuple[str, ...] = ()
    bytes: str | None = None
    time: str | None = None
    is_seven: bool = True


def help_text(table: Sequence[Column]) -> str:
    """One line per column: name, aliases, description."""
    cells = [(one.name, one.alias_text, one.description or "not available") for one in table]
    widths = [max((len(cell[n]) for cell in cells), default=0) for n in range(3)]
    return "".join(" | ".join(part.ljust(width) for part, width in zip(cell, widths, strict=True)) + "\n" for cell in cells)


def chosen(table: Sequence[Column], layout: Layout) -> list[tuple[Column, str]]:
    """(column, shown name) in order, as ``h``, ``pri`` (of what ``h`` names) and ``ts`` say."""
    by_name = {one.name: one for one in table}
    by_alias = {alias: one for one in table for alias in one.aliases}
    picked: list[tuple[Column, str]] = []
    if layout.h is None:
        picked = [(one, one.name) for one in table if one.is_default]
    else:
        for item in dict.fromkeys(_expanded(table, layout.h)):
            if item in by_name:
                picked.append((by_name[item], item))
            elif item in by_alias:
                picked.append((by_alias[item], item))
    times = ("timestamp", "epoch")
    if any(column.name in times for column, _ in picked) and not layout.show_time():
        picked = [pair for pair in picked if pair[0].name not in times]
    if layout.h is None:
        return picked
    out: list[tuple[Column, str]] = []
    for column, shown in picked:
        out.append((column, shown))
        sibling = by_name.get(f"pri.{column.name}")
        if sibling is not None and layout.with_siblings():
            out.append((sibling, f"pri.{shown}"))
    return out


def _expanded(table: Sequence[Column], selectors: Iterable[str]) -> Iterable[str]:
    for item in selectors:
        if "*" not in item:
            yield item
            continue
        pattern = re.compile(".*".join(map(re.escape, item.split("*"))) + r"\Z")
        for one in table:
            if any(pattern.match(name) for name in (one.name, *one.aliases)):
                yield one.name


def ordered(rows: Sequence[Row], table: Sequence[Column], layout: Layout) -> list[Row]:
    """The rows in the order of ``s``. Raises for an unknown key."""
    found = list(rows)
    names = {alias: one.name for one in table for alias in (*one.aliases, one.name)}
    keys = []
    for item in layout.sort:
        is_descending = item.endswith(":desc")
        name = item.removesuffix(":desc").removesuffix(":asc")
        if name not in names:
            raise _unknown_key(name, layout.is_seven)
        keys.append((names[name], is_descending))
    for name, is_descending in reversed(keys):
        found.sort(key=_sort_key(name), reverse=is_descending)
    return found


def _unknown_key(name: str, is_seven: bool) -> ApiError:
    text = f"Unable to sort by unknown sort key `{name}`"
    return UnsupportedOperation(text) if is_seven else IllegalArgument(text)


def _compare(one: Any, other: Any) -> int:
    """Nothing first; values of one type as such, others as text."""
    if one is None or other is None:
        return (one is not None) - (other is not None)
    if type(one) is not type(other):
        one, other = str(one), str(other)
    return (one > other) - (one < other)


def _sort_key(name: str) -> Callable[[Row], Any]:
    by_value = functools.cmp_to_key(_compare)
    return lambda row: by_value(row.get(name))


def cell(value: Any, layout: Layout) -> str | None:
    """One value as text; None for none."""
    if value is None:
        return None
    if isinstance(value, Size):
        unit = _BYTES.get(layout.bytes or "")
        return print_byte_size(value) if unit is None else str(int(value) // 1024**unit)
    if isinstance(value, Millis | Nanos):
        unit_ms = _TIMES.get(layout.time or "")
        if unit_ms is None:
            return print_time_ms(value) if isinstance(value, Millis) else print_time_ns(value)
        return str(int(value / unit_ms if isinstance(value, Millis) else value / 1_000_000 / unit_ms))
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def objects(rows: Sequence[Row], picked: Sequence[tuple[Column, str]], layout: Layout) -> list[dict[str, str | None]]:
    """The rows for JSON and its kin: every value is text or null."""
    return [{shown: cell(row.get(column.name), layout) for column, shown in picked} for row in rows]


def text(rows: Sequence[Row], picked: Sequence[tuple[Column, str]], layout: Layout) -> str:
    """The rows as aligned text."""
    lines = [[cell(row.get(column.name), layout) for column, _ in picked] for row in rows]
    if layout.with_header:
        lines.insert(0, [shown for _, shown in picked])
    widths = [max((len(line[n] or "") for line in lines), default=0) for n in range(len(picked))]
    return "".join(_line(line, picked, widths) for line in lines)


def _line(values: Sequence[str | None], picked: Sequence[tuple[Column, str]], widths: Sequence[int]) -> str:
    parts = []
    last = len(picked) - 1
    for n, (value, (column, _), width) in enumerate(zip(values, picked, widths, strict=True)):
        shown = value or ""
        if column.is_right:
            parts.append(shown.rjust(width))
        else:
            parts.append(shown if n == last else shown.ljust(width))
    return " ".join(parts) + "\n"
