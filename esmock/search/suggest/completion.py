"""The ``completion`` suggester: inputs that begin as asked, the heaviest first. Docs: completion-suggester."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from esmock.errors import ElasticsearchParse, IllegalArgument
from esmock.search.query.declared import parse_declared
from esmock.search.suggest.completion_index import CompletionValue, analyzed_keys, completion_values
from esmock.search.suggest.completion_options import FIELDS, FuzzyPrefix
from esmock.search.suggest.contexts import ContextQuery, best_boost, parse_contexts
from esmock.search.suggest.request import Suggestion
from esmock.search.suggest.terms import suggest_field
from esmock.xcontent.java_order import hash_order
from esmock.xcontent.json_writer import F32

if TYPE_CHECKING:
    from esmock.search.query.base import ParseContext
    from esmock.search.query.shard import ShardSearch

Json = Any
Matcher = Callable[[CompletionValue], float | None]


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
    contexts: dict[str, Json] = field(default_factory=dict)

    @classmethod
    def parse(cls, body: Json, ctx: ParseContext) -> Completion:
        out = parse_declared("completion", body, ctx, FIELDS)
        if "field" not in out:
            raise ElasticsearchParse("the required field option [field] is missing")
        return cls(**{key: value for key, value in out.items() if value is not None})

    def collect(self, shard: ShardSearch, targets: Any) -> CompletionEntry:
        asked = self.prefix if self.prefix is not None else self.regex if self.regex is not None else self.asked()
        found: Any = suggest_field(shard, self.field)
        if found.name != "completion":
            raise IllegalArgument(f"Field [{self.field}] is not a completion suggest field")
        contexts = parse_contexts(found, self.contexts)
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
        """The best ways through a segment's automaton. ES: a document counts once for each of its inputs that is found."""
        live = leaf.live()
        paths = []
        for value in completion_values(leaf.segment, found.path):
            if live is not None and not live[value.doc]:
                continue
            boost = matcher(value)
            if boost is None:
                continue
            if not contexts:
                paths.append(_Path(value, _score(value.weight, boost), None))
            for name, queries in contexts.items():
                for own in value.contexts.get(name, ()):
                    extra = best_boost(own, queries)
                    if extra is not None:
                        paths.append(_Path(value, _score(value.weight, boost + extra), (name, own)))
        paths.sort(key=lambda one: (-one.score, one.context or (), one.value.keys))
        if self.skip_duplicates:
            docs: dict[str, int] = {}
            paths = [one for one in paths if docs.setdefault(one.value.surface, one.value.doc) == one.value.doc]
        return paths[: self.per_shard]

    def _matcher(self, found: Any, asked: str) -> Matcher:
        if self.regex is not None and self.prefix is None:
            from esmock.search.query.lucene_regex import compile_regex

            matches = compile_regex(self.regex, self.flags, is_prefix=True)
            return lambda value: 0.0 if any(matches(key) for key in value.keys) else None
        keys = analyzed_keys(found.context.analysis.analyzer(found.get("search_analyzer")), found, asked)
        if self.fuzzy is None:
            return lambda value: 0.0 if any(one.startswith(keys) for one in value.keys) else None
        return _fuzzy_matcher(keys, self.fuzzy)

    def reduce(self, parts: list[CompletionEntry]) -> list[Json]:
        from esmock.analysis.token import utf16_length

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


def _shared(one: str, other: str) -> int:
    """How many characters two texts begin with alike."""
    return next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def _fuzzy_matcher(keys: tuple[str, ...], how: FuzzyPrefix) -> Matcher:
    from esmock.search.query.multi_term import distance

    def nearest(key: str, other: str) -> str | None:
        """The shortest beginning of ``other`` that is near enough."""
        limit = how.fuzziness
        if len(key) < how.min_length or limit == 0:
            return key if other.startswith(key) else None
        if not other.startswith(key[: how.prefix_length]):
            return None
        lengths = range(max(len(key) - limit, 0), min(len(key) + limit, len(other)) + 1)
        return next(
            (other[:n] for n in lengths if distance(key, other[:n], limit, transpositions=how.transpositions) <= limit), None
        )

    def match(value: CompletionValue) -> float | None:
        found = [(key, near) for other in value.keys for key in keys if (near := nearest(key, other)) is not None]
        return max((float(_shared(*pair)) for pair in found), default=None)

    return match


