"""A documentation page as numbered lines, and the error that points into one."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


class PageError(Exception):
    """A page that cannot be read as its author meant it.

    Args:
        path: the page.
        line: 1-based line of the page; 0 for the page as a whole.
        message: what was found and what was expected there.
        column: 1-based column, where the line alone says little (pages whose line ends were lost).
    """

    def __init__(self, path: str, line: int, message: str, column: int = 0) -> None:
        super().__init__(message)
        self.path, self.line, self.message, self.column = path, line, message, column

    def __str__(self) -> str:
        place = self.path + (f":{self.line}" if self.line else "") + (f":{self.column}" if self.column else "")
        return f"{place}: {self.message}"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a page.

    Attributes:
        text: without its line end.
        number: 1-based; in a page whose line ends were lost, the number after they were put back.
        column: 1-based column at which the text stands in the file as it is; 0 where it is a line of its own.
    """

    text: str
    number: int
    column: int = 0


@dataclass(frozen=True, slots=True)
class Page:
    """A page: its name for messages and test names, and its lines."""

    path: str
    lines: tuple[Line, ...]
    flattened: bool = False
    """Whether the line ends were lost and put back; then every column counts in line 1 of the file."""

    @classmethod
    def of(cls, path: str, text: str) -> Page:
        """A page from its text; every kind of line end counts."""
        rows = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        if rows and not rows[-1]:
            rows.pop()
        return cls(path, tuple(Line(row, number) for number, row in enumerate(rows, 1)))

    def error(self, line: Line | None, message: str) -> PageError:
        """An error at a line, in the coordinates of the file as it is."""
        if line is None:
            return PageError(self.path, 0, message)
        if self.flattened:
            return PageError(self.path, 1, message, line.column)
        return PageError(self.path, line.number, message)

    def place(self, number: int) -> str:
        """``path:line`` (``path:1:column`` for a page whose line ends were lost) of a line by number."""
        line = self.lines[number - 1] if 0 < number <= len(self.lines) else None
        return str(self.error(line, "")).removesuffix(": ")


def read(path: Path, name: str | None = None) -> tuple[str, str]:
    """Name and text of a page file.

    Raises:
        PageError: not there, or not UTF-8.
    """
    name = name or str(path)
    try:
        return name, path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise PageError(name, 0, f"not UTF-8 text: {error.reason} at byte {error.start}") from error
    except OSError as error:
        raise PageError(name, 0, f"cannot be read: {error.strerror}") from error
