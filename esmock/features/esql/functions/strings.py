"""Functions of texts. Docs: esql-string-functions."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Callable
from functools import partial
from typing import Any
from urllib.parse import quote, unquote_plus

import numpy as np

from esmock.errors import PatternSyntax, Unsupported
from esmock.features.esql.functions.function import (
    Evaluation,
    Failures,
    Function,
    by_each_value,
    by_rows,
    by_single_values,
    objects,
)
from esmock.features.esql.tree import Call, Literal
from esmock.features.esql.types import INTEGER, STRING

Json = Any
_ILLEGAL = "java.lang.IllegalArgumentException: "
_MOST_BYTES = 1_048_576
_BLANKS = "".join(chr(code) for code in range(0x21))
"""What trimming takes away: Java's white space at the ends."""


def _each(compute: Callable[..., Any]) -> Any:
    """Texts (and what goes with them) row by row, where each has one value."""

    def kernel(run: Evaluation, failures: Failures, *columns: np.ndarray) -> Any:
        return objects([compute(*row) for row in zip(*(column.tolist() for column in columns), strict=True)])

    return by_single_values(kernel)


def _numbers(compute: Callable[..., int]) -> Any:
    def kernel(run: Evaluation, failures: Failures, *columns: np.ndarray) -> Any:
        return np.array([compute(*row) for row in zip(*(column.tolist() for column in columns), strict=True)], np.int64)

    return by_single_values(kernel)


def _truths(compute: Callable[..., bool]) -> Any:
    def kernel(run: Evaluation, failures: Failures, *columns: np.ndarray) -> Any:
        return np.array([compute(*row) for row in zip(*(column.tolist() for column in columns), strict=True)], bool)

    return by_single_values(kernel)


def _substring(run: Evaluation, failures: Failures, texts: np.ndarray, starts: np.ndarray, *lengths: np.ndarray) -> Any:
    out: list[Json] = []
    wanted = lengths[0].tolist() if lengths else [None] * len(texts)
    for text, start, length in zip(texts.tolist(), starts.tolist(), wanted, strict=True):
        if length is not None and length < 0:
            failures.add(f"{_ILLEGAL}Length parameter cannot be negative, found [{length}]")
            out.append(None)
            continue
        first = start - 1 if start > 0 else max(len(text) + start, 0) if start < 0 else 0
        out.append(text[first:] if length is None else text[first : first + length])
    return objects(out)


def _repeat(run: Evaluation, failures: Failures, texts: np.ndarray, counts: np.ndarray) -> Any:
    out: list[Json] = []
    for text, count in zip(texts.tolist(), counts.tolist(), strict=True):
        if count < 0:
            failures.add(f"{_ILLEGAL}Number parameter cannot be negative, found [{count}]")
            out.append(None)
        elif len(text.encode()) * count > _MOST_BYTES:
            failures.add(f"{_ILLEGAL}Creating repeated strings with more than [{_MOST_BYTES}] bytes is not supported")
            out.append(None)
        else:
            out.append(text * count)
    return objects(out)


def _space(run: Evaluation, failures: Failures, counts: np.ndarray) -> Any:
    out: list[Json] = []
    for count in counts.tolist():
        if count < 0:
            failures.add(f"{_ILLEGAL}Number parameter cannot be negative, found [{count}]")
        out.append(" " * count if count >= 0 else None)
    return objects(out)


def _replace(run: Evaluation, failures: Failures, texts: np.ndarray, patterns: np.ndarray, instead: np.ndarray) -> Any:
    from esmock.analysis.java_pattern import compile_java, replace_all
    from esmock.analysis.java_replacement import compile_replacement, expand

    out: list[Json] = []
    for text, pattern, new in zip(texts.tolist(), patterns.tolist(), instead.tolist(), strict=True):
        try:
            regex = compile_java(pattern)
            parts = compile_replacement(new, regex)
            out.append(replace_all(regex, partial(expand, parts), text))
        except PatternSyntax as error:
            failures.add(f"java.util.regex.PatternSyntaxException: {error.reason}")
            out.append(None)
    return objects(out)


def _split(run: Evaluation, failures: Failures, texts: list[str], delimiters: list[str]) -> list[Json]:
    if len(texts) != 1 or len(delimiters) != 1:
        return []
    return texts[0].split(delimiters[0])


def _locate(text: str, part: str, start: int = 0) -> int:
    if start > len(text):
        return 0
    return text.find(part, start - 1 if start > 0 else 0) + 1


def _delimiter(call: Call) -> str | None:
    given = call.arguments[1]
    if isinstance(given, Literal) and isinstance(given.value, str) and len(given.value.encode()) != 1:
        return "delimiter must be single byte for now"
    return None


def _digest(name: str) -> Callable[[str], str]:
    return lambda text: hashlib.new(name, text.encode(), usedforsecurity=False).hexdigest()


_DIGESTS = {"md5": "md5", "sha": "sha1", "sha1": "sha1", "sha-1": "sha1", "sha224": "sha224", "sha-224": "sha224", "sha256": "sha256",
            "sha-256": "sha256", "sha384": "sha384", "sha-384": "sha384", "sha512": "sha512", "sha-512": "sha512"}  # fmt: skip


def _hash(algorithm: str, text: str) -> str | None:
    return _digest(_DIGESTS[algorithm.lower()])(text) if algorithm.lower() in _DIGESTS else None


def _algorithm(call: Call) -> str | None:
    given = call.arguments[0]
    if isinstance(given, Literal) and isinstance(given.value, str) and given.value.lower() not in _DIGESTS:
        return f"invalid algorithm for [{call.text}]: {given.value} MessageDigest not available"
    return None


def _from_base64(run: Evaluation, failures: Failures, texts: np.ndarray) -> Any:
    out: list[Json] = []
    for text in texts.tolist():
        try:
            out.append(base64.b64decode(text + "=" * (-len(text) % 4), validate=True).decode("utf-8", "replace"))
        except (binascii.Error, ValueError) as error:
            failures.add(f"{_ILLEGAL}{error}")
            out.append(None)
    return objects(out)


def _changed(change: Callable[[str], str]) -> Any:
    return by_each_value(lambda run, failures, values: objects([change(value) for value in values.tolist()]))


def _kept(call: Call) -> str:
    """Null of null, else a keyword."""
    return "null" if call.arguments[0].type == "null" else "keyword"


def _url_decoded(text: str) -> str:
    """Raises Unsupported for what is not well formed."""
    if re.search(r"%(?![0-9a-fA-F]{2})", text):
        raise Unsupported("[url_decode] of a text with a percent sign that two hexadecimal digits do not follow")
    return unquote_plus(text)


def _url_encoded(text: str) -> str:
    """All but letters, digits and ``.-_~`` in percents."""
    return quote(text, safe="")


FUNCTIONS = (
    Function("bit_length", (STRING,), "integer", _numbers(lambda text: len(text.encode()) * 8)),
    Function("byte_length", (STRING,), "integer", _numbers(lambda text: len(text.encode()))),
    Function("concat", (STRING,), "keyword", _each(lambda *texts: "".join(texts)), least=2, most=None),
    Function("contains", (STRING, STRING), "boolean", _truths(lambda text, part: part in text), since=(9, 2)),
    Function("ends_with", (STRING, STRING), "boolean", _truths(lambda text, end: text.endswith(end))),
    Function("from_base64", (STRING,), "keyword", by_single_values(_from_base64)),
    Function("hash", (STRING, STRING), "keyword", _each(_hash), checks=_algorithm),
    Function("left", (STRING, INTEGER), "keyword", _each(lambda text, count: text[: max(count, 0)])),
    Function("length", (STRING,), "integer", _numbers(len)),
    Function("locate", (STRING, STRING, INTEGER), "integer", _numbers(_locate), least=2),
    Function("ltrim", (STRING,), _kept, _each(lambda text: text.lstrip(_BLANKS))),
    Function("md5", (STRING,), "keyword", _each(_digest("md5"))),
    Function("repeat", (STRING, INTEGER), "keyword", by_single_values(_repeat), arity="expects one or two arguments"),
    Function("replace", (STRING, STRING, STRING), "keyword", by_single_values(_replace)),
    Function("reverse", (STRING,), _kept, _each(lambda text: text[::-1])),
    Function("right", (STRING, INTEGER), "keyword", _each(lambda text, count: text[max(len(text) - count, 0) :] if count > 0 else "")),
    Function("rtrim", (STRING,), _kept, _each(lambda text: text.rstrip(_BLANKS))),
    Function("sha1", (STRING,), "keyword", _each(_digest("sha1"))),
    Function("sha256", (STRING,), "keyword", _each(_digest("sha256"))),
    Function("space", (INTEGER,), "keyword", by_single_values(_space)),
    Function("split", (STRING, STRING), "keyword", by_rows(_split), checks=_delimiter),
    Function("starts_with", (STRING, STRING), "boolean", _truths(lambda text, begin: text.startswith(begin))),
    Function("substring", (STRING, INTEGER, INTEGER), "keyword", by_single_values(_substring), least=2),
    Function("to_base64", (STRING,), "keyword", _each(lambda text: base64.b64encode(text.encode()).decode())),
    Function("to_lower", (STRING,), "keyword", _changed(str.lower)),
    Function("to_upper", (STRING,), "keyword", _changed(str.upper)),
    Function("trim", (STRING,), _kept, _each(lambda text: text.strip(_BLANKS))),
    Function("url_decode", (STRING,), "keyword", _each(_url_decoded), since=(9, 2)),
    Function("url_encode", (STRING,), "keyword", _each(lambda text: _url_encoded(text).replace("%20", "+")), since=(9, 2)),
    Function("url_encode_component", (STRING,), "keyword", _each(_url_encoded), since=(9, 2)),
)
