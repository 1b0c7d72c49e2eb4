"""The mapping of an index: an immutable snapshot."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterator
from copy import copy
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from esmock.errors import ApiError, IllegalArgument, MapperParsing
from esmock.mapping.context import MappingContext
from esmock.mapping.dynamic_template import DynamicTemplate, check_dynamic_templates
from esmock.mapping.field import Field
from esmock.mapping.mapping_body import copied_meta, read_mapping
from esmock.mapping.metadata_fields import metadata_names, mode_of_source
from esmock.mapping.objects import (
    ObjectMapper,
    parse_properties,
)
from esmock.mapping.parameter import java_text
from esmock.mapping.passthrough import check_priorities, synonyms
from esmock.mapping.validation import validate
from esmock.xcontent.java_order import hash_order

if TYPE_CHECKING:
    from esmock.mapping.document import Parsed
    from esmock.mapping.dynamic import NamedTemplates
    from esmock.version import Behaviour

Json = Any

_SIGNS = {"flattened": ".", "join": "#"}
"""What stands between a field and the name of one within it."""
TIMESTAMPED_MODES = ("time_series", "logsdb")
VECTORS = frozenset(("dense_vector", "rank_vectors", "sparse_vector"))
"""Types that ``_source`` leaves out (9.2)."""
DEFAULT_DATE_FORMATS = ("strict_date_optional_time", "yyyy/MM/dd HH:mm:ss||yyyy/MM/dd||epoch_millis")


class Mapping:
    """Fields, objects and options of an index. Every change makes a new one.

    Attributes:
        root: the top object.
        meta: ``_meta``, or None.
        routing_required: ``_routing.required``.
        source_enabled, source_includes, source_excludes: ``_source``.
        date_formats: ``dynamic_date_formats``.
    """

    def __init__(self, root: ObjectMapper, context: MappingContext, **options: Any) -> None:
        self.root = root
        self.context = context
        self.analysis = context.analysis
        self.behaviour = context.behaviour
        self.meta: dict[str, Json] | None = options.get("meta")
        self.routing_required: bool = options.get("routing_required", False)
        self.source_switch: bool = options.get("source_switch", True)
        self.source_includes: tuple[str, ...] = options.get("source_includes", ())
        self.source_excludes: tuple[str, ...] = options.get("source_excludes", ())
        self.source_mode: str | None = options.get("source_mode")
        mode = mode_of_source(self.source_mode, context)
        self.source_enabled: bool = self.source_switch and mode != "disabled"
        self.is_synthetic = mode == "synthetic"
        """Whether ``_source`` is put together when it is read."""
        self.source_given: dict[str, Json] = options.get("source_given", {})
        self.date_formats: tuple[str, ...] | None = options.get("date_formats")
        self.date_detection: bool | None = options.get("date_detection")
        self.numeric_detection: bool | None = options.get("numeric_detection")
        self.dynamic_templates: tuple[DynamicTemplate, ...] | None = options.get("dynamic_templates")
        self.extra: dict[str, Json] = options.get("extra", {})
        self.runtime: dict[str, Json] = options.get("runtime", {})
        """Runtime fields by name, as shown."""
        self.runtime_names: frozenset[str] = frozenset()
        """The fields that ``with_runtime`` has laid over the others."""
        self.is_blank = False
        """Whether nothing was defined so far: what comes first stands beside no others."""
        self._index()

    def _index(self) -> None:
        fields: dict[str, Field] = {}
        objects: dict[str, ObjectMapper] = {}
        copies: dict[str, list[str]] = {}
        for child in self.root.walk():
            if isinstance(child, ObjectMapper):
                objects[child.path] = child
            else:
                fields[child.path] = child
                for target in child.copy_to:
                    copies.setdefault(target, []).append(child.path)
        self._fields = fields
        self._objects = objects
        self._synonyms = synonyms(objects.values(), fields)
        self.copied_from = MappingProxyType({target: tuple(sources) for target, sources in copies.items()})
        """Target path to the paths that are copied to it."""
        self._within = tuple((path, _SIGNS[one.name]) for path, one in fields.items() if one.name in _SIGNS)
        self.percolator_paths = tuple(path for path, one in fields.items() if one.name == "percolator")
        is_late = self.behaviour.sources_without_vectors
        self.vector_paths = tuple(path for path, one in fields.items() if one.name in VECTORS) if is_late else ()
        self.nested_paths = tuple(sorted(path for path, one in objects.items() if one.nested))

    def _options(self) -> dict[str, Any]:
        return {
            name: getattr(self, name)
            for name in (
                "meta", "routing_required", "source_switch", "source_includes", "source_excludes", "source_given", "source_mode",
                "date_formats", "date_detection", "numeric_detection", "dynamic_templates", "extra", "runtime",
            )
        }

    @classmethod
    def empty(cls, analysis: Any, behaviour: Behaviour, settings: Any = None) -> Mapping:
        """A mapping without fields."""
        return cls(ObjectMapper("", {}), MappingContext(analysis, behaviour, settings))

    @classmethod
    def parse(
        cls,
        body: dict[str, Json],
        analysis: Any,
        behaviour: Behaviour,
        *,
        settings: Any = None,
        warn: Callable[[str], None] | None = None,
    ) -> Mapping:
        """Read a mapping at index creation, or a template's.

        Args:
            body: what stands under ``mappings`` (no type level).
            settings: flat index settings.
            warn: called with each deprecation.

        Raises:
            MapperParsing: ``Failed to parse mapping ...`` around the error found.
        """
        context = MappingContext(analysis, behaviour, settings, warn)
        try:
            mapping = cls._read(body, context)
        except ApiError as error:
            raise _wrapped(error, behaviour) from None
        mapping.runtime = _without_nulls(mapping.runtime)
        check_priorities(mapping.all_objects().values())
        validate(mapping)
        mapping._release()
        mapping.is_blank = not body and "index.mapping.source.mode" not in mapping.context.settings
        return mapping

    def merge(self, body: dict[str, Json], *, warn: Callable[[str], None] | None = None) -> Mapping:
        """This mapping with ``body`` merged in.

        Raises:
            IllegalArgument: conflicts with what is there.
            MapperParsing: definitions that cannot be read.
        """
        context = self.context.with_warn(warn)
        self.warn_of_templates(warn)
        try:
            other = self._read(body, context)
        except ApiError as error:
            if self.behaviour.newer_jackson:
                raise _wrapped(error, self.behaviour) from None
            raise
        for given in (*(one.given.get("format", "") for one in self._fields.values()), *(self.date_formats or ())):
            context.warn_of_format(str(given))
        return self.merged_with(other, body)

    def warn_of_templates(self, warn: Callable[[str], None] | None) -> None:
        """Before 8.0 a mapping that changes is read again, with the deprecations of its dynamic templates."""
        if self.dynamic_templates and self.behaviour.major < 8:
            check_dynamic_templates(self.dynamic_templates, self.context.with_warn(warn))

    @classmethod
    def _read(cls, body: dict[str, Json], context: MappingContext) -> Mapping:
        root, options = read_mapping(body, context)
        return cls(root, context, **options)

    def merged_with(self, other: Mapping, body: dict[str, Json]) -> Mapping:
        """The join of two mappings; ``body`` tells which options the other one names."""
        check_priorities(other.all_objects().values())
        if self.is_blank and body:
            validate(other)
            return Mapping(other.root, self.context, **other._options())
        options = self._options()
        if "_source" in body:
            options["source_mode"] = other.source_mode or self.source_mode
            options["source_given"] = other.source_given or self.source_given
            options["source_switch"] = other.source_switch
        if "_meta" in body:
            options["meta"] = other.meta
        if other.date_formats is not None:
            options["date_formats"] = other.date_formats
        if other.date_detection is not None:
            options["date_detection"] = other.date_detection
        if other.numeric_detection is not None:
            options["numeric_detection"] = other.numeric_detection
        if other.dynamic_templates is not None:
            options["dynamic_templates"] = other.dynamic_templates
        if other.runtime:
            options["runtime"] = _without_nulls({**self.runtime, **other.runtime})
        if self.root.enabled != other.root.enabled and "enabled" in body:
            raise MapperParsing("the [enabled] parameter can't be updated for the object mapping [_doc]")
        root = self.root.replace(
            properties=self.root.merged_properties(other.root, self.context),
            dynamic=self.root.dynamic if other.root.dynamic is None else other.root.dynamic,
        )
        self._check_metadata(other, body)
        merged = Mapping(root, self.context, **options)
        validate(merged)
        if self.to_json() == merged.to_json():
            return self
        return merged

    def _check_metadata(self, other: Mapping, body: dict[str, Json]) -> None:
        """Raises IllegalArgument for what metadata fields cannot become."""
        if "_routing" in body and self.routing_required != other.routing_required:
            raise IllegalArgument(
                "Mapper for [_routing] conflicts with existing mapper:\n\tCannot update parameter [required] from "
                f"[{java_text(self.routing_required)}] to [{java_text(other.routing_required)}]"
            )
        if "_source" in body:
            self._check_source(other)

    def _check_source(self, other: Mapping) -> None:
        conflicts = []
        is_late = self.behaviour.major >= 8
        for name, mine, theirs in (
            ("enabled", self.source_switch, other.source_switch),
            ("mode", self.source_mode, other.source_mode),
            ("includes", list(self.source_includes), list(other.source_includes)),
            ("excludes", list(self.source_excludes), list(other.source_excludes)),
        ):
            if mine == theirs or (name == "enabled" and is_late and mine):
                continue
            if name == "mode" and (theirs != "stored" or not self.source_given or "index.mapping.source.mode" in self.context.settings):
                continue
            shown = ["null" if one is None else java_text(one) for one in (mine, theirs)]
            conflicts.append(f"\n\tCannot update parameter [{name}] from [{shown[0]}] to [{shown[1]}]")
        if conflicts:
            raise IllegalArgument("Mapper for [_source] conflicts with existing mapper:" + "".join(conflicts))

    def _release(self) -> None:
        self.context._warn = None

    def field(self, path: str) -> Field | None:
        """A field by full name; aliases lead to their targets; None for objects and unknown names."""
        found = self.kept_field(path)
        return None if found is None or found.is_hidden else found

    def kept_field(self, path: str) -> Field | None:
        """The same, with those that requests cannot name."""
        found = self._fields.get(path)
        if found is None and path in self._synonyms:
            return self._fields[self._synonyms[path]]
        if found is None and self._within:
            return self._part_of(path)
        if found is not None and found.is_alias:
            return self._fields.get(found.target)
        return found

    def full_name(self, path: str) -> str:
        """The name that a field has itself, where it is named without the pass-through object that holds it."""
        return self._synonyms.get(path, path)

    def _part_of(self, path: str) -> Field | None:
        """The field that a name within another stands for: a key of a flattened one, the parents of a join."""
        for parent, sign in self._within:
            if path.startswith(parent + sign):
                owner: Any = self._fields[parent]
                return owner.key(path[len(parent) + 1 :])  # type: ignore[no-any-return]
        return None

    def own_field(self, path: str) -> Field | None:
        """The same without following aliases."""
        return self._fields.get(path)

    def object(self, path: str) -> ObjectMapper | None:
        """An object or nested mapping by full name."""
        return self._objects.get(path)

    @property
    def excludes_vectors(self) -> bool:
        """Whether answers leave vectors out where nothing else is said."""
        return self.context.excludes_vectors

    @functools.cached_property
    def kept_vectors(self) -> frozenset[str]:
        """The vectors that are kept beside the source, not in it."""
        if not self.excludes_vectors or self.is_synthetic:
            return frozenset()
        fields: Any = self._fields
        return frozenset(path for path in self.vector_paths if fields[path].is_kept_beside_source)

    @functools.cached_property
    def eager_ordinals(self) -> tuple[str, ...]:
        """What global ordinals are built of at every refresh, by the names under which their memory is told."""
        return tuple(
            name
            for path, one in self.fields("*")
            if one.has("eager_global_ordinals") and one.get("eager_global_ordinals")
            for name in getattr(one, "ordinals_names", (path,))
        )

    @functools.cached_property
    def timestamp_required(self) -> bool:
        """Whether a document must have one ``@timestamp``: in data streams, and in indices of logs and time series."""
        if self.behaviour.major >= 8 and str(self.context.settings.get("index.mode")).lower() in TIMESTAMPED_MODES:
            return True
        given = self.extra.get("_data_stream_timestamp")
        return isinstance(given, dict) and str(given.get("enabled")).lower() == "true"

    @property
    def n_fields(self) -> int:
        """How many fields there are, multi-fields included."""
        return len(self._fields)

    @property
    def size(self) -> int:
        """What is held against the limit of fields: fields, objects and runtime fields."""
        return len(self._fields) - len(self.runtime_names) + len(self._objects) + len(self.runtime)

    def fields(self, pattern: str = "*") -> Iterator[tuple[str, Field]]:
        """Full names that match a wildcard pattern, with their fields (aliases followed), sorted by name."""
        if "*" not in pattern:
            found = self.field(pattern)
            if found is not None:
                yield pattern, found
            return
        matches = wildcard(pattern)
        for path in sorted((*self._fields, *self._synonyms)):
            if matches(path):
                found = self.field(path)
                if found is not None:
                    yield path, found

    def named(self, pattern: str) -> dict[str, Field]:
        """The same, and the fields that others keep for themselves."""
        matches = wildcard(pattern)
        inner = ((path, self.field(path)) for path in self.inner_names if matches(path))
        return dict(self.fields(pattern)) | {path: one for path, one in inner if one is not None}

    @functools.cached_property
    def inner_names(self) -> tuple[str, ...]:
        """The full names of the fields that joins keep of parents."""
        return tuple(name for path, one in self._fields.items() if one.name == "join" for name in getattr(one, "ordinals_names", ()))

    def names(self, pattern: str) -> list[str]:
        """Full names that match a wildcard pattern, those of metadata fields too, as the set that takes them hands them out.

        From 8.x on each start of a node draws anew in which order it meets the fields.
        """
        return hash_order(filter(wildcard(pattern), self._in_order))

    @functools.cached_property
    def _in_order(self) -> list[str]:
        """Every name as the map of fields has it: the tree is walked as its maps have its members, and aliases come last."""
        own = (*self.root.paths_in_order(), *self._fields, *self.inner_names)
        walked = dict.fromkeys((*sorted(metadata_names(self.behaviour)), *own))
        walked = {path: None for path in walked if path not in self._fields or not self._fields[path].is_hidden}
        aliases = [*(path for path, one in self._fields.items() if one.is_alias), *self._synonyms]
        return [*hash_order(path for path in walked if path not in aliases), *hash_order(aliases)]

    def all_fields(self) -> MappingProxyType[str, Field]:
        """Every field by full name, aliases as they are."""
        return MappingProxyType(self._fields)

    def all_objects(self) -> MappingProxyType[str, ObjectMapper]:
        """Every object by full name."""
        return MappingProxyType(self._objects)

    def nested_parent(self, path: str) -> str | None:
        """The innermost nested object that a name lies in; None outside of any."""
        parts = path.split(".")
        for end in range(len(parts) - 1, 0, -1):
            name = ".".join(parts[:end])
            found = self._objects.get(name)
            if found is not None and found.nested:
                return name
        return None

    def with_root(self, root: ObjectMapper) -> Mapping:
        """A snapshot with another tree: what dynamic mapping makes."""
        return Mapping(root, self.context, **self._options())

    def with_runtime(self, nodes: dict[str, dict[str, Json]]) -> Mapping:
        """A snapshot with runtime fields over its own: full name to the definition of their type."""
        fields: dict[str, Field] = {}
        for name, node in nodes.items():
            if node["type"] == "lookup":
                from esmock.mapping.lookup import LookupField

                fields[name] = LookupField(name, {}, self.context)
                continue
            tree = ObjectMapper("", parse_properties("", {name: node}, self.context))
            fields.update({one.path: one for one in tree.walk() if not isinstance(one, ObjectMapper)})
        twin = copy(self)
        twin._fields = {**self._fields, **fields}
        twin.runtime_names = frozenset(fields)
        return twin

    def add_runtime(self, nodes: dict[str, Json]) -> Mapping:
        """A snapshot with further runtime fields: what dynamic mapping makes where it is ``runtime``."""
        return Mapping(self.root, self.context, **{**self._options(), "runtime": {**self.runtime, **nodes}})

    def with_meta(self, meta: dict[str, Json]) -> Mapping:
        """A snapshot with another ``_meta``; what lies below its keys keeps its order."""
        return Mapping(self.root, self.context, **{**self._options(), "meta": copied_meta(meta)})

    def to_json(self) -> dict[str, Json]:
        """The mapping as ``GET _mapping`` prints it."""
        out: dict[str, Json] = self.root.head()
        if self.meta is not None:
            out["_meta"] = self.meta
        out.update({key: value for key, value in self.extra.items() if key < "_routing"})
        if self.routing_required:
            out["_routing"] = {"required": True}
        source = self._source_json()
        if source:
            out["_source"] = source
        if self.date_formats is not None:
            out["dynamic_date_formats"] = list(self.date_formats)
        if self.dynamic_templates is not None:
            out["dynamic_templates"] = [{one.name: one.to_json()} for one in self.dynamic_templates]
        if self.date_detection is not None:
            out["date_detection"] = self.date_detection
        if self.numeric_detection is not None:
            out["numeric_detection"] = self.numeric_detection
        if self.runtime:
            out["runtime"] = {name: self.runtime[name] for name in sorted(self.runtime)}
        if self.root.properties:
            out["properties"] = self.root.properties_json()
        return out

    def _source_json(self) -> dict[str, Json]:
        out: dict[str, Json] = {}
        if self.source_mode is not None:
            out["mode"] = mode_of_source(self.source_mode, self.context)
        elif not self.source_switch:
            out["enabled"] = False
        if self.source_includes:
            out["includes"] = list(self.source_includes)
        if self.source_excludes:
            out["excludes"] = list(self.source_excludes)
        return out

    def parse_document(
        self, source: bytes, doc_id: str | None, routing: str | None = None, *, named: NamedTemplates | None = None
    ) -> Parsed:
        """Check a document against the mapping and add the fields it introduces.

        Args:
            named: full names of new fields to the dynamic templates that make them.

        Returns:
            ``mapping`` is this object where nothing new was found.

        Raises:
            MapperParsing, DocumentParsing, StrictDynamicMapping, IllegalArgument.
        """
        from esmock.mapping.document import parse_document

        return parse_document(self, source, doc_id, routing, named)


def _without_nulls(runtime: dict[str, Json]) -> dict[str, Json]:
    return {name: node for name, node in runtime.items() if node is not None}


def _wrapped(error: ApiError, behaviour: Behaviour) -> MapperParsing:
    name = " [_doc]" if behaviour.major < 8 else ""
    return MapperParsing(f"Failed to parse mapping{name}: {'null' if error.reason is None else error.reason}", cause=error)


def wildcard(pattern: str) -> Callable[[str], bool]:
    """A test for names: ``*`` stands for anything, everything else for itself."""
    expression = re.compile(".*".join(map(re.escape, pattern.split("*"))), re.DOTALL)
    return lambda name: expression.fullmatch(name) is not None
