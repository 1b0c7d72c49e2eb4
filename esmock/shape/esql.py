"""The answers of ES|QL: JSON, values between delimiters, and tables to read. Docs: esql-rest.

Source: answers of 8.19.21 in every format.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from esmock.xcontent.java_number import java_double

if TYPE_CHECKING:
    from esmock.features.esql.query import Result
    from esmock.version import Behaviour

Json = Any
_LEAST_WIDTH = 15
TEXT_TYPES = {
    "csv": "text/csv; charset=utf-8; header=present",
    "tsv": "text/tab-separated-values; charset=utf-8",
    "txt": "text/plain",
}


def body(result: Result, took_ms: int, behaviour: Behaviour, *, columnar: bool = False, drops_nulls: bool = False) -> dict[str, Json]:
    """The answer as a tree."""
    out: dict[str, Json] = {}
    if behaviour.has((8, 19)):
        out |= {"documents_found": result.documents_found, "values_loaded": result.values_loaded}
    if behaviour.has((8, 18)):
        out |= {"took": took_ms, "is_partial": False}
    columns = [_column(*one) for one in result.columns]
    kept = _kept(result, drops_nulls=drops_nulls)
    if drops_nulls:
        out["all_columns"] = columns
    out["columns"] = [columns[at] for at in kept]
    values = [result.values[at] for at in kept]
    if columnar:
        out["values"] = values
    else:
        out["values"] = [list(row) for row in zip(*values, strict=True)] if values else []
    return out


def _kept(result: Result, *, drops_nulls: bool) -> list[int]:
    """Places of the columns that are shown: all, or those that have a value."""
    return [at for at in range(len(result.columns)) if not (drops_nulls and result.empty[at])]


def _column(name: str, kind: str, originals: tuple[str, ...]) -> dict[str, Json]:
    out: dict[str, Json] = {"name": name, "type": kind}
    return {**out, "original_types": list(originals)} if originals else out


def text(result: Result, format_: str, delimiter: str = ",", *, drops_nulls: bool = False) -> str:
    """The answer as text, in one of ``TEXT_TYPES``."""
    kept = _kept(result, drops_nulls=drops_nulls)
    names = [result.columns[at][0] for at in kept]
    rows = [list(row) for row in zip(*(result.values[at] for at in kept), strict=True)]
    if format_ == "txt":
        return _table(names, [[_word(value, "null") for value in row] for row in rows])
    escape: Callable[[str], str] = (lambda word: _quoted(word, delimiter)) if format_ == "csv" else _escaped
    sign, end = (delimiter, "\r\n") if format_ == "csv" else ("\t", "\n")
    lines = [names, *([_word(value, "") for value in row] for row in rows)]
    return "".join(sign.join(map(escape, line)) + end for line in lines)


def _word(value: Json, null: str) -> str:
    if value is None:
        return null
    if isinstance(value, list):
        return f"[{', '.join(_word(one, null) for one in value)}]"
    if isinstance(value, bool):
        return "true" if value else "false"
    return java_double(value) if isinstance(value, float) else str(value)


def _quoted(word: str, delimiter: str) -> str:
    if any(sign in word for sign in (delimiter, '"', "\n", "\r")):
        return '"' + word.replace('"', '""') + '"'
    return word


def _escaped(word: str) -> str:
    return word.replace("\t", "\\t").replace("\n", "\\n")


def _table(names: list[str], rows: list[list[str]]) -> str:
    widths = [max(_LEAST_WIDTH, *(len(line[at]) for line in [names, *rows])) for at in range(len(names))]
    head = "|".join(_centred(name, width) for name, width in zip(names, widths, strict=True))
    rule = "+".join("-" * width for width in widths)
    lines = ["|".join(word.ljust(width) for word, width in zip(row, widths, strict=True)) for row in rows]
    return "".join(f"{line}\n" for line in (head, rule, *lines))


def _centred(name: str, width: int) -> str:
    before = (width - len(name)) // 2
    return " " * before + name + " " * (width - len(name) - before)
