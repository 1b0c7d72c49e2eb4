"""The ``highlight`` part of a search: options for all fields, and for each.

Source: recordings of 7.10.2.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, fields, replace
from typing import TYPE_CHECKING, Any

from esmock.errors import ApiError, IllegalArgument, Parsing, XContentParse
from esmock.search.query.parse import boolean_value, int_value, parse_query, place_of, text
from esmock.xcontent.located import NeedsPositions, at_end, at_name, at_value, copy_plain, standing, token
from esmock.xcontent.similar import suggestion

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
    explicit_order: bool = False

    def queries(self) -> Iterator[Any]:
        """The queries that are highlighted in place of the search's."""
        for options in (self.options, *(each for _, each in self.fields)):
            if options.highlight_query is not None:
                yield options.highlight_query

    @classmethod
    def parse(cls, body: Json, ctx: ParseContext) -> HighlightRequest:
        """Read ``highlight``. Raises XContentParse."""
        out = cls()
        for key in body:
            if key == "fields":
                if token(body[key]) not in ("START_OBJECT", "START_ARRAY"):
                    raise XContentParse(
                        f"[highlight] fields doesn't support values of type: {token(body[key])}", at_value(body, key)
                    )
                out.fields = _wrapped("highlight", body, key, lambda key=key: _fields(body[key], ctx))
            elif key == "use_explicit_field_order":
                out.explicit_order = boolean_value(body, key)
            elif key == "tags_schema":
                name = text(body, key, ctx)
                if name not in ("styled", "default"):
                    raise XContentParse(
                        f"[highlight] failed to parse field [{key}]", at_value(body, key),
                        cause=IllegalArgument(f"Unknown tag schema [{name}]"),
                    )
                if name == "styled":
                    out.options.pre_tags, out.options.post_tags = STYLED, ("</em>",)
            else:
                _option("highlight", out.options, body, key, ctx)
        if out.options.pre_tags is not None and out.options.post_tags is None:
            raise Parsing("pre_tags are set but post_tags are not set", at_end(body))
        return out


def _fields(value: Json, ctx: ParseContext) -> list[tuple[str, Options]]:
    if isinstance(value, list):
        out = []
        for at, one in enumerate(value):
            if not isinstance(one, dict) or len(one) != 1:
                raise XContentParse(
                    "[fields] can be a single object with any number of fields or an array where each entry is an object with a "
                    "single field",
                    at_name(one, list(one)[1]) if isinstance(one, dict) and len(one) > 1 else at_value(value, at),
                )
            out.extend(_fields(one, ctx))
        return out
    return [(name, _wrapped("fields", value, name, lambda name=name: _field(value, name, ctx))) for name in value]


def _field(holder: Json, name: str, ctx: ParseContext) -> Options:
    value = holder[name]
    if not isinstance(value, dict):
        at = at_value(holder, name)
        raise XContentParse(f"[highlight_field] Expected START_OBJECT but was: {token(value)}", at)
    options = Options()
    for key in value:
        _option("highlight_field", options, value, key, ctx)
    return options


def _wrapped(parser: str, body: Json, key: str, read: Any) -> Any:
    try:
        return read()
    except NeedsPositions:
        raise
    except ApiError as error:
        at = place_of(error, body, key)
        raise standing(XContentParse(f"[{parser}] failed to parse field [{key}]", at, cause=error), at) from None


_STRINGS = ("encoder", "type", "fragmenter", "boundary_scanner_locale")
_NUMBERS = (
    "fragment_size", "number_of_fragments", "boundary_max_scan", "no_match_size", "phrase_limit", "fragment_offset",
    "max_analyzed_offset",
)
_FLAGS = ("require_field_match", "highlight_filter", "force_source")
_LISTS = ("pre_tags", "post_tags", "matched_fields")
_KNOWN = (
    *_STRINGS, *_NUMBERS, *_FLAGS, *_LISTS, "order", "boundary_scanner", "boundary_chars", "highlight_query", "options",
)


def _option(parser: str, out: Options, body: Json, key: str, ctx: ParseContext) -> None:
    hidden = ("fragment_offset", "matched_fields") if parser == "highlight" else ()
    if ctx.behaviour.major < 8:
        hidden = (*hidden, "max_analyzed_offset")
    known = [one for one in _KNOWN if one not in hidden]
    if key not in known:
        error = XContentParse(f"[{parser}] unknown field [{key}]{suggestion(key, known)}", at_name(body, key))
        raise standing(error, at_value(body, key))
    value = body[key]
    takes = ("START_ARRAY", "VALUE_STRING") if key in _LISTS else ("START_OBJECT",) if key in ("highlight_query", "options") else (
        "VALUE_STRING", "VALUE_NUMBER", "VALUE_BOOLEAN"
    )
    if token(value) not in takes:
        raise XContentParse(f"[{parser}] {key} doesn't support values of type: {token(value)}", at_value(body, key))
    setattr(out, key, _wrapped(parser, body, key, lambda: _value(body, key, ctx)))


def _value(body: Json, key: str, ctx: ParseContext) -> Any:
    value = body[key]
    if key in _LISTS:
        return (value,) if isinstance(value, str) else tuple(text(value, at, ctx) for at in range(len(value)))
    if key in _NUMBERS:
        return int_value(body, key)
    if key in _FLAGS:
        return boolean_value(body, key)
    if key == "highlight_query":
        return parse_query(body, key, ctx)
    if key == "options":
        return copy_plain(value)
    shown = text(body, key, ctx)
    if key == "order":
        return "score" if shown.lower() == "score" else "none"
    if key == "boundary_scanner" and shown.lower() not in ("chars", "word", "sentence"):
        raise IllegalArgument(
            f"No enum constant org.elasticsearch.search.fetch.subphase.highlight.HighlightBuilder.BoundaryScannerType.{shown.upper()}"
        )
    return shown.lower() if key == "boundary_scanner" else shown
