"""Queries that stand for many terms: prefix, wildcard, regexp, fuzzy. Docs: term-level-queries."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from esmock.errors import ApiError, IllegalArgument, UnsupportedOperation
from esmock.mapping.mapping import wildcard
from esmock.search.query.base import F32, Bound, Constant, MatchNothing, ParseContext, Query
from esmock.search.query.parse import flag, members, one_field, options, text, whole
from esmock.search.query.rewrite import PLAIN, check_rewrite, rewritten
from esmock.search.query.terms import any_of, has_no_term, require_indexed
from esmock.xcontent.value_reader import text_or_null

if TYPE_CHECKING:
    from esmock.mapping.field import Field
    from esmock.search.query.shard import ShardSearch

Json = Any
Matches = Callable[[str], bool]


def text_option(holder: Json, key: str, ctx: ParseContext) -> str | None:
    return None if holder[key] is None else text(holder, key, ctx)


def parse_pattern(query: str, value_name: str, body: Json, ctx: ParseContext, more: dict[str, Any]) -> dict[str, Any]:
    """Read ``{"FIELD": text or {VALUE_NAME: text, ...}}``."""
    read_text = text if query == "wildcard" else text_option
    names = dict.fromkeys(("value", value_name), read_text)
    known = {**names, "rewrite": text_option, "case_insensitive": flag, **more}

    def read(field: str, holder: Json, key: Any) -> dict[str, Any]:
        value = holder[key]
        if isinstance(value, dict):
            out = options(query, value, ctx, known)
            if value_name in out and value_name != "value":
                out["value"] = out.pop(value_name)
            return out
        return {"value": read_text(holder, key, ctx)}

    out = one_field(query, members(body), read)
    if not out.get("field"):
        raise IllegalArgument("field name is null or empty")
    if out.get("value") is None:
        raise IllegalArgument("value cannot be null")
    return out


def matching_terms(segment: Any, path: str, is_text: bool, matches: Matches, prefix: str = "") -> tuple[Any, np.ndarray]:
    """Places of the terms of a segment that match, among those with a prefix."""
    terms, with_prefix = terms_from(segment, path, is_text, prefix)
    return terms, np.array([at for at in with_prefix if matches(terms[at])], np.int64)


def terms_from(segment: Any, path: str, is_text: bool, prefix: str) -> tuple[Any, range]:
    """The terms of a segment, and the places of those with a prefix."""
    from bisect import bisect_left, bisect_right

    terms = segment.postings(path).terms if is_text else segment.column(path).dictionary or []
    if not prefix:
        return terms, range(len(terms))
    first = bisect_left(terms, prefix)
    return terms, range(first, bisect_right(terms, prefix, first, key=lambda term: term[: len(prefix)]))


def terms_mask(segment: Any, path: str, is_text: bool, places: np.ndarray) -> np.ndarray:
    """bool[n_docs]: documents with one of some terms."""
    if not len(places):
        return np.zeros(segment.n_docs, bool)
    if is_text:
        postings = segment.postings(path)
        out = np.zeros(segment.n_docs, bool)
        for at in places.tolist():
            out[postings.docs[int(postings.doc_starts[at]) : int(postings.doc_starts[at + 1])]] = True
        return out
    column = segment.column(path)
    table = np.zeros(len(column.dictionary or []), bool)
    table[places] = True
    return any_of(column, table[column.values])


@dataclass(slots=True)
class PatternTerms(Constant):
    """The documents that have a term of some form; highlighters ask which terms."""

    path: str
    matches: Callable[[str], bool]


def no_patterns(shard: ShardSearch, field: Field, kind: str) -> ApiError:
    """The error of a field whose type has no terms that a pattern could name."""
    return _no_patterns(shard, field.path, field.type_name, kind)


def _no_patterns(shard: ShardSearch, path: str, type_name: str, kind: str) -> ApiError:
    where = "keyword and text fields" if kind == "regexp" else "keyword, text and wildcard fields"
    return shard.error(f"Can only use {kind} queries on {where} - not on [{path}] which is of type [{type_name}]")


def pattern_query(
    shard: ShardSearch,
    kind: str,
    name: str,
    boost: Any,
    matches_of: Callable[[Field | None], tuple[Matches, str]],
    rewrite: str | None = None,
    scored: bool = False,
) -> Bound:
    """All terms of a field that match. Raises QueryShard on fields without terms."""
    field = shard.field(name)
    if field is None:
        own = shard.identity(name)
        if name == "_id" or (own is not None and kind == "regexp"):
            raise _no_patterns(shard, name, name, kind)
        if own is not None:
            found = matches_of(None)[0](own)
            return Constant(lambda segment: np.full(segment.n_docs, found), boost)
        if kind == "regexp":
            # ES: it is run, and read before that
            check_rewrite(rewrite)
            matches_of(None)
        return MatchNothing()
    check_rewrite(rewrite)
    refuse_key(field, kind)
    if not field.takes_patterns:
        raise no_patterns(shard, field, kind)
    require_indexed(shard, field, field.path)
    matches, prefix = matches_of(field)
    matched = getattr(field, "matched", None)
    if matched is not None:
        wanted = matches
        begin = prefix
        matches, prefix = (lambda term: matched(term).startswith(begin) and wanted(matched(term))), ""
    path, is_text = field.path, field.is_text
    if rewrite not in PLAIN:
        words: dict[str, Any] = {}
        for segment in shard.segments(path):
            terms, places = matching_terms(segment, path, is_text, matches, prefix)
            words.update({terms[at]: F32(1) for at in places.tolist()})
        return rewritten(shard, field, words, str(rewrite), boost, scored)
    return pattern_terms(field, matches, prefix, boost)


def pattern_terms(field: Field, matches: Matches, prefix: str, boost: Any) -> Bound:
    """The documents with a term that has a prefix and matches."""
    path, is_text = field.path, field.is_text

    def find(segment: Any) -> np.ndarray:
        return terms_mask(segment, path, is_text, matching_terms(segment, path, is_text, matches, prefix)[1])

    return PatternTerms(find, boost, path, lambda term: term.startswith(prefix) and bool(matches(term)))


def refuse_key(field: Field, kind: str) -> None:
    """Refuse what one key of a flattened field does not take. Raises UnsupportedOperation."""
    refuses = getattr(field, "refuses", None)
    reason = None if refuses is None else refuses(kind)
    if reason is not None:
        raise UnsupportedOperation(reason)


def normalized(field: Field | None, value: str) -> str:
    """A pattern's literal as the field's terms are written."""
    if field is None:
        return value
    if field.is_text:
        return str(field.search_analyzer.normalize(value))  # type: ignore[attr-defined]
    return str(field.normalized(value)) if hasattr(field, "normalized") else value


@dataclass(slots=True)
class Prefix(Query):
    """Docs: query-dsl-prefix-query."""

    name = "prefix"
    field: str
    value: str
    rewrite: str | None = None
    case_insensitive: bool = False

    @classmethod
    def parse(cls, body: Json, ctx: ParseContext) -> Prefix:
        return cls(**parse_pattern("prefix", "value", body, ctx, {}))

    def matches_none(self, shard: ShardSearch) -> bool:
        return has_no_term(shard, self.field, lambda: lambda name: name.startswith(self.value))

    def bind_boosted(self, shard: ShardSearch, scored: bool, boost: Any) -> Bound:
        from esmock.search.query.beginnings import bind_beginning, looked_up

        def matches_of(field: Field | None) -> tuple[Matches, str]:
            # ES: the prefix of a text field is taken as it stands
            value = self.value if field is None or field.is_text else normalized(field, self.value)
            if self.case_insensitive:
                low = value.lower()
                return (lambda term: term.lower().startswith(low)), ""
            return (lambda term: True), value

        own = shard.identity(self.field)
        if own is not None:
            found = own.startswith(self.value)
            return Constant(lambda segment: np.full(segment.n_docs, found), boost)
        field = shard.field(self.field)
        if field is not None and not self.case_insensitive:
            begun = bind_beginning(shard, field, self.value, self.rewrite, boost, scored)
            if begun is not None:
                return begun
        rewrite = None if field is not None and looked_up(field, self.value) else self.rewrite
        return pattern_query(shard, "prefix", self.field, boost, matches_of, rewrite, scored)


def wildcard_regex(value: str, *, ignore_case: bool = False) -> re.Pattern[str]:
    """A wildcard pattern as a regular expression: ``*``, ``?``, and a backslash before either."""
    out = []
    at = 0
    while at < len(value):
        char = value[at]
        if char == "*":
            out.append(".*")
        elif char == "?":
            out.append(".")
        elif char == "\\" and at + 1 < len(value):
            at += 1
            out.append(re.escape(value[at]))
        else:
            out.append(re.escape(char))
        at += 1
    return re.compile("".join(out), re.DOTALL | (re.IGNORECASE if ignore_case else 0))


@dataclass(slots=True)
class Wildcard(Query):
    """Docs: query-dsl-wildcard-query."""

    name = "wildcard"
    field: str
    value: str
    rewrite: str | None = None
    case_insensitive: bool = False
    is_normalized: bool = False

    @classmethod
    def parse(cls, body: Json, ctx: ParseContext) -> Wildcard:
        return cls(**parse_pattern("wildcard", "wildcard", body, ctx, {}))

    def matches_none(self, shard: ShardSearch) -> bool:
        return has_no_term(shard, self.field, lambda: wildcard(self.value))

    def pattern(self, shard: ShardSearch, field: Field | None) -> str:
        """The pattern as it is looked for; 8.x takes that of a text field as it stands."""
        keeps = self.is_normalized or (field is not None and field.is_text and shard.behaviour.major >= 8)
        return self.value if keeps else normalized_wildcard(field, self.value)

    def bind_boosted(self, shard: ShardSearch, scored: bool, boost: Any) -> Bound:
        def matches_of(field: Field | None) -> tuple[Matches, str]:
            value = self.pattern(shard, field)
            regex = wildcard_regex(value, ignore_case=self.case_insensitive)
            prefix = "" if self.case_insensitive else re.split(r"[*?\\]", value, maxsplit=1)[0]
            return (lambda term: regex.fullmatch(term) is not None), prefix

        return pattern_query(shard, "wildcard", self.field, boost, matches_of, self.rewrite, scored)


def normalized_wildcard(field: Field | None, value: str) -> str:
    """A pattern as a field's terms are written."""
    if field is None or (field.is_text is False and getattr(field, "_normalize", None) is None):
        return value
    return parts_normalized(value, lambda part: normalized(field, part))


def parts_normalized(value: str, normalize: Callable[[str], str]) -> str:
    """A pattern whose literal parts, between the wildcards, are each normalized."""
    parts = re.split(r"(\\.|[?*])", value)
    return "".join(part if re.fullmatch(r"\\.|[?*]", part) else normalize(part) if part else "" for part in parts)


@dataclass(slots=True)
class Regexp(Query):
    """Docs: query-dsl-regexp-query."""

    name = "regexp"
    field: str
    value: str
    flags: str | int | None = None
    max_determinized_states: int = 10000
    rewrite: str | None = None
    case_insensitive: bool = False

    @classmethod
    def parse(cls, body: Json, ctx: ParseContext) -> Regexp:
        from esmock.analysis.lucene_regex import read_flags

        more = {
            "flags": lambda holder, key, ctx: read_flags(text_or_null(holder, key, ctx)),
            "flags_value": whole,
            "max_determinized_states": whole,
        }
        out = parse_pattern("regexp", "value", body, ctx, more)
        if "flags_value" in out:
            out["flags"] = out.pop("flags_value")
        return cls(**out)

    def bind_boosted(self, shard: ShardSearch, scored: bool, boost: Any) -> Bound:
        from esmock.analysis.lucene_regex import compile_regex

        limit = int(shard.settings.get("index.max_regex_length", 1000))
        if len(self.value) > limit:
            raise IllegalArgument(
                f"The length of regex [{len(self.value)}]  used in the Regexp Query request has exceeded the allowed maximum of [{limit}]. "
                "This maximum can be set by changing the [index.max_regex_length] index level setting."
            )

        def matches_of(field: Field | None) -> tuple[Matches, str]:
            has_classes = shard.behaviour.major >= 8
            return compile_regex(self.value, self.flags, ignore_case=self.case_insensitive, has_classes=has_classes), ""

        return pattern_query(shard, "regexp", self.field, boost, matches_of, self.rewrite, scored)


def case_insensitive_term(shard: ShardSearch, name: str, value: Json, boost: Any) -> Bound:
    """A term query that ignores case: a constant score."""
    from esmock.mapping.parameter import java_text

    field = shard.field(name)
    if field is None:
        return MatchNothing()
    if not field.takes_patterns:
        raise shard.error(
            f"[{field.path}] field which is of type [{field.type_name}], does not support case insensitive term queries"
        )
    low = java_text(value).lower()
    return pattern_query(shard, "prefix", name, boost, lambda _field: ((lambda term: term.lower() == low), ""))


QUERIES = (Prefix, Wildcard, Regexp)
