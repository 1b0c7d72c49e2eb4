"""Reading expressions. Docs: esql-syntax, esql-functions-operators."""

from __future__ import annotations

import re
from typing import Any

from esmock.features.esql.errors import Parsing, QlIllegalArgument
from esmock.features.esql.lexer import (
    DECIMAL,
    DOUBLE_PARAM,
    IDENTIFIER,
    INTEGER,
    PARAM,
    QUOTED_IDENTIFIER,
    STRING,
    Token,
)
from esmock.features.esql.similarity import hint
from esmock.features.esql.tree import Call, Expression, Literal, Name, Options
from esmock.features.esql.words import Words

Json = Any
_COMPARISONS = ("'=='", "'!='", "'<'", "'<='", "'>'", "'>='", "'=~'")
_SUMS, _PRODUCTS = ("'+'", "'-'"), ("'*'", "'/'", "'%'")
INT, LONG, UNSIGNED = 2**31, 2**63, 2**64
_UNITS = {
    "date_period": {
        "day": ("days", 1), "d": ("days", 1), "week": ("days", 7), "w": ("days", 7), "month": ("months", 1), "mo": ("months", 1),
        "quarter": ("months", 3), "q": ("months", 3), "year": ("months", 12), "yr": ("months", 12), "y": ("months", 12),
    },
    "time_duration": {
        "millisecond": ("ms", 1), "ms": ("ms", 1), "second": ("ms", 1000), "sec": ("ms", 1000), "s": ("ms", 1000),
        "minute": ("ms", 60_000), "min": ("ms", 60_000), "m": ("ms", 60_000), "hour": ("ms", 3_600_000), "h": ("ms", 3_600_000),
    },
}  # fmt: skip
TYPES = {
    "boolean": "to_boolean", "bool": "to_boolean", "cartesian_point": "to_cartesianpoint", "cartesian_shape": "to_cartesianshape",
    "date_nanos": "to_date_nanos", "date_period": "to_dateperiod", "datetime": "to_datetime", "date": "to_datetime", "double": "to_double",
    "geo_point": "to_geopoint", "geo_shape": "to_geoshape", "integer": "to_integer", "int": "to_integer", "ip": "to_ip", "keyword": "to_string",
    "string": "to_string", "text": "to_string", "long": "to_long", "time_duration": "to_timeduration", "unsigned_long": "to_unsigned_long",
    "version": "to_version",
}  # fmt: skip
"""Type to the function that ``::`` stands for."""
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", '"': '"', "\\": "\\"}


def condition(words: Words) -> Expression:
    """An expression of any kind. Raises Parsing."""
    outer = words.operand
    found = _any_of(words, is_outermost=outer is None)
    words.operand = outer
    return found


def _any_of(words: Words, *, is_outermost: bool) -> Expression:
    first = words.next
    left = _all_of(words, is_outermost=is_outermost)
    while words.accept("'or'"):
        left = _binary(words, first, "or", left, _all_of(words, is_outermost=is_outermost))
    return left


def _all_of(words: Words, *, is_outermost: bool) -> Expression:
    first = words.next
    left = _negated(words, is_outermost=is_outermost)
    while words.accept("'and'"):
        left = _binary(words, first, "and", left, _negated(words, is_outermost=is_outermost))
    return left


def _negated(words: Words, *, is_outermost: bool) -> Expression:
    if is_outermost:
        words.operand = words.next
    first = words.next
    if words.accept("'not'"):
        inner = _negated(words, is_outermost=is_outermost)
        return Call("not", [inner], at=first.at, text=words.text_from(first))
    return _predicate(words)


def _binary(words: Words, first: Token, name: str, left: Expression, right: Expression) -> Call:
    return Call(name, [left, right], at=first.at, text=words.text_from(first))


def _predicate(words: Words) -> Expression:
    first = words.next
    left = arithmetic(words)
    if words.is_next(*_COMPARISONS):
        sign = words.take().text
        left = _binary(words, first, sign, left, arithmetic(words))
    if words.accept("'is'"):
        is_not = words.accept("'not'")
        if not words.accept("'null'"):
            raise words.mismatched(("'null'",) if is_not else ("'not'", "'null'"))
        return Call("is not null" if is_not else "is null", [left], at=first.at, text=words.text_from(first))
    if words.is_next("':'") and isinstance(left, (Name, Call)):
        words.take()
        return Call(":", [left, constant(words)], at=first.at, text=words.text_from(first))
    is_not = words.accept("'not'") if words.after_next.kind in ("'in'", "'like'", "'rlike'") and words.is_next("'not'") else None
    found = _membership(words, first, left) if words.is_next("'in'") else None
    if found is None and words.is_next("'like'", "'rlike'"):
        found = _likeness(words, first, left)
    if found is None:
        return left
    return Call("not", [found], at=first.at, text=found.text) if is_not else found


def _membership(words: Words, first: Token, left: Expression) -> Expression:
    words.take()
    words.expect("'('", follows=(INTEGER, STRING, DECIMAL, IDENTIFIER))
    listed = [arithmetic(words)]
    while words.accept("','"):
        listed.append(arithmetic(words))
    if not words.accept("')'"):
        raise words.mismatched(("','", "')'"))
    return Call("in", [left, *listed], at=first.at, text=words.text_from(first))


def _likeness(words: Words, first: Token, left: Expression) -> Expression:
    name = words.take().text.lower()
    patterns = []
    if words.accept("'('"):
        while True:
            patterns.append(_pattern(words))
            if not words.accept("','"):
                break
        words.expect("')'")
    else:
        patterns.append(_pattern(words))
    return Call(name, [left, *patterns], at=first.at, text=words.text_from(first))


def _pattern(words: Words) -> Literal:
    token = words.next
    if token.kind == STRING:
        words.take()
        return Literal(unquoted(token.text), at=token.at, text=token.text, type="keyword")
    if token.kind in (PARAM, "'?'"):
        return parameter(words)
    raise words.no_alternative()


def arithmetic(words: Words) -> Expression:
    """Sums of products. Raises Parsing."""
    first = words.next
    left = _product(words)
    while words.is_next(*_SUMS):
        sign = words.take().text
        left = _binary(words, first, sign, left, _product(words))
    return left


def _product(words: Words) -> Expression:
    first = words.next
    left = _signed(words)
    while words.is_next(*_PRODUCTS):
        sign = words.take().text
        left = _binary(words, first, sign, left, _signed(words))
    return left


def _signed(words: Words) -> Expression:
    first = words.next
    sign = words.accept(*_SUMS)
    if sign is None:
        return _cast(words, _primary(words), first)
    if words.is_next(INTEGER, DECIMAL):
        return _cast(words, number(words, first, negative=sign.text == "-"), first)
    inner = _signed(words)
    if sign.text == "+":
        return inner
    return Call("neg", [inner], at=first.at, text=words.text_from(first))


def _cast(words: Words, value: Expression, first: Token) -> Expression:
    while words.accept("'::'"):
        kind = words.expect(IDENTIFIER)
        function = TYPES.get(kind.text.lower())
        if function is None:
            words.later(Parsing(f"Unknown data type named [{kind.text}]", kind.at))
            continue
        value = Call(function, [value], at=first.at, text=words.text_from(first))
    return value


def _primary(words: Words) -> Expression:
    token = words.next
    if token.kind in (INTEGER, DECIMAL, STRING, "'null'", "'true'", "'false'", "'['", PARAM, "'?'"):
        return constant(words)
    if token.kind == "'('":
        words.take()
        inner = _any_of(words, is_outermost=False)
        if not words.accept("')'"):
            raise words.no_alternative()
        return inner
    if token.kind in ("'first'", "'last'") and words.after_next.kind == "'('" and words.has((9, 3)):
        return _function(words)
    if token.kind not in (IDENTIFIER, QUOTED_IDENTIFIER, DOUBLE_PARAM, "'??'"):
        raise words.not_an_expression()
    if words.after_next.kind == "'('" and token.kind != QUOTED_IDENTIFIER:
        return _function(words)
    return column(words)


def column(words: Words) -> Name:
    """A name, dots within. Raises Parsing."""
    first = words.next
    parts = [_part(words)]
    while words.is_next("'.'"):
        words.take()
        if not words.is_next(IDENTIFIER, QUOTED_IDENTIFIER, DOUBLE_PARAM):
            raise words.no_alternative() if words.operand is not None else words.mismatched(("UNQUOTED_IDENTIFIER", "QUOTED_IDENTIFIER"))
        parts.append(_part(words))
    return Name(".".join(parts), at=first.at, text=words.text_from(first))


def _part(words: Words) -> str:
    token = words.take()
    if token.kind == QUOTED_IDENTIFIER:
        return token.text[1:-1].replace("``", "`")
    if token.kind in (DOUBLE_PARAM, "'??'"):
        return str(_given(words, token, skip=2))
    return token.text


def _function(words: Words) -> Expression:
    first = words.take()
    name = str(_given(words, first, skip=2)) if first.kind in (DOUBLE_PARAM, "'??'") else first.text
    words.take()
    arguments: list[Expression] = []
    if words.is_next("'*'") and words.after_next.kind == "')'":
        star = words.take()
        arguments.append(Literal("*", at=star.at, text="*", type="keyword"))
    elif not words.is_next("')'"):
        arguments.append(_any_of(words, is_outermost=False))
        while words.accept("','"):
            if words.is_next("'{'"):
                arguments.append(options(words))
            else:
                arguments.append(_any_of(words, is_outermost=False))
    if not words.accept("')'"):
        raise words.no_alternative()
    return Call(name.lower(), arguments, at=first.at, text=words.text_from(first))


def options(words: Words, *, nests: bool = False) -> Options:
    """Names and values in braces; ``nests``: a value may be such, too. Raises Parsing."""
    first = words.take()
    entries: dict[str, Json] = {}
    while not words.is_next("'}'"):
        key = words.expect(STRING)
        words.expect("':'")
        is_map = nests and words.is_next("'{'")
        entries[unquoted(key.text)] = options(words).entries if is_map else constant(words).value
        if not words.accept("','"):
            break
    words.expect("'}'")
    return Options(entries, at=first.at, text=words.text_from(first), type="keyword")


def constant(words: Words) -> Literal:
    """A value. Raises Parsing."""
    token = words.next
    if token.kind in (PARAM, "'?'"):
        return parameter(words)
    if token.kind in ("'null'", "'true'", "'false'"):
        words.take()
        kind = "null" if token.kind == "'null'" else "boolean"
        value = {"'null'": None, "'true'": True, "'false'": False}[token.kind]
        return Literal(value, at=token.at, text=token.text, type=kind)
    if token.kind == STRING:
        words.take()
        return Literal(unquoted(token.text), at=token.at, text=token.text, type="keyword")
    if token.kind == "'['":
        return _list(words)
    sign = words.accept(*_SUMS)
    if words.is_next(INTEGER, DECIMAL):
        return number(words, token, negative=sign is not None and sign.text == "-")
    raise words.no_alternative()


def _list(words: Words) -> Literal:
    first = words.take()
    found: list[Literal] = []
    while True:
        if words.is_next("'['", "'null'") or not words.is_next(INTEGER, DECIMAL, STRING, "'true'", "'false'", *_SUMS):
            raise words.no_alternative(first)
        one = constant_of_list(words, found, first)
        found.append(one)
        if not words.accept("','"):
            break
    if not words.accept("']'"):
        raise words.no_alternative(first)
    kinds = [one.type for one in found]
    order = ("integer", "long", "unsigned_long", "double")
    kind = max(kinds, key=order.index) if kinds[0] in order else kinds[0]
    values = [float(one.value) if kind == "double" else one.value for one in found]
    return Literal(values, at=first.at, text=words.text_from(first), type=kind)


def constant_of_list(words: Words, before: list[Literal], first: Token) -> Literal:
    """One value of a list, which is of the sort of those before it. Raises Parsing."""
    sort = {"'true'": "boolean", "'false'": "boolean", STRING: "keyword"}.get(words.next.kind, "number")
    if before:
        earlier = before[0].type if before[0].type in ("boolean", "keyword") else "number"
        if earlier != sort:
            raise words.no_alternative(first)
    return constant(words)


def number(words: Words, first: Token, *, negative: bool) -> Literal:
    """A number, or a span of time where a unit follows. Raises Parsing."""
    token = words.take()
    if token.kind == DECIMAL:
        value = float(token.text)
        if value == float("inf"):
            words.later(Parsing(f"Number [{token.text}] is too large", first.at))
        return Literal(-value if negative else value, at=first.at, text=words.text_from(first), type="double")
    whole = -int(token.text) if negative else int(token.text)
    if words.is_next(IDENTIFIER):
        return _span(words, first, whole)
    if -INT <= whole < INT:
        kind = "integer"
    elif -LONG <= whole < LONG:
        kind = "long"
    elif 0 <= whole < UNSIGNED:
        kind = "unsigned_long"
    else:
        return Literal(float(whole), at=first.at, text=words.text_from(first), type="double")
    return Literal(whole, at=first.at, text=words.text_from(first), type=kind)


def _span(words: Words, first: Token, count: int) -> Literal:
    unit = words.take().text
    found = span_of(count, unit.lower())
    if found is None:
        words.later(Parsing(f"Unexpected temporal unit: '{unit}'", first.at))
        return Literal(None, at=first.at, text=words.text_from(first), type="null")
    kind, value = found
    return Literal(value, at=first.at, text=words.text_from(first), type=kind)


def span_of(count: int, unit: str) -> tuple[str, tuple[str, int]] | None:
    """The type and value of a span of time: a number of ``months``, ``days`` or ``ms``; None for an unknown unit."""
    for kind, known in _UNITS.items():
        for name in (unit, unit.removesuffix("s")):
            if name in known:
                what, times = known[name]
                return kind, (what, count * times)
    return None


def unquoted(text: str) -> str:
    """What a string in quotes says."""
    if text.startswith('"""') and text.endswith('"""') and len(text) >= 6:
        return text[3:-3]
    return re.sub(r"\\(.)", lambda match: _ESCAPES.get(match[1], match[0]), text[1:-1])


def parameter(words: Words) -> Literal:
    """The value that the request gives for ``?``, ``?1`` or ``?name``. Raises Parsing."""
    token = words.take()
    value = _given(words, token, skip=1)
    return Literal(value, at=token.at, text=token.text, type=type_of(value))


def type_of(value: Json) -> str:
    """The type of a JSON value."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int):
        return "integer" if -INT <= value < INT else "long" if -LONG <= value < LONG else "unsigned_long"
    if isinstance(value, list):
        return type_of(value[0]) if value else "null"
    return "double" if isinstance(value, float) else "keyword"


def _given(words: Words, token: Token, *, skip: int) -> Json:
    name = token.text[skip:]
    if not name:
        if words.n_params_read >= len(words.params):
            raise Parsing(f"Not enough actual parameters {len(words.params)}", token.at)
        words.n_params_read += 1
        return words.params[words.n_params_read - 1]
    if name.isdigit():
        count = len(words.params)
        if not 0 < int(name) <= count:
            near = "" if not count else ", did you mean position 1?" if count == 1 else f", did you mean any position between 1 and {count}?"
            raise Parsing(f"No parameter is defined for position {name}{near}", token.at)
        return words.params[int(name) - 1]
    if name not in words.named:
        raise Parsing(f"Unknown query parameter [{name}]{hint(name, words.named)}", token.at)
    return words.named[name]


def building(name: str, at: tuple[int, int], why: str) -> Parsing:
    """A function that cannot be made of so many arguments."""
    return Parsing(f"error building [{name}]: {why}", at, QlIllegalArgument(why))
