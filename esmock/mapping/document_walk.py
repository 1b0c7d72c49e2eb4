"""One pass over a document: every value against its field, and the fields that it introduces."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from esmock.errors import ApiError, DocumentParsing, MapperParsing
from esmock.mapping.document_errors import REFUSALS, DocumentErrors
from esmock.mapping.dynamic import NoTemplate, dynamic_field, dynamic_runtime, dynamic_vector
from esmock.mapping.exact import ImmenseTerm
from esmock.mapping.field import Field
from esmock.mapping.field_name import parts_of_name, refuse_blank
from esmock.mapping.flat import no_nested
from esmock.mapping.geometry.indexable import Escaping
from esmock.mapping.metadata_fields import READABLE, metadata_names
from esmock.mapping.new_fields import NewFields
from esmock.mapping.objects import ObjectMapper
from esmock.mapping.parameter import java_text
from esmock.mapping.parsed_document import Parsed
from esmock.mapping.points import WrongPoint
from esmock.mapping.time_series import on_routing_path
from esmock.mapping.timestamp_field import check_timestamp
from esmock.xcontent.java_order import hash_order
from esmock.xcontent.leaves import is_longer
from esmock.xcontent.located import BrokenText, NeedsPositions, at_end, at_value

if TYPE_CHECKING:
    from esmock.mapping.dynamic import NamedTemplates
    from esmock.mapping.mapping import Mapping

Json = Any


class Walk:
    """One pass over one document."""

    __slots__ = (
        "_new", "behaviour", "checked_later", "doc_id", "ignored", "mapping", "named", "nested_count", "routing", "source",
    )  # fmt: skip

    def __init__(self, mapping: Mapping, doc_id: str | None, source: bytes, named: NamedTemplates | None = None) -> None:
        self.named = named
        self.mapping = mapping
        self.behaviour = mapping.behaviour
        self.doc_id = doc_id
        self.source = source
        self.nested_count = 0
        self.ignored: set[str] | None = None
        self._new: NewFields | None = None
        self.checked_later: list[tuple[Field, Json]] = []

    def run(self, doc: dict[str, Json], routing: str | None) -> Parsed:
        self.routing = routing
        mapping = self.mapping
        if mapping.timestamp_required:
            check_timestamp(mapping, doc, self.errors)
        if mapping.root.enabled:
            self.object(mapping.root, doc, mapping.root.dynamic or "true")
        new = self._new
        if new is not None:
            new.check()
        for late, value in self.checked_later:
            late.check_in(doc, value)  # type: ignore[attr-defined]
        return Parsed(mapping if new is None else new.joined(), routing, self._ignored() if self.ignored else ())

    @property
    def new(self) -> NewFields:
        """Made where a document brings something new: few do."""
        if self._new is None:
            self._new = NewFields(self.mapping)
        return self._new

    def _ignored(self) -> tuple[str, ...]:
        """ES: a hash set that is stored; doc values from 8.15."""
        names = sorted(self.ignored or ())
        return tuple(names) if self.behaviour.has((8, 15)) else tuple(hash_order(names))

    def object(self, mapper: ObjectMapper, doc: dict[str, Json], dynamic: str) -> None:
        """Check the members of one object."""
        if mapper.is_flat:
            self._flat(mapper, doc, "", dynamic)
            return
        properties = mapper.properties
        for key, value in doc.items():
            child = properties.get(key)
            if child is None:
                self._unknown(mapper, doc, key, value, dynamic)
            elif value is None:
                if isinstance(child, Field) and child.is_alias and self.behaviour.document_parsing_exception:
                    self._leaf(child, doc, key, value)
            elif isinstance(child, ObjectMapper):
                self._inner(child, doc, key, value, dynamic)
            elif type(value) is str and len(value) <= child.free_length:
                continue
            elif isinstance(value, list) and not child.takes_arrays:
                self._list(child, doc, key, value)
            else:
                self._leaf(child, doc, key, value)

    def _flat(self, mapper: ObjectMapper, doc: dict[str, Json], prefix: str, dynamic: str) -> None:
        """Check an object inside one without subobjects: its members bear longer names."""
        for key, value in doc.items():
            self._flat_member(mapper, prefix + key, doc, key, value, dynamic)

    def _flat_member(self, mapper: ObjectMapper, name: str, doc: Json, key: str, value: Json, dynamic: str) -> None:
        """Check what stands under the whole name of a member."""
        child = mapper.properties.get(name)
        for holder, at, one in _each(doc, key, value):
            if isinstance(one, dict) and not (isinstance(child, Field) and child.takes_objects):
                if child is None:
                    self._check_object(mapper, name, holder, at, dynamic)
                if child is not None or dynamic != "false":
                    self._flat(mapper, one, name + ".", dynamic)
            elif isinstance(child, Field):
                self._value(child, holder, at, one, dynamic)
            elif one is not None:
                self._introduce(mapper.child_path(name), name, holder, at, one, dynamic, mapper)

    def _check_object(self, mapper: ObjectMapper, name: str, holder: Json, key: Any, dynamic: str) -> None:
        """Refuse an object that is not to be taken apart."""
        if dynamic == "strict":
            raise self.errors.strict(holder, key, name, mapper)
        if dynamic != "true":
            return
        made = dynamic_field(self.mapping, mapper.child_path(name), name, {})
        if isinstance(made, ObjectMapper) and made.nested:
            error = no_nested(made.path, mapper)
            raise DocumentParsing(error.reason or "", at_value(holder, key)) if self.behaviour.document_parsing_exception else error

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
            # ES: 7.x names what the parser stands at, dots included.
            leaf = key if self.behaviour.major < 8 else child.leaf
            name = leaf if isinstance(key, str) else "null"
            raise self.errors.error(
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
            raise self.errors.error(text, holder, key)

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
            raise self.errors.immense(error) from None
        except REFUSALS as error:
            if self._ignores(field, error, value):
                if field.name != "scaled_float" or self.behaviour.major >= 8:
                    self.ignored = (self.ignored or set()) | {field.path}
            else:
                raise self.errors.refused(field, error, holder, key, value) from None
        if not field.stands_alone:
            self._follow(field, holder, key, value)

    def _follow(self, field: Field, holder: Json, key: str | int, value: Json) -> None:
        """What a value means beyond its field: for multi-fields, copies, what is kept of it."""
        if field.checks_document:
            self.checked_later.append((field, value))
        for one in field.multi.values():
            try:
                for given in [value] if one.takes_arrays else field.multi_values(value):
                    one.check(given)
            except REFUSALS as error:
                if not self._ignores(one, error, value):
                    raise self.errors.refused(one, error, holder, key, value) from None
                self.ignored = (self.ignored or set()) | {one.path}
            self._long(one, value)
        if field.learns:
            learned = field.learned(value)  # type: ignore[attr-defined]
            if learned is not None:
                self.new.changed[field.path] = learned
        self._long(field, value)
        if field.copy_to and isinstance(value, dict) and self.behaviour.document_parsing_exception:
            to = ", ".join(field.copy_to)
            raise self.errors.error(
                f"Cannot copy field [{field.path}] to fields [{to}]. Copy-to currently only works for value-type fields, not objects.",
                holder, key, at=at_end(value),
            )  # fmt: skip
        for target in field.copy_to:
            self._copied(field, target, holder, key, value)

    def _long(self, field: Field, value: Json) -> None:
        """A text that is too long to be indexed counts as left out."""
        if (
            self.behaviour.long_keywords_ignored
            and field.name == "keyword"
            and is_longer(value if type(value) is str else java_text(value), field.ignore_above)  # type: ignore[attr-defined]
        ):
            self.ignored = (self.ignored or set()) | {field.path}

    def _copied(self, field: Field, target: str, holder: Json, key: str | int, value: Json) -> None:
        to = self.mapping.field(target)
        if to is None:
            self._copied_to_none(target, holder, key, value)
            return
        try:
            to.check(value)
        except REFUSALS as error:
            if not self._ignores(to, error, value):
                raise self.errors.refused(to, error, holder, key, value) from None

    def _copied_to_none(self, target: str, holder: Json, key: str | int, value: Json) -> None:
        """A value is copied to a name that the mapping does not know."""
        *parents, leaf = target.split(".")
        current, dynamic = self.mapping.root, self.mapping.root.dynamic or "true"
        for at, part in enumerate(parents):
            child = current.properties.get(part)
            if isinstance(child, Field):
                if not child.takes_objects or not getattr(child, "ignores_malformed", False):
                    raise self.errors.below_field(holder, key, child, [*parents[at + 1 :], leaf], value, current, at_value)
                self.ignored = (self.ignored or set()) | {child.path}
                return
            if not isinstance(child, ObjectMapper):
                leaf = part if dynamic == "strict" else leaf
                break
            current, dynamic = child, child.dynamic or dynamic
        if dynamic == "strict":
            raise self.errors.strict(holder, key, leaf, current)  # type: ignore[arg-type]
        made = dynamic_field(self.mapping, target, leaf, value) if dynamic == "true" else None
        if isinstance(made, Field):
            try:
                made.check(value)
            except REFUSALS as error:
                raise self.errors.refused(made, error, holder, key, value) from None
        known = self.new.added.get(target)
        if made is not None and known is not None:
            self.new.merge(known, made, target)
        elif made is not None:
            self.new.add(target, made)

    @property
    def errors(self) -> DocumentErrors:
        """Made where something is wrong: few documents need it."""
        return DocumentErrors(self.behaviour, self.doc_id, self.source)

    @staticmethod
    def _ignores(field: Field, error: Exception, value: Json) -> bool:
        if not getattr(field, "ignores_malformed", False) and not (
            field.has("ignore_malformed") and field.get("ignore_malformed")
        ):
            return False
        if isinstance(error, Escaping) or (isinstance(error, WrongPoint) and error.is_bare and field.context.behaviour.major >= 8):
            return False
        return not isinstance(value, dict) or field.takes_objects

    def _metadata(self, doc: Json, key: Any, value: Json, name: str | None = None) -> None:
        """Refuse a metadata field in a document, but for those that documents hold."""
        name = name or key
        if isinstance(value, list):
            for index, one in enumerate(value):
                self._metadata(value, index, one, name)
        elif name not in READABLE:
            raise self.errors.metadata(name, doc, key)
        elif type(value) is not int or value <= 0:
            raise self.errors.doc_count(name, doc, key)

    def _unknown(self, mapper: ObjectMapper, doc: dict[str, Json], key: str, value: Json, dynamic: str) -> None:
        if not key or "." in key:
            self._dotted(mapper, doc, key, value, dynamic)
            return
        if not key.strip():
            refuse_blank(mapper.path, doc, key, self.behaviour)
        if not mapper.path and key in metadata_names(self.behaviour):
            self._metadata(doc, key, value)
            return
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
        parts = parts_of_name(doc, key, self.behaviour)
        current = mapper
        for depth, part in enumerate(parts[:-1]):
            if current.is_flat:
                self._flat_member(current, ".".join(parts[depth:]), doc, key, value, dynamic)
                return
            path = current.child_path(part)
            child = current.properties.get(part) or self.new.added.get(path)
            if isinstance(child, Field) and path in self.new.added:
                known, child = child, ObjectMapper(path, {})
                self.new.disagree(path, known, child, by_dots=True)
            if child is None and not current.path and part in metadata_names(self.behaviour):
                raise self.errors.below_metadata(doc, key, part, parts[depth + 1 :], value)
            if child is None:
                if dynamic == "runtime":
                    self._introduce(current.child_path(".".join(parts[depth:])), parts[-1], doc, key, value, dynamic, current)
                    return
                if dynamic == "false" or (value is None and dynamic != "strict" and self.behaviour.major < 8):
                    return
                if dynamic == "strict":
                    raise self.errors.strict(doc, key, part, current)
                child = self._new_object(path, part, doc, key)
                if isinstance(child, ObjectMapper) and child.nested and self.behaviour.major < 8:
                    raise MapperParsing(
                        f"It is forbidden to create dynamic nested objects ([{path}]) through `copy_to` or dots in field names"
                    )
                self.new.add(path, child)
            if not isinstance(child, ObjectMapper):
                raise self.errors.below_field(doc, key, child, parts[depth + 1 :], value, mapper)
            if not child.enabled:
                return
            dynamic = child.dynamic or dynamic
            current = child
        leaf = parts[-1]
        if current.is_flat:
            self._flat_member(current, leaf, doc, key, value, dynamic)
            return
        path = current.child_path(leaf)
        child = current.properties.get(leaf)
        if child is not None:
            self._value(child, doc, key, value, dynamic)
            return
        self._introduce(path, leaf, doc, key, value, dynamic, current)

    def _new_object(self, path: str, part: str, doc: Json, key: str) -> Field | ObjectMapper:
        """The object that a name with dots makes. Raises DocumentParsing over a limit."""
        made = self._made(path, part, doc, key, {}) or ObjectMapper(path, {})
        exceeded = self.new.over_limits(path, made)
        if exceeded is not None:
            raise self.errors.exceeded(exceeded, at_value(doc, key))
        return made

    def _made(self, path: str, leaf: str, doc: Json, key: Any, value: Json) -> Field | ObjectMapper | None:
        """See ``dynamic_field``. Raises DocumentParsing, MapperParsing where a request names a template that is not there."""
        try:
            return dynamic_field(self.mapping, path, leaf, value, self.named)
        except NoTemplate as missing:
            if self.behaviour.document_parsing_exception:
                raise DocumentParsing(str(missing), at_value(doc, key)) from None
            raise MapperParsing(str(missing)) from None

    def _introduce(
        self, path: str, leaf: str, doc: Json, key: Any, value: Json, dynamic: str, mapper: ObjectMapper
    ) -> None:
        """A name that the mapping does not know, or a further value of one that this document introduced."""
        if dynamic == "strict":
            raise self.errors.strict(doc, key, leaf, mapper)
        if dynamic == "false":
            if on_routing_path(self.mapping.context.settings, path):
                wrong = f"All fields matching [routing_path] must be mapped but [{path}] was declared as [dynamic: false]"
                raise DocumentParsing(wrong, at_value(doc, key))
            return
        sample = value
        while isinstance(sample, list):
            sample = next((one for one in sample if one is not None), None)
        if sample is None:
            return
        if isinstance(value, list) and not self._takes_arrays(path, leaf, sample, doc, key):
            for index, one in enumerate(value):
                if one is not None:
                    self._introduce(path, leaf, value, index, one, dynamic, mapper)
            vector = dynamic_vector(self.mapping, path, leaf, value, self.new.added.get(path))
            if vector is not None:
                self.new.added[path] = vector
                self._value(vector, doc, key, value, dynamic)
            return
        if self._introduce_runtime(path, leaf, doc, key, sample, dynamic, mapper):
            return
        self._introduce_value(path, leaf, doc, key, value, sample, dynamic)

    def _introduce_runtime(
        self, path: str, leaf: str, doc: Json, key: Any, sample: Json, dynamic: str, mapper: ObjectMapper
    ) -> bool:
        """Make runtime fields of a value: where ``dynamic`` or a template says so. False: it is to be mapped."""
        if isinstance(sample, dict):
            if dynamic != "runtime":
                return False
            for inner in sample:
                self._introduce(f"{path}.{inner}", inner.rsplit(".", 1)[-1], sample, inner, sample[inner], dynamic, mapper)
            return True
        if path in self.mapping.runtime:
            return True
        found = dynamic_runtime(self.mapping, path, leaf, sample, is_default=dynamic == "runtime")
        if found is not None:
            self.new.runtime[path] = found
        return found is not None

    def _takes_arrays(self, path: str, leaf: str, sample: Json, doc: Json, key: Any) -> bool:
        """Whether a template makes a type that wants its arrays whole."""
        if not self.mapping.dynamic_templates:
            return False
        made = self._made(path, leaf, doc, key, sample)
        return isinstance(made, Field) and made.takes_arrays

    def _introduce_value(
        self, path: str, leaf: str, doc: Json, key: Any, value: Json, sample: Json, dynamic: str
    ) -> None:
        """ES: each value of a new field makes a mapping of its own; they are merged, and may conflict."""
        try:
            made = self._made(path, leaf, doc, key, sample)
        except ApiError as error:
            if self.behaviour.document_parsing_exception and not isinstance(error, DocumentParsing):
                raise DocumentParsing(f"failed to parse: {error.reason}", at_value(doc, key), cause=error) from None
            raise
        if made is None:
            return
        exceeded = self.new.over_limits(path, made)
        if exceeded is not None:
            if self.mapping.context.flag("total_fields.ignore_dynamic_beyond_limit", False) and "total fields" in exceeded:
                self.ignored = (self.ignored or set()) | {path}
                return
            raise self.errors.exceeded(exceeded, at_value(doc, key))
        known = self.new.add(path, made)
        self._value(made, doc, key, value, dynamic)
        if known is not made and not (isinstance(known, ObjectMapper) and isinstance(made, ObjectMapper)):
            self.new.merge(known, made, path)


class BrokenWalk(Walk):
    """Walks a source that ends in a syntax error: a string that breaks off is the failure of its field."""

    def _leaf(self, field: Field, holder: Json, key: str | int, value: Json) -> None:
        if isinstance(value, BrokenText):
            raise self.errors.refused(field, value.error, holder, key, value)
        super()._leaf(field, holder, key, value)

    def _introduce_value(
        self, path: str, leaf: str, doc: Json, key: Any, value: Json, sample: Json, dynamic: str
    ) -> None:
        if isinstance(value, BrokenText):
            raise value.error
        super()._introduce_value(path, leaf, doc, key, value, sample, dynamic)


def _each(holder: Json, key: Any, value: Json) -> Iterator[tuple[Json, Any, Json]]:
    """A value, or where there are objects in its arrays each of theirs: (holder, key, value)."""
    if isinstance(value, list) and any(isinstance(one, dict | list) for one in value):
        for at, one in enumerate(value):
            yield from _each(value, at, one)
    else:
        yield holder, key, value
