"""The errors of documents that a mapping does not take, in each version's words and with the place of the value."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from esmock.errors import (
    ApiError,
    DocumentParsing,
    ElasticsearchParse,
    IllegalArgument,
    IllegalState,
    InputCoercion,
    JsonParse,
    MapperParsing,
    Parsing,
    StrictDynamicMapping,
    XContentParse,
)
from esmock.mapping.coercion import TokenError
from esmock.mapping.completion import NotCompletable
from esmock.mapping.dense_vector import NotAVector
from esmock.mapping.exact import ImmenseTerm, NotAnObject, NotBoolean, NotText
from esmock.mapping.field import Field
from esmock.mapping.geometry.indexable import Escaping
from esmock.mapping.misplaced import Misplaced
from esmock.mapping.numeric import Number
from esmock.mapping.objects import ObjectMapper
from esmock.mapping.parameter import java_text
from esmock.mapping.points import WrongPoint
from esmock.mapping.ranges import NotARange, WrongBound
from esmock.xcontent.java_order import hash_ordered
from esmock.xcontent.located import at_end, at_name, at_value, number_text, token, token_behind

if TYPE_CHECKING:
    from esmock.version import Behaviour

Json = Any

REFUSALS = (ApiError, TokenError, NotText, NotBoolean, NotAnObject, NotARange, NotCompletable, NotAVector, Misplaced, WrongBound, WrongPoint)
"""What a field raises of a value that it cannot hold."""


class MaxBytesLengthExceeded(IllegalArgument):
    """Lucene's error of a term that is too long; the cause of the wire error."""

    java = "BytesRefHash$MaxBytesLengthExceededException"
    type = "max_bytes_length_exceeded_exception"


class Moment(str):
    """The time of a document of a time series, which errors name in place of its id."""

    __slots__ = ()


class DocumentErrors:
    """Makes the errors of one document.

    Args:
        doc_id: as errors name it; None for one that is still to be made.
        source: the document's bytes, of which some errors tell the place.
    """

    __slots__ = ("behaviour", "doc_id", "source")

    def __init__(self, behaviour: Behaviour, doc_id: str | None, source: bytes) -> None:
        self.behaviour = behaviour
        self.doc_id = doc_id
        self.source = source

    @property
    def where(self) -> str:
        """The document as errors name it."""
        return f"in a time series document at [{self.doc_id}]" if isinstance(self.doc_id, Moment) else f"in document with id '{self.doc_id}'"

    def metadata(self, name: str, holder: Json, key: Any, value: Json = None) -> ApiError:
        """The error of a metadata field in a document; ``value`` where it is not what stands there."""
        text = f"Field [{name}] is a metadata field and cannot be added inside a document. Use the index API request parameters."
        shown = holder[key] if value is None else value
        return self._of_metadata(name, holder, key, shown, lambda at: self.error(text, holder, key, at=at))

    def below_metadata(self, holder: Json, key: Any, name: str, rest: list[str], value: Json) -> ApiError:
        """The error of a name with dots whose first part is a metadata field."""
        if self.behaviour.document_parsing_exception:
            return self.metadata(name, holder, key, _inside(rest, value))
        return MapperParsing(
            f"Could not dynamically add mapping for field [{key}]. Existing mapping for [{name}] must be of type object but found "
            f"[{name}]."
        )

    def below_field(
        self,
        holder: Json,
        key: Any,
        field: Field,
        rest: list[str],
        value: Json,
        mapper: ObjectMapper,
        tell: Callable[[Json, Any], Any] = at_name,
    ) -> ApiError:
        """The error of a name with dots that goes on below a field which is no object."""
        if not self.behaviour.document_parsing_exception:
            return MapperParsing(
                f"Could not dynamically add mapping for field [{mapper.child_path(key)}]. Existing mapping for "
                f"[{field.path}] must be of type object but found [{field.name}]."
            )
        place = ":".join(map(str, tell(holder, key)))
        cause: ApiError = IllegalState(f"Can't get text on a START_OBJECT at {place}")
        if isinstance(field, Number):
            cause = IllegalArgument("Cannot parse object as number")
        elif field.name == "boolean":
            cause = IllegalState(f"Can't get boolean value on a START_OBJECT at {place}")
        text = (
            f"failed to parse field [{field.path}] of type [{field.type_name}] {self.where}. "
            f"Preview of field's value: '{java_text(_inside(rest, value))}'"
        )
        return DocumentParsing(text, at_value(holder, key), cause=cause)

    def doc_count(self, name: str, holder: Json, key: Any) -> ApiError:
        """The error of a ``_doc_count`` that is no positive integer."""
        value = holder[key]

        def cause(at: Any) -> ApiError:
            if type(value) is int:
                return IllegalArgument(f"Field [_doc_count] must be a positive integer. Value [{value}] not positive")
            return Parsing(f"Failed to parse object: expecting token of type [VALUE_NUMBER] but found [{token(value)}]", at_value(holder, key))

        return self._of_metadata(name, holder, key, value, cause)

    def _of_metadata(self, name: str, holder: Json, key: Any, value: Json, cause: Callable[[Any], ApiError]) -> ApiError:
        late = self.behaviour.document_parsing_exception
        at = at_end(value) if late and isinstance(value, dict) and value is holder[key] else at_value(holder, key) if late else None
        shown = java_text(hash_ordered(value))
        text = f"failed to parse field [{name}] of type [{name}] {self.where}. Preview of field's value: '{shown}'"
        return self.error(text, holder, key, cause(at), at)

    def exceeded(self, text: str, at: Any) -> ApiError:
        """The error of a field that is one too many."""
        return DocumentParsing(f"failed to parse: {text}", at, cause=IllegalArgument(text))

    def error(self, text: str, holder: Json, key: Any, cause: ApiError | None = None, at: Any = None) -> ApiError:
        """``mapper_parsing_exception``, or the later one with the place of the value."""
        if not self.behaviour.document_parsing_exception:
            return MapperParsing(text, cause=cause)
        return DocumentParsing(text, at or at_value(holder, key), cause=cause)

    def refused(self, field: Field, error: Exception, holder: Json, key: Any, value: Json) -> ApiError:
        """The error around a value that a field cannot hold."""
        if field.is_alias:
            return self._alias(error, holder, key)
        if field.is_terse:
            return self._refused_tersely(field, error, holder, key, value)
        if isinstance(value, float) and field.name in ("date", "date_nanos", "ip"):
            error = self._as_written(field, error, holder, key)
        if isinstance(error, WrongBound):
            return self._refused_bound(field, error, value)
        if isinstance(error, Misplaced):
            tell = at_name if error.is_name else at_value
            place = at_value(holder, key) if error.part is None else tell(*error.part)
            return DocumentParsing(f"failed to parse: {error.error.reason}", place, cause=error.error)
        if isinstance(error, NotAVector):
            return self._refused_vector(error, holder, key, value)
        if isinstance(error, NotCompletable) and self.behaviour.document_parsing_exception:
            cause = self._cause(error, holder, key, value, field)
            return DocumentParsing(f"failed to parse: {cause.reason}", (cause.extra["line"], cause.extra["col"]), cause=cause)
        preview = getattr(error, "preview", None) or self._preview(field, value)
        text = (
            f"failed to parse field [{field.path}] of type [{field.type_name}] {self.where}. "
            f"Preview of field's value: '{preview}'"
        )
        cause = self._cause(error, holder, key, value, field)
        if getattr(field, "bare_errors", False) and not self.behaviour.document_parsing_exception:
            return MapperParsing("failed to parse", cause=cause)
        if isinstance(value, dict | list):
            at = at_end(value) if self.behaviour.document_parsing_exception else None
            return self.error(text, holder, key, cause, at)
        return self.error(text, holder, key, cause)

    @staticmethod
    def _as_written(field: Field, error: Exception, holder: Json, key: Any) -> Exception:
        """The error of a decimal for a type that reads text: it is read as it is written."""
        at_value(holder, key)  # raises NeedsPositions where the source was read without
        written = number_text(holder, key)
        if written is None:
            return error
        try:
            field.check(written)
        except ApiError as again:
            return again
        return error

    def _refused_bound(self, field: Field, wrong: WrongBound, value: Json) -> ApiError:
        """The error of a range: of a bound where it stands, of both at the end."""
        late = self.behaviour.document_parsing_exception
        if wrong.key is None:
            one, preview, at = value, "null", at_end(value) if late else None
            cause = wrong.error
        else:
            holder, key = wrong.holder, wrong.key
            one = holder[key]
            preview, at = self._preview(field, one), at_value(holder, key) if late else None
            if late and isinstance(one, dict | list):
                at = at_end(one)
            cause = self._cause(wrong.error, holder, key, one, field)
            if late and isinstance(cause, MapperParsing):
                cause = DocumentParsing(cause.reason or "", at_value(holder, key))
        assert isinstance(cause, ApiError)
        text = (
            f"failed to parse field [{field.path}] of type [{field.type_name}] {self.where}. "
            f"Preview of field's value: '{preview}'"
        )
        return DocumentParsing(text, at, cause=cause) if late else MapperParsing(text, cause=cause)

    def _preview(self, field: Field, value: Json) -> str:
        if field.name in ("float", "half_float", "float_range") and isinstance(value, float) and self.behaviour.document_parsing_exception:
            from esmock.mapping.coercion import java_float

            rounded = java_float(value)
            value = rounded if math.isinf(rounded) else value
        if self.behaviour.document_parsing_exception:
            value = _taken_apart(value)
        return java_text(hash_ordered(value))

    def _refused_vector(self, error: NotAVector, holder: Json, key: Any, value: Json) -> ApiError:
        """The error of a vector: of the whole, of an element, or of what is no number."""
        if error.outer is not None:
            holder, key, value = value, error.outer, value[error.outer]
        inner = isinstance(value, list)
        if error.error is not None:
            at = at_value(holder, key) if not inner else at_end(value) if error.index is None else at_value(value, error.index)
            is_old = self.behaviour.major < 8
            named = str(self.doc_id) if is_old else f"document with id '{self.doc_id}'"
            cause: ApiError = IllegalArgument(error.error.replace("{document}", named))
        else:
            if inner:
                at, here = at_value(value, error.index or 0), token(value[error.index or 0])
            elif isinstance(value, dict) and value:
                at, here = at_name(value, next(iter(value))), "FIELD_NAME"
            else:
                here, at = token_behind(holder, key)
            cause = Parsing(f"Failed to parse object: expecting token of type [VALUE_NUMBER] but found [{here}]", at)
        if not self.behaviour.document_parsing_exception:
            return MapperParsing("failed to parse", cause=cause)
        return DocumentParsing(f"failed to parse: {cause.reason}", at, cause=cause)

    def _alias(self, error: Exception, holder: Json, key: Any) -> ApiError:
        assert isinstance(error, ApiError)
        if self.behaviour.document_parsing_exception:
            return DocumentParsing(error.reason or "", at_value(holder, key))
        return MapperParsing("failed to parse", cause=error)

    def _refused_point(self, field: Field, wrong: WrongPoint, holder: Json, key: Any) -> ApiError:
        """The error of a point, or of the list that is read as one."""
        text = f"failed to parse field [{field.path}] of type [{field.name}]"
        if not self.behaviour.document_parsing_exception:
            return MapperParsing(text, cause=wrong.error)
        if wrong.is_bare:
            text = f"failed to parse: {wrong.error.reason}"
        part, at = wrong.part or (holder, key)
        if wrong.is_end:
            return DocumentParsing(text, at_end(part), cause=wrong.error)
        inside = part[at]
        place = at_end(inside) if isinstance(inside, dict | list) else at_value(part, at)
        return DocumentParsing(text, place, cause=wrong.error)

    def _refused_tersely(self, field: Field, error: Exception, holder: Json, key: Any, value: Json) -> ApiError:
        if isinstance(error, WrongPoint):
            return self._refused_point(field, error, holder, key)
        error = self._cause(error, holder, key, value, field)
        if isinstance(error, Escaping):
            if not self.behaviour.document_parsing_exception:
                return MapperParsing("failed to parse", cause=error)
            at = at_end(value) if isinstance(value, dict) else at_value(holder, key)
            return DocumentParsing(f"failed to parse: {error.reason}", at, cause=error)
        text = f"failed to parse field [{field.path}] of type [{field.name}]"
        if not self.behaviour.document_parsing_exception:
            return MapperParsing(text, cause=error)
        at = at_end(value) if isinstance(value, dict | list) else at_value(holder, key)
        if isinstance(value, list) and not isinstance(error, ElasticsearchParse):
            text = f"failed to parse: {error.reason}"
        return DocumentParsing(text, at, cause=error)

    def _cause(self, error: Exception, holder: Json, key: Any, value: Json, field: Field) -> ApiError:
        late = self.behaviour.document_parsing_exception
        if isinstance(error, ApiError):
            return error
        line, column = at_value(holder, key)
        if isinstance(error, NotText):
            kind = "START_OBJECT" if isinstance(value, dict) else "START_ARRAY"
            if late:
                return IllegalArgument(f"Expected text at {line}:{column} but found {kind}")
            return IllegalState(f"Can't get text on a {kind} at {line}:{column}")
        if isinstance(error, NotCompletable):
            inner, at, wrong = error.args
            line, column = (line, column) if inner is None else at_value(inner, at)
            name = key if inner is None and isinstance(key, str) else "null"
            return Parsing(f"failed to parse [{name}]: expected text or object, but got {token(wrong)}", (line, column))
        if isinstance(error, NotARange):
            name = key if isinstance(key, str) else "null"
            text = f"error parsing field [{field.path}], expected an object but got {name}"
            return DocumentParsing(text, at_value(holder, key)) if late else MapperParsing(text)
        if isinstance(error, NotAnObject):
            text = f"Failed to parse object: expecting token of type [START_OBJECT] but found [{token(value)}]"
            return Parsing(text, (line, column))
        if isinstance(error, NotBoolean):
            return self._not_boolean(value, holder, key)
        assert isinstance(error, TokenError)
        if late and isinstance(value, dict) and isinstance(field, Number):
            return IllegalArgument("Cannot parse object as number")
        line, end = holder.reader.behind((line, column))
        given = number_text(holder, key)
        text = error.text if given is None else re.sub(r"value \([^)]*\)", f"value ({given})", error.text)
        here = f"{text}\n at {holder.reader.source(line, end)}"
        cause = InputCoercion(here) if error.kind == "range" else JsonParse(here)
        return XContentParse(here, (line, end), cause=cause) if late else cause

    def _not_boolean(self, value: Json, holder: Json, key: str | int) -> ApiError:
        line, end = holder.reader.behind(at_value(holder, key))
        token = "START_OBJECT" if isinstance(value, dict) else "START_ARRAY" if isinstance(value, list) else (
            "VALUE_NUMBER_INT" if isinstance(value, int) else "VALUE_NUMBER_FLOAT"
        )
        here = f"Current token ({token}) not of boolean type\n at {holder.reader.source(line, end)}"
        if self.behaviour.document_parsing_exception:
            return XContentParse(here, (line, end), cause=JsonParse(here))
        return JsonParse(here)

    def immense(self, error: ImmenseTerm) -> ApiError:
        cause = MaxBytesLengthExceeded((error.reason or "").split("original message: ")[-1])
        return IllegalArgument(error.reason, cause=cause)

    def strict(self, doc: Json, key: str, leaf: str, mapper: ObjectMapper) -> ApiError:
        within = mapper.path or "_doc"
        text = f"mapping set to strict, dynamic introduction of [{leaf}] within [{within}] is not allowed"
        if self.behaviour.document_parsing_exception:
            line, column = at_name(doc, key) if "." in key and not mapper.path and not mapper.is_flat else at_value(doc, key)
            return StrictDynamicMapping(f"[{line}:{column}] {text}")
        return StrictDynamicMapping(text)


def _taken_apart(value: Json) -> Json:
    """ES 8: names with dots are objects already where a value is shown."""
    if isinstance(value, list):
        return [_taken_apart(one) for one in value]
    if not isinstance(value, dict):
        return value
    out: dict[str, Json] = {}
    for key, one in value.items():
        first, *rest = key.split(".")
        inner = _taken_apart(one)
        for part in reversed(rest):
            inner = {part: inner}
        out[first] = inner
    return out


def _inside(names: list[str], value: Json) -> Json:
    """A value within an object for each name."""
    for name in reversed(names):
        value = {name: value}
    return value
