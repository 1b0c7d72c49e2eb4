"""Where a test says something, and the error for what cannot be read."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Where:
    """A line of a test file; lines count from 1."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


class LoadError(Exception):
    """A test file, or an API description, that cannot be read: nothing of it is run."""

    def __init__(self, at: Where | str, message: str) -> None:
        super().__init__(f"{at}: {message}")
        self.at, self.message = at, message


class StepError(Exception):
    """A step that cannot be carried out (missing mark, path into nothing, unknown parameter); the test has failed."""
