"""Reading the commands of a query. Docs: esql-commands."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from esmock.errors import Unsupported
from esmock.features.esql import tree
from esmock.features.esql.errors import LexerNoViableAlt, Parsing
from esmock.features.esql.expressions import arithmetic, column, condition, constant, parameter, unquoted
from esmock.features.esql.lexer import (
    BRANCH,
    DOUBLE_PARAM,
    EOF,
    IDENTIFIER,
    PARAM,
    PATTERN,
    QUOTED_IDENTIFIER,
    SOURCE,
    STRING,
    Token,
)
from esmock.features.esql.tree import Assignment, Call, Command, Expression, Name, NamePattern, Order
from esmock.features.esql.words import CONSTANT, NAME, Words
from esmock.features.esql.words import PATTERN as PATTERNS

if TYPE_CHECKING:
    from esmock.version import Behaviour

Json = Any
_SOURCES = ("'explain'", "'from'", "'row'", "'show'")
_COMMANDS = (
    "completion", "dissect", "drop", "enrich", "eval", "grok", "keep", "limit", "mv_expand", "rename", "sample", "sort", "stats", "where",
    "lookup", "change_point",
)  # fmt: skip
METADATA = ("_index", "_id", "_version", "_source", "_score", "_ignored", "_index_mode", "_tsid")
DEFAULT_LIMIT, MOST_ROWS = 1000, 10_000


_SOURCES_NINE = frozenset(("promql", "ts"))
_COMMANDS_NINE = {"fork": (9, 1), "fuse": (9, 2), "inline": (9, 2)}
_NOT_BUILT_NINE = frozenset(
    "inlinestats ip_location metrics_info mmr registered_domain rerank ts_collapse ts_info uri_parts user_agent".split()
)
"""Commands of 9.x that esmock has not."""
_SETS = re.compile(r"\s*set\s", re.IGNORECASE)
MOST_BRANCHES = 8


def parse(
    query: str, params: Sequence[Json] = (), named: Mapping[str, Json] | None = None, behaviour: Behaviour | None = None
) -> list[Command]:
    """The commands of a query. Raises Parsing; Unsupported for a command that is not built."""
    if behaviour is not None and behaviour.major >= 9 and _SETS.match(query):
        raise Unsupported("the ES|QL command [SET]")
    words = Words(query, params, named, behaviour)
    commands = [_source(words)]
    while words.accept("'|'"):
        commands.append(_processing(words))
    words.check_end()
    words.check()
    return commands


def _source(words: Words) -> Command:
    name = words.next.text.lower()
    readers: dict[str, Callable[[Words, Token], Command]] = {"from": _from, "row": _row, "show": _show}
    if name == "explain" or (name in _SOURCES_NINE and words.has((9, 0))):
        raise Unsupported(f"the ES|QL command [{name.upper()}]")
    if name not in readers:
        raise words.mismatched(_SOURCES)
    first = words.take()
    return _with_text(words, first, readers[name](words, first))


def _processing(words: Words) -> Command:
    name = words.next.text.lower()
    if name in _NOT_BUILT_NINE and words.has((9, 0)):
        raise Unsupported(f"the ES|QL command [{name.upper()}]")
    is_known = words.has(_COMMANDS_NINE[name]) if name in _COMMANDS_NINE else name in _COMMANDS
    if not is_known or words.is_next(EOF):
        raise words.mismatched(tuple(f"'{one}'" for one in _COMMANDS))
    if name not in _READERS:
        raise Unsupported(f"the ES|QL command [{name.upper()}]")
    first = words.take()
    words.operand = None
    return _with_text(words, first, _READERS[name](words, first))


def _with_text(words: Words, first: Token, command: Command) -> Command:
    command.text = words.text_from(first)
    return command


# -- sources


def _from(words: Words, first: Token) -> Command:
    found = [_index(words)]
    while words.accept("','"):
        found.append(_index(words))
    metadata: list[str] = []
    if words.accept("'metadata'"):
        while True:
            if not words.is_next(SOURCE):
                raise Parsing(f"missing {SOURCE} at '{words.next.text}'", words.next.at)
            token = words.take()
            if token.text not in METADATA:
                words.later(Parsing(f"unsupported metadata field [{token.text}]", token.at))
            metadata.append(token.text)
            if not words.accept("','"):
                break
    if not words.is_next("'|'", EOF):
        raise words.mismatched((EOF, "'|'", "','") if metadata else (EOF, "'|'", "','", "'['", "'metadata'"))
    return tree.From(found, metadata, at=first.at)


def _index(words: Words) -> str:
    if not words.is_next(STRING, SOURCE):
        raise words.mismatched((STRING, SOURCE))
    text = _index_part(words)
    while words.is_next("':'", "'::'"):
        text += words.take().text + _index_part(words)
    return text


def _index_part(words: Words) -> str:
    token = words.take()
    return unquoted(token.text) if token.kind == STRING else token.text


def _row(words: Words, first: Token) -> Command:
    return tree.Row(_fields(words), at=first.at)


def _show(words: Words, first: Token) -> Command:
    if words.next.text.lower() != "info":
        if words.is_next(EOF):
            raise Parsing(f"missing 'info' at '{EOF}'", words.next.at)
        raise Parsing(f"token recognition error at: '{words.next.text[0]}'", words.next.at, LexerNoViableAlt(None))
    words.take()
    return tree.ShowInfo(at=first.at)


# -- fields


def _fields(words: Words) -> list[Assignment]:
    found = [_field(words)]
    while words.accept("','"):
        found.append(_field(words))
    return found


def _field(words: Words) -> Assignment:
    first = words.next
    name = None
    if _is_assignment(words):
        name = column(words).name
        words.take()
    start = words.next
    value = condition(words)
    words.operand = None
    return Assignment(name if name is not None else _unnamed(value, words.text_from(start)), value, first.at)


def _unnamed(value: Expression, text: str) -> str:
    """What a column without a name is called: as it is written."""
    return value.name if isinstance(value, Name) else text


def _is_assignment(words: Words) -> bool:
    """Whether a name and ``=`` come next."""
    place = words._place
    is_name = words.is_next(IDENTIFIER, QUOTED_IDENTIFIER, DOUBLE_PARAM, "'??'")
    while is_name and words.after_next.kind == "'.'":
        words.take()
        words.take()
        is_name = words.is_next(IDENTIFIER, QUOTED_IDENTIFIER, DOUBLE_PARAM)
    found = is_name and words.after_next.kind == "'='"
    words._place = place
    return found


# -- processing commands


def _where(words: Words, first: Token) -> Command:
    found = condition(words)
    words.check_end(*_after(words, found))
    return tree.Where(found, at=first.at)


_SIGNS = {
    "'asc'": 1, "'desc'": 6, "'nulls'": 8, "'where'": -1, "'by'": 2, "'::'": 3, "','": 4, "'.'": 7, "'or'": 9, "'+'": 10, "'-'": 11,
    "'*'": 12, "'/'": 13, "'%'": 14, "'and'": 0,
}  # fmt: skip
"""In which order signs are told that might follow."""


def _after(words: Words, found: Expression, *more: str) -> list[str]:
    """What may follow an expression, in the order in which that is told."""
    signs = ["'and'", "'or'", *more]
    if not (isinstance(found, Call) and found.name in ("in", "like", "rlike", "is null", "is not null", "not", "and", "or", ":")):
        signs += ["'::'", "'+'", "'-'", "'*'", "'/'", "'%'"]
        if words.last.kind in (IDENTIFIER, QUOTED_IDENTIFIER):
            signs.append("'.'")
    return sorted(signs, key=_SIGNS.__getitem__)


def _eval(words: Words, first: Token) -> Command:
    found = _fields(words)
    words.check_end(*_after(words, found[-1].value, "','"))
    return tree.Eval(found, at=first.at)


def _stats(words: Words, first: Token) -> Command:
    aggregates: list[Assignment] = []
    groups: list[Assignment] = []
    if not words.is_next("'by'", "'|'", EOF):
        aggregates.append(_aggregate(words))
        while words.accept("','"):
            aggregates.append(_aggregate(words))
    if words.accept("'by'"):
        groups = _fields(words)
        words.check_end(*_after(words, groups[-1].value, "','"))
    elif aggregates:
        _check_end_of_aggregates(words, aggregates[-1].value)
    if not aggregates and not groups:
        raise Parsing("At least one aggregation or grouping expression required in [STATS]", first.at)
    return tree.Stats(aggregates, groups, at=first.at)


def _check_end_of_aggregates(words: Words, last: Expression) -> None:
    filters = [one.condition for one in last.walk() if isinstance(one, Call) and one.condition is not None]
    if filters or words.is_next("'|'", EOF) or words.after_next.kind == EOF:
        words.check_end(*_after(words, filters[0] if filters else last, "'by'", "','"))
    else:
        raise words.mismatched((EOF, "'where'", "'|'", *_after(words, last, "'by'", "','")))


def _aggregate(words: Words) -> Assignment:
    start = words.next
    found = _field(words)
    if words.accept("'where'"):
        filter_ = condition(words)
        words.operand = None
        for one in found.value.walk():
            if isinstance(one, Call):
                one.condition = filter_
                break
        if not _named(start, found):
            found.name = words.text_from(start)
    return found


def _named(start: Token, found: Assignment) -> bool:
    """Whether an aggregate was given a name."""
    return found.value.at != start.at


def _sort(words: Words, first: Token) -> Command:
    found = [_order(words)]
    while words.accept("','"):
        found.append(_order(words))
    direction = () if words.last.kind in ("'asc'", "'desc'", "'first'", "'last'") else ("'asc'", "'desc'", "'nulls'")
    words.check_end(*_after(words, found[-1].key, "','", *direction))
    return tree.Sort(found, at=first.at)


def _order(words: Words) -> Order:
    words.operand = None
    key = condition(words)
    words.operand = None
    direction = words.accept("'asc'", "'desc'")
    descending = direction is not None and direction.kind == "'desc'"
    nulls_first = descending
    if words.accept("'nulls'"):
        place = words.accept("'first'", "'last'")
        if place is None:
            raise Parsing(f"missing {{'first', 'last'}} at '{words.next.text}'", words.next.at)
        nulls_first = place.kind == "'first'"
    return Order(key, descending, nulls_first)


def _limit(words: Words, first: Token) -> Command:
    if not words.is_next(*CONSTANT):
        raise words.mismatched(CONSTANT)
    given = constant(words)
    if given.type != "integer" or given.value < 0:
        text = words.text_from(first)
        words.later(
            Parsing(f"value of [{text}] must be a non negative integer, found value [{given.text}] type [{given.type}]", first.at)
        )
    groups: list[Assignment] = []
    if words.has((9, 4)) and words.accept("'by'"):
        groups = _fields(words)
        words.check_end(*_after(words, groups[-1].value, "','"))
    return tree.Limit(given.value, groups, at=first.at)


def _inline(words: Words, first: Token) -> Command:
    if words.next.text.lower() != "stats":
        raise Parsing(f"missing 'stats' at '{words.next.text}'", words.next.at)
    found = _stats(words, words.take())
    assert isinstance(found, tree.Stats)
    return tree.InlineStats(found.aggregates, found.groups, at=first.at)


def _fork(words: Words, first: Token) -> Command:
    branches: list[list[Command]] = []
    while words.is_next(BRANCH):
        inner = words.branch(words.take())
        commands = [_processing(inner)]
        while inner.accept("'|'"):
            commands.append(_processing(inner))
        inner.check_end()
        inner.check()
        words.n_params_read = inner.n_params_read
        branches.append(commands)
    if not 1 < len(branches) <= MOST_BRANCHES or not words.is_next("'|'", EOF):
        raise Unsupported("the ES|QL command [FORK] with other than two to eight branches")
    if any(isinstance(one, tree.Fork) for commands in branches for one in commands):
        raise Unsupported("the ES|QL command [FORK] within itself")
    return tree.Fork(branches, at=first.at)


def _patterns(words: Words) -> list[NamePattern]:
    found = [name_pattern(words)]
    while words.accept("','"):
        found.append(name_pattern(words))
    return found


def name_pattern(words: Words) -> NamePattern:
    """A name with stars and dots. Raises Parsing."""
    first = words.next
    text, is_pattern = "", False
    while True:
        if not words.is_next(PATTERN, PARAM, DOUBLE_PARAM, "'?'", "'??'"):
            raise words.mismatched(PATTERNS)
        if words.is_next(PATTERN):
            token = words.take()
            is_pattern = is_pattern or "*" in _outside_quotes(token.text)
            text += _plain(token.text)
        else:
            text += str(parameter_name(words))
        if not words.accept("'.'"):
            return NamePattern(text, first.at, is_pattern)
        text += "."


def parameter_name(words: Words) -> Json:
    """The name that a parameter stands for. Raises Parsing."""
    if words.is_next(DOUBLE_PARAM, "'??'"):
        return column(words).name
    return parameter(words).value


def _outside_quotes(text: str) -> str:
    return "".join(text.split("`")[::2])


def _plain(text: str) -> str:
    return "".join(text.split("`"))


def _keep(words: Words, first: Token) -> Command:
    found = _patterns(words)
    words.check_end("','", "'.'")
    return tree.Keep(found, at=first.at)


def _drop(words: Words, first: Token) -> Command:
    found = _patterns(words)
    for one in found:
        if one.text == "*":
            raise Parsing("Removing all fields is not allowed [*]", one.at)
    return tree.Drop(found, at=first.at)


def _rename(words: Words, first: Token) -> Command:
    pairs = [_pair(words)]
    while words.accept("','"):
        pairs.append(_pair(words))
    return tree.Rename(pairs, at=first.at)


def _pair(words: Words) -> tuple[NamePattern, NamePattern]:
    start = words.next
    left = name_pattern(words)
    sign = words.accept("'as'", "'='")
    if sign is None:
        raise words.no_alternative(start)
    right = name_pattern(words)
    old, new = (right, left) if sign.kind == "'='" else (left, right)
    for one in (old, new):
        if one.is_pattern:
            raise Parsing(f"Using wildcards [*] in RENAME is not allowed [{words.text_from(start)}]", start.at)
    return old, new


def _text_source(words: Words) -> tuple[Expression, Token]:
    words.operand = words.next
    source = arithmetic(words)
    words.operand = None
    if words.is_next(STRING):
        return source, words.take()
    if words.is_next("'|'", EOF):
        raise Parsing(f"missing {STRING} at '{words.next.text}'", words.next.at)
    raise words.mismatched((STRING, "'::'", "'.'"))


def _dissect(words: Words, first: Token) -> Command:
    from esmock.features.esql.extraction import dissect_fields

    source, pattern = _text_source(words)
    separator = ""
    while words.is_next(IDENTIFIER):
        option = words.take()
        words.expect("'='")
        if option.text.lower() != "append_separator":
            raise Parsing(f"Invalid option for dissect: [{option.text}]", first.at)
        separator = str(constant(words).value)
        words.accept("','")
    text = unquoted(pattern.text)
    dissect_fields(text, first.at)
    return tree.Dissect(source, text, separator, at=first.at)


def _grok(words: Words, first: Token) -> Command:
    from esmock.features.esql.extraction import grok_fields

    source, pattern = _text_source(words)
    text = unquoted(pattern.text)
    grok_fields(text, first.at)
    return tree.Grok(source, text, at=first.at)


def _mv_expand(words: Words, first: Token) -> Command:
    if not words.is_next(IDENTIFIER, QUOTED_IDENTIFIER, PARAM, DOUBLE_PARAM):
        raise words.mismatched(NAME)
    found = column(words)
    return tree.MvExpand(NamePattern(found.name, found.at, False), at=first.at)


def _sample(words: Words, first: Token) -> Command:
    given = constant(words)
    if not isinstance(given.value, (int, float)) or not 0 < given.value < 1:
        raise Parsing(f"invalid value for SAMPLE probability [{words.text_from(first)}], expecting a number between 0 and 1, exclusive", first.at)
    return tree.Sample(float(given.value), at=first.at)


def _lookup(words: Words, first: Token) -> Command:
    if words.next.text.lower() != "join":
        raise Parsing(f"missing 'join' at '{words.next.text}'", words.next.at)
    words.take()
    index = words.take()
    words.expect("'on'")
    fields = []
    while True:
        found = column(words)
        fields.append(NamePattern(found.name, found.at, False))
        if not words.accept("','"):
            break
    return tree.LookupJoin(index.text, fields, index.at, at=first.at)


def _enrich(words: Words, first: Token) -> Command:
    if words.is_next("'|'", EOF):
        raise Parsing(f"missing {{{STRING}, ENRICH_POLICY_NAME}} at '{words.next.text}'", words.next.at)
    policy = words.take()
    name = unquoted(policy.text) if policy.kind == STRING else policy.text
    if words.accept("':'"):
        name = words.take().text
    on = taken = None
    if words.accept("'on'"):
        found = column(words)
        on = NamePattern(found.name, found.at, False)
    if words.accept("'with'"):
        taken = [_taken(words)]
        while words.accept("','"):
            taken.append(_taken(words))
    return tree.Enrich(name, policy.at, on, taken, at=first.at)


def _taken(words: Words) -> tuple[str, NamePattern]:
    new = column(words)
    old = column(words) if words.accept("'='") else new
    return new.name, NamePattern(old.name, old.at, False)


def _fuse(words: Words, first: Token) -> Command:
    from esmock.features.esql.fuse import read_fuse

    return read_fuse(words, first)


_READERS: dict[str, Callable[[Words, Token], Command]] = {
    "where": _where, "eval": _eval, "stats": _stats, "sort": _sort, "limit": _limit, "keep": _keep, "drop": _drop, "rename": _rename,
    "dissect": _dissect, "grok": _grok, "mv_expand": _mv_expand, "sample": _sample, "lookup": _lookup,
    "enrich": _enrich, "inline": _inline, "fork": _fork, "fuse": _fuse,
}  # fmt: skip
