"""Checking a document against a mapping, and the fields it adds. No analysis, no columns, no numpy."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from esmock.errors import (
    ApiError,
    ArrayIndexOutOfBounds,
    DocumentParsing,
    ElasticsearchParse,
    IllegalArgument,
    IllegalState,
    InputCoercion,
    JsonParse,
    MapperParsing,
    NotXContent,
    Parsing,
    StrictDynamicMapping,
    XContentParse,
)
from esmock.mapping.coercion import TokenError
from esmock.mapping.completion import NotCompletable
from esmock.mapping.dense_vector import NotAVector
from esmock.mapping.dynamic import dynamic_field
from esmock.mapping.exact import ImmenseTerm, NotAnObject, NotBoolean, NotText
from esmock.mapping.field import Field
from esmock.mapping.misplaced import Misplaced
from esmock.mapping.numeric import Number
from esmock.mapping.objects import ObjectMapper
from esmock.mapping.parameter import java_text
from esmock.xcontent import json_reader
from esmock.xcontent.jackson import jackson_for, wrap_syntax
from esmock.xcontent.located import (
    BrokenText,
    LocatedObject,
    NeedsPositions,
    at_end,
    at_name,
    at_value,
    last_token,
    located,
    token,
    token_behind,
)

if TYPE_CHECKING:
    from esmock.mapping.mapping import Mapping

Json = Any

REFUSED_IN_DOCUMENTS = frozenset(
    {
        "_id", "_index", "_routing", "_source", "_type", "_field_names", "_seq_no", "_primary_term", "_version", "_nested_path",
        "_feature", "_tier",
    }
)


REFUSALS = (ApiError, TokenError, NotText, NotBoolean, NotAnObject, NotCompletable, NotAVector, Misplaced)
"""What a field raises of a value that it cannot hold."""


class Parsed:
    """A checked document.

    Attributes:
        mapping: the mapping it fits: the one given, or a new one with the fields that it introduced.
        routing: as given.
        ignored: names of the fields of which a value was left out, sorted.
    """

    __slots__ = ("ignored", "mapping", "routing")

    def __init__(self, mapping: Mapping, routing: str | None, ignored: tuple[str, ...]) -> None:
        self.mapping = mapping
        self.routing = routing
        self.ignored = ignored


def parse_document(mapping: Mapping, source: bytes, doc_id: str | None, routing: str | None = None) -> Parsed:
    """See ``Mapping.parse_document``."""
    try:
        doc = _read(mapping, source)
    except _Broken:
        return _parse_broken(mapping, source, doc_id, routing)
    try:
        return _Walk(mapping, doc_id, source).run(doc, routing)
    except NeedsPositions:
        again = located(source, jackson_for(mapping.behaviour))
        return _Walk(mapping, doc_id, source).run(again, routing)


class _Broken(Exception):
    """The source is no JSON; what is wrong left of the place still wins."""


def _parse_broken(mapping: Mapping, source: bytes, doc_id: str | None, routing: str | None) -> Parsed:
    """Walk as far as the source can be read. Always raises: the error of a value, or the syntax error behind it."""
    jackson = jackson_for(mapping.behaviour)
    try:
        tree = located(source, jackson)
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
        return _BrokenWalk(mapping, doc_id, source).run(tree, routing)
    except (JsonParse, XContentParse) as error:
        raise _unreadable(error, mapping, last_token(tree)) from None


def _read(mapping: Mapping, source: bytes) -> dict[str, Json]:
    """The source as an object. Raises the version's error for anything else."""
    behaviour = mapping.behaviour
    jackson = jackson_for(behaviour)
    try:
        doc = json_reader.parse(source, jackson=jackson, extra=lambda _token, _at: _Broken())
    except ApiError:
        raise _Broken from None
    if isinstance(doc, dict):
        return doc
    raise _not_an_object(mapping, doc, source)


def _not_an_object(mapping: Mapping, doc: Json, source: bytes) -> ApiError:
    behaviour = mapping.behaviour
    if behaviour.document_parsing_exception:
        if not source:
            return DocumentParsing("failed to parse, document is empty", (0, 0))
        return DocumentParsing("Malformed content, must start with an object")
    if not source:
        return MapperParsing("failed to parse, document is empty")
    return _not_content()


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


class _Walk:
    """One pass over one document."""

    __slots__ = (
        "added", "added_runtime", "behaviour", "changed", "checked_later", "doc_id", "ignored", "mapping", "nested_count", "routing",
        "source",
    )  # fmt: skip

    def __init__(self, mapping: Mapping, doc_id: str | None, source: bytes) -> None:
        self.mapping = mapping
        self.behaviour = mapping.behaviour
        self.doc_id = doc_id
        self.source = source
        self.nested_count = 0
        self.ignored: set[str] | None = None
        self.added: dict[str, Field | ObjectMapper] = {}
        self.added_runtime: dict[str, Json] = {}
        self.changed: dict[str, Field | ObjectMapper] = {}
        self.checked_later: list[tuple[Field, Json]] = []

    def run(self, doc: dict[str, Json], routing: str | None) -> Parsed:
        self.routing = routing
        mapping = self.mapping
        if mapping.timestamp_required:
            self._check_timestamp(doc)
        if mapping.root.enabled:
            self.object(mapping.root, doc, mapping.root.dynamic or "true")
        for late, value in self.checked_later:
            late.check_in(doc, value)  # type: ignore[attr-defined]
        if self.added or self.changed:
            root = _grown(mapping.root, self.added)
            for path, field in self.changed.items():
                root = _placed(root, path.split("."), field, replaces=True)
            mapping = mapping.with_root(root)
        if self.added_runtime:
            mapping = mapping.add_runtime(self.added_runtime)
        if mapping is not self.mapping:
            mapping._validate()
        return Parsed(mapping, routing, tuple(sorted(self.ignored)) if self.ignored else ())

    def _check_timestamp(self, doc: dict[str, Json]) -> None:
        """A document of a data stream has exactly one timestamp."""
        value = doc.get("@timestamp")
        found = [one for one in value if one is not None] if isinstance(value, list) else [] if value is None else [value]
        if len(found) > 1:
            text = (
                "failed to parse field [@timestamp] of type [date] in document with id "
                f"'{self.doc_id}'. Preview of field's value: '{java_text(found[1])}'"
            )
            cause = IllegalArgument("data stream timestamp field [@timestamp] encountered multiple values")
            raise self._error(text, doc["@timestamp"], 1, cause)
        if not found:
            missing = IllegalArgument("data stream timestamp field [@timestamp] is missing")
            if self.behaviour.document_parsing_exception:
                raise DocumentParsing(f"failed to parse: {missing.reason}", at_end(doc), cause=missing)
            raise MapperParsing("failed to parse", cause=missing)

    def object(self, mapper: ObjectMapper, doc: dict[str, Json], dynamic: str) -> None:
        """Check the members of one object."""
        properties = mapper.properties
        for key, value in doc.items():
            child = properties.get(key)
            if child is None:
                self._unknown(mapper, doc, key, value, dynamic)
            elif value is None:
                if isinstance(child, ObjectMapper) or child.null_value is None:
                    continue
            elif isinstance(child, ObjectMapper):
                self._inner(child, doc, key, value, dynamic)
            elif isinstance(value, list) and not child.takes_arrays:
                self._list(child, doc, key, value)
            else:
                self._leaf(child, doc, key, value)

    def _inner(self, child: ObjectMapper, holder: Json, key: str | int, value: Json, dynamic: str) -> None:
        if not child.enabled:
            return
        if isinstance(value, dict):
            if child.nested:
                self._count_nested(holder, key)
            self.object(child, value, child.dynamic or dynamic)
        elif isinstance(value, list):
            for index, one in enumerate(value):
                if one is not None:
                    self._inner(child, value, index, one, dynamic)
        else:
            name = child.leaf if isinstance(key, str) else "null"
            raise self._error(
                f"object mapping for [{child.path}] tried to parse field [{name}] "
                "as object, but found a concrete value",
                holder,
                key,
            )

    def _count_nested(self, holder: Json, key: str | int) -> None:
        self.nested_count += 1
        limit = self.mapping.context.limit("nested_objects", 10_000)
        if self.nested_count > limit:
            text = (
                f"The number of nested documents has exceeded the allowed limit of [{limit}]. This limit can be set by changing "
                "the [index.mapping.nested_objects.limit] index level setting."
            )
            raise self._error(text, holder, key)

    def _list(self, field: Field, holder: Json, key: str | int, values: list[Json]) -> None:
        for index, value in enumerate(values):
            if value is None:
                continue
            if isinstance(value, list):
                self._list(field, values, index, value)
            else:
                self._leaf(field, values, index, value)

    def _leaf(self, field: Field, holder: Json, key: str | int, value: Json) -> None:
        try:
            field.check(value)
            if field.name == "join":
                field.check_routed(value, self.routing)  # type: ignore[attr-defined]
        except NeedsPositions:
            raise
        except ImmenseTerm as error:
            raise self._immense(error) from None
        except REFUSALS as error:
            if self._ignores(field, error, value):
                self.ignored = (self.ignored or set()) | {field.path}
            else:
                raise self._refused(field, error, holder, key, value) from None
        if field.checks_document:
            self.checked_later.append((field, value))
        for one in field.multi.values():
            try:
                one.check(value)
            except REFUSALS as error:
                if not self._ignores(one, error, value):
                    raise self._refused(one, error, holder, key, value) from None
                self.ignored = (self.ignored or set()) | {one.path}
        if field.learns:
            learned = field.learned(value)  # type: ignore[attr-defined]
            if learned is not None:
                self.changed[field.path] = learned
        if field.name == "keyword" and len(value if type(value) is str else "") > field.ignore_above:  # type: ignore[attr-defined]
            self.ignored = (self.ignored or set()) | {field.path}
        for target in field.copy_to:
            self._copied(field, target, holder, key, value)

    def _copied(self, field: Field, target: str, holder: Json, key: str | int, value: Json) -> None:
        to = self.mapping.field(target)
        if to is None:
            if target not in self.added:
                leaf = target.rsplit(".", 1)[-1]
                made = dynamic_field(self.mapping, target, leaf, value)
                if made is not None:
                    self.added[target] = made
            return
        try:
            to.check(value)
        except REFUSALS as error:
            if not self._ignores(to, error, value):
                raise self._refused(to, error, holder, key, value) from None

    @staticmethod
    def _ignores(field: Field, error: Exception, value: Json) -> bool:
        if not getattr(field, "ignores_malformed", False) and not (
            field.has("ignore_malformed") and field.get("ignore_malformed")
        ):
            return False
        return not isinstance(value, dict) or field.takes_objects

    def _unknown(self, mapper: ObjectMapper, doc: dict[str, Json], key: str, value: Json, dynamic: str) -> None:
        if not key or "." in key:
            self._dotted(mapper, doc, key, value, dynamic)
            return
        if not mapper.path and key in REFUSED_IN_DOCUMENTS:
            raise self._metadata(doc, key)
        path = f"{mapper.path}.{key}" if mapper.path else key
        self._introduce(path, key, doc, key, value, dynamic, mapper)

    def _value(self, child: Field | ObjectMapper, doc: Json, key: str | int, value: Json, dynamic: str) -> None:
        """Check a value of a known child."""
        if value is None:
            return
        if isinstance(child, ObjectMapper):
            self._inner(child, doc, key, value, dynamic)
        elif isinstance(value, list) and not child.takes_arrays:
            self._list(child, doc, key, value)
        else:
            self._leaf(child, doc, key, value)

    def _dotted(self, mapper: ObjectMapper, doc: dict[str, Json], key: str, value: Json, dynamic: str) -> None:
        """A name with dots stands for objects."""
        parts = self._parts(doc, key)
        current = mapper
        for depth, part in enumerate(parts[:-1]):
            path = current.child_path(part)
            child = current.properties.get(part) or self.added.get(path)
            if child is None:
                if dynamic == "false" or dynamic == "runtime":
                    return
                if dynamic == "strict":
                    raise self._strict(doc, key, part, current)
                child = dynamic_field(self.mapping, path, part, {})
                if child is None:
                    return
                self.added[path] = child
            if not isinstance(child, ObjectMapper):
                self._below_field(doc, key, child, parts[depth + 1 :], value, mapper)
                return
            if not child.enabled:
                return
            dynamic = child.dynamic or dynamic
            current = child
        leaf = parts[-1]
        path = current.child_path(leaf)
        child = current.properties.get(leaf)
        if child is not None:
            self._value(child, doc, key, value, dynamic)
            return
        self._introduce(path, leaf, doc, key, value, dynamic, current)

    def _below_field(
        self, doc: dict[str, Json], key: str, child: Field, rest: list[str], value: Json, mapper: ObjectMapper
    ) -> None:
        if self.behaviour.document_parsing_exception:
            inner: Json = value
            for part in reversed(rest):
                inner = {part: inner}
            place = ":".join(map(str, at_name(doc, key)))
            cause: ApiError = IllegalState(f"Can't get text on a START_OBJECT at {place}")
            if isinstance(child, Number):
                cause = IllegalArgument("Cannot parse object as number")
            text = (
                f"failed to parse field [{child.path}] of type [{child.type_name}] in document with id '{self.doc_id}'. "
                f"Preview of field's value: '{java_text(inner)}'"
            )
            raise DocumentParsing(text, at_value(doc, key), cause=cause)
        raise MapperParsing(
            f"Could not dynamically add mapping for field [{mapper.child_path(key)}]. Existing mapping for "
            f"[{child.path}] must be of type object but found [{child.name}]."
        )

    def _parts(self, doc: dict[str, Json], key: str) -> list[str]:
        late = self.behaviour.document_parsing_exception
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
            error = IllegalArgument(
                f"field name cannot contain only whitespace: ['{key}']"
                if late
                else f"object field starting or ending with a [.] makes object resolution ambiguous: [{key}]"
            )
        if error is None:
            return parts
        if late:
            raise DocumentParsing(f"failed to parse: {error.reason}", at_name(doc, key), cause=error)
        raise MapperParsing("failed to parse", cause=error)

    def _introduce(
        self, path: str, leaf: str, doc: Json, key: Any, value: Json, dynamic: str, mapper: ObjectMapper
    ) -> None:
        """A name that the mapping does not know, or a further value of one that this document introduced."""
        if dynamic == "strict":
            raise self._strict(doc, key, leaf, mapper)
        if dynamic == "false":
            return
        sample = value
        while isinstance(sample, list):
            sample = next((one for one in sample if one is not None), None)
        if sample is None:
            return
        if isinstance(value, list) and not self._takes_arrays(path, leaf, sample):
            for index, one in enumerate(value):
                if one is not None:
                    self._introduce(path, leaf, value, index, one, dynamic, mapper)
            return
        if not isinstance(sample, dict) and (dynamic == "runtime" or path in self.mapping.runtime):
            if path not in self.mapping.runtime:
                from esmock.mapping.dynamic import runtime_type

                self.added_runtime.setdefault(path, {"type": runtime_type(self.mapping, sample, leaf)})
            return
        if dynamic == "runtime":
            for inner in sample:
                self._introduce(f"{path}.{inner}", inner, sample, inner, sample[inner], dynamic, mapper)
            return
        self._introduce_value(path, leaf, doc, key, value, sample, dynamic)

    def _takes_arrays(self, path: str, leaf: str, sample: Json) -> bool:
        """Whether a template makes a type that wants its arrays whole."""
        if not self.mapping.dynamic_templates:
            return False
        made = dynamic_field(self.mapping, path, leaf, sample)
        return isinstance(made, Field) and made.takes_arrays

    def _introduce_value(
        self, path: str, leaf: str, doc: Json, key: Any, value: Json, sample: Json, dynamic: str
    ) -> None:
        """ES: each value of a new field makes a mapping of its own; they are merged, and may conflict."""
        if not leaf.strip() and self.behaviour.document_parsing_exception:
            raise DocumentParsing(f"Field name cannot contain only whitespace: [{leaf}]", at_name(doc, key))
        try:
            made = dynamic_field(self.mapping, path, leaf, sample)
        except ApiError as error:
            if self.behaviour.document_parsing_exception and not isinstance(error, DocumentParsing):
                raise DocumentParsing(f"failed to parse: {error.reason}", at_value(doc, key), cause=error) from None
            raise
        if made is None:
            return
        known = self.added.setdefault(path, made)
        self._value(made, doc, key, value, dynamic)
        if known is not made and not (isinstance(known, ObjectMapper) and isinstance(made, ObjectMapper)):
            self._merge(known, made, path)

    def _merge(self, known: Field | ObjectMapper, made: Field | ObjectMapper, path: str) -> None:
        if isinstance(known, ObjectMapper) or isinstance(made, ObjectMapper):
            if isinstance(known, Field) and self.behaviour.document_parsing_exception:
                raise IllegalArgument(f"mapper [{path}] cannot be changed from type [{known.name}] to [ObjectMapper]")
            raise IllegalArgument(f"can't merge a non object mapping [{path}] with an object mapping")
        if type(known) is not type(made):
            known.merge(made)

    def _strict(self, doc: Json, key: str, leaf: str, mapper: ObjectMapper) -> ApiError:
        within = mapper.path or "_doc"
        text = f"mapping set to strict, dynamic introduction of [{leaf}] within [{within}] is not allowed"
        if self.behaviour.document_parsing_exception:
            line, column = at_value(doc, key)
            return StrictDynamicMapping(f"[{line}:{column}] {text}")
        return StrictDynamicMapping(text)

    def _metadata(self, doc: Json, key: str) -> ApiError:
        text = f"Field [{key}] is a metadata field and cannot be added inside a document. Use the index API request parameters."
        inner = self._error(text, doc, key)
        shown = java_text(doc[key])
        return self._error(
            f"failed to parse field [{key}] of type [{key}] in document with id '{self.doc_id}'. Preview of field's value: '{shown}'",
            doc,
            key,
            cause=inner,
        )

    def _error(self, text: str, holder: Json, key: Any, cause: ApiError | None = None, at: Any = None) -> ApiError:
        """``mapper_parsing_exception``, or the later one with the place of the value."""
        if not self.behaviour.document_parsing_exception:
            return MapperParsing(text, cause=cause)
        return DocumentParsing(text, at or at_value(holder, key), cause=cause)

    def _refused(self, field: Field, error: Exception, holder: Json, key: Any, value: Json) -> ApiError:
        """The error around a value that a field cannot hold."""
        if field.is_alias:
            return self._alias(error, holder, key)
        if field.name == "geo_point":
            return self._refused_point(field, error, holder, key, value)
        if isinstance(error, Misplaced):
            tell = at_name if error.is_name else at_value
            place = at_value(holder, key) if error.part is None else tell(*error.part)
            return DocumentParsing(f"failed to parse: {error.error.reason}", place, cause=error.error)
        if isinstance(error, NotAVector):
            return self._refused_vector(error, holder, key, value)
        if isinstance(error, NotCompletable) and self.behaviour.document_parsing_exception:
            cause = self._cause(error, holder, key, value, field)
            return DocumentParsing(f"failed to parse: {cause.reason}", (cause.extra["line"], cause.extra["col"]), cause=cause)
        preview = getattr(error, "preview", None) or java_text(value)
        text = (
            f"failed to parse field [{field.path}] of type [{field.type_name}] in document with id '{self.doc_id}'. "
            f"Preview of field's value: '{preview}'"
        )
        cause = self._cause(error, holder, key, value, field)
        if getattr(field, "bare_errors", False) and not self.behaviour.document_parsing_exception:
            return MapperParsing("failed to parse", cause=cause)
        if isinstance(value, dict | list):
            at = at_end(value) if self.behaviour.document_parsing_exception else None
            return self._error(text, holder, key, cause, at)
        return self._error(text, holder, key, cause)

    def _refused_vector(self, error: NotAVector, holder: Json, key: Any, value: Json) -> ApiError:
        """The error of a vector: of the whole, of an element, or of what is no number."""
        inner = isinstance(value, list)
        if error.error is not None:
            at = at_value(holder, key) if not inner else at_end(value) if error.index is None else at_value(value, error.index)
            cause: ApiError = IllegalArgument(error.error.replace("{document}", f"document with id '{self.doc_id}'"))
        else:
            if inner:
                at, here = at_value(value, error.index or 0), token(value[error.index or 0])
            elif isinstance(value, dict) and value:
                at, here = at_name(value, next(iter(value))), "FIELD_NAME"
            else:
                here, at = token_behind(holder, key)
            cause = Parsing(f"Failed to parse object: expecting token of type [VALUE_NUMBER] but found [{here}]", at)
        return DocumentParsing(f"failed to parse: {cause.reason}", at, cause=cause)

    def _alias(self, error: Exception, holder: Json, key: Any) -> ApiError:
        assert isinstance(error, ApiError)
        if self.behaviour.document_parsing_exception:
            return DocumentParsing(error.reason or "", at_value(holder, key))
        return MapperParsing("failed to parse", cause=error)

    def _refused_point(self, field: Field, error: Exception, holder: Json, key: Any, value: Json) -> ApiError:
        assert isinstance(error, ApiError)
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
        if isinstance(error, NotAnObject):
            text = f"Failed to parse object: expecting token of type [START_OBJECT] but found [{token(value)}]"
            return Parsing(text, (line, column))
        if isinstance(error, NotBoolean):
            return self._not_boolean(value, line, column)
        assert isinstance(error, TokenError)
        if late and isinstance(value, dict):
            return IllegalArgument("Cannot parse object as number")
        end = column + len(_token_text(self.source, line, column))
        here = f"{error.text}\n at [Source: {self._source_label()}; line: {line}, column: {end}]"
        cause = InputCoercion(here) if error.kind == "range" else JsonParse(here)
        return XContentParse(here, (line, end), cause=cause) if late else cause

    def _not_boolean(self, value: Json, line: int, column: int) -> ApiError:
        end = column + len(_token_text(self.source, line, column))
        token = "START_OBJECT" if isinstance(value, dict) else "START_ARRAY" if isinstance(value, list) else (
            "VALUE_NUMBER_INT" if isinstance(value, int) else "VALUE_NUMBER_FLOAT"
        )
        here = f"Current token ({token}) not of boolean type\n at [Source: {self._source_label()}; line: {line}, column: {end}]"
        if self.behaviour.document_parsing_exception:
            return XContentParse(here, (line, end), cause=JsonParse(here))
        return JsonParse(here)

    def _source_label(self) -> str:
        return jackson_for(self.behaviour).source(self.source, "bytes")

    def _immense(self, error: ImmenseTerm) -> ApiError:
        cause = MaxBytesLengthExceeded((error.reason or "").split("original message: ")[-1])
        return IllegalArgument(error.reason, cause=cause)


class MaxBytesLengthExceeded(IllegalArgument):
    """Lucene's error of a term that is too long; the cause of the wire error."""

    java = "BytesRefHash$MaxBytesLengthExceededException"
    type = "max_bytes_length_exceeded_exception"


class _BrokenWalk(_Walk):
    """Walks a source that ends in a syntax error: a string that breaks off is the failure of its field."""

    def _leaf(self, field: Field, holder: Json, key: str | int, value: Json) -> None:
        if isinstance(value, BrokenText):
            raise self._refused(field, value.error, holder, key, value)
        super()._leaf(field, holder, key, value)

    def _introduce_value(
        self, path: str, leaf: str, doc: Json, key: Any, value: Json, sample: Json, dynamic: str
    ) -> None:
        if isinstance(value, BrokenText):
            raise value.error
        super()._introduce_value(path, leaf, doc, key, value, sample, dynamic)


def _token_text(source: bytes, line: int, column: int) -> bytes:
    """The token that begins at a place, up to its last byte; brackets are one byte."""
    rest = source.split(b"\n")[line - 1][column - 1 :]
    if rest[:1] in (b"{", b"["):
        return rest[:1]
    end = 0
    while end < len(rest) and rest[end : end + 1] not in (b",", b"}", b"]", b" ", b"\r", b"\t"):
        end += 1
    return rest[:end]


def _grown(root: ObjectMapper, added: dict[str, Field | ObjectMapper]) -> ObjectMapper:
    """The tree with new fields in their places; missing objects between are made."""
    for path in sorted(added, key=lambda one: one.count(".")):
        root = _placed(root, path.split("."), added[path])
    return root


def _placed(
    mapper: ObjectMapper, parts: list[str], child: Field | ObjectMapper, *, replaces: bool = False
) -> ObjectMapper:
    properties = dict(mapper.properties)
    leaf = parts[0]
    if len(parts) == 1:
        if replaces or leaf not in properties:
            properties[leaf] = child
    else:
        inner = properties.get(leaf)
        if not isinstance(inner, ObjectMapper):
            inner = ObjectMapper(mapper.child_path(leaf), {})
        properties[leaf] = _placed(inner, parts[1:], child, replaces=replaces)
    return mapper.replace(properties=properties)
