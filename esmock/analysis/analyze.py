"""The analyze API: tokens of texts, by an analyzer or by parts put together in the request.

Page: indices-analyze. Source: recordings of 7.10.2.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from esmock.analysis import custom, registry
from esmock.analysis.analyzer import BUILT_IN_GAP, CUSTOM_GAP, Analyzer
from esmock.analysis.component import Component
from esmock.analysis.index_analysis import IndexAnalysis
from esmock.analysis.parameter import as_text
from esmock.analysis.token import Stream, Token, utf16
from esmock.errors import ActionRequestValidation, IllegalArgument, IllegalState
from esmock.xcontent.again import Again

Json = Any
MAX_TOKEN_COUNT = 10000
ANONYMOUS = "_custom_"
"""What an analyzer put together in a request is called."""


@dataclass(frozen=True, slots=True)
class AnalyzeRequest:
    """A parsed body; the reader of the body has seen to types and unknown keys."""

    text: Sequence[str]
    analyzer: str | None = None
    field: str | None = None
    tokenizer: str | Mapping[str, Json] | None = None
    filters: Sequence[str | Mapping[str, Json]] = ()
    char_filters: Sequence[str | Mapping[str, Json]] = ()
    normalizer: str | None = None
    explain: bool = False
    attributes: Sequence[str] = ()

    @classmethod
    def of(cls, body: Mapping[str, Json]) -> AnalyzeRequest:
        """From a body whose types were checked."""
        text = body.get("text", ())
        return cls(
            text=[text] if isinstance(text, str) else list(text),
            analyzer=body.get("analyzer"),
            field=body.get("field"),
            tokenizer=body.get("tokenizer"),
            filters=_listed(body.get("filter", ())),
            char_filters=_listed(body.get("char_filter", ())),
            normalizer=body.get("normalizer"),
            explain=str(body.get("explain", False)).lower() == "true",
            attributes=body.get("attributes", ()),
        )

    def validate(self, *, has_index: bool) -> None:
        """Raises ActionRequestValidation."""
        problems = []
        extra = bool(self.tokenizer or self.filters or self.char_filters)
        if not self.text:
            problems.append("text is missing")
        if not has_index and self.normalizer is not None:
            problems.append("index is required if normalizer is specified")
        if self.normalizer is not None and (self.tokenizer is not None or self.analyzer is not None):
            problems.append("tokenizer/analyze should be null if normalizer is specified")
        if self.analyzer is not None and extra:
            problems.append("cannot define extra components on a named analyzer")
        if self.normalizer is not None and (self.filters or self.char_filters):
            problems.append("cannot define extra components on a named normalizer")
        if self.field is not None and extra:
            problems.append("cannot define extra components on a field-specific analyzer")
        if problems:
            raise ActionRequestValidation(*problems)


def _listed(value: Json) -> list[Json]:
    return list(value) if isinstance(value, list | tuple) else [value]


def analyze(
    request: AnalyzeRequest,
    analysis: IndexAnalysis,
    *,
    index: str | None = None,
    field_analyzer: Analyzer | None = None,
    max_token_count: int = MAX_TOKEN_COUNT,
) -> dict[str, Json]:
    """The body of the answer.

    Args:
        analysis: of the index, or a plain one.
        index: the index named in the request.
        field_analyzer: what ``field`` is analyzed with, found by the caller; None when no field was given.
        max_token_count: ``index.analyze.max_token_count``.

    Raises:
        ActionRequestValidation, IllegalArgument, IllegalState: as the real API.
    """
    request.validate(has_index=index is not None)
    analyzer = choose(request, analysis, index, field_analyzer)
    custom.begin_work(analysis.builder, [*analyzer.char_filters, analyzer.tokenizer, *analyzer.filters])
    gap = analyzer.position_increment_gap
    if request.explain and analyzer.name == ANONYMOUS:
        gap = BUILT_IN_GAP
    elif index is not None and analyzer is not field_analyzer and not analyzer.is_custom:
        # ES: within an index every analyzer has the gap of text fields, unless it is a custom one that says otherwise.
        gap = CUSTOM_GAP
    if request.explain:
        name = analyzer.name if index is not None else analyzer.global_name or analyzer.name
        return {"detail": _Explain(request, analyzer, name, _Limits(max_token_count, gap)).body()}
    tokens = _all_tokens(request.text, analyzer, _Limits(max_token_count, gap))
    return {"tokens": [_plain(token) for token in tokens]}


@dataclass(frozen=True, slots=True)
class _Limits:
    """How many tokens there may be, and how many positions lie between texts."""

    max_token_count: int
    gap: int


def choose(
    request: AnalyzeRequest, analysis: IndexAnalysis, index: str | None, field_analyzer: Analyzer | None
) -> Analyzer:
    """The analyzer that the request describes."""
    if request.analyzer is not None:
        found = analysis.analyzer(request.analyzer)
        if found is None:
            where = f"failed to find global analyzer [{request.analyzer}]"
            raise IllegalArgument(where if index is None else f"failed to find analyzer [{request.analyzer}]")
        return found
    if request.normalizer is not None:
        found = analysis.normalizer(request.normalizer)
        if found is None:
            raise IllegalArgument(f"failed to find normalizer under [{request.normalizer}]")
        return found
    if request.tokenizer is not None or request.filters or request.char_filters:
        return _Parts(analysis, index).analyzer(request)
    if field_analyzer is not None:
        return field_analyzer
    if request.field is not None:
        raise IllegalArgument("analysis based on a specific field requires an index")
    if index is None:
        found = analysis.analyzer("standard")
        if found is not None:
            return found
    return analysis.default


class _Parts:
    """Finds the parts that a request names or defines."""

    def __init__(self, analysis: IndexAnalysis, index: str | None) -> None:
        self.builder = analysis.builder
        self.has_index = index is not None

    def analyzer(self, request: AnalyzeRequest) -> Analyzer:
        tokenizer = None if request.tokenizer is None else self._find("tokenizer", request.tokenizer)
        char_filters = [self._find("char_filter", one) for one in request.char_filters]
        if tokenizer is None:
            return self._normalizer(request, char_filters)
        builder = copy.copy(self.builder)
        builder.filter = lambda name: self._find("filter", name)  # type: ignore[assignment,method-assign,return-value]
        filters: list[Any] = []
        found: list[Any] = []
        for one in request.filters:
            found.append(self._find("filter", one))
            filters.append(found[-1].chained(builder, tokenizer, char_filters, filters[:]))
        return Analyzer(
            ANONYMOUS,
            tokenizer,  # type: ignore[arg-type]
            filters,
            char_filters,  # type: ignore[arg-type]
            position_increment_gap=CUSTOM_GAP,
            is_custom=True,
        )

    def _normalizer(self, request: AnalyzeRequest, char_filters: list[Any]) -> Analyzer:
        filters: list[Any] = []
        for one in request.filters:
            part: Any = self._find("filter", one)
            if not part.normalizes:
                raise IllegalArgument(f"Custom normalizer may not use filter [{part.label}]")
            filters.append(part)
        whole = custom.Whole(self.builder.settings("keyword", {}), self.builder)
        return Analyzer(ANONYMOUS, whole, filters, char_filters, position_increment_gap=CUSTOM_GAP, is_custom=True)

    def _find(self, kind: str, wanted: str | Mapping[str, Json]) -> Component:
        if isinstance(wanted, str):
            return self._named(kind, wanted)
        type_name = None if wanted.get("type") is None else as_text(wanted["type"])
        if type_name is None:
            text = json.dumps({name: wanted[name] for name in sorted(wanted)}, separators=(",", ":"), ensure_ascii=False)
            raise IllegalArgument(f"Missing [type] setting for anonymous {kind}: {text}")
        found = self.builder.type_of(kind, str(type_name))
        ready = registry.PREBUILT[kind].get(str(type_name))
        if (found is not None and found.only_prebuilt) or (found is None and ready is not None):
            # ES: a ready-made part looks for the version of the index in the settings of the part.
            raise IllegalState(
                "[index.version.created] is not present in the index settings for index with UUID [null]"
            )
        if found is None:
            raise IllegalArgument(f"failed to find global {kind} under [{type_name}]")
        return found(self.builder.settings(f"__anonymous__{type_name}", _flat(wanted)), self.builder)

    def _named(self, kind: str, name: str) -> Component:
        if self.has_index:
            found = self.builder.type_of(kind, name)
            if name not in self.builder.definitions(kind) and found is not None:
                part: Component | None = found(self.builder.settings(name, {}), self.builder)
            else:
                part = self.builder.find(kind, name)
        else:
            part = self.builder.built_in(kind, name, is_global=True)
        if part is None:
            scope = "" if self.has_index else "global "
            raise IllegalArgument(f"failed to find {scope}{kind} under [{name}]")
        return part


def _flat(values: Mapping[str, Json], prefix: str = "") -> dict[str, Json]:
    out: dict[str, Json] = {}
    for key, value in values.items():
        if isinstance(value, Mapping):
            out.update(_flat(value, f"{prefix}{key}."))
        else:
            out[prefix + key] = value
    return out


class _Counter:
    """Refuses to yield more tokens than allowed."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.count = 0

    def add(self, number: int) -> None:
        self.count += number
        if self.count > self.limit:
            raise IllegalState(
                f"The number of tokens produced by calling _analyze has exceeded the allowed maximum of [{self.limit}]."
                " This limit can be set by changing the [index.analyze.max_token_count] index level setting."
            )


class _Placer:
    """Turns streams of one text after the other into tokens with running positions and Java's offsets."""

    def __init__(self, gap: int) -> None:
        self.gap = gap
        self.position = -1
        self.offset = 0

    def place(self, text: str, stream: Stream) -> list[Token]:
        java = utf16(text)
        for token in stream.tokens:
            self.position += token.increment
            token.position = self.position
            token.start, token.end = java(token.start) + self.offset, java(token.end) + self.offset
        self.position += stream.end_increment + self.gap
        self.offset += java(stream.end_offset) + 1
        return stream.tokens


def _all_tokens(texts: Sequence[str], analyzer: Analyzer, limits: _Limits) -> list[Token]:
    counter, placer = _Counter(limits.max_token_count), _Placer(limits.gap)
    out: list[Token] = []
    for text in texts:
        tokens = placer.place(text, analyzer.stream(text))
        counter.add(len(tokens))
        out += tokens
    return out


def _plain(token: Token) -> dict[str, Json]:
    body: dict[str, Json] = {
        "token": token.term,
        "start_offset": token.start,
        "end_offset": token.end,
        "type": token.type,
        "position": token.position,
    }
    if token.length > 1:
        body["positionLength"] = token.length
    return body


class _Explain:
    """The answer with the work of each part."""

    def __init__(self, request: AnalyzeRequest, analyzer: Analyzer, name: str, limits: _Limits) -> None:
        self.request = request
        self.analyzer = analyzer
        self.name = name
        self.limits = limits
        self.wanted = frozenset(name.lower() for name in request.attributes)

    def body(self) -> dict[str, Json]:
        analyzer = self.analyzer
        if not analyzer.is_custom:
            return {"custom_analyzer": False, "analyzer": {"name": self.name, "tokens": self._tokens(analyzer)}}
        texts = list(self.request.text)
        char_filters = []
        for one in analyzer.char_filters:
            texts = [one.filter_term(text) for text in texts]
            char_filters.append({"name": one.label, "filtered_text": texts})
        tokenized = self._step(0)
        steps = [{"name": one.label, "tokens": self._step(at)} for at, one in enumerate(analyzer.filters, 1)]
        return {
            "custom_analyzer": True,
            "charfilters": char_filters,
            "tokenizer": {"name": analyzer.tokenizer.label, "tokens": tokenized},
            "tokenfilters": steps,
        }

    def _step(self, count: int) -> list[Json]:
        """The tokens behind the first ``count`` filters."""
        whole = self.analyzer
        part = Analyzer(whole.name, whole.tokenizer, whole.filters[:count], whole.char_filters)
        return self._tokens(part)

    def _tokens(self, analyzer: Analyzer) -> list[Json]:
        shown = {
            "bytes": True,
            "keyword": any(one.uses_keyword for one in analyzer.filters),
            "payload": any(one.uses_payload for one in analyzer.filters),
            "positionLength": True,
            "termFrequency": analyzer.tokenizer.counts_frequency,
        }
        names = [name for name, has in shown.items() if has and (not self.wanted or name.lower() in self.wanted)]
        return [self._token(token, names) for token in _all_tokens(self.request.text, analyzer, self.limits)]

    @staticmethod
    def _token(token: Token, names: Sequence[str]) -> dict[str, Json]:
        body = _plain(token)
        for name in names:
            body[Again(name) if name in body else name] = _ATTRIBUTES[name](token)
        return body


_ATTRIBUTES: Mapping[str, Callable[[Token], Json]] = MappingProxyType(
    {
        "bytes": lambda token: _bytes(_utf8(token.term)),
        "keyword": lambda token: token.keyword,
        "payload": lambda token: None if token.payload is None else _bytes(token.payload),
        "positionLength": lambda token: token.length,
        "termFrequency": lambda token: token.frequency,
    }
)


def _utf8(text: str) -> bytes:
    """As Java encodes: half a surrogate pair becomes a replacement character."""
    try:
        return text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace").encode()


def _bytes(data: bytes) -> str:
    return "[" + " ".join(f"{byte:x}" for byte in data) + "]"
