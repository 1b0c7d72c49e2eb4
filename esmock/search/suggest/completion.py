"""The ``completion`` suggester: inputs that begin as asked, the heaviest first. Docs: completion-suggester."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from esmock.errors import IllegalArgument
from esmock.search.query.declared import parse_declared
from esmock.search.suggest.completion_index import CompletionValue, completion_values
from esmock.search.suggest.completion_options import FIELDS, FuzzyPrefix
from esmock.search.suggest.contexts import ContextQuery, best_boost, parse_contexts, require_contexts
from esmock.search.suggest.request import Suggestion, check_field
from esmock.search.suggest.terms import suggest_field
from esmock.xcontent.java_order import hash_order
from esmock.xcontent.json_writer import F32

if TYPE_CHECKING:
    from esmock.search.query.base import ParseContext
    from esmock.search.query.shard import ShardSearch

Json = Any


@dataclass(frozen=True, slots=True)
class Match:
    """How an input answers: with which of its beginnings, and the boost of that."""

    beginning: str
    boost: float


Matcher = Callable[[CompletionValue], Match | None]


@dataclass(slots=True)
class CompletionOption:
    """One completed input: the best of a document.

    Attributes:
        found: names and values of all contexts by which the document was found, the best first.
    """

    text: str
    score: float
    hit: Any
    contexts: dict[str, list[str]]
    found: list[tuple[str, str]] = field(default_factory=list)


@dataclass(slots=True)
class _Path:
    """An input that answers, in one of its contexts."""

    value: CompletionValue
    score: float
    context: tuple[str, str] | None


@dataclass(slots=True)
class CompletionEntry:
    """What one shard found."""

    text: str
    options: list[CompletionOption]


@dataclass(slots=True)
class Completion(Suggestion):
    """Docs: completion-suggester."""

    name = "completion"
    fuzzy: FuzzyPrefix | None = None
    flags: Json = None
    skip_duplicates: bool = False
    contexts: dict[str, Json] | None = None

    @classmethod
    def parse(cls, body: Json, ctx: ParseContext) -> Completion:
        out = parse_declared("completion", body, ctx, FIELDS)
        check_field(out)
        return cls(**{key: value for key, value in out.items() if value is not None})

    def _sought(self) -> str:
        return self.prefix if self.prefix is not None else self.regex if self.regex is not None else self.asked()

    def check(self, shard: ShardSearch) -> None:
        self._sought()
        found: Any = suggest_field(shard, self.field)
        if found.name != "completion":
            raise IllegalArgument(f"Field [{self.field}] is not a completion suggest field")
        if self.regex is not None and self.prefix is None and self.fuzzy is not None:
            raise IllegalArgument("can not use 'fuzzy' options with 'regex")
        Suggestion.check(self, shard)
        parse_contexts(found, self.contexts)

    def collect(self, shard: ShardSearch, targets: Any) -> CompletionEntry:
        asked = self._sought()
        found: Any = suggest_field(shard, self.field)
        contexts = parse_contexts(found, self.contexts)
        require_contexts(found, contexts)
        matcher = self._matcher(found, asked)
        best: dict[tuple[int, int], CompletionOption] = {}
        for leaf in shard.reader:
            for path in self._paths(leaf, found, matcher, contexts):
                value = path.value
                fresh = CompletionOption(value.surface, path.score, (shard, leaf, value.doc), {})
                option = best.setdefault((id(leaf), value.doc), fresh)
                if path.context is not None:
                    option.found.append(path.context)
        options = sorted(best.values(), key=_by_score)
        if self.skip_duplicates:
            options = sorted({one.text: one for one in reversed(options)}.values(), key=_by_score)
        for one in options:
            one.contexts = _named(one.found)
        return CompletionEntry(asked, options[: self.per_shard])

    def _paths(self, leaf: Any, found: Any, matcher: Matcher, contexts: dict[str, list[ContextQuery]]) -> list[_Path]:
        """The best ways through a segment's automaton.

        ES: a document counts once for each of its inputs that is found, and so many ways are looked at for each beginning that answers.
        """
        live = leaf.live()
        paths: list[_Path] = []
        beginnings: set[Any] = set()
        for value in completion_values(leaf.segment, found.path):
            if live is not None and not live[value.doc]:
                continue
            match = matcher(value)
            if match is None:
                continue
            for context, extra in _answering(value, contexts) if contexts else ((None, 0.0),):
                beginnings.add((context, match.beginning))
                paths.append(_Path(value, _score(value.weight, match.boost + extra), context))
        paths.sort(key=lambda one: (-one.score, one.context or (), one.value.keys))
        if self.skip_duplicates:
            paths = list({one.value.surface: one for one in reversed(paths)}.values())[::-1]
            paths.sort(key=lambda one: (-one.score, one.context or (), one.value.keys))
        return paths[: self.per_shard * max(len(beginnings), 1)]

    def _matcher(self, found: Any, asked: str) -> Matcher:
        if self.regex is not None and self.prefix is None:
            from esmock.analysis.lucene_regex import compile_regex

            matches = compile_regex(self.regex, self.flags)

            def beginning(other: str) -> tuple[str, float] | None:
                """ES: the expression looks at bytes, so that it finds no letters but those of ASCII."""
                units = _as_bytes(other)
                return next(((units[:n], 0.0) for n in range(len(units) + 1) if matches(units[:n])), None)

            return _matcher_of(beginning)
        keys = found.keys(found.context.analysis.analyzer(found.get("search_analyzer")), asked)
        if self.fuzzy is None:
            return _matcher_of(lambda other: next(((key, 0.0) for key in keys if other.startswith(key)), None))
        return _fuzzy_matcher(keys, self.fuzzy)

    def reduce(self, parts: list[CompletionEntry]) -> list[Json]:
        from esmock.xcontent.java_length import utf16_length

        options = sorted((one for part in parts for one in part.options), key=_by_score)
        if self.skip_duplicates:
            options = sorted({one.text: one for one in reversed(options)}.values(), key=_by_score)
        asked = parts[0].text if parts else ""
        return [{"text": asked, "offset": 0, "length": utf16_length(asked), "options": options[: self.size]}]


def _score(weight: int, boost: float) -> float:
    if boost == 0:
        return float(F32(weight))
    return float(weight * boost) if weight else float(boost)


def _by_score(option: CompletionOption) -> tuple[float, bytes]:
    return -option.score, option.text.encode("utf-16-be", "surrogatepass")


def _named(found: list[tuple[str, str]]) -> dict[str, list[str]]:
    """The contexts that were found, by name; both in the order of Java's hash tables."""
    out: dict[str, list[str]] = {}
    for name, value in found:
        out.setdefault(name, []).append(value)
    return {name: hash_order(dict.fromkeys(out[name])) for name in hash_order(out)}


def _answering(value: CompletionValue, contexts: dict[str, list[ContextQuery]]) -> Iterator[tuple[tuple[str, str], float]]:
    """The contexts of a value that are asked for, each with its boost."""
    for name, queries in contexts.items():
        for own in value.contexts.get(name, ()):
            boost = best_boost(own, queries)
            if boost is not None:
                yield (name, own), boost


def _matcher_of(best: Callable[[str], tuple[str, float] | None]) -> Matcher:
    """A matcher of values from one of keys, which tells the beginning that answers and its boost."""

    def match(value: CompletionValue) -> Match | None:
        found = [one for one in map(best, value.keys) if one is not None]
        return Match(*max(found, key=lambda one: one[1])) if found else None

    return match


def _shared(one: str, other: str) -> int:
    """How many characters two texts begin with alike."""
    return next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def _as_bytes(text: str) -> str:
    """A text with one character for each of its bytes."""
    return text.encode("utf-8", "surrogatepass").decode("latin-1")


def _fuzzy_matcher(keys: tuple[str, ...], how: FuzzyPrefix) -> Matcher:
    """ES: edits, lengths and boosts count bytes, unless the texts are to be looked at as Unicode.

    Then boosts hold the characters asked for against bytes, so that they count none but those of ASCII.
    """
    from esmock.search.query.edits import distance

    if not how.unicode_aware:
        keys = tuple(map(_as_bytes, keys))

    def nearest(key: str, other: str) -> str | None:
        """The shortest beginning of ``other`` that is near enough."""
        limit = how.fuzziness
        if len(key) < how.min_length or limit == 0:
            return key if other.startswith(key) else None
        if not other.startswith(key[: how.prefix_length]):
            return None
        lengths = range(max(len(key) - limit, min(how.prefix_length, len(key))), min(len(key) + limit, len(other)) + 1)
        return next(
            (other[:n] for n in lengths if distance(key, other[:n], limit, transpositions=how.transpositions) <= limit), None
        )

    def best(other: str) -> tuple[str, float] | None:
        if not how.unicode_aware:
            other = _as_bytes(other)
        shown = _as_bytes if how.unicode_aware else str
        found = [(near, float(_shared(key, shown(near)))) for key in keys if (near := nearest(key, other)) is not None]
        return max(found, key=lambda one: one[1], default=None)

    return _matcher_of(best)
