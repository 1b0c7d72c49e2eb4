"""Word lists and character tables, read when first needed.

Sources: stop words are those of Lucene (Snowball's lists, BSD, and those of Jacques Savoy, BSD); the character tables are answers of
7.10.2 and 8.19.21.
"""

from __future__ import annotations

import functools
from importlib import resources


@functools.cache
def read(name: str) -> str:
    """The text of a data file."""
    return resources.files(__name__).joinpath(name).read_text("utf-8")


@functools.cache
def sections(name: str) -> dict[str, str]:
    """The parts of a data file, each headed by a line ``[name]``."""
    out: dict[str, list[str]] = {}
    current: list[str] = []
    for line in read(name).splitlines():
        if line.startswith("#"):
            continue
        if line.startswith("[") and line.endswith("]"):
            current = out.setdefault(line[1:-1], [])
        else:
            current.append(line)
    return {key: "\n".join(lines) for key, lines in out.items()}
