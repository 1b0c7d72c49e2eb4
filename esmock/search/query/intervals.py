"""The ``intervals`` query: rules about the order and distance of terms. Docs: query-dsl-intervals-query.

Source: recordings of 7.10.2.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from esmock.errors import Parsing, XContentParse
from esmock.search.query.base import F32, Bound, Hits, MatchNothing, ParseContext, Query
from esmock.search.query.full_text import read_fuzziness
from esmock.search.query.interval_rules import AllOf, AnyOf, Filter, Fuzzy, Match, Prefix, Range, Regexp, Rule, Wildcard
from esmock.search.query.parse import float_value, text
from esmock.search.query.scripted import read_script, reading_of
from esmock.xcontent import object_parser as parsing
from esmock.xcontent import value_reader
from esmock.xcontent.located import at_end, at_name, at_value, standing, token
from esmock.xcontent.object_parser import Parser
from esmock.xcontent.value_reader import Reading

if TYPE_CHECKING:
    from esmock.search.query.interval_sources import Source
    from esmock.search.query.shard import ShardSearch
    from esmock.version import Behaviour

Json = Any


def _expected(wanted: str, got: str | None, at: Any) -> Parsing:
    return standing(Parsing(f"Expected [{wanted}] but got [{got}]", at), at)  # type: ignore[return-value]


def _read_rule(holder: Json, key: str, reading: Reading) -> Rule:
    """The rule that a name stands for. Raises Parsing, XContentParse."""
    parser = _PARSERS.get(key)
    if parser is None or (key in _LATE and not reading.behaviour.has(_LATE_SINCE)):
        at = at_name(holder, key)
        names = ", ".join(_named(reading.behaviour))
        raise standing(Parsing(f"Unknown interval type [{key}], expecting one of [{names}]", at), at)
    rule: Rule = parser.read(holder, key, reading)
    return rule


def _named(behaviour: Behaviour) -> list[str]:
    """The rules that the error of an unknown one names."""
    if behaviour.has(_LATE_SINCE):
        return [name for name in _PARSERS if name != "fuzzy"]  # ES: forgotten when the late ones were added
    return [name for name in _PARSERS if name not in _LATE and (name != "fuzzy" or behaviour.major >= 8)]


def _inner(holder: Json, key: Any, reading: Reading) -> Rule:
    """An object with one rule."""
    node = holder[key]
    if not isinstance(node, dict):
        raise _expected("FIELD_NAME", *parsing.found_instead(holder, key))
    if not node:
        raise _expected("FIELD_NAME", "END_OBJECT", at_end(node))
    names = list(node)
    rule = _read_rule(node, names[0], reading)
    if len(names) > 1:
        raise _expected("END_OBJECT", "FIELD_NAME", at_name(node, names[1]))
    return rule


def _read_filter(holder: Json, key: Any, reading: Reading) -> Filter:
    node = holder[key]
    if not node:
        raise _expected("FIELD_NAME", "END_OBJECT", at_end(node))
    names = list(node)
    name = names[0]
    if name == "script":
        if not isinstance(node[name], dict):
            at = at_value(node, name)
            raise standing(XContentParse(f"[script] Expected START_OBJECT but was: {token(node[name])}", at), at)
        script = read_script(node, name, reading)
        if len(names) > 1:
            raise _expected("END_OBJECT", "FIELD_NAME", at_name(node, names[1]))
        return Filter("script", None, script)
    if not isinstance(node[name], dict):
        raise _expected("START_OBJECT", token(node[name]), at_value(node, name))
    rule = _inner(node, name, reading)
    if len(names) > 1:
        raise _expected("END_OBJECT", "FIELD_NAME", at_name(node, names[1]))
    return Filter(name.lower(), rule)


def _rules(name: str, **more: Any) -> parsing.Field:
    return parsing.custom(name, ("START_OBJECT", "START_ARRAY"), value_reader.array_of(_inner), **more)


def _fuzziness(holder: Json, key: Any, reading: Reading) -> str:
    value = holder[key]
    if isinstance(value, int | str) and str(value).isdigit():
        return str(min(2, int(value)))
    return read_fuzziness(holder, key, ParseContext(reading.behaviour, reading.warn)) or "AUTO"


def _built(cls: type[Rule], **names: str) -> Callable[[dict[str, Any]], Rule]:
    def build(given: dict[str, Any]) -> Rule:
        return cls(**{names.get(name, name): value for name, value in given.items()})

    return build


_LATE = ("regexp", "range")
_LATE_SINCE = (8, 16)
_FILTER = parsing.custom("filter", ("START_OBJECT",), _read_filter, argument=True)
_NAMED = (parsing.string("analyzer", argument=True), parsing.string("use_field", argument=True))
_PARSERS = {
    "match": Parser(
        "match", parsing.string("query", required=True), parsing.integer("max_gaps", argument=True),
        parsing.boolean("ordered", argument=True), *_NAMED, _FILTER, build=_built(Match),
    ),
    "any_of": Parser("any_of", _rules("intervals", required=True), _FILTER, build=_built(AnyOf, intervals="rules")),
    "all_of": Parser(
        "all_of", parsing.boolean("ordered", argument=True), _rules("intervals", required=True),
        parsing.integer("max_gaps", argument=True), _FILTER, build=_built(AllOf, intervals="rules"),
    ),
    "prefix": Parser("prefix", parsing.string("prefix", required=True), *_NAMED, build=_built(Prefix, prefix="value")),
    "wildcard": Parser("wildcard", parsing.string("pattern", required=True), *_NAMED, build=_built(Wildcard, pattern="value")),
    "fuzzy": Parser(
        "fuzzy", parsing.string("term", required=True), parsing.integer("prefix_length", argument=True),
        parsing.boolean("transpositions", argument=True),
        parsing.custom("fuzziness", ("VALUE_STRING", "VALUE_NUMBER"), _fuzziness, argument=True),
        *_NAMED, build=_built(Fuzzy, term="value"),
    ),
    "regexp": Parser("regexp", parsing.string("pattern", required=True), *_NAMED, build=_built(Regexp, pattern="value")),
    "range": Parser("range", *(parsing.string(name, argument=True) for name in ("gte", "gt", "lte", "lt")), *_NAMED, build=Range.built),
}  # fmt: skip


@dataclass(slots=True)
class IntervalsBound(Bound):
    """Documents with intervals, scored by their number and width."""

    source: Source
    boost: Any
    scored: bool

    def frequency(self, segment: Any, doc: int) -> float:
        """How often the intervals stand in a document, wide ones counting less."""
        total = F32(0)
        for start, end, _ in self.source.at(segment, doc):
            total = F32(float(total) + 1.0 / max(end - start + 1 - self.source.extent + 1, 1))
        return float(total)

    def match(self, segment: Any) -> Hits:
        freqs = np.zeros(segment.n_docs, F32)
        for doc in self.source.docs(segment).tolist():
            freqs[doc] = self.frequency(segment, doc)
        match = freqs > 0
        score = F32(self.boost) * (F32(1) - F32(1) / (F32(1) + freqs))
        return Hits(match, np.where(match, score, F32(0)) if self.scored else None)


@dataclass(slots=True)
class Intervals(Query):
    """Docs: query-dsl-intervals-query."""

    name = "intervals"
    field: str
    rule: Rule

    @classmethod
    def parse(cls, body: Json, ctx: ParseContext) -> Intervals:
        if not body:
            raise Parsing("Expected [FIELD_NAME] but got [END_OBJECT]", at_end(body))
        name = next(iter(body))
        node = body[name]
        if not isinstance(node, dict):
            raise Parsing(f"Expected [START_OBJECT] but got [{token(node)}]", at_value(body, name))
        out: dict[str, Any] = {"field": name}
        rule: str | None = None
        for key in node:
            if key == "_name":
                out["query_name"] = text(node, key, ctx)
            elif key == "boost":
                out["boost"] = float_value(node, key)
            elif rule is not None:
                raise Parsing(f"Only one interval rule can be specified, found [{rule}] and [{key}]", at_name(node, key))
            else:
                rule = key
                out["rule"] = _read_rule(node, key, reading_of(ctx))
        if rule is None:
            raise Parsing("Missing intervals from interval query definition", at_end(body))
        if len(body) > 1:
            raise Parsing("Expected [END_OBJECT] but got [FIELD_NAME]", at_name(body, list(body)[1]))
        return cls(**out)

    def source(self, shard: ShardSearch) -> Source | None:
        """What the rule looks for; None where a field is not mapped. Raises IllegalArgument."""
        found = shard.field(self.field)
        if found is None or any(shard.field(name) is None for name in self.rule.fields()):
            return None
        return self.rule.source(shard, found)

    def bind_boosted(self, shard: ShardSearch, scored: bool, boost: Any) -> Bound:
        source = self.source(shard)
        found = shard.field(self.field)
        if source is None or found is None:
            return MatchNothing()
        if found.path != self.field and not self.rule.fields():
            # ES: the postings are looked for under the name of an alias itself, which has none.
            return MatchNothing()
        return IntervalsBound(source, boost, scored)


QUERIES = (Intervals,)
