"""The ``intervals`` query: rules about the order and distance of terms. Docs: query-dsl-intervals-query.

Source: recordings of 7.10.2.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from esmock.errors import IllegalArgument, NullPointer, Parsing, XContentParse
from esmock.search.query import interval_filters as filters
from esmock.search.query import interval_sources as sources
from esmock.search.query.base import F32, Bound, Hits, MatchNothing, ParseContext, Query
from esmock.search.query.full_text import read_fuzziness
from esmock.search.query.parse import float_value, text
from esmock.search.query.scripted import read_script, reading_of
from esmock.xcontent import object_parser as parsing
from esmock.xcontent import value_reader
from esmock.xcontent.located import at_end, at_name, at_value, standing, token
from esmock.xcontent.object_parser import Parser
from esmock.xcontent.value_reader import Reading

if TYPE_CHECKING:
    from esmock.mapping.field import Field
    from esmock.script.script import Script
    from esmock.search.query.interval_sources import Source
    from esmock.search.query.shard import ShardSearch
    from esmock.version import Behaviour

Json = Any
MAX_EXPANSIONS = 128


@dataclass(slots=True)
class Rule:
    """One rule; ``source(shard, field)`` binds it."""

    filter: Filter | None = None
    use_field: str | None = None

    def source(self, shard: ShardSearch, on: Field) -> Source:
        """The rule on a field, filtered. Raises IllegalArgument."""
        found = self.unfiltered(shard, on)
        if self.use_field is not None:
            found = filters.OnField(self.use_field, found)
        return found if self.filter is None else self.filter.applied(found, shard, on)

    def unfiltered(self, shard: ShardSearch, on: Field) -> Source:
        raise NotImplementedError

    def fields(self) -> list[str]:
        """The fields named by ``use_field``."""
        own = [] if self.use_field is None else [self.use_field]
        return own if self.filter is None or self.filter.rule is None else [*self.filter.rule.fields(), *own]


@dataclass(slots=True)
class Filter:
    """Which intervals of a rule pass: a relation to another rule's, or a script."""

    name: str
    rule: Rule | None = None
    script: Script | None = None

    def applied(self, found: Source, shard: ShardSearch, on: Field) -> Source:
        if self.rule is not None:
            return filters.filtered(self.name, found, self.rule.source(shard, on))
        from esmock.search.doc_lookup import compile_script
        from esmock.search.query.interval_script import keeps_of

        assert self.script is not None
        keeps = keeps_of(compile_script(shard, self.script, "interval"))
        return filters.Chosen(f"FILTER({self.script.id_or_code})", found, None, lambda every, _: [one for one in every if keeps(one)], excludes=True)


def _target(shard: ShardSearch, on: Field, use_field: str | None) -> Field:
    """The field that a rule looks at. Raises IllegalArgument for one without positions."""
    found = on if use_field is None else shard.field(use_field)
    assert found is not None
    if not found.is_text:
        raise IllegalArgument(
            f"Can only use interval queries on text fields - not on [{found.path}] which is of type [{found.type_name}]"
        )
    if found.get("index_options") in ("docs", "freqs") or not found.is_indexed:
        raise IllegalArgument(f"Cannot create intervals over field [{found.path}] with no positions indexed")
    return found


def _analyzer(shard: ShardSearch, found: Field, name: str | None) -> Any:
    chosen = None if name is None else shard.mapping.analysis.analyzer(name)
    return found.search_analyzer if chosen is None else chosen


def _one_term(shard: ShardSearch, found: Field, name: str | None, value: str) -> str:
    """A text under the analyzer's character and case filters."""
    return str(_analyzer(shard, found, name).normalize(value))


def _refuse_unknown(shard: ShardSearch, name: str | None) -> None:
    """Before 8.x some rules fall over an analyzer that is not there. Raises NullPointer."""
    if name is not None and shard.behaviour.major < 8 and shard.mapping.analysis.analyzer(name) is None:
        method = "org.elasticsearch.index.analysis.NamedAnalyzer.normalize(String, String)"
        raise NullPointer(f'Cannot invoke "{method}" because "analyzer" is null')


@dataclass(slots=True)
class Match(Rule):
    query: str = ""
    max_gaps: int = -1
    ordered: bool = False
    analyzer: str | None = None

    def unfiltered(self, shard: ShardSearch, on: Field) -> Source:
        found = _target(shard, on, self.use_field)
        tokens = _analyzer(shard, found, self.analyzer).tokens(self.query)
        parts: list[Source] = []
        last = -1
        for position in dict.fromkeys(one.position for one in tokens):
            words = list(dict.fromkeys(one.term for one in tokens if one.position == position))
            part = sources.any_of([sources.Term(found.path, word) for word in words])
            before = position - last - 1
            parts.append(filters.Extended(part, before, 0) if before and len(tokens) > 1 else part)
            last = position
        return combined(parts, self.max_gaps, self.ordered)


def combined(parts: list[Source], max_gaps: int, ordered: bool) -> Source:
    """Parts in order or not, with a limit for the gaps (-1: none)."""
    if not parts:
        return sources.Nothing()
    if len(parts) == 1:
        return parts[0]
    if ordered and max_gaps == 0:
        return sources.phrase(parts)
    inner = sources.ordered(parts) if ordered else sources.unordered(parts)
    return inner if max_gaps == -1 else filters.max_gaps(inner, max_gaps)


@dataclass(slots=True)
class AnyOf(Rule):
    rules: list[Rule] = field(default_factory=list)

    def fields(self) -> list[str]:
        return [*Rule.fields(self), *(name for rule in self.rules for name in rule.fields())]

    def unfiltered(self, shard: ShardSearch, on: Field) -> Source:
        return sources.any_of([rule.source(shard, on) for rule in self.rules])


@dataclass(slots=True)
class AllOf(AnyOf):
    ordered: bool = False
    max_gaps: int = -1

    def unfiltered(self, shard: ShardSearch, on: Field) -> Source:
        return combined([rule.source(shard, on) for rule in self.rules], self.max_gaps, self.ordered)


@dataclass(slots=True)
class Prefix(Rule):
    value: str = ""
    analyzer: str | None = None

    def unfiltered(self, shard: ShardSearch, on: Field) -> Source:
        found = _target(shard, on, self.use_field)
        value = _one_term(shard, found, self.analyzer, self.value)
        prefixes = found.get("index_prefixes") or {}
        is_indexed = prefixes and prefixes["min_chars"] <= len(value) <= prefixes["max_chars"]
        limit = 2**31 if is_indexed else MAX_EXPANSIONS
        return sources.MultiTerm(found.path, value + "*", lambda term: term.startswith(value), limit)


@dataclass(slots=True)
class Wildcard(Prefix):
    def unfiltered(self, shard: ShardSearch, on: Field) -> Source:
        from esmock.search.query.multi_term import wildcard_regex

        found = _target(shard, on, self.use_field)
        _refuse_unknown(shard, self.analyzer)
        value = _one_term(shard, found, self.analyzer, self.value)
        pattern = wildcard_regex(value)
        return sources.MultiTerm(found.path, value, lambda term: pattern.fullmatch(term) is not None, MAX_EXPANSIONS)


@dataclass(slots=True)
class Regexp(Prefix):
    """Since 8.16."""

    def unfiltered(self, shard: ShardSearch, on: Field) -> Source:
        from esmock.analysis.lucene_regex import compile_regex

        found = _target(shard, on, self.use_field)
        value = _one_term(shard, found, self.analyzer, self.value)
        matches = compile_regex(value, None, has_classes=shard.behaviour.major >= 8)
        return sources.MultiTerm(found.path, value, matches, MAX_EXPANSIONS, ("regexp",))


@dataclass(slots=True)
class Range(Rule):
    """Terms between two others; since 8.16."""

    lower: str = ""
    upper: str = ""
    include_lower: bool = True
    include_upper: bool = True
    analyzer: str | None = None

    @classmethod
    def built(cls, given: dict[str, Any]) -> Range:
        """Raises IllegalArgument: of one side there is none, or there are two."""
        ends = []
        for closed, is_open in (("gte", "gt"), ("lte", "lt")):
            if (closed in given) == (is_open in given):
                raise IllegalArgument(f"Either [{closed}] or [{is_open}], one of them must be provided")
            ends.append((closed in given, given.pop(closed, None) or given.pop(is_open, None) or ""))
        (include_lower, lower), (include_upper, upper) = ends
        return cls(lower=lower, upper=upper, include_lower=include_lower, include_upper=include_upper, **given)

    def unfiltered(self, shard: ShardSearch, on: Field) -> Source:
        found = _target(shard, on, self.use_field)
        lower, upper = (_one_term(shard, found, self.analyzer, one).encode() for one in (self.lower, self.upper))

        def matches(term: str) -> bool:
            value = term.encode()
            return (lower <= value if self.include_lower else lower < value) and (
                value <= upper if self.include_upper else value < upper
            )

        shown = f"{'[' if self.include_lower else '{'}{lower.decode()},{upper.decode()}{']' if self.include_upper else '}'}"
        return sources.MultiTerm(found.path, shown, matches, MAX_EXPANSIONS, ("range",))


@dataclass(slots=True)
class Fuzzy(Prefix):
    fuzziness: str = "AUTO"
    prefix_length: int = 0
    transpositions: bool = True

    def unfiltered(self, shard: ShardSearch, on: Field) -> Source:
        from esmock.search.query.edits import distance, edit_limit

        found = _target(shard, on, self.use_field)
        _refuse_unknown(shard, self.analyzer)
        if self.prefix_length < 0:
            raise IllegalArgument("prefixLength cannot be negative.")
        value = _one_term(shard, found, self.analyzer, self.value)
        limit, prefix = edit_limit(self.fuzziness, value), value[: self.prefix_length]

        def matches(term: str) -> bool:
            if not term.startswith(prefix) or abs(len(term) - len(value)) > limit:
                return False
            return distance(value, term, limit, transpositions=self.transpositions) <= limit

        options = (self.fuzziness, prefix, self.transpositions)
        return sources.MultiTerm(found.path, value, matches, MAX_EXPANSIONS, options)


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
