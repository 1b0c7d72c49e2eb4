"""The ``completion`` suggester: inputs that begin as asked, the heaviest first. Docs: completion-suggester."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from esmock.errors import ElasticsearchParse, IllegalArgument, XContentParse
from esmock.search.query.parse import boolean_value, int_value, text
from esmock.search.suggest.completion_index import CompletionValue, analyzed_keys, completion_values
from esmock.search.suggest.contexts import ContextQuery, definitions, parse_contexts
from esmock.search.suggest.request import COMMON, Suggestion
from esmock.search.suggest.terms import suggest_field
from esmock.xcontent.json_writer import F32
from esmock.xcontent.located import at_name, at_value, copy_plain, token
from esmock.xcontent.similar import suggestion

if TYPE_CHECKING:
    from esmock.search.query.base import ParseContext
    from esmock.search.query.shard import ShardSearch

Json = Any
Matcher = Callable[[CompletionValue], float | None]


@dataclass(slots=True)
class FuzzyPrefix:
    """How a prefix may differ."""

    fuzziness: str = "AUTO"
    transpositions: bool = True
    min_length: int = 3
    prefix_length: int = 1


@dataclass(slots=True)
class CompletionOption:
    """One completed input."""

    text: str
    score: float
    hit: Any
    contexts: dict[str, list[str]]


@dataclass(slots=True)
class CompletionEntry:
    """What one shard found."""

    text: str
    options: list[CompletionOption]


_KNOWN = ("field", "analyzer", "size", "shard_size", "fuzzy", "regex", "contexts", "skip_duplicates")


@dataclass(slots=True)
class Completion(Suggestion):
    """Docs: completion-suggester."""

    name = "completion"
    fuzzy: FuzzyPrefix | None = None
    skip_duplicates: bool = False
    contexts: dict[str, Json] = field(default_factory=dict)

    @classmethod
    def parse(cls, body: Json, ctx: ParseContext) -> Completion:
        out: dict[str, Any] = {}
        for key in body:
            value = body[key]
            if key not in _KNOWN:
                raise XContentParse(f"[completion] unknown field [{key}]{suggestion(key, _KNOWN)}", at_name(body, key))
            if key in COMMON:
                out[key] = COMMON[key](body, key, ctx)
            elif key == "skip_duplicates":
                out[key] = boolean_value(body, key)
            elif key == "fuzzy":
                fuzzy = _fuzzy(body, key, ctx)
                if fuzzy is not None:
                    out[key] = fuzzy
            elif not isinstance(value, dict):
                raise XContentParse(f"[completion] {key} doesn't support values of type: {token(value)}", at_value(body, key))
            elif key == "contexts":
                out[key] = copy_plain(value)
        if "field" not in out:
            raise ElasticsearchParse("the required field option [field] is missing")
        return cls(**out)

    def collect(self, shard: ShardSearch, targets: Any) -> CompletionEntry:
        asked = self.prefix if self.prefix is not None else self.regex if self.regex is not None else self.asked()
        found: Any = suggest_field(shard, self.field)
        if found.name != "completion":
            raise IllegalArgument(f"Field [{self.field}] is not a completion suggest field")
        if definitions(found) and not self.contexts:
            raise IllegalArgument("Missing mandatory contexts in context query")
        contexts = parse_contexts(found, self.contexts)
        matcher = self._matcher(found, asked)
        options: list[CompletionOption] = []
        for leaf in shard.reader:
            live = leaf.live()
            for value in completion_values(leaf.segment, found):
                if live is not None and not live[value.doc]:
                    continue
                boost = matcher(value)
                if boost is None:
                    continue
                matched, extra = _in_context(value, contexts)
                if contexts and not matched:
                    continue
                score = _score(value.weight, boost + extra if contexts else boost)
                options.append(CompletionOption(value.surface, score, (leaf, value.doc), matched))
        options.sort(key=lambda one: (-one.score, one.text.encode("utf-16-be", "surrogatepass")))
        return CompletionEntry(asked, self._cut(options, shard))

    def _cut(self, options: list[CompletionOption], shard: ShardSearch) -> list[CompletionOption]:
        """The best, one per document (and per text where duplicates are skipped)."""
        seen: set[Any] = set()
        out = []
        for one in options:
            leaf, doc = one.hit
            keys = [(id(leaf), doc)] + ([one.text] if self.skip_duplicates else [])
            if any(key in seen for key in keys):
                continue
            seen.update(keys)
            one.hit = (shard, leaf, doc)
            out.append(one)
            if len(out) >= self.per_shard:
                break
        return out

    def _matcher(self, found: Any, asked: str) -> Matcher:
        if self.regex is not None and self.prefix is None:
            from esmock.search.query.lucene_regex import compile_regex

            matches = compile_regex(f"({self.regex}).*", None)
            return lambda value: 0.0 if any(matches(key) for key in value.keys) else None
        analysis = found.context.analysis
        name = self.analyzer or found.given.get("search_analyzer") or found.given.get("analyzer") or "simple"
        keys = analyzed_keys(analysis.analyzer(name), found, asked)
        if asked[-1:].isspace() and found.get("preserve_separators"):
            keys = tuple(keys)
        if self.fuzzy is None:
            return lambda value: 0.0 if any(one.startswith(keys) for one in value.keys) else None
        return _fuzzy_matcher(keys, self.fuzzy)

    def reduce(self, parts: list[CompletionEntry]) -> list[Json]:
        from esmock.analysis.token import utf16_length

        options = sorted(
            (one for part in parts for one in part.options),
            key=lambda one: (-one.score, one.text.encode("utf-16-be", "surrogatepass")),
        )
        if self.skip_duplicates:
            options = list({one.text: one for one in reversed(options)}.values())[::-1]
            options.sort(key=lambda one: (-one.score, one.text.encode("utf-16-be", "surrogatepass")))
        asked = parts[0].text if parts else ""
        return [{"text": asked, "offset": 0, "length": utf16_length(asked), "options": options[: self.size]}]


def _score(weight: int, boost: float) -> float:
    if boost == 0:
        return float(F32(weight))
    return float(weight * boost) if weight else float(boost)


def _in_context(value: CompletionValue, contexts: dict[str, list[ContextQuery]]) -> tuple[dict[str, list[str]], float]:
    matched: dict[str, list[str]] = {}
    best = 0.0
    for name, queries in contexts.items():
        for own in value.contexts.get(name, ()):
            hits = [one for one in queries if own == one.value or (one.is_prefix and own.startswith(one.value))]
            if hits:
                matched.setdefault(name, []).append(own)
                best = max(best, *(one.boost for one in hits))
    return matched, best


def _fuzzy_matcher(keys: tuple[str, ...], how: FuzzyPrefix) -> Matcher:
    from esmock.search.query.multi_term import distance, edit_limit

    def within(key: str, other: str) -> bool:
        limit = edit_limit(how.fuzziness, key)
        if len(key) < how.min_length or limit == 0:
            return other.startswith(key)
        if not other.startswith(key[: how.prefix_length]):
            return False
        lengths = range(max(len(key) - limit, 0), len(key) + limit + 1)
        return any(distance(key, other[:n], limit, transpositions=how.transpositions) <= limit for n in lengths if n <= len(other))

    def match(value: CompletionValue) -> float | None:
        best = None
        for other in value.keys:
            for key in keys:
                if within(key, other):
                    common = next((at for at, (a, b) in enumerate(zip(key, other, strict=False)) if a != b), min(len(key), len(other)))
                    best = max(best or 0.0, float(common))
        return best

    return match


def _fuzzy(body: Json, key: str, ctx: ParseContext) -> FuzzyPrefix | None:
    value = body[key]
    if not isinstance(value, dict):
        return FuzzyPrefix() if boolean_value(body, key) else None
    from esmock.search.query.full_text import read_fuzziness

    out: dict[str, Any] = {}
    known = ("fuzziness", "transpositions", "min_length", "prefix_length", "unicode_aware", "max_determinized_states")
    for name in value:
        if name not in known:
            raise XContentParse(f"[fuzzy] unknown field [{name}]{suggestion(name, known)}", at_name(value, name))
        if name == "fuzziness":
            out[name] = read_fuzziness(value, name, ctx)
        elif name == "transpositions":
            out[name] = boolean_value(value, name)
        elif name in ("min_length", "prefix_length"):
            out[name] = int_value(value, name)
        else:
            text(value, name, ctx)
    return FuzzyPrefix(**out)
