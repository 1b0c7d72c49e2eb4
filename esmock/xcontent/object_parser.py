"""Declarative parsers of objects, with Elasticsearch's errors and the layers that nesting gives them.

A ``Parser`` has a name, which stands in its errors, and fields; each field names the tokens it takes and its reader.
Where a parser builds something from constructor arguments, it does so the moment all declared arguments have been seen,
else at the end of the object. Every enclosing object adds a layer that names the place where the innermost parser
stood.
Source: recordings of 6.8.23, 7.10.2, 7.17.29 and 8.19.21.
"""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from esmock.errors import ApiError, IllegalArgument, IllegalState, JsonParse, NamedObjectNotFound, XContentParse
from esmock.xcontent import value_reader as values
from esmock.xcontent.jackson import At
from esmock.xcontent.located import (
    NO_TOKENS,
    NeedsPositions,
    at_end,
    at_name,
    at_start,
    at_value,
    standing,
    stood,
    token,
    token_behind,
)
from esmock.xcontent.similar import suggestion
from esmock.xcontent.value_reader import Key, Reader, Reading, after_value

Json = Any
Build = Callable[[dict[str, Any]], Any]
Setters = Mapping[str, Callable[[Any], Any]]
"""What is done with a field's value, by the field's name."""

_STRING = ("VALUE_STRING",)
_NUMBER = ("VALUE_NUMBER", "VALUE_STRING")
_BOOLEAN = ("VALUE_BOOLEAN", "VALUE_STRING")
_OBJECT = ("START_OBJECT",)
_LIST = ("START_ARRAY",)
_NULL = ("VALUE_NULL",)
_VALUE = ("VALUE_BOOLEAN", "VALUE_NULL", "VALUE_EMBEDDED_OBJECT", "VALUE_NUMBER", "VALUE_STRING")


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a parser.

    Args:
        name: its preferred name, the key in the result.
        tokens: the tokens a value may start with.
        read: gives the value.
        argument: counts as a constructor argument.
        required: a constructor argument that must be there.
        deprecated: other names, which warn.
        gone: the field itself is deprecated, and this is its whole warning.
        gone_since: from which major version on.
        in_version: whether a version knows the field.
        plugged: its name is that of a parser of its own, whose errors stand alone.
    """

    name: str
    tokens: tuple[str, ...]
    read: Reader
    argument: bool = False
    required: bool = False
    deprecated: tuple[str, ...] = ()
    gone: str | None = None
    gone_since: int = 0
    in_version: Callable[[Any], bool] | None = None
    plugged: bool = False


def string(name: str, **more: Any) -> Field:
    return _field(name, _STRING, values.text, more)


def integer(name: str, **more: Any) -> Field:
    return _field(name, _NUMBER, values.integer, more)


def long_(name: str, **more: Any) -> Field:
    return _field(name, _NUMBER, values.long_, more)


def real(name: str, **more: Any) -> Field:
    """A double."""
    return _field(name, _NUMBER, values.double, more)


def float_(name: str, **more: Any) -> Field:
    """A 32-bit value."""
    return _field(name, _NUMBER, values.float_, more)


def boolean(name: str, **more: Any) -> Field:
    return _field(name, _BOOLEAN, values.boolean, more)


def strings(name: str, **more: Any) -> Field:
    """A string or an array of them; gives a list."""
    return _field(name, (*_LIST, *_STRING), values.array_of(values.text), more)


def integers(name: str, **more: Any) -> Field:
    """A number or an array of them; gives a list."""
    return _field(name, (*_LIST, *_NUMBER), values.array_of(values.integer), more)


def reals(name: str, **more: Any) -> Field:
    """A double or an array of them; gives a list."""
    return _field(name, (*_LIST, *_NUMBER), values.array_of(values.double), more)


def mapping(name: str, **more: Any) -> Field:
    """An object that is kept as it is."""
    return _field(name, _OBJECT, values.anything, more)


def scalar(name: str, **more: Any) -> Field:
    """Any value but an object or array."""
    return _field(name, _VALUE, values.anything, more)


def text_or_number(name: str, **more: Any) -> Field:
    """A string or a number, kept as it is."""
    return _field(name, _NUMBER, values.anything, more)


def anything(name: str, **more: Any) -> Field:
    """Any value, kept as it is."""
    return _field(name, (*_VALUE, *_OBJECT, *_LIST), values.anything, more)


def object_(name: str, parser: Parser, **more: Any) -> Field:
    """An object read by another parser."""
    return _field(name, _OBJECT, parser.read, more)


def objects(name: str, parser: Parser, **more: Any) -> Field:
    """An array of objects, or one object; gives a list. A scalar before an object is stepped over, as ObjectParser does."""

    def read_all(body: Json, key: Key, reading: Reading) -> list[Any]:
        value = body[key]
        if not isinstance(value, list):
            return [parser.read(body, key, reading)]
        out, scalar = [], None
        for at, one in enumerate(value):
            if scalar is None and not isinstance(one, dict | list):
                scalar = at
                continue
            if scalar is None and isinstance(one, list):
                raise standing(IllegalState("expected value but got [START_ARRAY]"), at_value(value, at))
            out.append(parser.read(value, at if scalar is None or isinstance(one, dict) else scalar, reading))
            scalar = None
        return out if scalar is None else [parser.read(value, scalar, reading)]

    return _field(name, (*_OBJECT, *_LIST), read_all, more)


def custom(name: str, tokens: Sequence[str], read: Reader, **more: Any) -> Field:
    """Any reader; ``tokens`` as Elasticsearch's value type allows them."""
    return _field(name, tuple(tokens), read, more)


def plugged(name: str, parser: Parser, **more: Any) -> Field:
    """The parser that is plugged in under its name."""
    return Field(name, (*_VALUE, *_OBJECT, *_LIST), parser.read_next, plugged=True, **more)


def named_objects(name: str, read: Reader, *, ordered: bool = True, **more: Any) -> Field:
    """``{"a": ..., "b": ...}``, where they are ordered also ``[{"a": ...}, {"b": ...}]``; gives pairs of name and what ``read`` makes."""
    wrong = (
        f"[{name}] can be a single object with any number of fields or an array where each entry is an object"
        " with a single field"
    )

    def one(body: Json, key: Key, reading: Reading) -> tuple[str, Any]:
        try:
            return str(key), read(body, key, reading)
        except ApiError as error:
            raise _layer(f"[{name}] failed to parse field [{key}]", error, body, key) from None

    def read_all(body: Json, key: Key, reading: Reading) -> list[tuple[str, Any]]:
        value = body[key]
        if isinstance(value, dict):
            return [one(value, inner, reading) for inner in value]
        if not ordered:
            no_order = f"[{name}] doesn't support arrays. Use a single object with multiple fields."
            raise standing(IllegalArgument(no_order), at_value(body, key))
        pairs: list[tuple[str, Any]] = []
        for index, entry in enumerate(value):
            if not isinstance(entry, dict) or len(entry) != 1:
                at = at_value(value, index)
                raise standing(XContentParse(wrong, at), at)
            pairs.append(one(entry, next(iter(entry)), reading))
        return pairs

    return _field(name, (*_OBJECT, *_LIST), read_all, more)


def _field(name: str, tokens: tuple[str, ...], read: Reader, more: dict[str, Any]) -> Field:
    if more.pop("nullable", False):
        tokens, read = (*tokens, *_NULL), values.nullable(read)
    if more.get("required"):
        more["argument"] = True
    after = more.pop("then", None)
    if after is not None:
        plain = read

        def read(body: Json, key: Key, reading: Reading) -> Any:
            return after(plain(body, key, reading))

    return Field(name, tokens, read, **more)


class Astray(XContentParse):
    """An inner parser that did not stop at the end of its object: said after the field was read, so that no layer is around it."""

    type = "x_content_parse_exception"


class Parser:
    """Reads objects.

    Args:
        name: as it stands in errors.
        fields: what the object may hold. Options of the field functions above: ``required``, ``argument``,
            ``nullable``, ``deprecated=(names)``, ``gone=warning``, ``then=function`` (applied to the value; its errors
            are the field's).
        build: makes the result from the values by preferred name; its errors are "Failed to build". Without it the dict
            of values is the result.
        one_of: sets of fields of which one must be there.
        exclusive: sets of fields of which only one may be there.
        ignore_unknown: unknown fields are passed over.
    """

    def __init__(
        self,
        name: str,
        *fields: Field,
        build: Build | None = None,
        one_of: Sequence[Sequence[str]] = (),
        exclusive: Sequence[Sequence[str]] = (),
        ignore_unknown: bool = False,
    ) -> None:
        self.name = name
        self._build = build
        self._arguments = tuple(field for field in fields if field.argument)
        self._argument_names = frozenset(field.name for field in self._arguments)
        self._one_of = tuple(tuple(one) for one in one_of)
        self._exclusive = tuple(tuple(one) for one in exclusive)
        self._ignore_unknown = ignore_unknown
        self._takes_plugged = any(field.plugged for field in fields)
        self._fields: Mapping[str, Field] = {
            given: field for field in fields for given in (field.name, *field.deprecated)
        }
        self.names = frozenset(field.name for field in fields)
        """The fields' preferred names."""

    def parse(self, body: Json, reading: Reading, setters: Setters | None = None, build: Build | None = None) -> Any:
        """Read a whole body.

        Args:
            setters: take the values one by one; their errors are the fields'. Those of a parser with constructor arguments wait
                until the arguments have been read.
            build: instead of the parser's own.

        Raises:
            XContentParse, IllegalArgument: and what readers and setters raise.
            NeedsPositions: for an error in a plain body.
        """
        if not isinstance(body, dict):
            raise XContentParse(f"[{self.name}] Expected START_OBJECT but was: {token(body) or 'null'}", _root(body))
        return self._object(body, reading, setters, build)

    def apply(self, body: Json, reading: Reading) -> Any:
        """Read a whole body, as those do who want no I/O errors of 7.x: a syntax error between the fields is told as the parser's.

        Raises what ``parse`` raises.
        """
        try:
            return self.parse(body, reading)
        except JsonParse as error:
            at = getattr(error, "parser_at", None) or _root(body)
            raise XContentParse(f"[{self.name}] failed to parse object", at, cause=error) from None

    def read(self, holder: Json, key: Key, reading: Reading) -> Any:
        """A Reader: read the object that stands under a key."""
        return self._read(holder, key, reading, found_instead)

    def read_next(self, holder: Json, key: Key, reading: Reading) -> Any:
        """A Reader like ``read``, of a parser that steps over what it meets before it complains."""
        return self._read(holder, key, reading, token_behind)

    def _read(self, holder: Json, key: Key, reading: Reading, instead: Callable[[Json, Key], tuple[str | None, At]]) -> Any:
        value = holder[key]
        if isinstance(value, list) and value and instead is token_behind:
            value = value[0]
        if not isinstance(value, dict):
            kind, at = instead(holder, key)
            raise standing(XContentParse(f"[{self.name}] Expected START_OBJECT but was: {kind}", at), at)
        return self._object(value, reading)

    def _object(self, body: dict[str, Json], reading: Reading, setters: Setters | None = None, build: Build | None = None) -> Any:
        target = _Target(self.name, self._argument_names, build or self._build, setters or {})
        for key in body:
            field = self._fields.get(key)
            if field is None or (field.in_version is not None and not field.in_version(reading.behaviour)):
                if not self._ignore_unknown:
                    self._unknown(body, key, reading)
                continue
            self._check(field, body, key, reading)
            try:
                target.take(field.name, field.read(body, key, reading), body, key)
            except Astray:
                raise
            except ApiError as error:
                if field.plugged:
                    raise
                raise _layer(f"[{self.name}] failed to parse field [{key}]", error, body, key) from None
        return self._finish(body, target, reading)

    def _finish(self, body: dict[str, Json], target: _Target, reading: Reading) -> Any:
        out = target.values
        end = functools.partial(at_end, body)
        for names in self._exclusive:
            if len(seen := [name for name in out if name in names]) > 1:
                text = f"The following fields are not allowed together: [{', '.join(seen)}] "
                raise _failed(IllegalArgument(text), end)
        for names in self._one_of:
            if not any(name in out for name in names):
                raise _failed(one_is_required(names, reading.behaviour), end)
        missing = [field.name for field in self._arguments if field.required and out.get(field.name) is None]
        if missing:
            raise _failed(IllegalArgument(f"Required [{', '.join(missing)}]"), end)
        return target.finished(end)

    def _unknown(self, body: dict[str, Json], key: str, reading: Reading) -> None:
        known = {
            name
            for name, field in self._fields.items()
            if field.in_version is None or field.in_version(reading.behaviour)
        }
        suggests = reading.behaviour.fields_suggested
        reason = f"[{self.name}] unknown field [{key}]{suggestion(key, known) if suggests else ', parser not found'}"
        at = at_value(body, key) if suggests else at_name(body, key)
        cause = NamedObjectNotFound(f"unknown field [{key}]", at) if self._takes_plugged else None
        raise standing(XContentParse(reason, at_name(body, key), cause=cause), at)

    def _check(self, field: Field, body: dict[str, Json], key: str, reading: Reading) -> None:
        if key != field.name or (field.gone is not None and reading.behaviour.major >= field.gone_since):
            line, column = at_value(body, key)
            text = field.gone or f"Deprecated field [{key}] used, expected [{field.name}] instead"
            reading.warn(f"[{self.name}][{line}:{column}] {text}")
        kind = token(body[key])
        if kind not in field.tokens:
            at = at_value(body, key)
            reason = f"[{self.name}] {key} doesn't support values of type: {kind}"
            raise standing(XContentParse(reason, at), at)


class _Target:
    """What a parser builds: the values read, and the setters that wait until it is built.

    Attributes:
        values: by preferred name, in the order of the body.
    """

    __slots__ = ("_arguments", "_build", "_built", "_is_built", "_name", "_queued", "_setters", "_waiting", "values")

    def __init__(self, name: str, arguments: frozenset[str], build: Build | None, setters: Setters) -> None:
        self._name = name
        self._arguments = arguments
        self._waiting = set(arguments)
        self._build = build
        self._setters = setters
        self._built: Any = None
        self._is_built = not arguments
        self._queued: list[tuple[str, Json, Key]] = []
        self.values: dict[str, Any] = {}

    def take(self, name: str, value: Any, body: Json, key: Key) -> None:
        """Keep a field's value. Raises what its setter raises, and what building raises when it is the last argument."""
        self.values[name] = value
        if self._is_built:
            self._set(name)
            return
        self._queued.append((name, body, key))
        self._waiting.discard(name)
        if not self._waiting:
            self._finish(functools.partial(after_value, body, key))

    def finished(self, end: Callable[[], At]) -> Any:
        """The result. Raises XContentParse: it cannot be built."""
        if not self._is_built or (not self._arguments and self._build is not None):
            self._finish(end)
        return self.values if self._build is None else self._built

    def _finish(self, place: Callable[[], At]) -> None:
        self._is_built = True
        try:
            if self._build is not None:
                self._built = self._build(self.values)
            waiting = [one for one in self._queued if one[0] not in self._arguments]
            # ES: setters that waited run from the last one back (recording of 7.10.2)
            for name, body, key in (*(one for one in self._queued if one[0] in self._arguments), *reversed(waiting)):
                self._set_late(name, body, key)
        except ApiError as error:
            reason = f"ailed to build [{self._name}] after last required field arrived"
            if isinstance(error, XContentParse):
                raise _failed(XContentParse(f"f{reason}", stood(error) or place(), cause=error), place) from None
            raise _failed(XContentParse(f"F{reason}", cause=error), place) from None

    def _set_late(self, name: str, body: Json, key: Key) -> None:
        try:
            self._set(name)
        except ApiError as error:
            if name in self._arguments:
                raise
            raise _layer(f"[{self._name}] failed to parse field [{key}]", error, body, key) from None

    def _set(self, name: str) -> None:
        setter = self._setters.get(name)
        if setter is not None:
            setter(self.values[name])


def one_is_required(names: Sequence[str], behaviour: Any) -> IllegalArgument:
    """The error of a body without any of some fields."""
    tail = "" if behaviour.wrapped_syntax_errors else " "
    return IllegalArgument(f"Required one of fields [{', '.join(names)}], but none were specified.{tail}")


def stand(error: ApiError, body: Json, key: Key) -> At:
    """Where the parser stood when a field's reader failed. Raises NeedsPositions for plain bodies."""
    at = stood(error)
    return at if at is not None else after_value(body, key)


def _failed(error: ApiError, place: Callable[[], At]) -> ApiError:
    """The error with the place where the parser stood; without it while the body is plain."""
    with contextlib.suppress(NeedsPositions):
        standing(error, place())
    return error


def found_instead(holder: Json, key: Key) -> tuple[str | None, At]:
    """What stands where an object should start; in an array the parser has moved on before it complains."""
    return token_behind(holder, key) if isinstance(holder, list) else (token(holder[key]), at_value(holder, key))


def _layer(reason: str, error: ApiError, body: Json, key: Key) -> XContentParse:
    """A layer around the error of a field."""
    at = stand(error, body, key)
    layer = XContentParse(reason, at, cause=error)
    standing(layer, at)
    return layer


def _root(body: Json) -> At | None:
    if isinstance(body, list):
        return at_start(body)
    return (1, 0) if body is NO_TOKENS else (1, 1)
