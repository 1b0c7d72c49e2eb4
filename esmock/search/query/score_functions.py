"""Reading what a ``function_score`` query holds: one function, or an array of them with filters.

Docs: query-dsl-function-score-query. Source: recordings of 7.10.2; FunctionScoreQueryBuilder's order of checks shows in them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from esmock.errors import ApiError, IllegalArgument, NamedObjectNotFound, Parsing
from esmock.search.query.base import ParseContext, Query
from esmock.search.query.parse import float_value, members_inside, met, parse_query, text
from esmock.xcontent.located import at_end, at_value, token
from esmock.xcontent.value_reader import double

Json = Any
DECAYS = ("gauss", "exp", "linear")
FUNCTIONS = ("random_score", "field_value_factor", "script_score", *DECAYS)
MODIFIERS = ("none", "log", "log1p", "log2p", "ln", "ln1p", "ln2p", "square", "sqrt", "reciprocal")
_MULTI_VALUE_MODES = ("sum", "avg", "median", "min", "max")
FAILED = "failed to parse [function_score] query."


@dataclass(slots=True)
class Function:
    """One function: its filter, weight and kind.

    Args:
        kind: None: the weight alone.
    """

    kind: str | None
    body: Json
    filter: Query | None = None
    weight: float | None = None


class Functions:
    """The functions of one query as its keys are read: one, or an array, never both."""

    def __init__(self, body: Json, ctx: ParseContext) -> None:
        self.found: list[Function] = []
        self.body = body
        self.ctx = ctx
        self.single: str | None = None
        self.array = False

    def take_object(self, key: str) -> None:
        """A function by its name. Raises Parsing, IllegalArgument."""
        self._refuse_second(key)
        self.single = key
        self.found.append(Function(key, _read_function(key, self.body, self.ctx)))

    def take_array(self, key: str) -> None:
        """``functions``. Raises Parsing, IllegalArgument."""
        if key != "functions":
            raise Parsing(f"{FAILED} array [{key}] is not supported", at_value(self.body, key))
        if self.single is not None:
            raise self._both(f"[{self.single}]", key)
        self.array = True
        self.found += _read_entries(self.body[key], self.ctx)

    def take_value(self, key: str) -> None:
        """``weight``, which counts as a function. Raises Parsing, IllegalArgument."""
        self._refuse_second(key)
        if key != "weight":
            raise Parsing(f"{FAILED} field [{key}] is not supported", at_value(self.body, key))
        self.single = key
        self.found.append(Function(None, None, None, _weight(float_value(self.body, key))))

    def _refuse_second(self, key: str) -> None:
        if self.single is not None:
            raise Parsing(
                f"{FAILED} already found function [{self.single}], now encountering [{key}]. "
                "use [functions] array if you want to define several functions.",
                at_value(self.body, key),
            )
        if self.array:
            raise self._both("[functions] array", key)

    def _both(self, already: str, key: str) -> ApiError:
        return Parsing(
            f"{FAILED} [you can either define [functions] array or a single function, not both. already found {already}, "
            f"now encountering [{key}].]",
            at_value(self.body, key),
        )


def _weight(value: float) -> float:
    if value < 0:
        raise IllegalArgument("[weight] cannot be negative for a filtering function")
    return value


def _read_entries(entries: Json, ctx: ParseContext) -> list[Function]:
    """The ``functions`` array. Raises Parsing, ElasticsearchParse."""
    out = []
    for at, node in enumerate(entries):
        if not isinstance(node, dict):
            raise Parsing(
                f"failed to parse [START_OBJECT]. malformed query, expected a [{token(node)}] while parsing functions "
                "but got a [function_score] instead",
                at_value(entries, at),
            )
        out.append(_read_entry(node, ctx))
    return out


def _read_entry(node: Json, ctx: ParseContext) -> Function:
    one = Function(None, None)
    for name, holder, key in met(node):
        if isinstance(holder[key], dict):
            _take_object(one, holder, key, name, ctx)
        elif name == "weight":
            one.weight = float_value(holder, key)
        else:
            raise Parsing(f"{FAILED} field [{name}] is not supported", at_value(holder, key))
    if one.weight is not None:
        _weight(one.weight)
    elif one.kind is None:
        raise Parsing(f"{FAILED} an entry in functions list is missing a function.", at_end(node))
    return one


def _take_object(one: Function, node: Json, key: Any, name: str, ctx: ParseContext) -> None:
    if name == "filter":
        one.filter = parse_query(node, key, ctx)
        return
    if one.kind is not None:
        raise Parsing(
            f"failed to parse function_score functions. already found [{one.kind}], now encountering [{name}].",
            at_value(node, key),
        )
    one.kind, one.body = name, _read_function(name, node, ctx, key)


def _read_function(name: str, node: Json, ctx: ParseContext, key: Any = None) -> Any:
    """The body of a function as its scorer takes it. Raises Parsing, IllegalArgument."""
    key = name if key is None else key
    if name == "script_score":
        from esmock.search.query.scripted import read_function

        return read_function(node, key, ctx)
    if name == "random_score":
        return _random_score(node[key], ctx)
    if name == "field_value_factor":
        return _field_value_factor(node[key], ctx)
    if name in DECAYS:
        return _decay(node, key, ctx)
    cause = NamedObjectNotFound(f"unknown field [{name}]", at_value(node, key))
    raise Parsing(
        "unknown query [function_score] did you mean any of [random_score, script_score]?", at_value(node, key), cause=cause
    )


def _random_score(body: Json, ctx: ParseContext) -> dict[str, Any]:
    out: dict[str, Any] = {}
    for name, holder, at in members_inside(body):
        value = holder[at]
        if name not in ("seed", "field"):
            raise Parsing(f"random_score query does not support [{name}]", at_value(holder, at))
        if name == "seed" and isinstance(value, float | bool):
            kinds = "an int, long or string" if isinstance(value, float) else "an int/long or string"
            raise Parsing(f"random_score seed must be {kinds}, not '{token(value)}'", at_value(holder, at))
        out[name] = value if name == "seed" else text(holder, at, ctx)
    return out


def _field_value_factor(body: Json, ctx: ParseContext) -> dict[str, Any]:
    out: dict[str, Any] = {}
    if isinstance(body.get("factor"), dict | list):
        raise Parsing("[field_value_factor] field 'factor' does not support lists or objects", at_value(body, "factor"))
    for name, holder, at in members_inside(body):
        if name == "field":
            out[name] = text(holder, at, ctx)
        elif name == "factor":
            out[name] = float_value(holder, at)
        elif name == "missing":
            out[name] = double(holder, at)
        elif name == "modifier":
            out[name] = text(holder, at, ctx)
            if out[name].lower() not in MODIFIERS:
                java = "org.elasticsearch.common.lucene.search.function.FieldValueFactorFunction.Modifier"
                raise IllegalArgument(f"No enum constant {java}.{out[name].upper()}")
        else:
            raise Parsing(f"field_value_factor query does not support [{name}]", at_value(holder, at))
    if "field" not in out:
        raise Parsing("[field_value_factor] required field 'field' missing", at_end(body))
    return out


@dataclass(frozen=True, slots=True)
class DecayOptions:
    """What a decay function is given: of several fields the last counts."""

    field: str
    options: Json
    mode: str


def _decay(node: Json, key: str, ctx: ParseContext) -> DecayOptions:
    body = node[key]
    field: tuple[str, Json] | None = None
    mode = "min"
    for name, value in body.items():
        if isinstance(value, dict):
            field = (name, value)
        elif name == "multi_value_mode":
            mode = text(body, name, ctx).lower()
            if mode not in _MULTI_VALUE_MODES:
                raise IllegalArgument(f"Illegal sort mode: {body[name]}")
        else:
            raise Parsing("malformed score function score parameters.", at_value(body, name))
    if field is None:
        raise Parsing("malformed score function score parameters.", at_end(body))
    return DecayOptions(*field, mode)
