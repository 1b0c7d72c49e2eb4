"""The stash: named values, the paths into them, and the marks that stand for them.

Source: behaviour of the Java runner's Stash and ObjectPath.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from esmock.conformance.dialect import E9, Dialect
from esmock.conformance.javatext import java_text
from esmock.conformance.place import StepError

Json = Any

_EMBEDDED = re.compile(r"\$\{([^}]+)\}")
_EMBEDDED_UNESCAPED = re.compile(r"(?<!\\)\$\{([^}]+)\}")
_ANY_KEY = "_arbitrary_key_"


def is_mark(value: Json) -> bool:
    """Whether a value is a string that refers to the stash."""
    return isinstance(value, str) and (value.startswith("$") or _EMBEDDED.search(value) is not None)


def pieces(path: str) -> list[str]:
    """A dotted path cut up; a backslash makes the next dot part of its piece, and empty pieces are dropped."""
    out, current, is_escaped = [], "", False
    for char in path:
        if char == "\\":
            is_escaped = True
        elif char != ".":
            current += char
        elif is_escaped:
            current += char
            is_escaped = False
        else:
            out.append(current)
            current = ""
    return [piece for piece in (*out, current) if piece]


class Stash:
    """Named values of one test.

    Args:
        dialect: decides about marks in keys and escaped marks.
    """

    def __init__(self, dialect: Dialect = E9) -> None:
        self.dialect = dialect
        self.values: dict[str, Json] = {}

    def clear(self) -> None:
        self.values.clear()

    def __setitem__(self, name: str, value: Json) -> None:
        self.values[name] = value

    def lookup(self, root: Json, path: str) -> Json:
        """The value at a path, None when a key is absent.

        Raises:
            StepError: a step into something that is neither map nor list, or outside of a list.
        """
        current = root
        for piece in pieces(path):
            if is_mark(piece):
                piece = java_text(self.mark(piece))
            current = self._enter(current, piece, path)
            if current is None:
                return None
        return current

    def _enter(self, current: Json, piece: str, path: str) -> Json:
        if isinstance(current, dict):
            if piece == _ANY_KEY and self.dialect.resolves_keys:
                return _first_key(current, path)
            return current.get(piece)
        if isinstance(current, list):
            if not re.fullmatch(r"[-+]?\d+", piece, re.ASCII):
                raise StepError(f"[{piece}] of the path [{path}] is not an index, but the value there is a list")
            if not 0 <= int(piece) < len(current):
                raise StepError(f"[{piece}] of the path [{path}] is outside of a list of {len(current)}")
            return current[int(piece)]
        raise StepError(f"[{piece}] of the path [{path}] leads into a value without keys: {java_text(current)}")

    def get(self, path: str) -> Json:
        """The stashed value at a path.

        Raises:
            StepError: missing or null.
        """
        found = self.lookup(self.values, path)
        if found is None:
            raise StepError(f"the stash has no value for [{path}]")
        return found

    def mark(self, text: str, position: tuple[str, ...] | None = None) -> Json:
        """What a mark stands for.

        Args:
            text: a string for which ``is_mark`` holds.
            position: keys and indexes that lead to the mark inside its tree, for ``$_path``.
        """
        if position is not None and self.dialect.resolves_keys:
            text = text.replace("$_path", ".".join(step.replace(".", r"\.") for step in position))
        if text == "$":
            raise StepError("a lone [$] names no value")
        if text.startswith("$") and text[1] != "{":
            return self.get(text[1:])
        if not self.dialect.keeps_escaped_marks:
            return _EMBEDDED.sub(lambda found: java_text(self.get(found[1])), text)
        filled = _EMBEDDED_UNESCAPED.sub(lambda found: java_text(self.get(found[1])), text)
        return filled.replace("\\${", "${")

    def text(self, value: str) -> str:
        """A parameter or header value with its mark filled in."""
        return java_text(self.mark(value)) if is_mark(value) else value

    def tree(self, value: Json, position: tuple[str, ...] = ()) -> Json:
        """A copy of a tree with all marks filled in."""
        if isinstance(value, Mapping):
            return self._map(value, position)
        if isinstance(value, list):
            return [self.tree(item, (*position, str(index))) for index, item in enumerate(value)]
        return self.mark(value, position) if is_mark(value) else value

    def _map(self, value: Mapping[str, Json], position: tuple[str, ...]) -> dict[str, Json]:
        out: dict[str, Json] = {}
        for key, item in value.items():
            if self.dialect.resolves_keys and is_mark(key):
                key = java_text(self.mark(key, position))
            if key in out:
                raise StepError(f"two keys became [{key}] when marks were filled in")
            out[key] = self.tree(item, (*position, key))
        return out

    def expected(self, value: Json) -> Json:
        """An expected value with its marks filled in; a list at the root is left as it is."""
        if isinstance(value, str):
            return self.mark(value) if is_mark(value) else value
        return self.tree(value) if isinstance(value, Mapping) else value


def _first_key(current: dict[str, Json], path: str) -> str:
    if not current:
        raise StepError(f"[{_ANY_KEY}] of the path [{path}] finds an empty map")
    if _ANY_KEY in current:
        raise StepError(f"[{_ANY_KEY}] of the path [{path}] finds a map that really has that key")
    return next(iter(current))
