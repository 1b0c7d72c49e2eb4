"""Showing a run while it goes on: a bar on a terminal, nothing elsewhere; and the table at its end."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TextIO

Advance = Callable[[str], None]


@contextmanager
def bar(total: int, stream: TextIO | None = None) -> Iterator[Advance]:
    """A progress bar, on stderr by default; call the result with a short text after each piece of work."""
    stream = stream or sys.stderr
    if not stream.isatty():
        yield lambda _text: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TextColumn("{task.description}", markup=False))
    with Progress(*columns, console=Console(file=stream), transient=True) as progress:
        task = progress.add_task("", total=total)
        yield lambda text: progress.update(task, advance=1, description=text[:60])


def table(title: str, columns: Sequence[str], rows: Iterable[Sequence[object]], stream: TextIO) -> None:
    """A table whose first column is text and whose others are numbers."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    shown = Table(title=title)
    for index, column in enumerate(columns):
        shown.add_column(column, justify="right" if index else "left", overflow="fold")
    for row in rows:
        shown.add_row(*(Text(str(cell)) for cell in row))
    console = Console(file=stream) if stream.isatty() else Console(file=stream, width=120)
    console.print(shown)
