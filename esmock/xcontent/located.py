"""Bodies that know where their parts stood, for the errors that tell a position.

A handler runs on plain dicts and lists first. When it has to word an error with a position it calls ``at_value`` and
its kin, which raise NeedsPositions for plain bodies; its caller then reads the body again with ``located`` and runs the
handler once more. Elasticsearch's parsers are lazy: what is wrong further left wins. So a text with a syntax error gives
the tree up to the error, and its innermost open containers raise the error when somebody looks past their last entry.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NoReturn

from esmock.errors import ApiError, InputCoercion, JsonParse
from esmock.xcontent import tokens
from esmock.xcontent.jackson import At, Jackson, wrap_syntax
from esmock.xcontent.java_number import LONG_MAX, LONG_MIN
from esmock.xcontent.json_scanner import Scanner
from esmock.xcontent.tokens import TokenReader

Json = Any


class NeedsPositions(Exception):
    """Asked of a plain body: read it again with ``located`` and start over."""


class NoTokens:
    """The body of a blank text: there is no token at all."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "NO_TOKENS"

    def __bool__(self) -> bool:
        return False


NO_TOKENS = NoTokens()


class BrokenText(str):
    """A string that ends in a syntax error: its token is there, its text is not. Readers of text raise ``error``."""

    error: ApiError


class _Positions:
    """What objects and arrays have in common.

    Attributes:
        start: the opening bracket.
        end: the closing bracket; unknown while ``error`` is set.
        error: the syntax error behind the last entry, if there is one.
        after: token and place of what follows the whole body (root only).
    """

    start: At
    end: At
    error: ApiError | None
    values_at: Any
    reader: TokenReader

    def _open(self, start: At, reader: TokenReader) -> None:
        self.start = start
        self.reader = reader
        self.end = start
        self.error = None
        self.after: tuple[str, At] | ApiError | None = None

    def check(self) -> None:
        """Raise the pending syntax error, if there is one."""
        if self.error is not None:
            raise self.error


class LocatedObject(dict[str, Any], _Positions):
    """A JSON object; ``names_at`` and ``values_at`` hold (line, column) per key."""

    def __init__(self, start: At, reader: TokenReader) -> None:
        super().__init__()
        self._open(start, reader)
        self.names_at: dict[str, At] = {}
        self.values_at: dict[str, At] = {}

    def __iter__(self) -> Iterator[str]:
        yield from super().__iter__()
        self.check()

    def keys(self) -> Any:
        return self.__iter__() if self.error is not None else super().keys()

    def values(self) -> Any:
        return (self[key] for key in self) if self.error is not None else super().values()

    def items(self) -> Any:
        return ((key, super(LocatedObject, self).__getitem__(key)) for key in self) if self.error else super().items()

    def get(self, key: str, default: Any = None) -> Any:
        return super().get(key, default) if key in self else default

    def pop(self, key: str, *default: Any) -> Any:
        return super().pop(key, *default) if key in self or not default else default[0]

    def __contains__(self, key: object) -> bool:
        if super().__contains__(key):
            return True
        self.check()
        return False

    def __missing__(self, key: str) -> NoReturn:
        self.check()
        raise KeyError(key)

    def __len__(self) -> int:
        self.check()
        return super().__len__()

    def __bool__(self) -> bool:
        return super().__len__() > 0 or len(self) > 0

    def __eq__(self, other: object) -> bool:
        self.check()
        return super().__eq__(other)

    __hash__ = None  # type: ignore[assignment]


class LocatedArray(list[Any], _Positions):
    """A JSON array; ``values_at`` holds (line, column) per index."""

    def __init__(self, start: At, reader: TokenReader) -> None:
        super().__init__()
        self._open(start, reader)
        self.values_at: list[At] = []

    def __iter__(self) -> Iterator[Any]:
        yield from super().__iter__()
        self.check()

    def __len__(self) -> int:
        self.check()
        return super().__len__()

    def __bool__(self) -> bool:
        return super().__len__() > 0 or len(self) > 0

    def __eq__(self, other: object) -> bool:
        self.check()
        return super().__eq__(other)

    __hash__ = None  # type: ignore[assignment]


def located(data: bytes, jackson: Jackson, label: str = "bytes") -> Json:
    """Read a JSON text with positions; the rest as ``located_tree`` says."""
    return located_tree(Scanner(data, jackson, label))


def located_tree(reader: TokenReader) -> Json:
    """Everything that a parser has to give, with positions.

    Returns LocatedObject, LocatedArray, a scalar, or NO_TOKENS for a blank text.
    Raises what the parser raises, in the version's shape, when the text is broken outside of any container.
    """
    try:
        if reader.next() is None:
            return NO_TOKENS
        root = _scalar(reader) if reader.token not in (tokens.START_OBJECT, tokens.START_ARRAY) else None
    except ApiError as error:
        raise wrap_syntax(error, reader.jackson) from None
    if root is not None or reader.token == tokens.VALUE_NULL:
        return root
    return _container(reader)


def finish(tree: Json) -> None:
    """Raise the syntax error that stands anywhere in a tree, as reading it whole into a map does."""
    waiting = [tree]
    while waiting:
        one = waiting.pop()
        if isinstance(one, BrokenText):
            raise one.error
        if isinstance(one, LocatedObject):
            waiting += one.values()
        elif isinstance(one, LocatedArray):
            waiting += one


def _container(reader: TokenReader) -> LocatedObject | LocatedArray:
    """The container that has just been opened, with everything in it; a syntax error stays inside."""
    root = _opened(reader)
    open_ones: list[LocatedObject | LocatedArray] = [root]
    try:
        while open_ones:
            _read_entry(reader, open_ones)
    except ApiError as error:
        wrapped = standing(wrap_syntax(error, reader.jackson), reader.place)
        for one in open_ones:
            one.error = wrapped
        return root
    try:
        token = reader.next()
        root.after = None if token is None else (token, reader.place)
    except ApiError as error:
        root.after = wrap_syntax(error, reader.jackson)
    return root


def _opened(reader: TokenReader) -> LocatedObject | LocatedArray:
    start = reader.place
    kind = LocatedObject if reader.token is tokens.START_OBJECT else LocatedArray
    return kind(start, reader)


def _read_entry(reader: TokenReader, open_ones: list[LocatedObject | LocatedArray]) -> None:
    holder = open_ones[-1]
    token = reader.next()
    if token in (tokens.END_OBJECT, tokens.END_ARRAY):
        holder.end = reader.place
        open_ones.pop()
        return
    name = None
    if isinstance(holder, LocatedObject):
        name = reader.value
        holder.names_at[name] = reader.place
        token = reader.next()
    at = reader.place
    if token in (tokens.START_OBJECT, tokens.START_ARRAY):
        value: Any = _opened(reader)
        _put(holder, name, value, at)
        open_ones.append(value)
        return
    try:
        value = _scalar(reader)
    except ApiError as error:
        value = BrokenText()
        value.error = standing(wrap_syntax(error, reader.jackson), at)
        _put(holder, name, value, at)
        raise
    _put(holder, name, value, at)


def _put(holder: LocatedObject | LocatedArray, name: str | None, value: Any, at: At) -> None:
    if isinstance(holder, LocatedObject):
        assert name is not None
        holder[name] = value
        holder.values_at[name] = at
    else:
        holder.append(value)
        holder.values_at.append(at)


def _scalar(reader: TokenReader) -> Any:
    return reader.text() if reader.token is tokens.VALUE_STRING else reader.value


def at_name(body: Json, key: str) -> At:
    """Where the name of an entry starts."""
    if isinstance(body, LocatedObject):
        return body.names_at[key]
    raise NeedsPositions


def at_value(body: Json, key: str | int) -> At:
    """Where a value starts: of a key, or at an index."""
    if isinstance(body, (LocatedObject, LocatedArray)):
        places: Any = body.values_at
        at: At = places[key]
        return at
    raise NeedsPositions


def at_start(body: Json) -> At:
    """The opening bracket."""
    if isinstance(body, (LocatedObject, LocatedArray)):
        return body.start
    raise NeedsPositions


def at_end(body: Json) -> At:
    """The closing bracket. Raises the syntax error of a container that is never closed."""
    if isinstance(body, (LocatedObject, LocatedArray)):
        body.check()
        return body.end
    raise NeedsPositions


def parser_error(body: Json, key: str | int, kind: type[Any], message: str) -> ApiError:
    """What the JSON parser itself says of a value that it cannot give as asked, in the version's shape.

    The place is behind the value: behind the bracket that opens it, or behind a scalar.
    """
    at = at_value(body, key)
    return _of_parser(body.reader, at, kind, message)


def out_of_range(body: Json, key: str | int, shown: str, kind: str, bounds: tuple[int, int]) -> ApiError:
    """What the JSON parser says of a number that its caller's type cannot hold."""
    at_value(body, key)
    is_oldest = body.reader.jackson.oldest
    fits_long = isinstance(body[key], int) and LONG_MIN <= body[key] <= LONG_MAX
    limits = "" if is_oldest and fits_long else f" ({bounds[0]} - {bounds[1]})"
    return parser_error(body, key, JsonParse if is_oldest else InputCoercion, f"Numeric value ({shown}) out of range of {kind}{limits}")


def text_error(body: Json, key: str | int, kind: type[Any], message: str) -> ApiError:
    """The same of a text that the parser has read to its closing quote."""
    at = at_value(body, key)
    reader = body.reader
    behind = at[0], at[1] + len(body[key]) + 2
    return standing(wrap_syntax(reader.error(message, behind, kind), reader.jackson), at)


def end_error(array: Json, kind: type[Any], message: str) -> ApiError:
    """The same of the bracket that closes an array."""
    at = at_end(array)
    return _of_parser(array.reader, at, kind, message)


def _of_parser(reader: TokenReader, at: At, kind: type[Any], message: str) -> ApiError:
    return standing(wrap_syntax(reader.error(message, reader.behind(at), kind), reader.jackson), at)


def token_behind(holder: Json, key: str | int) -> tuple[str | None, At]:
    """The token that a parser finds when it steps over the one at a key, and its place."""
    value = holder[key]
    if isinstance(value, dict):
        return ("FIELD_NAME", at_name(value, next(iter(value)))) if value else ("END_OBJECT", at_end(value))
    if isinstance(value, list):
        return (token(value[0]), at_value(value, 0)) if value else ("END_ARRAY", at_end(value))
    return token_after(holder, key)


def token_after(holder: Json, key: str | int) -> tuple[str | None, At]:
    """The token that stands behind the whole value at a key, and its place."""
    if isinstance(holder, list):
        following = int(key) + 1
        return (token(holder[following]), at_value(holder, following)) if following < len(holder) else ("END_ARRAY", at_end(holder))
    names = list(holder)
    following = names.index(key) + 1
    return ("FIELD_NAME", at_name(holder, names[following])) if following < len(names) else ("END_OBJECT", at_end(holder))


def at_root(body: Json) -> At:
    """The place of a whole body: its opening bracket, or where a scalar stands."""
    return at_start(body) if isinstance(body, dict | list) else (1, 1)


def standing(error: ApiError, at: At) -> ApiError:
    """The error with the place where the parser stood, which every declarative parser around it will name."""
    error.parser_at = at  # type: ignore[attr-defined]
    return error


def stood(error: ApiError) -> At | None:
    """Where the parser stood when an error was raised: what ``standing`` noted, or the place that the error tells."""
    at: At | None = getattr(error, "parser_at", None)
    if at is None and "line" in error.extra and "col" in error.extra:
        at = error.extra["line"], error.extra["col"]
    return at


def number_text(body: Json, key: str | int) -> str | None:
    """A number as it was written; None for plain bodies."""
    if not isinstance(body, (LocatedObject, LocatedArray)):
        return None
    written: str | None = body.reader.written(at_value(body, key))
    return written


def after(body: Json) -> tuple[str, At] | None:
    """Token and place of what follows the body; None: nothing. Raises a syntax error found there."""
    found = getattr(body, "after", None)
    if isinstance(found, ApiError):
        raise found
    return found


def token(value: Json) -> str | None:
    """Elasticsearch's name of the token that a value starts with; None for NO_TOKENS."""
    if isinstance(value, str):
        return tokens.VALUE_STRING
    if value is None:
        return tokens.VALUE_NULL
    if isinstance(value, bool):
        return tokens.VALUE_BOOLEAN
    if isinstance(value, dict):
        return tokens.START_OBJECT
    if isinstance(value, (list, tuple)):
        return tokens.START_ARRAY
    if isinstance(value, (int, float)):
        return tokens.VALUE_NUMBER
    return None if isinstance(value, NoTokens) else "VALUE_EMBEDDED_OBJECT"


def copy_plain(body: Json) -> Json:
    """The body as plain dicts and lists; raises a syntax error that is pending in it."""
    if isinstance(body, dict):
        return {key: copy_plain(value) for key, value in body.items()}
    if isinstance(body, list):
        return [copy_plain(value) for value in body]
    if isinstance(body, BrokenText):
        raise body.error
    return body


def last_token(tree: LocatedObject | LocatedArray) -> At:
    """Where the last token stands that could be read of a broken text."""
    at: At = getattr(tree.error, "parser_at", tree.start)
    return at
