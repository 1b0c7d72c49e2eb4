"""The rules of intervals: which places of a text they find. Docs: query-dsl-intervals-query.

Source: recordings of 7.10.2, 7.17.29 and 8.19.21.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from esmock.errors import IllegalArgument, NullPointer
from esmock.search.query import interval_filters as filters
from esmock.search.query import interval_sources as sources

if TYPE_CHECKING:
    from esmock.mapping.field import Field
    from esmock.script.script import Script
    from esmock.search.query.interval_sources import Source
    from esmock.search.query.shard import ShardSearch


def _most(shard: ShardSearch) -> int:
    """How many terms a pattern may stand for: as many as clauses of a bool, before 8.16 128."""
    return 2**31 if shard.behaviour.has((8, 16)) else 128


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
            return filters.filtered(self.name, found, self.rule.source(shard, on), lucene_nine=shard.behaviour.lucene_nine)
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
        limit = 2**31 if is_indexed else _most(shard)
        # ES: 7.x takes the bytes of the prefix for characters, and finds none that are more than one
        finds = value.isascii() or shard.behaviour.major >= 8
        return sources.MultiTerm(found.path, value + "*", lambda term: finds and term.startswith(value), limit, ("prefix",))


@dataclass(slots=True)
class Wildcard(Prefix):
    def unfiltered(self, shard: ShardSearch, on: Field) -> Source:
        from esmock.search.query.multi_term import wildcard_regex

        found = _target(shard, on, self.use_field)
        _refuse_unknown(shard, self.analyzer)
        value = _one_term(shard, found, self.analyzer, self.value)
        pattern = wildcard_regex(value)
        return sources.MultiTerm(found.path, value, lambda term: pattern.fullmatch(term) is not None, _most(shard))


@dataclass(slots=True)
class Regexp(Prefix):
    """Since 8.16."""

    def unfiltered(self, shard: ShardSearch, on: Field) -> Source:
        from esmock.analysis.lucene_regex import compile_regex

        found = _target(shard, on, self.use_field)
        value = _one_term(shard, found, self.analyzer, self.value)
        matches = compile_regex(value, None, has_classes=shard.behaviour.major >= 8)
        return sources.MultiTerm(found.path, value, matches, _most(shard), ("regexp",))


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

        options = ("range", self.include_lower, self.include_upper)
        return sources.MultiTerm(found.path, f"{{{lower.decode()},{upper.decode()}}}", matches, _most(shard), options)


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

        options = (self.fuzziness, prefix, self.transpositions, value)
        return sources.MultiTerm(found.path, self.value, matches, _most(shard), options)
