"""Reading of aggregation bodies: declared fields with Elasticsearch's type checks, error texts and positions.

Source: recordings of 7.10.2; REST layer, declarative parsers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from esmock.errors import ApiError, IllegalArgument, NamedObjectNotFound, XContentParse
from esmock.xcontent import located
from esmock.xcontent.similar import suggestion

if TYPE_CHECKING:
    from esmock.version import Behaviour

Json = Any

STRING = ("VALUE_STRING",)
NUMBER = ("VALUE_STRING", "VALUE_NUMBER")
BOOLEAN = ("VALUE_BOOLEAN", "VALUE_STRING")
VALUE = ("VALUE_BOOLEAN", "VALUE_NULL", "VALUE_EMBEDDED_OBJECT", "VALUE_NUMBER", "VALUE_STRING")
OBJECT = ("START_OBJECT",)
OBJECT_OR_STRING = ("START_OBJECT", "VALUE_STRING")
OBJECT_ARRAY = ("START_OBJECT", "START_ARRAY")
OBJECT_ARRAY_OR_STRING = ("START_OBJECT", "START_ARRAY", "VALUE_STRING")
STRING_ARRAY = ("START_ARRAY", "VALUE_STRING")


@dataclass(slots=True)
class ParseContext:
    """What parsing needs.

    Args:
        behaviour: the version's.
        warn: takes deprecations.
        extras: other parsers of the search body by name (``fetch`` for top_hits).
    """

    behaviour: Behaviour
    warn: Callable[[str], None] = lambda _text: None
    extras: Mapping[str, Callable[..., Any]] = field(default_factory=dict)

    @classmethod
    def of(cls, ctx: Any) -> ParseContext:
        """From the context of queries, which has the same ``behaviour`` and ``warn``."""
        return ctx if isinstance(ctx, cls) else cls(ctx.behaviour, ctx.warn)

    def query(self, holder: Json, key: Any) -> Any:
        """The query at ``holder[key]``."""
        from esmock.search.query.base import ParseContext as QueryContext
        from esmock.search.query.parse import parse_query

        return parse_query(holder, key, QueryContext(self.behaviour, self.warn))


def text(value: Json) -> str:
    """The text of a scalar token."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        from esmock.xcontent.java_number import java_double

        return java_double(value)
    return str(value)


def integer(value: Json) -> int:
    """An int: text is read, decimals are cut."""
    return _whole(value, 31, "an integer", "Integer")


def long_(value: Json) -> int:
    """A long: text is read, decimals are cut."""
    return _whole(value, 63, "a long", "Long")


def _whole(value: Json, bits: int, kind: str, _java: str) -> int:
    from esmock.xcontent.java_number import parse_double

    number = value
    if isinstance(value, str):
        digits = value[1:] if value[:1] in "+-" else value
        number = int(value) if digits.isascii() and digits.isdigit() else parse_double(value)
    out = int(number)
    if not -(1 << bits) <= out < (1 << bits):
        if isinstance(value, str):
            raise IllegalArgument(f"Value [{value}] is out of range for {kind}")
        from esmock.errors import InputCoercion

        low, high = -(1 << bits), (1 << bits) - 1
        name = "int" if bits == 31 else "long"
        raise InputCoercion(f"Numeric value ({text(value)}) out of range of {name} ({low} - {high})")
    return out


def double(value: Json) -> float:
    """A double."""
    from esmock.xcontent.java_number import parse_double

    return parse_double(value) if isinstance(value, str) else float(value)


def boolean(value: Json) -> bool:
    """A boolean or its text."""
    if isinstance(value, bool):
        return value
    if value in ("true", "false"):
        return bool(value == "true")
    raise IllegalArgument(f"Failed to parse value [{text(value)}] as only [true] or [false] are allowed.")


def nullable(read: Callable[[Json], Any]) -> Callable[[Json], Any]:
    """The reader, None for null."""
    return lambda value: None if value is None else read(value)


@dataclass(frozen=True, slots=True)
class Declared:
    """One field of a parser: the tokens it takes and the reader of its value.

    ``read`` gets the value, or with ``in_context`` the value and the ParseContext.
    """

    tokens: tuple[str, ...]
    read: Callable[..., Any]
    in_context: bool = False
    many: bool = False
    """Arrays give a list of read elements; a single value gives a list of one."""
    in_place: bool = False
    """``read`` gets the object, the key and the ParseContext."""


@dataclass(frozen=True, slots=True)
class BodyParser:
    """Reads an object by declared fields, as Elasticsearch's ObjectParser does.

    Args:
        name: the parser's name in errors.
        fields: by name.
        deprecated: other names of fields, which warn.
        tolerant: unknown fields are passed over.
        required: constructor arguments that must be there.
        arguments: all constructor arguments. What they build is built when the last of them has been read, or at the end
            of the object; checks of fields that stand before run then, and their errors are "Failed to build".
        one_of: fields of which one must be there.
        takes_named: fields beside the declared ones name plugged in parsers, and an unknown one is missed among those.
    """

    name: str
    fields: Mapping[str, Declared]
    deprecated: Mapping[str, str] = field(default_factory=dict)
    tolerant: bool = False
    required: tuple[str, ...] = ()
    arguments: tuple[str, ...] = ()
    one_of: tuple[str, ...] = ()
    takes_named: bool = False

    def parse(
        self,
        body: Json,
        ctx: ParseContext,
        checks: Mapping[str, Callable[[Any], None]] | None = None,
        build: Callable[[dict[str, Any]], Any] | None = None,
    ) -> dict[str, Any]:
        """The values by field name, in order of the body.

        Args:
            checks: setters' checks, whose errors count as the field's.
            build: called with the values read when the constructor arguments are complete.

        Raises:
            XContentParse: an unknown field, a wrong token, or a value that its reader refused.
        """
        out: dict[str, Any] = {}
        building = _Building(self, body, out, checks or {}, build)
        for given, value in body.items():
            key = self.deprecated.get(given, given)
            declared = self.fields.get(key)
            if declared is None:
                if self.tolerant:
                    continue
                at = located.at_value(body, given)
                cause = NamedObjectNotFound(f"unknown field [{given}]", at) if self.takes_named else None
                unknown = f"[{self.name}] unknown field [{given}]{suggestion(given, self.fields)}"
                raise located.standing(XContentParse(unknown, located.at_name(body, given), cause=cause), at)
            if key != given:
                ctx.warn(f"Deprecated field [{given}] used, expected [{key}] instead")
            if located.token(value) not in declared.tokens:
                raise XContentParse(
                    f"[{self.name}] {given} doesn't support values of type: {located.token(value)}",
                    located.at_value(body, given),
                )
            try:
                out[key] = declared.read(body, given, ctx) if declared.in_place else self._read(declared, value, ctx)
                building.take(key, out[key])
            except located.NeedsPositions:
                raise
            except ApiError as error:
                raise XContentParse(
                    f"[{self.name}] failed to parse field [{given}]",
                    self._place(body, given, value, error),
                    cause=error,
                ) from error
        if self.one_of:
            required(*self.one_of, given=out, behaviour=ctx.behaviour)
        lacking = [name for name in self.required if out.get(name) is None]
        if lacking:
            raise IllegalArgument(f"Required [{', '.join(lacking)}]")
        building.finish()
        return out

    @staticmethod
    def _read(declared: Declared, value: Json, ctx: ParseContext) -> Any:
        def one(inner: Json) -> Any:
            return declared.read(inner, ctx) if declared.in_context else declared.read(inner)

        def element(inner: Json) -> Any:
            try:
                return one(inner)
            except ApiError as error:
                if (
                    isinstance(inner, dict)
                    and not hasattr(error, "parser_at")
                    and position(error) is None
                    and "line" not in error.extra
                ):
                    error.parser_at = located.at_end(inner)  # type: ignore[attr-defined]
                raise

        if not declared.many:
            return one(value)
        return [element(inner) for inner in value] if isinstance(value, list) else [one(value)]

    @staticmethod
    def _place(body: Json, key: str, value: Json, error: ApiError) -> tuple[int, int]:
        at = getattr(error, "parser_at", None)
        if at is not None:
            return at
        if isinstance(error, XContentParse):
            found = position(error)
            if found is not None:
                return found
        if "line" in error.extra and "col" in error.extra:
            return error.extra["line"], error.extra["col"]
        if isinstance(value, dict | list):
            return located.at_end(value)
        return located.at_value(body, key)


class _Building:
    """The moment at which the constructor arguments are complete, and the checks that wait for it."""

    def __init__(
        self,
        parser: BodyParser,
        body: Json,
        out: dict[str, Any],
        checks: Mapping[str, Callable[[Any], None]],
        build: Callable[[dict[str, Any]], Any] | None,
    ) -> None:
        self._parser, self._body, self._out, self._checks, self._build = parser, body, out, checks, build
        self._arguments = frozenset(parser.arguments or parser.required)
        self._waiting = set(self._arguments)
        self._is_built = not self._arguments
        self._queued: list[str] = []

    def take(self, key: str, value: Any) -> None:
        if self._is_built:
            self._check(key)
            return
        self._queued.append(key)
        self._waiting.discard(key)
        if not self._waiting:
            self._finish(lambda: located.at_value(self._body, key))

    def finish(self) -> None:
        """Raises XContentParse for what a waiting check refuses."""
        if not self._is_built:
            self._finish(lambda: located.at_end(self._body))

    def _finish(self, place: Callable[[], tuple[int, int]]) -> None:
        self._is_built = True
        try:
            if self._build is not None:
                self._build(self._out)
            arguments = [key for key in self._queued if key in self._arguments]
            # ES: setters that waited run from the last one back (recording of 7.10.2)
            for key in (*arguments, *(key for key in reversed(self._queued) if key not in self._arguments)):
                self._check_queued(key)
        except ApiError as error:
            raise located.standing(failed_to_build(self._parser.name, error), place()) from None

    def _check_queued(self, key: str) -> None:
        try:
            self._check(key)
        except ApiError as error:
            if key in self._arguments:
                raise
            at = located.at_value(self._body, key)
            raise XContentParse(f"[{self._parser.name}] failed to parse field [{key}]", at, cause=error) from None

    def _check(self, key: str) -> None:
        if key in self._checks:
            self._checks[key](self._out[key])


def failed_to_build(name: str, cause: ApiError) -> XContentParse:
    """The layer around an error of what constructor arguments build."""
    if isinstance(cause, XContentParse):
        return XContentParse(
            f"failed to build [{name}] after last required field arrived", position(cause), cause=cause
        )
    return XContentParse(f"Failed to build [{name}] after last required field arrived", cause=cause)


def position(error: ApiError) -> tuple[int, int] | None:
    """The place that an error's reason begins with."""
    import re

    match = re.match(r"\[(\d+):(\d+)\] ", error.reason or "")
    return (int(match[1]), int(match[2])) if match else None


def required(*names: str, given: Iterable[str], behaviour: Behaviour) -> None:
    """Refuse a body without any of some fields. Raises IllegalArgument."""
    if not set(names) & set(given):
        tail = " " if behaviour.major < 8 else ""
        raise IllegalArgument(f"Required one of fields [{', '.join(names)}], but none were specified.{tail}")


def required_all(names: Iterable[str], given: Iterable[str]) -> None:
    """Refuse a body that lacks constructor arguments. Raises IllegalArgument."""
    have = set(given)
    lacking = [name for name in names if name not in have]
    if lacking:
        raise IllegalArgument(f"Required [{', '.join(lacking)}]")
