"""Reading the definition of a field. Docs: mapping-params, multi-fields, copy-to.

Source: recordings of 7.10.2 and 8.19.21.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from esmock.errors import ApiError, ElasticsearchParse, IllegalArgument, MapperParsing, NullPointer, Unsupported
from esmock.mapping.field import KEEP, KEEP_SINCE, NOWHERE, Field
from esmock.mapping.parameter import Parameter, Place, java_class, java_text, named_boolean, read_double
from esmock.mapping.time_series import check_parameters

if TYPE_CHECKING:
    from esmock.mapping.context import MappingContext

Json = Any
WITHOUT_EFFECT = frozenset({"store", "meta", "index", "doc_values", "boost", "index_options", "similarity"})
"""Parameters that 7.x passes over, with a warning, on types that do not have them."""


def parse_field(
    path: str,
    node: dict[str, Json],
    context: MappingContext,
    *,
    parent: str | None = None,
    type_: str | None = None,
    shown: str | None = None,
) -> Field:
    """Read one field definition.

    Args:
        path: full name.
        node: the definition, ordered as errors come; left as it is.
        parent: for a multi-field, the path whose values it takes.
        type_: the type where the definition names none.
        shown: how errors name a field of an unknown type; None: by its leaf.

    Raises:
        MapperParsing, IllegalArgument: as Elasticsearch words them.
    """
    node = dict(node)
    named = java_text(node.pop("type", None))
    kind = named if type_ is None else type_
    cls = context.type(kind)
    if parent is not None and kind in ("object", "nested"):
        raise MapperParsing(f"Type [{kind}] cannot be used in multi field")
    if cls is None:
        raise unknown_type(shown or path.rsplit(".", 1)[-1], kind, context, multi=parent is not None)
    if parent is not None and not cls.is_multi_field(context):
        if context.behaviour.major >= 8 and kind != "alias":
            raise MapperParsing(f"Field [{path.rsplit('.', 1)[-1]}] of type [{kind}] can't be used in multifields")
        raise MapperParsing(f"Type [{kind}] cannot be used in multi field")
    place = Place(path, named, context)
    cls.refuse_definition(place, node)
    read = _Definition(cls, place, parent)
    if cls.has_old_reader(context):
        read.in_the_old_way(node)
    else:
        read.each(node)
    return cls(path, read.given, context, multi=read.multi, copy_to=read.copy_to, source_path=parent)


_WITHOUT_SCRIPTS = ("byte", "short", "integer", "float", "half_float")
"""Numbers whose values no script makes."""


class _Definition:
    """One definition while it is read.

    Attributes:
        given, multi, copy_to: as ``Field`` takes them.
    """

    def __init__(self, cls: type[Field], place: Place, parent: str | None) -> None:
        self.cls = cls
        self.place = place
        self.context: MappingContext = place.context
        self.parent = parent
        self.leaf = place.path.rsplit(".", 1)[-1]
        self.table = cls.parameter_table(self.context)
        self.given: dict[str, Any] = {}
        self.multi: dict[str, Field] = {}
        self.copy_to: tuple[str, ...] = ()

    def each(self, node: dict[str, Json]) -> None:
        """Read the parameters in their order. Raises for the first that is wrong."""
        late: list[str] = []
        for key, value in node.items():
            if self._shared(key, value):
                continue
            parameter = self.table.get(key)
            if parameter is not None:
                if parameter.is_deprecated:
                    self.context.warn(f"Parameter [{key}] on field [{self.place.path}] is deprecated and will be removed in 8.0")
                if value is None and not parameter.allows_null:
                    raise MapperParsing(f"[{key}] on mapper [{self.leaf}] of type [{self.place.type}] must not have a [null] value")
                if parameter.is_late:
                    late.append(key)
                else:
                    self.given[key] = parameter.read(value, self.place)
            elif key in WITHOUT_EFFECT and self.context.behaviour.major < 8:
                self.context.warn(f"Parameter [{key}] has no effect on type [{self.place.type}] and will be removed in future")
            elif key == "boost":
                raise MapperParsing(f"Unknown parameter [boost] on mapper [{self.leaf}]")
            else:
                raise MapperParsing(f"unknown parameter [{key}] on mapper [{self.leaf}] of type [{self.place.type}]")
        for key in sorted(late, key=list(self.table).index):
            self.given[key] = self.table[key].read(node[key], self.place)
        if self.given.get("script") is not None:
            self._refuse_script()
        if self.given.get("on_script_error", "fail") != "fail" and self.given.get("script") is None:
            raise IllegalArgument("Field [on_script_error] requires field [script] to be configured")
        check_parameters(self.given)
        for key, value in (("fields", self.multi), ("copy_to", self.copy_to)):
            if value and not self.cls.takes_copies:
                raise IllegalArgument(f"{self.cls.name} field [{self.leaf}] does not support [{key}]")

    def _refuse_script(self) -> None:
        """Raise what is wrong with values made by a script; Unsupported where nothing is."""
        name = self.cls.name
        for other in ("ignore_malformed", "coerce", "null_value"):
            if self.given.get(other) is not None:
                raise IllegalArgument(f"Field [{other}] cannot be set in conjunction with field [script]")
        if name in _WITHOUT_SCRIPTS:
            raise IllegalArgument(f"Unknown parameter [script] for mapper [{self.leaf}]")
        if self.multi:
            raise MapperParsing("Cannot define multifields on a field with a script")
        if self.copy_to:
            raise MapperParsing("Cannot define copy_to parameter on a field with a script")
        raise Unsupported(f"[script] of a field of type [{name}]")

    def _shared(self, key: str, value: Json) -> bool:
        """Read what definitions of most types may hold; False for anything else."""
        if key not in self.cls.shared_parameters(self.context):
            return False
        if key == "fields":
            self.multi = self._multi_fields(value)
        elif key == "copy_to":
            self.copy_to = self._copies(value)
        elif key == KEEP and self.context.behaviour.has(KEEP_SINCE):
            self.given[KEEP] = read_keep(value)
        else:
            return False
        return True

    def in_the_old_way(self, node: dict[str, Json]) -> None:
        """The type's own parameters first, then those of every field; what is left is told at once."""
        table, rest = self.table, dict(node)
        own = [key for key in rest if key in table and key not in WITHOUT_EFFECT]
        for key in own:
            self.given[key] = _old_value(table[key], rest.pop(key), self.place)
        for key, value in list(rest.items()) if self.cls.takes_old_parameters else ():
            if value is None:
                raise MapperParsing(f"[{key}] must not have a [null] value")
            if key in table:
                self.given[key] = _old_value(table[key], value, self.place)
            elif key == "similarity":
                self.context.warn(f"The [similarity] parameter has no effect on field [{self.leaf}] and will be removed in 8.0")
            elif key == "index_options":
                if java_text(value) not in ("docs", "freqs", "positions", "offsets"):
                    raise ElasticsearchParse(f"failed to parse index option [{java_text(value)}]")
            elif key == "boost":
                read_double(value)
                self.context.warn(f"Parameter [boost] on field [{self.leaf}] is deprecated and will be removed in 8.0")
            elif not self._shared(key, value):
                continue
            del rest[key]
        if rest:
            # ES: the older reader takes a multi-field for one of the name under which it stands
            place = self.place if self.parent is None else replace(self.place, path="fields")
            error = self.cls.unknown_parameters(place, rest)
            error.left_over = rest  # type: ignore[attr-defined]
            raise error

    def _copies(self, value: Json) -> tuple[str, ...]:
        names = value if isinstance(value, list) else [value]
        if None in names and self.context.behaviour.major >= 8:
            raise NullPointer(None)
        # ES: 7.x finds out where copies are checked that it knows no field of no name
        return tuple(NOWHERE if one is None else java_text(one) for one in names)

    def _multi_fields(self, body: Json) -> dict[str, Field]:
        if self.parent is not None:
            if self.context.behaviour.major >= 8:
                raise IllegalArgument(
                    f"Encountered a multi-field [{self.leaf}] which itself contains a multi-field. Defining chained multi-fields is "
                    "not supported."
                )
            self.context.warn(
                f"At least one multi-field, [{self.leaf}], was encountered that itself contains a multi-field. Defining multi-fields "
                "within a multi-field is deprecated and will no longer be supported in 8.0. To resolve the issue, all instances of "
                "[fields] that occur within a [fields] block should be removed from the mappings, either by flattening the chained "
                "[fields] blocks into a single level, or switching to [copy_to] if appropriate."
            )
        if isinstance(body, list) and not body:
            return {}
        if body is None:
            raise NullPointer('Cannot invoke "Object.getClass()" because "propNode" is null')
        if not isinstance(body, dict):
            raise MapperParsing(
                f"expected map for property [fields] on field [{java_text(body)}] or [fields] but got a class {java_class(body)}"
            )
        return {name: self._multi_field(name, node) for name, node in body.items()}

    def _multi_field(self, name: str, node: Json) -> Field:
        if "." in name:
            raise MapperParsing(f"Field name [{name}] which is a multi field of [{self.leaf}] cannot contain '.'")
        if not isinstance(node, dict):
            raise MapperParsing(f"illegal field [{name}], only fields can be specified inside fields")
        if node.get("type") is None:
            raise MapperParsing(f"no type specified for property [{name}]")
        path = self.place.path
        return parse_field(f"{path}.{name}", node, self.context, parent=self.parent or path)


def _old_value(parameter: Parameter, value: Json, place: Place) -> Any:
    if isinstance(parameter.default, bool) and value is not None and place.type != "join":
        return named_boolean(value, f"{place.path.rsplit('.', 1)[-1]}.{parameter.name}")
    return parameter.read(value, place)


def read_keep(value: Json) -> str:
    """The parameter ``synthetic_source_keep``. Raises IllegalArgument, NullPointer."""
    if value is None:
        raise NullPointer('Cannot invoke "Object.toString()" because "fieldNode" is null')
    text = java_text(value)
    if text not in ("none", "arrays", "all"):
        raise IllegalArgument(f"Unknown {KEEP} value [{text}], accepted values are [none,arrays,all]")
    return text


def unknown_type(shown: str, type_: str, context: MappingContext, *, multi: bool = False) -> ApiError:
    """The error of a type that does not exist; Unsupported for one that esmock lacks."""
    context.refuse_known_type(type_)
    if context.behaviour.major < 8:
        first = "no" if multi else "No"
        return MapperParsing(f"{first} handler for type [{type_}] declared on field [{shown}]")
    return MapperParsing(
        f"The mapper type [{type_}] declared on field [{shown}] does not exist. It might have been created within a future "
        "version or requires a plugin to be installed. Check the documentation."
    )
