"""The ``highlight`` part of a search: options for all fields, and for each.

Source: recordings of 7.10.2.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, fields, replace
from typing import TYPE_CHECKING, Any

from esmock.errors import IllegalArgument, Parsing
from esmock.search.query.base import QueryReading
from esmock.search.query.parse import parse_query
from esmock.xcontent import object_parser as parsing
from esmock.xcontent.located import at_end, copy_plain
from esmock.xcontent.object_parser import Parser
from esmock.xcontent.value_reader import Reading, integer

if TYPE_CHECKING:
    from esmock.search.query.base import ParseContext, Query

Json = Any
STYLED = tuple(f'<em class="hlt{number}">' for number in range(1, 11))


@dataclass(slots=True)
class Options:
    """How a field is highlighted; None: not said here.

    Attributes:
        fragment_size: in characters.
        no_match_size: characters of the beginning that are shown where nothing matches.
    """

    pre_tags: tuple[str, ...] | None = None
    post_tags: tuple[str, ...] | None = None
    fragment_size: int | None = None
    number_of_fragments: int | None = None
    encoder: str | None = None
    type: str | None = None
    fragmenter: str | None = None
    order: str | None = None
    boundary_scanner: str | None = None
    boundary_max_scan: int | None = None
    boundary_chars: str | None = None
    boundary_scanner_locale: str | None = None
    highlight_query: Query | None = None
    no_match_size: int | None = None
    force_source: bool | None = None
    phrase_limit: int | None = None
    max_analyzed_offset: int | None = None
    require_field_match: bool | None = None
    highlight_filter: bool | None = None
    options: Json = None
    fragment_offset: int | None = None
    matched_fields: tuple[str, ...] | None = None

    def over(self, other: Options) -> Options:
        """These options, with another's where these say nothing."""
        given = {one.name: getattr(self, one.name) for one in fields(self) if getattr(self, one.name) is not None}
        return replace(other, **given)


    def made_with(self, first: Options) -> Options:
        """These options where a highlighter was made with others: a few are asked for anew."""
        own = {name: getattr(self, name) for name in _ASKED_ANEW[self.type or "unified"]}
        counts = (first.number_of_fragments or 0, self.number_of_fragments or 0)
        if self.type in (None, "unified"):
            own["number_of_fragments"] = min(counts) if all(counts) else counts[0]
        return replace(first, **own)


_ASKED_ANEW = {
    "unified": ("order",),
    "plain": ("number_of_fragments", "order", "no_match_size", "max_analyzed_offset"),
    "fvh": ("number_of_fragments", "fragment_size", "no_match_size", "phrase_limit", "matched_fields", "pre_tags", "post_tags", "encoder"),
}

DEFAULTS = Options(
    pre_tags=("<em>",), post_tags=("</em>",), fragment_size=100, number_of_fragments=5, encoder="default", order="none",
    no_match_size=0, require_field_match=True, boundary_max_scan=20, boundary_chars=".,!? \t\n", phrase_limit=256,
    fragment_offset=-1, force_source=False, fragmenter="span",
)


@dataclass(slots=True)
class HighlightRequest:
    """``highlight``: field patterns with their options."""

    fields: list[tuple[str, Options]] = field(default_factory=list)
    options: Options = field(default_factory=Options)

    def queries(self) -> Iterator[Any]:
        """The queries that are highlighted in place of the search's."""
        for options in (self.options, *(each for _, each in self.fields)):
            if options.highlight_query is not None:
                yield options.highlight_query

    @classmethod
    def parse(cls, body: Json, ctx: ParseContext) -> HighlightRequest:
        """Read ``highlight``. Raises XContentParse, Parsing."""
        found = _HIGHLIGHT.parse(body, QueryReading.of(ctx))
        given = found.pop("fields", [])
        options: dict[str, Any] = {}
        for name, value in found.items():
            # ES: the schema sets the tags when it is met
            if name != "tags_schema":
                options[name] = value
            elif value == "styled":
                options |= {"pre_tags": STYLED, "post_tags": ("</em>",)}
        return cls(given, options_of(options, body))


def options_of(found: dict[str, Any], body: Json) -> Options:
    """The options that were read. Raises Parsing for tags that do not close."""
    if found.get("pre_tags") is not None and found.get("post_tags") is None:
        raise Parsing("pre_tags are set but post_tags are not set", at_end(body))
    return Options(**found)


def _order(name: str) -> str:
    return "score" if name.lower() == "score" else "none"


def _scanner(name: str) -> str:
    if name.lower() not in ("chars", "word", "sentence"):
        kind = "org.elasticsearch.search.fetch.subphase.highlight.HighlightBuilder.BoundaryScannerType"
        raise IllegalArgument(f"No enum constant {kind}.{name.upper()}")
    return name.lower()


def _schema(name: str) -> str:
    if name not in ("styled", "default"):
        raise IllegalArgument(f"Unknown tag schema [{name}]")
    return name


def _query(holder: Json, key: Any, reading: Any) -> Query:
    return parse_query(holder, key, reading.ctx)


def _offset(number: int) -> int:
    if number <= 0:
        raise IllegalArgument("[max_analyzed_offset] must be a positive integer")
    return number


_MOST_FRAGMENTS = 10_000


def _count(body: Json, key: Any, reading: Reading) -> int:
    number = integer(body, key, reading)
    if reading.behaviour.major >= 8 and not 0 <= number <= _MOST_FRAGMENTS:
        raise IllegalArgument(f"[{key}] must be between [0] and [{_MOST_FRAGMENTS}]")
    return number


_FORCES_GONE = "Deprecated field [force_source] used, this field is unused and will be removed entirely"


def _common(name: str) -> tuple[parsing.Field, ...]:
    """The options that stand beside the fields and inside them."""
    return (
        parsing.strings("pre_tags", then=tuple),
        parsing.strings("post_tags", then=tuple),
        parsing.string("order", then=_order),
        parsing.boolean("highlight_filter"),
        parsing.integer("fragment_size"),
        parsing.custom("number_of_fragments", ("VALUE_NUMBER", "VALUE_STRING"), _count),
        parsing.boolean("require_field_match"),
        parsing.string("boundary_scanner", then=_scanner),
        parsing.integer("boundary_max_scan"),
        parsing.string("boundary_chars"),
        parsing.string("boundary_scanner_locale"),
        parsing.string("type"),
        parsing.string("fragmenter"),
        parsing.integer("no_match_size"),
        parsing.boolean(
            "force_source",
            gone=_FORCES_GONE,
            gone_since=8,
            in_version=lambda behaviour: behaviour.forces_highlight_source,
        ),
        parsing.integer("phrase_limit"),
        parsing.integer("max_analyzed_offset", in_version=lambda behaviour: behaviour.has((7, 12)), then=_offset),
        parsing.custom("options", ("START_OBJECT",), lambda body, key, reading: copy_plain(body[key])),
        parsing.custom("highlight_query", ("START_OBJECT",), _query),
    )


_FIELD = Parser(
    "highlight_field",
    *_common("highlight_field"),
    parsing.integer("fragment_offset"),
    parsing.strings("matched_fields", then=tuple),
    parsing.string("encoder", in_version=lambda behaviour: behaviour.major >= 8),
)


def _field(holder: Json, name: Any, reading: Any) -> Options:
    return options_of(_FIELD.read(holder, name, reading), holder[name])


_HIGHLIGHT = Parser(
    "highlight",
    *_common("highlight"),
    parsing.string("tags_schema", then=_schema),
    parsing.string("encoder"),
    parsing.named_objects("fields", _field),
)
