"""Inputs that a suggester completes. Docs: completion-suggester. Source: recordings of 7.10.2."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from esmock.errors import ApiError, ElasticsearchParse, IllegalArgument, MapperParsing, NullPointer, Unsupported
from esmock.mapping.distance import cell_diagonal, hash_precision, parse_distance
from esmock.mapping.field import HIDDEN, ORDINALS, Field
from esmock.mapping.fielddata import not_supported
from esmock.mapping.misplaced import Misplaced
from esmock.mapping.parameter import Parameter, Place, as_object, boolean, integer, java_text, meta
from esmock.mapping.text import analyzer_parameter
from esmock.mapping.values import raw_values
from esmock.xcontent.located import token

Json = Any
ALWAYS_PRINTED = frozenset({"analyzer", "preserve_separators", "preserve_position_increments", "max_input_length"})
MEMBERS = ("input", "weight", "contexts")
SEPARATOR, HOLE = "\x1f", "\x1e"
RESERVED = f"\0{HOLE}{SEPARATOR}"
"""What separates tokens, marks holes and ends an input in the automaton."""
MOST = 2**31 - 1
GEO_PRECISION = 6


class NotCompletable(Exception):
    """A value that is neither text nor an object; the arguments are its holder and key, None where the caller has them."""


@dataclass(frozen=True, slots=True)
class Context:
    """One context that a field declares.

    Attributes:
        kind: ``CATEGORY`` or ``GEO``.
        path: a field of the document that gives the values where an input has none.
        precision: of ``GEO``, the length of its geohashes.
    """

    name: str
    kind: str
    path: str | None = None
    precision: int = GEO_PRECISION

    @property
    def is_geo(self) -> bool:
        return self.kind == "GEO"

    def to_json(self) -> dict[str, Json]:
        out: dict[str, Json] = {"name": self.name, "type": self.kind}
        if self.is_geo:
            out["precision"] = self.precision
        if self.path is not None:
            out["path"] = self.path
        return out


@dataclass(slots=True)
class Inputs:
    """Inputs of one weight with the contexts given beside them, as in the source."""

    texts: list[str] = field(default_factory=list)
    weight: int = 1
    contexts: dict[str, Json] = field(default_factory=dict)


def _at_least_one(number: int) -> None:
    if number <= 0:
        raise IllegalArgument(f"[max_input_length] must be > 0 but was [{number}]")


def _contexts(value: Json, place: Place) -> tuple[Context, ...]:
    if not isinstance(value, list | dict):
        raise ElasticsearchParse("expected a list or an entry of context mapping")
    nodes = value if isinstance(value, list) else [value]
    if not nodes:
        raise ElasticsearchParse("expected at least one context mapping")
    if None in nodes:
        raise NullPointer('Cannot invoke "java.util.Map.get(Object)" because "contextConfig" is null')
    return tuple(_context(dict(as_object(node))) for node in nodes)


def _context(node: dict[str, Json]) -> Context:
    for name in ("name", "type"):
        if node.get(name) is None:
            raise ElasticsearchParse(f"missing [{name}] in context mapping")
    name, kind = java_text(node.pop("name")), java_text(node.pop("type")).upper()
    if kind not in ("CATEGORY", "GEO"):
        raise IllegalArgument(f"No context type for [{kind.lower()}]")
    path = _taken(node, "path")
    precision = _taken(node, "precision") if kind == "GEO" else None
    length = GEO_PRECISION if precision is None else context_precision(precision)
    if node:
        rest = " ".join(f" [{key} : {java_text(one)}]" for key, one in node.items())
        raise MapperParsing(f"Mapping definition for [{name}] has unsupported parameters: {rest}")
    return Context(name, kind, None if path is None else java_text(path), length)


def _taken(node: dict[str, Json], name: str) -> Json:
    """An option, taken out of the definition; null is left there, to be told as unknown."""
    return None if node.get(name) is None else node.pop(name)


def context_precision(value: Json) -> int:
    """The length of geohashes: a number, or the greatest whose cells are not smaller than a distance."""
    if isinstance(value, int) or (isinstance(value, str) and value.isdigit()):
        return int(value)
    metres = parse_distance(java_text(value))
    length = hash_precision(metres)
    return max(length - (cell_diagonal(length) < metres), 1)


class Completion(Field):
    """Inputs with weights and contexts. Queries for words find whole inputs, as they are analyzed. Docs: completion-suggester."""

    name = "completion"
    column_kind = ORDINALS
    scores_terms = True
    is_analyzed = True
    takes_objects = True
    hidden_defaults = ("contexts",)
    takes_arrays = True
    exists_by_values = True
    bare_errors = True
    checks_document = True
    parameters = (
        analyzer_parameter("analyzer", default="simple"),
        analyzer_parameter("search_analyzer", default="simple", updateable=True),
        boolean("preserve_separators", True),
        boolean("preserve_position_increments", True),
        integer("max_input_length", 50, updateable=True, check=_at_least_one),
        Parameter("contexts", (), _contexts, print=lambda value: [one.to_json() for one in value]),
        meta(),
    )
    __slots__ = ()

    def default_of(self, parameter: Parameter) -> Any:
        if parameter.name == "search_analyzer":
            return self.get("analyzer")
        return parameter.default

    def printed(self, parameter: Parameter) -> Json:
        if parameter.name in ALWAYS_PRINTED:
            return self.get(parameter.name)
        return super().printed(parameter) if parameter.name in self.given else HIDDEN

    def merged_parameters(self, other: Field) -> dict[str, Any]:
        """ES: the greatest length stays as the index was made with it."""
        kept = {key: value for key, value in self.given.items() if key == "max_input_length"}
        return {**{key: value for key, value in other.given.items() if key != "max_input_length"}, **kept}

    def conflicts(self, other: Field) -> Iterator[str]:
        if self.get("contexts") != other.get("contexts"):
            raise Unsupported("the error of changing [contexts], which names Java objects by their address")
        yield from super().conflicts(other)

    @property
    def no_columns(self) -> str:
        """Why there are no doc values."""
        return not_supported(self.path, "completion")

    @property
    def contexts(self) -> tuple[Context, ...]:
        found: tuple[Context, ...] = self.get("contexts")
        return found

    def check_paths(self, fields: Mapping[str, Field]) -> None:
        """Refuse a context whose path is no point of the mapping. Raises ElasticsearchParse."""
        for one in self.contexts:
            if not one.is_geo or one.path is None:
                continue
            found = fields.get(one.path)
            if found is None:
                raise ElasticsearchParse(f"field [{one.path}] referenced in context [{one.name}] is not defined in the mapping")
            if found.name != "geo_point":
                raise ElasticsearchParse(
                    f"field [{one.path}] referenced in context [{one.name}] must be mapped to geo_point, found [{found.name}]"
                )

    def check(self, value: Json) -> None:
        for one in self.inputs(value):
            self._check_contexts(one.contexts)

    def check_in(self, document: Json, value: Json) -> None:
        """Refuse inputs without any context, which may come from elsewhere in the document. Raises IllegalArgument."""
        for one in self.inputs(value) if self.contexts else ():
            given = [one.contexts.get(context.name) is not None or self.from_path(context, document) for context in self.contexts]
            if any(one.texts) and not any(given):
                raise IllegalArgument(f"Contexts are mandatory in context enabled completion field [{self.path}]")

    @staticmethod
    def from_path(context: Context, document: Json) -> list[Json]:
        """What the field that a context names holds in a document; points are not taken apart."""
        return raw_values(document, context.path, whole=context.is_geo) if context.path else []

    def inputs(self, value: Json) -> list[Inputs]:
        """The inputs of a value of the source. Raises NotCompletable, IllegalArgument."""
        if not isinstance(value, list):
            return [self._inputs(value, None, None)]
        return [self._inputs(one, value, at) for at, one in enumerate(value)]

    def _inputs(self, value: Json, holder: Json, key: Any) -> Inputs:
        if isinstance(value, str):
            with self._placed(None if holder is None else (holder, key)):
                return Inputs([self._text(value)])
        if not isinstance(value, dict):
            raise NotCompletable(holder, key, value)
        out = Inputs()
        for name, one in value.items():
            with self._placed((value, name), is_name=name not in MEMBERS):
                if name not in MEMBERS:
                    raise IllegalArgument(f"unknown field name [{name}], must be one of [{', '.join(MEMBERS)}]")
                setattr(out, "texts" if name == "input" else name, getattr(self, f"_{name}")(one))
        return out

    @contextmanager
    def _placed(self, part: tuple[Json, Any] | None, *, is_name: bool = False) -> Iterator[None]:
        """Errors say where the part stands, from the version on that tells it."""
        try:
            yield
        except ApiError as error:
            if not self.context.behaviour.document_parsing_exception:
                raise
            raise Misplaced(error, part, is_name=is_name) from None

    def _input(self, value: Json) -> list[str]:
        if isinstance(value, str):
            return [self._text(value)]
        if not isinstance(value, list):
            raise IllegalArgument(f"input must be a string or array, but was [{token(value)}]")
        for at, one in enumerate(value):
            if not isinstance(one, str):
                with self._placed((value, at)):
                    raise IllegalArgument(f"input array must have string values, but was [{token(one)}]")
        return [self._text(one) for one in value]

    def _text(self, value: str) -> str:
        for at, char in enumerate(value):
            if char in RESERVED:
                raise IllegalArgument(
                    f"Illegal input [{value}] UTF-16 codepoint [0x{ord(char):x}] at position {at} is a reserved character"
                )
        longest: int = self.get("max_input_length")
        return value[:longest]

    def _weight(self, value: Json) -> int:
        if isinstance(value, bool) or not isinstance(value, int | float | str):
            raise IllegalArgument(f"weight must be a number or string, but was [{token(value)}]")
        if isinstance(value, float):
            raise IllegalArgument(f"weight must be an integer, but was [{java_text(value)}]")
        try:
            number = int(value)
        except ValueError:
            raise IllegalArgument(f"weight must be an integer, but was [{value}]") from None
        if not 0 <= number <= MOST:
            raise IllegalArgument(f"weight must be in the interval [0..{MOST}], but was [{number}]")
        return number

    def _contexts(self, value: Json) -> dict[str, Json]:
        if not self.contexts:
            raise IllegalArgument(f"contexts field is not supported for field: [{self.leaf}]")
        if not isinstance(value, dict):
            raise IllegalArgument(f"contexts must be an object or an array , but was [{token(value)}]")
        return value

    def _check_contexts(self, given: dict[str, Json]) -> None:
        known = {one.name: one for one in self.contexts}
        for name, value in given.items():
            with self._placed((given, name), is_name=True):
                if name not in known:
                    raise IllegalArgument(f"Unknown context name [{name}], must be one of [{', '.join(known)}]")
            if known[name].is_geo:
                continue
            if isinstance(value, list):
                self._check_categories(value)
            elif value is None or isinstance(value, dict):
                text = "contexts must be a string, number or boolean or a list of string, number or boolean"
                with self._placed((given, name)):
                    raise ElasticsearchParse(f"{text}, but was [{token(value)}]")

    def _check_categories(self, values: list[Json]) -> None:
        for at, one in enumerate(values):
            if one is None or isinstance(one, dict | list):
                with self._placed((values, at)):
                    text = f"context array must have string, number or boolean values, but was [{token(one)}]"
                    raise ElasticsearchParse(text)

    def multi_values(self, value: Json) -> list[Json]:
        return list(dict.fromkeys(text for one in self.inputs(value) for text in one.texts))

    def column_values(self, values: list[Json]) -> list[Any]:
        """The keys of all inputs; in the terms of those with contexts, other things stand before them."""
        if self.contexts:
            return []
        analyzer = self.context.analysis.analyzer(self.get("analyzer"))
        texts = [text for value in values for one in self.inputs(value) for text in one.texts if text]
        return [key for text in texts for key in self.keys(analyzer, text)]

    def fetched_values(self, values: list[Json]) -> list[Json] | None:
        return [one for value in values for one in (value if isinstance(value, list) else [value])]

    def term(self, value: Json) -> Any:
        return java_text(value)

    def words_of(self, text: str) -> Json:
        return next(iter(self.keys(self.context.analysis.analyzer(self.get("search_analyzer")), text)), None)

    def keys(self, analyzer: Any, text: str) -> tuple[str, ...]:
        """A text as the field holds it: one key for each way through the tokens (synonyms); none without tokens."""
        separator = SEPARATOR if self.get("preserve_separators") else ""
        keeps_holes = self.get("preserve_position_increments")
        slots: dict[int, list[str]] = {}
        for one in analyzer.tokens(text):
            slots.setdefault(one.position, []).append(one.term)
        if not slots:
            return ()
        keys = [""]
        last = -1
        for place, words in sorted(slots.items()):
            gap = separator if last >= 0 else ""
            if keeps_holes:
                gap += (HOLE + separator) * (place - last - 1)
            keys = [key + gap + word for key in keys for word in words]
            last = place
        return tuple(keys)

    def malformed(self, value: Json) -> bool:
        try:
            self.check(value)
        except (ApiError, NotCompletable, Misplaced):
            return True
        return False


FIELDS = (Completion,)
