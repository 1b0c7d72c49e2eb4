"""Checking a document against a mapping, and the fields it adds. No analysis, no columns, no numpy."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from esmock.errors import (
    ApiError,
    DocumentParsing,
    IllegalArgument,
    JsonParse,
    MapperParsing,
    NotXContent,
    XContentParse,
)
from esmock.mapping.document_walk import BrokenWalk, Walk
from esmock.mapping.parsed_document import Parsed
from esmock.xcontent import json_reader
from esmock.xcontent.formats import ForeignSource, located_source
from esmock.xcontent.jackson import jackson_for, wrap_syntax
from esmock.xcontent.located import LocatedObject, NeedsPositions, last_token
from esmock.xcontent.reading import is_recognized

if TYPE_CHECKING:
    from esmock.mapping.dynamic import NamedTemplates
    from esmock.mapping.mapping import Mapping

Json = Any


def parse_document(
    mapping: Mapping, source: bytes, doc_id: str | None, routing: str | None = None, named: NamedTemplates | None = None
) -> Parsed:
    """See ``Mapping.parse_document``."""
    try:
        doc = _read(mapping, source)
    except _Broken:
        return _parse_broken(mapping, source, doc_id, routing)
    try:
        return Walk(mapping, doc_id, source, named).run(doc, routing)
    except NeedsPositions:
        again = located_source(source, jackson_for(mapping.behaviour))
        return Walk(mapping, doc_id, source, named).run(again, routing)


class _Broken(Exception):
    """The source is no JSON; what is wrong left of the place still wins."""


def _parse_broken(mapping: Mapping, source: bytes, doc_id: str | None, routing: str | None) -> Parsed:
    """Walk as far as the source can be read. Always raises: the error of a value, or the syntax error behind it."""
    jackson = jackson_for(mapping.behaviour)
    try:
        tree = located_source(source, jackson)
    except (JsonParse, XContentParse) as error:
        raise _unreadable(error, mapping, None) from None
    if not isinstance(tree, LocatedObject):
        raise _not_an_object(mapping, tree, source)
    if tree.after is not None:
        if isinstance(tree.after, tuple):
            extra = IllegalArgument(f"Malformed content, found extra data after parsing: {tree.after[0]}")
            if mapping.behaviour.document_parsing_exception:
                raise extra
            raise MapperParsing("failed to parse", cause=extra)
        raise _unreadable(tree.after, mapping, None, is_behind=True)
    try:
        return BrokenWalk(mapping, doc_id, source).run(tree, routing)
    except (JsonParse, XContentParse) as error:
        raise _unreadable(error, mapping, last_token(tree)) from None


def _read(mapping: Mapping, source: bytes) -> dict[str, Json]:
    """The source as an object. Raises the version's error for anything else."""
    behaviour = mapping.behaviour
    jackson = jackson_for(behaviour)
    if isinstance(source, ForeignSource):
        if not behaviour.document_parsing_exception and not is_recognized(source.original, source.kind):
            raise _not_content()
        if source.is_broken:
            raise _Broken
        if not source:
            raise _not_an_object(mapping, None, source)
    try:
        doc = json_reader.parse(source, jackson=jackson, extra=_behind)
    except ApiError:
        raise _Broken from None
    if isinstance(doc, dict):
        return doc
    raise _not_an_object(mapping, doc, source)


def _behind(_token: str, _at: Any) -> _Broken:
    return _Broken()


def _not_an_object(mapping: Mapping, doc: Json, source: bytes) -> ApiError:
    is_foreign = isinstance(source, ForeignSource)
    is_empty = not (source.original if isinstance(source, ForeignSource) else source)
    if mapping.behaviour.document_parsing_exception:
        if is_empty:
            return DocumentParsing("failed to parse, document is empty", (0, 0))
        return DocumentParsing("Malformed content, must start with an object")
    if is_empty:
        return MapperParsing("failed to parse, document is empty")
    return MapperParsing("Malformed content, must start with an object") if is_foreign else _not_content()


def _not_content() -> MapperParsing:
    cause = NotXContent(
        "Compressor detection can only be called on some xcontent bytes or compressed xcontent bytes"
    )
    return MapperParsing("failed to parse", cause=cause)


def _unreadable(
    error: ApiError, mapping: Mapping, at: tuple[int, int] | None, *, is_behind: bool = False
) -> ApiError:
    """The error of a source that is no JSON; ``at`` is the last token read, ``is_behind`` means after the object."""
    behaviour = mapping.behaviour
    if not behaviour.document_parsing_exception:
        return MapperParsing("failed to parse", cause=error)
    if isinstance(error, IllegalArgument) and not isinstance(error, XContentParse):
        return error
    wrapped = wrap_syntax(error, jackson_for(behaviour))
    place = at or _place(wrapped)
    text = wrapped.reason or ""
    return DocumentParsing(text if is_behind else f"failed to parse: {text}", place, cause=wrapped)


def _place(error: ApiError) -> tuple[int, int] | None:
    """The place that an x-content error begins with."""
    found = re.match(r"\[(\d+):(\d+)\]", error.reason or "")
    return (int(found[1]), int(found[2])) if found else None
