"""The ``@timestamp`` of a document of a data stream. Docs: data-streams; tsds for its bounds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from esmock.errors import DocumentParsing, IllegalArgument, MapperParsing
from esmock.mapping.parameter import java_text
from esmock.mapping.time_series import outside_of_index
from esmock.xcontent.located import at_end

if TYPE_CHECKING:
    from esmock.mapping.document_errors import DocumentErrors
    from esmock.mapping.mapping import Mapping

Json = Any


def check_timestamp(mapping: Mapping, doc: dict[str, Json], errors: DocumentErrors) -> None:
    """A document of a data stream has exactly one timestamp, within the bounds of its index. Raises ApiError."""
    value = doc.get("@timestamp")
    found = [one for one in value if one is not None] if isinstance(value, list) else [] if value is None else [value]
    if len(found) > 1:
        text = (
            f"failed to parse field [@timestamp] of type [date] {errors.where}. Preview of field's value: '{java_text(found[1])}'"
        )
        cause = IllegalArgument("data stream timestamp field [@timestamp] encountered multiple values")
        raise errors.error(text, doc["@timestamp"], 1, cause)
    if not found:
        missing = IllegalArgument("data stream timestamp field [@timestamp] is missing")
        if mapping.behaviour.document_parsing_exception:
            raise DocumentParsing(f"failed to parse: {missing.reason}", at_end(doc), cause=missing)
        raise MapperParsing("failed to parse", cause=missing)
    wrong = outside_of_index(mapping, found[0])
    if wrong is not None:
        raise DocumentParsing(f"failed to parse: {wrong}", at_end(doc), cause=IllegalArgument(wrong))
