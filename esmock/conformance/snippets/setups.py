"""Named setups and teardowns: blocks of YAML steps that pages ask for by name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from esmock.conformance.snippets.page import PageError

_KEYS = ("setups", "teardowns", "exclude", "expected_unconverted")


@dataclass(frozen=True, slots=True)
class Block:
    """The steps of one setup as YAML text: list items indented by two spaces.

    Attributes:
        text: ends with a newline.
        file: where it is from.
        line: line of ``file`` on which the text begins.
    """

    text: str
    file: str
    line: int


@dataclass(frozen=True, slots=True)
class Setups:
    """All that a setups file holds.

    Attributes:
        exclude: pages that are left out.
        expected_unconverted: pages that may hold blocks that are neither tested nor marked ``NOTCONSOLE``.
    """

    setups: Mapping[str, Block] = field(default_factory=dict)
    teardowns: Mapping[str, Block] = field(default_factory=dict)
    exclude: frozenset[str] = frozenset()
    expected_unconverted: frozenset[str] = frozenset()

    def over(self, other: Setups) -> Setups:
        """These and those of ``other`` that these do not name."""
        return Setups(
            {**other.setups, **self.setups},
            {**other.teardowns, **self.teardowns},
            self.exclude | other.exclude,
            self.expected_unconverted | other.expected_unconverted,
        )


def read_setups(path: Path) -> Setups:
    """A setups file: ``setups``, ``teardowns`` by name; lists ``exclude``, ``expected_unconverted``; all optional.

    Raises:
        PageError: not there, not YAML, or of another form.
    """
    try:
        return parse_setups(path.read_text(encoding="utf-8"), str(path))
    except OSError as error:
        raise PageError(str(path), 0, f"cannot be read: {error.strerror}") from error


@lru_cache(maxsize=8)
def parse_setups(text: str, file: str) -> Setups:
    """The text of a setups file; the result is shared between calls and frozen.

    Raises:
        PageError: not YAML, or of another form.
    """
    import yaml

    try:
        root = yaml.compose(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        raise PageError(file, line, f"not YAML: {error.problem}") from error
    parts: dict[str, Any] = {}
    rows = text.splitlines()
    for key, node in _pairs(root, file, "the file"):
        if key not in _KEYS:
            raise PageError(file, node.start_mark.line + 1, f"unknown key [{key}], expected one of {', '.join(_KEYS)}")
        if key in ("exclude", "expected_unconverted"):
            parts[key] = frozenset(item.value for item in _items(node, file, key))
        else:
            parts[key] = {name: _block(value, rows, file, name) for name, value in _pairs(node, file, key)}
    return Setups(**parts)


def _pairs(node: Any, file: str, what: str) -> list[tuple[str, Any]]:
    import yaml

    if not isinstance(node, yaml.MappingNode):
        raise PageError(file, node.start_mark.line + 1 if node else 1, f"{what} must be a mapping")
    return [(key.value, value) for key, value in node.value]


def _items(node: Any, file: str, what: str) -> Iterable[Any]:
    import yaml

    if not isinstance(node, yaml.SequenceNode):
        raise PageError(file, node.start_mark.line + 1, f"[{what}] must be a list")
    return node.value


def _block(node: Any, rows: list[str], file: str, name: str) -> Block:
    """The lines of a list as written, moved to an indentation of two."""
    if not _items(node, file, name) or node.flow_style:
        raise PageError(file, node.start_mark.line + 1, f"setup [{name}] must be a block list of steps")
    first, column = node.start_mark.line, node.start_mark.column
    last = node.end_mark.line + (1 if node.end_mark.column > column else 0)
    taken = rows[first:last]
    while taken and (not taken[-1].strip() or taken[-1].lstrip().startswith("#")):
        taken.pop()
    moved = [f"  {row[column:]}" if row.strip() else "" for row in taken]
    return Block("".join(f"{row}\n" for row in moved), file, first + 1)


def built_in(version: str) -> Setups:
    """The setups that ship with esmock (sensors and their rollup job), in the forms of a server version.

    Args:
        version: ``7.10.2``, ``6.8.23`` ...
    """
    number = tuple(int(part) for part in version.split(".")[:2])
    text = (files("esmock.conformance.snippets") / "data" / "setups.yml").read_text(encoding="utf-8")
    return parse_setups("".join(_lines_for(number, text)), "setups.yml")


def _lines_for(version: tuple[int, ...], text: str) -> Iterator[str]:
    """The text without the lines of other versions; those stay as empty ones, so that line numbers hold."""
    for row in text.splitlines(keepends=True):
        mark = re.search(r"  # (since|until) (\d+)\.(\d+)\n", row)
        bound = (int(mark[2]), int(mark[3])) if mark else version
        fits = version >= bound if mark and mark[1] == "since" else version <= bound
        yield row if fits and not mark else row[: mark.start()] + "\n" if fits and mark else "\n"
