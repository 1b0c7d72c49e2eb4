"""Names of a document's members: which are refused, and the objects that names with dots stand for.

Source: asked of 7.10.2 and 8.19.21.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from esmock.errors import ApiError, ArrayIndexOutOfBounds, DocumentParsing, IllegalArgument, MapperParsing
from esmock.xcontent.located import at_name

if TYPE_CHECKING:
    from esmock.version import Behaviour

Json = Any


def refuse_blank(parent: str, doc: Json, key: str, behaviour: Behaviour) -> None:
    """Refuse a name of nothing but white space, where the version does. Raises DocumentParsing."""
    if behaviour.document_parsing_exception:
        path = f"{parent}.{key}" if parent else key
        raise DocumentParsing(f"Field name cannot contain only whitespace: [{path}]", at_name(doc, key))


def parts_of_name(doc: Json, key: str, behaviour: Behaviour) -> list[str]:
    """The names of the objects and of the field that a name with dots stands for. Raises DocumentParsing, MapperParsing."""
    late = behaviour.document_parsing_exception
    error: ApiError | None = None
    parts = key.split(".")
    if not key:
        error = IllegalArgument("field name cannot be an empty string")
    elif not key.strip("."):
        error = (
            IllegalArgument("field name cannot contain only dots")
            if late
            else ArrayIndexOutOfBounds("Index -1 out of bounds for length 0")
        )
    elif any(not part.strip() for part in parts):
        while len(parts) > 1 and not parts[-1]:
            parts.pop()
        if all(part.strip() for part in parts):
            return parts
        is_blank = any(part and not part.strip() for part in parts)
        error = IllegalArgument(
            (f"field name starting or ending with a [.] makes object resolution ambiguous: [{key}]" if is_blank
             else f"field name cannot contain only whitespace: ['{key}']")
            if late
            else f"object field cannot contain only whitespace: ['{key}']" if is_blank
            else f"object field starting or ending with a [.] makes object resolution ambiguous: [{key}]"
        )
    if error is None:
        return parts
    if late:
        raise DocumentParsing(f"failed to parse: {error.reason}", at_name(doc, key), cause=error)
    raise MapperParsing("failed to parse", cause=error)
