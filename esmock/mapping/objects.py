"""Object and nested mappings: containers of fields."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from typing import Any

from esmock.errors import (
    ApiError,
    ArrayIndexOutOfBounds,
    ElasticsearchParse,
    IllegalArgument,
    MapperParsing,
    NullPointer,
)
from esmock.mapping.context import MappingContext
from esmock.mapping.dynamic_template import RUNTIME_SINCE
from esmock.mapping.field import KEEP, KEEP_SINCE, Field
from esmock.mapping.field_definition import parse_field, read_keep
from esmock.mapping.flat import SINCE, MapperException, flattened, read_subobjects
from esmock.mapping.parameter import java_text, named_boolean
from esmock.mapping.passthrough import SINCE as PASS_THROUGH_SINCE
from esmock.mapping.passthrough import PassThrough, as_dimensions, read_pass_through
from esmock.version import Behaviour
from esmock.xcontent.java_order import trie_order

Json = Any


class ObjectMapper:
    """An object of the mapping, immutable once made.

    Args:
        path: full name; empty for the root.
        properties: fields and objects by leaf name.
        dynamic: ``true``, ``false``, ``strict``, ``runtime``, or None to follow the parent.
        nested: whether each object becomes a document of its own.
        subobjects: False: names with dots stay as they are; None: not said.
    """

    __slots__ = (
        "dynamic", "enabled", "explicit_empty", "include_in_parent", "include_in_root", "leaf", "nested", "passthrough", "path",
        "properties", "subobjects", "synthetic_source_keep",
    )

    def __init__(
        self,
        path: str,
        properties: dict[str, Field | ObjectMapper],
        *,
        dynamic: str | None = None,
        enabled: bool = True,
        nested: bool = False,
        include_in_parent: bool = False,
        include_in_root: bool = False,
        subobjects: bool | None = None,
        synthetic_source_keep: str | None = None,
        passthrough: PassThrough | None = None,
    ) -> None:
        self.path = path
        self.passthrough = passthrough
        self.leaf = path.rsplit(".", 1)[-1]
        self.subobjects = subobjects
        self.synthetic_source_keep = synthetic_source_keep
        self.properties = properties
        self.dynamic = dynamic
        self.enabled = enabled
        self.nested = nested
        self.include_in_parent = include_in_parent
        self.include_in_root = include_in_root
        if self.is_flat:
            self.properties = flattened(self, properties)

    def replace(self, **changes: Any) -> ObjectMapper:
        """A copy with some attributes changed."""
        kept = {
            name: getattr(self, name)
            for name in (
                "dynamic", "enabled", "nested", "include_in_parent", "include_in_root", "passthrough", "subobjects", "synthetic_source_keep",
            )
        }
        properties = changes.pop("properties", self.properties)
        return ObjectMapper(self.path, properties, **{**kept, **changes})

    @property
    def is_flat(self) -> bool:
        """Whether children have names with dots and are no objects."""
        return self.subobjects is False or self.passthrough is not None

    def child_path(self, leaf: str) -> str:
        return f"{self.path}.{leaf}" if self.path else leaf

    def walk(self) -> Iterator[Field | ObjectMapper]:
        """Everything below, depth first; multi-fields included."""
        for child in self.properties.values():
            yield child
            if isinstance(child, ObjectMapper):
                yield from child.walk()
            else:
                yield from itertools.islice(child.every(), 1, None)

    def paths_in_order(self) -> Iterator[str]:
        """The full names of the fields below, as the maps of their objects hand them out; multi-fields included."""
        for leaf in trie_order(self.properties):
            child = self.properties[leaf]
            if isinstance(child, ObjectMapper):
                yield from child.paths_in_order()
            else:
                yield from (one.path for one in child.every())

    def to_json(self) -> dict[str, Json]:
        """The definition as ``GET _mapping`` prints it."""
        out: dict[str, Json] = {}
        if self.nested:
            out["type"] = "nested"
            if self.include_in_parent:
                out["include_in_parent"] = True
            if self.include_in_root:
                out["include_in_root"] = True
        elif self.passthrough is not None:
            out.update(self.passthrough.to_json())
        elif not self.properties:
            out["type"] = "object"
        out.update(self.head())
        if self.properties:
            out["properties"] = self.properties_json()
        return out

    def head(self) -> dict[str, Json]:
        """``dynamic`` and ``enabled`` where they were given."""
        out: dict[str, Json] = {}
        if self.dynamic is not None:
            out["dynamic"] = self.dynamic
        if not self.enabled:
            out["enabled"] = False
        if self.subobjects is not None:
            out["subobjects"] = self.subobjects
        if self.synthetic_source_keep is not None:
            out["synthetic_source_keep"] = self.synthetic_source_keep
        return out

    def properties_json(self) -> dict[str, Json]:
        return {leaf: self.properties[leaf].to_json() for leaf in sorted(self.properties)}

    def merge(self, other: ObjectMapper, context: MappingContext) -> ObjectMapper:
        """This object changed to ``other``'s definition. Raises IllegalArgument, MapperParsing."""
        if self.nested != other.nested:
            raise self._nesting_conflict(context)
        if (self.passthrough is None) != (other.passthrough is None):
            kinds = ("a non object", "an object") if self.passthrough else ("an object", "a non object")
            raise IllegalArgument(f"can't merge {kinds[0]} mapping [{self.path}] with {kinds[1]} mapping")
        if self.enabled != other.enabled and self.path:
            refused = MapperException if context.behaviour.major >= 8 else MapperParsing
            raise refused(f"the [enabled] parameter can't be updated for the object mapping [{self.path}]")
        if other.synthetic_source_keep not in (None, self.synthetic_source_keep):
            raise MapperException(f"the [ {KEEP} ] parameter can't be updated for the object mapping [{self.path}]")
        if self.nested and self.include_in_parent != other.include_in_parent:
            raise MapperParsing("the [include_in_parent] parameter can't be updated on a nested object mapping")
        if self.nested and self.include_in_root != other.include_in_root:
            raise MapperParsing("the [include_in_root] parameter can't be updated on a nested object mapping")
        return self.replace(
            properties=self.merged_properties(other, context),
            dynamic=self.dynamic if other.dynamic is None else other.dynamic,
            passthrough=other.passthrough,
        )

    def merged_properties(self, other: ObjectMapper, context: MappingContext) -> Properties:
        """Both objects' children. Raises MapperException: one has subobjects and the other has not."""
        if other.subobjects is not None and (other.subobjects is False) != self.is_flat:
            raise MapperException(f"the [subobjects] parameter can't be updated for the object mapping [{self.path or '_doc'}]")
        theirs = flattened(self, other.properties) if self.is_flat else other.properties
        return merge_properties(self.properties, theirs, context)

    def _nesting_conflict(self, context: MappingContext) -> ApiError:
        if context.behaviour.major >= 8:
            if self.nested:
                return IllegalArgument(f"can't merge a nested mapping [{self.path}] with a non-nested mapping")
            return IllegalArgument(f"can't merge a non-nested mapping [{self.path}] with a nested mapping")
        if self.nested:
            return IllegalArgument("cannot change object mapping from nested to non-nested")
        return IllegalArgument("cannot change object mapping from non-nested to nested")


Properties = dict[str, Field | ObjectMapper]


def without_implied_roots(mapper: ObjectMapper, *, in_root: bool = True) -> ObjectMapper:
    """ES 8: ``include_in_root`` of a nested object that its parent's inclusion brings to the root anyhow is dropped.

    Args:
        in_root: whether what the parent includes is in the root's documents.
    """
    out: Properties = {}
    for leaf, child in mapper.properties.items():
        if isinstance(child, ObjectMapper):
            is_implied = in_root and child.include_in_parent
            below = (is_implied or child.include_in_root) if child.nested else in_root
            child = without_implied_roots(child, in_root=below)
            if is_implied and child.include_in_root:
                child = child.replace(include_in_root=False)
        out[leaf] = child
    return mapper.replace(properties=out)


def no_object(old: ObjectMapper, behaviour: Behaviour) -> IllegalArgument:
    """What is said of a field that is to take the place of an object."""
    if old.nested and behaviour.major >= 8:
        return IllegalArgument(f"can't merge a non-nested mapping [{old.path}] with a nested mapping")
    return IllegalArgument(f"can't merge a non object mapping [{old.path}] with an object mapping")


def merge_properties(mine: Properties, theirs: Properties, context: MappingContext) -> Properties:
    """Both sets of children, those of the same name merged."""
    out = dict(mine)
    for leaf in trie_order(theirs) if context.behaviour.mapping_types else theirs:
        child, old = theirs[leaf], out.get(leaf)
        if old is None:
            out[leaf] = child
        elif isinstance(old, ObjectMapper):
            if not isinstance(child, ObjectMapper):
                raise no_object(old, context.behaviour)
            out[leaf] = old.merge(child, context)
        elif isinstance(child, ObjectMapper):
            raise IllegalArgument(f"can't merge a non object mapping [{old.path}] with an object mapping")
        else:
            out[leaf] = old.merge(child)
    return out


def read_dynamic(value: Json, context: MappingContext) -> str:
    """The ``dynamic`` parameter as text. Raises IllegalArgument, NullPointer."""
    if value is None:
        raise NullPointer('Cannot invoke "Object.toString()" because "fieldNode" is null')
    text = java_text(value)
    if text.lower() == "strict":
        return "strict"
    if text.lower() == "runtime" and context.behaviour.has(RUNTIME_SINCE):
        return "runtime"
    return "true" if named_boolean(value, "dynamic.dynamic") else "false"


def read_options(
    path: str,
    node: dict[str, Json],
    context: MappingContext,
    options: dict[str, Any],
    further: Callable[[str, Json], bool] = lambda key, value: False,
) -> dict[str, Json]:
    """Read what objects and the root have alike into ``options``, in the order of ``node``.

    Args:
        further: reads a parameter of another name; whether it knows it.

    Returns:
        what is left of ``node``.

    Raises:
        MapperParsing, IllegalArgument, ElasticsearchParse, NullPointer: at the first that cannot be read.
    """
    rest = dict(node)
    if context.behaviour.has(SINCE):
        found = read_subobjects(rest.pop("subobjects", None))
        if found is not None:
            options["subobjects"] = found
    for key, value in list(rest.items()):
        if key == "dynamic":
            options["dynamic"] = read_dynamic(value, context)
        elif key == "enabled":
            options["enabled"] = named_boolean(value, "enabled.enabled")
        elif key == "properties":
            is_flat = options.get("subobjects") is False or "passthrough" in options
            options["properties"] = parse_properties(path, value, context, flat=is_flat)
        elif key == "include_in_all":
            context.warn("[include_in_all] is deprecated, the _all field have been removed in this version")
        elif key == KEEP and context.behaviour.has(KEEP_SINCE):
            options[KEEP] = read_keep(value)
        elif key == "store_array_source" and context.behaviour.has(KEEP_SINCE):
            # ES: what it was called before, whatever its value
            options.setdefault(KEEP, "arrays")
        elif not further(key, value):
            continue
        del rest[key]
    return rest


def read_object(path: str, node: dict[str, Json], context: MappingContext) -> tuple[ObjectMapper, dict[str, Json]]:
    """Read an object or nested definition: the object, and what it does not know. Raises MapperParsing, IllegalArgument."""
    leaf = path.rsplit(".", 1)[-1]
    rest = dict(node)
    kind = rest.pop("type", "object")
    nested = kind == "nested"
    options: dict[str, Any] = {"nested": nested}
    if kind == "passthrough":
        if "subobjects" in rest:
            raise unsupported_parameters(leaf, {"subobjects": rest["subobjects"]})
        passthrough = options["passthrough"] = read_pass_through(path, rest)
        if passthrough.is_dimension:
            rest["properties"] = as_dimensions(rest.get("properties", {}))
    if nested and rest.get("subobjects") is not None and context.behaviour.has(SINCE):
        read_subobjects(rest["subobjects"])
        raise MapperParsing(f"Nested type [{leaf}] does not support [subobjects] parameter")
    for name in ("include_in_parent", "include_in_root"):
        if rest.get(name) is not None and (nested or context.behaviour.major < 8):
            found = named_boolean(rest.pop(name), f"{leaf}.{name}")
            if nested:  # ES: 7.x reads them of plain objects too, where they mean nothing
                options[name] = found
    rest = read_options(path, rest, context, options)
    return ObjectMapper(path, options.pop("properties", {}), **options), rest


def parse_object(path: str, node: dict[str, Json], context: MappingContext, shown: str) -> ObjectMapper:
    """Read a whole definition; ``shown`` is its name in errors. Raises MapperParsing, IllegalArgument."""
    found, rest = read_object(path, node, context)
    if rest:
        raise unsupported_parameters(shown, rest)
    if found.nested and found.synthetic_source_keep == "arrays":
        raise MapperException(f"parameter [ {KEEP} ] can't be set to [arrays] for nested object [{found.path}]")
    return found


def unsupported_parameters(name: str | None, node: dict[str, Json]) -> MapperParsing:
    """What is left of a definition after everything known was read."""
    listed = "".join(f" [{key} : {java_text(value)}]" for key, value in node.items())
    what = "Root mapping definition" if name is None else f"Mapping definition for [{name}]"
    return MapperParsing(f"{what} has unsupported parameters: {listed}")


def parse_properties(parent: str, body: Json, context: MappingContext, *, flat: bool = False) -> Properties:
    """Read ``properties``: dotted names make objects, unless ``flat``. Raises MapperParsing, IllegalArgument."""
    if isinstance(body, list) and not body:
        return {}
    if not isinstance(body, dict):
        raise ElasticsearchParse("properties must be a map type")
    out: Properties = {}
    for name, node in body.items():
        if not isinstance(node, dict):
            if isinstance(node, list) and not node:
                continue
            raise MapperParsing(f"Expected map for property [fields] on field [{name}] but got a class java.lang.String")
        parts = [name] if flat else _parts(name, context)
        child = _parse_child(parent, parts, node, context, name)
        leaf = parts[0]
        old = out.get(leaf)
        if isinstance(old, Field) and isinstance(child, ObjectMapper):
            raise IllegalArgument(f"mapper [{old.path}] cannot be changed from type [{old.name}] to [ObjectMapper]")
        out.update({leaf: child} if old is None else merge_properties({leaf: old}, {leaf: child}, context))
    return out


def _parts(name: str, context: MappingContext) -> list[str]:
    """The names of the objects and the field that a name with dots stands for: ES splits as Java does, without empty last ones."""
    is_late = context.behaviour.major >= 8
    parts = name.split(".")
    while len(parts) > 1 and not parts[-1]:
        parts.pop()
    if name and parts == [""]:
        raise IllegalArgument("field name cannot contain only dots") if is_late else ArrayIndexOutOfBounds("Index -1 out of bounds for length 0")
    for part in parts:
        if not part:
            raise IllegalArgument("field name cannot be an empty string" if is_late else "name cannot be empty string")
        if is_late and not part.strip():
            raise IllegalArgument("field name cannot contain only whitespaces")
    return parts


def _parse_child(parent: str, parts: list[str], node: dict[str, Json], context: MappingContext, shown: str) -> Field | ObjectMapper:
    path = f"{parent}.{parts[0]}" if parent else parts[0]
    if len(parts) > 1:
        child = _parse_child(path, parts[1:], node, context, shown)
        return ObjectMapper(path, {parts[1]: child})
    type_ = node.get("type")
    if type_ is None:
        if node.get("properties") is None and not (len(node) == 1 and node.get("enabled") is not None):
            raise MapperParsing(f"No type specified for field [{shown}]")
        type_ = "object"
    if type_ in ("object", "nested") or (type_ == "passthrough" and context.behaviour.has(PASS_THROUGH_SINCE)):
        return parse_object(path, node, context, shown)
    return parse_field(path, node, context, shown=shown)
