"""Declarative parsers that build their object from constructor arguments, with the layers of errors that this gives.

An object is built the moment all declared arguments have been seen, else at its end; every enclosing object adds a layer
that names the place where the innermost parser stood. Source: recordings of 6.8.23 (P9 to P35).
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import Any

from esmock.errors import ApiError, IllegalArgument, XContentParse
from esmock.xcontent.java_number import parse_double
from esmock.xcontent.located import at_end, at_name, at_start, at_value, token
from esmock.xcontent.similar import suggestion

Json = Any
At = tuple[int, int]
_TOKENS = {
    "string": ("VALUE_STRING",),
    "string_or_null": ("VALUE_STRING", "VALUE_NULL"),
    "strings": ("VALUE_STRING", "START_ARRAY"),
    "long": ("VALUE_NUMBER", "VALUE_STRING"),
}


class _Failed(Exception):
    """A parse error on its way out, with the place where the parser stood."""

    def __init__(self, error: ApiError, at: At) -> None:
        super().__init__(str(error))
        self.error = error
        self.at = at


class Arg:
    """A constructor argument.

    Args:
        kind: ``string``, ``string_or_null``, ``strings``, ``long``, another parser, or a list of one for arrays.
        convert: applied to the value read; raises ApiError.
    """

    def __init__(
        self,
        name: str,
        kind: str | Constructing | list[Constructing],
        *,
        required: bool = False,
        convert: Callable[[Any], Any] | None = None,
    ) -> None:
        self.name = name
        self.kind = kind
        self.required = required
        self.convert = convert

    def tokens(self) -> tuple[str, ...]:
        """The tokens that a value may begin with."""
        if isinstance(self.kind, str):
            return _TOKENS[self.kind]
        return ("START_ARRAY", "START_OBJECT") if isinstance(self.kind, list) else ("START_OBJECT",)


class Constructing:
    """A parser named as in Elasticsearch's messages.

    Args:
        build: makes the object from the arguments seen; raises ApiError.
    """

    def __init__(self, name: str, build: Callable[[dict[str, Json]], Any], *args: Arg) -> None:
        self.name = name
        self._build = build
        self._args = {arg.name: arg for arg in args}

    def parse(self, body: Json, defaults: Mapping[str, Json] | None = None) -> Any:
        """Read a whole body; ``defaults`` stand for arguments that it lacks. Raises XContentParse, IllegalArgument."""
        try:
            if not isinstance(body, dict):
                raise self._failed(f"Expected START_OBJECT but was: {token(body)}", at_start(body))
            return self._object(body, dict(defaults or {}))
        except _Failed as failed:
            raise failed.error from None

    def _failed(self, reason: str, at: At, cause: ApiError | None = None) -> _Failed:
        return _Failed(XContentParse(f"[{self.name}] {reason}", at, cause=cause), at)

    def _object(self, body: dict[str, Json], given: dict[str, Json]) -> Any:
        built: list[Any] = []
        seen: set[str] = set()
        for key, value in body.items():
            arg = self._args.get(key)
            if arg is None:
                raise self._failed(f"unknown field [{key}]{suggestion(key, self._args)}", at_name(body, key))
            if token(value) not in arg.tokens():
                raise self._failed(f"{key} doesn't support values of type: {token(value)}", at_value(body, key))
            try:
                given[key] = self._value(arg, body, key)
                seen.add(key)
                if len(seen) == len(self._args):
                    built.append(self._built(given, functools.partial(_stood, body, key, value)))
            except _Failed as inner:
                raise self._failed(f"failed to parse field [{key}]", inner.at, inner.error) from None
        if built:
            return built[0]
        missing = [arg.name for arg in self._args.values() if arg.required and arg.name not in seen]
        if missing:
            raise _Failed(IllegalArgument(f"Required [{', '.join(missing)}]"), at_end(body))
        return self._built(given, lambda: at_end(body))

    def _built(self, given: dict[str, Json], stood: Callable[[], At]) -> Any:
        try:
            return self._build(given)
        except ApiError as cause:
            text = f"Failed to build [{self.name}] after last required field arrived"
            raise _Failed(XContentParse(text, cause=cause), stood()) from None

    @staticmethod
    def _value(arg: Arg, body: dict[str, Json], key: str) -> Any:
        value = body[key]
        if isinstance(arg.kind, Constructing):
            return arg.kind._object(value, {})
        if isinstance(arg.kind, list):
            parser = arg.kind[0]
            return [parser._object(one, {}) for one in (value if isinstance(value, list) else [value])]
        if arg.kind == "strings":
            return [str(one) for one in value] if isinstance(value, list) else [value]
        try:
            if arg.kind == "long":
                return value if isinstance(value, int) else int(parse_double(str(value)))
            return arg.convert(value) if arg.convert is not None and value is not None else value
        except ApiError as error:
            raise _Failed(error, at_value(body, key)) from None


def _stood(body: dict[str, Json], key: str, value: Json) -> At:
    """Where the parser stands after a value: at its closing bracket, or at the value itself."""
    return at_end(value) if isinstance(value, dict | list) else at_value(body, key)
