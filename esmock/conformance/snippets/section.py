"""The YAML that a page becomes: sections of rows, each row knowing the line of the page it stands for."""

from __future__ import annotations

from dataclasses import dataclass, field

from esmock.conformance.snippets.page import PageError
from esmock.conformance.snippets.setups import Block


@dataclass(frozen=True, slots=True)
class Row:
    """One line of YAML.

    Attributes:
        line: the line of the page it stands for.
        pasted: file and line in the file of named setups, None for what the page itself says.
    """

    text: str
    line: int
    pasted: tuple[str, int] | None = None


@dataclass(slots=True)
class Section:
    """``setup``, ``teardown``, or one test: everything from one block up to the next one that does not continue it.

    Attributes:
        line: the line of the opening delimiter of its first block.
        skip: the reason it is skipped for.
        checks_response: whether some documented response is compared.
        errors: what voids it.
    """

    name: str
    line: int
    rows: list[Row] = field(default_factory=list)
    skip: str | None = None
    checks_response: bool = False
    errors: list[PageError] = field(default_factory=list)

    def add(self, text: str, line: int) -> None:
        """Append YAML, one row for each of its lines."""
        self.rows += [Row(row, line) for row in text.split("\n")]

    def paste(self, block: Block, line: int) -> None:
        """Append the steps of a named setup."""
        rows = block.text.removesuffix("\n").split("\n")
        self.rows += [Row(row, line, (block.file, block.line + index)) for index, row in enumerate(rows)]

    @property
    def head(self) -> str:
        """The key of the section's document, as written."""
        return self.name if self.name in ("setup", "teardown") else f'"{self.name}"'

    def yaml(self) -> str:
        """The section as a YAML document."""
        return f"---\n{self.head}:\n" + "".join(f"{row.text}\n" for row in self.rows)


def quoted(text: str) -> str:
    """A double-quoted scalar, only quotes escaped: a backslash of the page stays a YAML escape."""
    return '"' + text.replace('"', '\\"') + '"'
