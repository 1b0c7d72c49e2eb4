"""The body of a completion suggester, read as Elasticsearch's declarative parser does. Source: recordings of 7.10.2."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from esmock.analysis.lucene_regex import read_flags
from esmock.errors import ElasticsearchParse, IllegalArgument, NumberFormat
from esmock.search.query.declared import Declared, Reader, parse_declared
from esmock.search.query.full_text import read_fuzziness
from esmock.search.query.parse import boolean_value, int_value, text
from esmock.search.suggest.request import COMMON
from esmock.xcontent.located import at_value

if TYPE_CHECKING:
    from esmock.search.query.base import ParseContext

Json = Any
SCALARS = ("VALUE_STRING", "VALUE_NUMBER")
SWITCH = ("VALUE_BOOLEAN", "VALUE_STRING")
OBJECT = ("START_OBJECT",)
MOST_EDITS = 2


@dataclass(slots=True)
class FuzzyPrefix:
    """How a prefix may differ."""

    fuzziness: int = 1
    transpositions: bool = True
    min_length: int = 3
    prefix_length: int = 1
    unicode_aware: bool = False
    max_determinized_states: int = 10000


def _switch(body: Json, key: str, ctx: ParseContext) -> bool:
    return bool(boolean_value(body, key))


def _edits(body: Json, key: str, ctx: ParseContext) -> int:
    """ES: ``AUTO`` does not look at the text, and what is more than automata can do is as much as they can."""
    value = body[key]
    if value is None:
        raise IllegalArgument("Can't parse fuzziness on token: [VALUE_NULL]")
    if ctx.behaviour.major >= 8 or not isinstance(value, str):
        read_fuzziness(body, key, ctx)
    if value == "":
        raise IllegalArgument("fuzziness can't be null!")
    name = text(body, key, ctx).upper()
    if name.startswith("AUTO"):
        return 1
    try:
        edits = int(float(name))
    except ValueError:
        raise NumberFormat(f'For input string: "{name}"') from None
    if edits < 0:
        raise IllegalArgument("fuzziness must be between 0 and 2")
    return min(edits, MOST_EDITS)


def _not_negative(what: str) -> Reader:
    def read(body: Json, key: str, ctx: ParseContext) -> int:
        number = int_value(body, key)
        if number < 0:
            raise IllegalArgument(f"{what} must not be negative")
        return int(number)

    return read


def _flags(body: Json, key: str, ctx: ParseContext) -> Json:
    if not isinstance(body[key], str | int) or isinstance(body[key], bool):
        raise ElasticsearchParse("regex flags supports string or number")
    read_flags(body[key])
    return body[key]


FUZZY: Declared = {
    "fuzziness": (_edits, (*SCALARS, "VALUE_BOOLEAN", "VALUE_NULL")),
    "transpositions": (_switch, SWITCH),
    "min_length": (_not_negative("fuzzyMinLength"), SCALARS),
    "prefix_length": (_not_negative("fuzzyPrefixLength"), SCALARS),
    "unicode_aware": (_switch, SWITCH),
    "max_determinized_states": (_not_negative("maxDeterminizedStates"), SCALARS),
}
REGEX: Declared = {
    "flags": (_flags, (*SWITCH, "VALUE_NUMBER", "VALUE_NULL")),
    "flags_value": (_flags, (*SWITCH, "VALUE_NUMBER", "VALUE_NULL")),
    "max_determinized_states": (_not_negative("maxDeterminizedStates"), SCALARS),
}


def _fuzzy(body: Json, key: str, ctx: ParseContext) -> FuzzyPrefix | None:
    value = body[key]
    if isinstance(value, dict):
        return FuzzyPrefix(**parse_declared("fuzzy", value, ctx, FUZZY))
    return FuzzyPrefix() if boolean_value(body, key) else None


def _regex(body: Json, key: str, ctx: ParseContext) -> dict[str, Any]:
    if "flags_value" in body[key]:
        line, column = at_value(body[key], "flags_value")
        ctx.warn(f"[regex][{line}:{column}] Deprecated field [flags_value] used, expected [flags] instead")
    found = parse_declared("regex", body[key], ctx, REGEX)
    return {"flags": found.get("flags", found.get("flags_value"))}


def _contexts(body: Json, key: str, ctx: ParseContext) -> Json:
    """ES: contexts are copied and read once more on the shard; their errors name places in the copy."""
    from esmock.xcontent.reading import written_anew

    return written_anew(body[key], ctx.behaviour)


FIELDS: Declared = {
    "field": (text, ("VALUE_STRING",)),
    "analyzer": (text, ("VALUE_STRING",)),
    "size": (COMMON["size"], SCALARS),
    "shard_size": (COMMON["shard_size"], SCALARS),
    "fuzzy": (_fuzzy, (*OBJECT, "VALUE_BOOLEAN")),
    "regex": (_regex, OBJECT),
    "contexts": (_contexts, OBJECT),
    "skip_duplicates": (_switch, SWITCH),
}
