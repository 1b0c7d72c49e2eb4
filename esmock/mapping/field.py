"""The base of all field types: parsing of a definition, merging, printing, and what indexing and search ask of a field."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar

from esmock.errors import ApiError, IllegalArgument, MapperParsing, NullPointer
from esmock.mapping.parameter import Parameter, Place, java_text
from esmock.xcontent.java_order import hash_order, hash_ordered
from esmock.xcontent.located import NeedsPositions

if TYPE_CHECKING:
    import numpy as np

    from esmock.mapping.context import MappingContext

Json = Any

LONG = "long"
DOUBLE = "double"
ORDINALS = "ordinals"
GEO = "geo"
BINARY = "binary"
RANGE = "range"
SHAPE = "shape"
HISTOGRAM = "histogram"


KEEP = "synthetic_source_keep"
KEEP_SINCE = (8, 15)
HIDDEN: Json = object()
WITHOUT_EFFECT = frozenset({"store", "meta", "index", "doc_values", "boost", "index_options", "similarity"})
"""Parameters that 7.x passes over, with a warning, on types that do not have them."""


class Field:
    """One field of a mapping, immutable once made.

    Attributes:
        path: full dotted name.
        given: the parameters that the definition names, by name, as values (not JSON).
        multi: multi-fields by leaf name.
        copy_to: full names of the fields that the values are copied to.
        source_path: the name under which the source holds the values (a multi-field's is its parent's).
    """

    name: ClassVar[str]
    parameters: ClassVar[tuple[Parameter, ...]] = ()
    family: ClassVar[str | None] = None
    """The type that ``field_caps`` reports; None: the name."""
    column_kind: ClassVar[str | None] = None
    """How values lie in a column: ``long`` (int64), ``double`` (float64), ``ordinals`` (sorted text), ``geo`` (two float64)."""
    takes_objects: ClassVar[bool] = False
    """Objects in the source are values of this type."""
    takes_arrays: ClassVar[bool] = False
    """Arrays in the source reach the type as a whole."""
    is_text: ClassVar[bool] = False
    """Values are analyzed into terms with positions and norms."""
    allows_multi_fields: ClassVar[bool] = True
    takes_copies: ClassVar[bool] = True
    """``fields`` and ``copy_to`` may be given."""
    takes_patterns: ClassVar[bool] = False
    """Prefixes, wildcards and regular expressions can be asked of its terms."""
    scores_terms: ClassVar[bool] = False
    """A term of a column scores by its rarity, as a term of text does."""
    scores_constant: ClassVar[bool] = False
    """Whatever a query finds in it scores the boost alone, and no spans can be had."""
    exists_by_values: ClassVar[bool] = False
    """Without columns: a document has the field where its source has a value."""
    checks_document: ClassVar[bool] = False
    """Whether ``check_in(document, value)`` has a say once the whole document is read."""
    learns: ClassVar[bool] = False
    """Whether a value may complete the definition: ``learned(value)`` is the completed field, or None."""
    hidden_defaults: ClassVar[tuple[str, ...]] = ()
    """Parameters that ``include_defaults`` does not show."""
    is_alias: ClassVar[bool] = False
    is_geometry: ClassVar[bool] = False
    """Values are points or shapes."""
    is_terse: ClassVar[bool] = False
    """The errors of documents tell the field and its type, and show no value."""
    lenient_unknown: ClassVar[bool] = False
    implied: Mapping[str, Field] = MappingProxyType({})
    """Fields by leaf name that the type keeps beside itself, which no mapping shows."""

    __slots__ = ("context", "copy_to", "given", "leaf", "multi", "path", "source_path")

    def __init__(
        self,
        path: str,
        given: dict[str, Any],
        context: MappingContext,
        *,
        multi: dict[str, Field] | None = None,
        copy_to: tuple[str, ...] = (),
        source_path: str | None = None,
    ) -> None:
        self.path = path
        self.leaf = path.rsplit(".", 1)[-1]
        self.given = given
        self.context = context
        self.multi = multi or {}
        self.copy_to = copy_to
        self.source_path = path if source_path is None else source_path
        self.setup()

    def setup(self) -> None:
        """Check the parameters together and prepare what indexing needs."""

    @classmethod
    def parameter_table(cls, context: MappingContext) -> dict[str, Parameter]:
        """The parameters that this version knows, in printing order."""
        return {one.name: one for one in cls.parameters if context.has_parameter(cls.name, one.name)}

    def get(self, name: str) -> Any:
        """The value of a parameter, given or by default."""
        if name in self.given:
            return self.given[name]
        for one in self.parameters:
            if one.name == name:
                return self.default_of(one)
        raise KeyError(name)

    def flag(self, name: str, default: bool) -> bool:
        """A flag that the index's setting ``index.mapping.NAME`` decides where the field does not."""
        return bool(self.given[name]) if name in self.given else self.context.flag(name, default)

    def default_of(self, parameter: Parameter) -> Any:
        """The default, where it depends on other parameters."""
        return parameter.default

    def has(self, name: str) -> bool:
        """Whether the type has the parameter at all."""
        return any(one.name == name for one in self.parameters)

    @property
    def is_indexed(self) -> bool:
        return bool(self.get("index")) if self.has("index") else True

    @property
    def has_doc_values(self) -> bool:
        return bool(self.get("doc_values")) if self.has("doc_values") else False

    @property
    def is_stored(self) -> bool:
        return bool(self.get("store")) if self.has("store") else False

    @property
    def null_value(self) -> Any:
        return self.get("null_value") if self.has("null_value") else None

    @property
    def target(self) -> str:
        """Of an alias: full name of the field it stands for."""
        raise NotImplementedError(self.name)

    @property
    def search_analyzer(self) -> Any:
        """Of a text: the analyzer of a query's text; None for other types."""
        return None

    @property
    def type_name(self) -> str:
        """The type as error texts name it."""
        return self.name

    @classmethod
    def shared_parameters(cls, context: MappingContext) -> tuple[str, ...]:
        """What a definition may hold besides the type's own parameters."""
        return ("fields", "copy_to", KEEP) if context.behaviour.has(KEEP_SINCE) else ("fields", "copy_to")

    @classmethod
    def is_multi_field(cls, context: MappingContext) -> bool:
        """Whether the type may stand under ``fields``."""
        return cls.allows_multi_fields

    def every(self) -> Iterator[Field]:
        """The field, the fields it keeps beside itself, and its multi-fields."""
        yield self
        yield from self.implied.values()
        for one in self.multi.values():
            yield from one.every()

    def to_json(self) -> dict[str, Json]:
        """The definition as ``GET _mapping`` prints it."""
        out: dict[str, Json] = {"type": self.name}
        for parameter in self.parameter_table(self.context).values():
            value = self.printed(parameter)
            if value is not HIDDEN:
                out[parameter.name] = value
        if self.multi:
            out["fields"] = {leaf: self.multi[leaf].to_json() for leaf in sorted(self.multi)}
        if self.copy_to:
            out["copy_to"] = list(self.copy_to)
        if KEEP in self.given:
            out[KEEP] = self.given[KEEP]
        return out

    def printed(self, parameter: Parameter) -> Json:
        """A parameter as the definition prints it; HIDDEN where it has its default."""
        if parameter.name not in self.given:
            return HIDDEN
        value = self.given[parameter.name]
        if value == self.default_of(parameter):
            return HIDDEN
        return value if parameter.print is None else parameter.print(value)

    def merge(self, other: Field) -> Field:
        """This field changed to ``other``'s definition. Raises IllegalArgument naming every conflict."""
        if type(other) is not type(self):
            raise IllegalArgument(f"mapper [{self.path}] cannot be changed from type [{self.name}] to [{other.name}]")
        conflicts = list(self.conflicts(other))
        if conflicts:
            listed = "".join(f"\n\t{one}" for one in conflicts)
            raise IllegalArgument(f"Mapper for [{self.path}] conflicts with existing mapper:{listed}")
        multi = dict(self.multi)
        for leaf, field in other.multi.items():
            multi[leaf] = multi[leaf].merge(field) if leaf in multi else field
        given = self.merged_parameters(other)
        copy_to = other.copy_to
        return type(self)(
            self.path, given, other.context, multi=multi, copy_to=copy_to, source_path=self.source_path
        )

    def merged_parameters(self, other: Field) -> dict[str, Any]:
        """The parameters after a merge: the new definition's."""
        return other.given

    def conflicts(self, other: Field) -> Iterator[str]:
        """The parameters that may not change and would."""
        for parameter in self.parameter_table(self.context).values():
            if parameter.updateable:
                continue
            mine, theirs = self.get(parameter.name), other.get(parameter.name)
            if mine != theirs and not self.may_change(parameter, mine, theirs):
                yield f"Cannot update parameter [{parameter.name}] from [{self.shown(parameter)}] to [{other.shown(parameter)}]"

    def shown(self, parameter: Parameter) -> str:
        """A parameter's value in the text of a conflict."""
        return parameter.text(self.get(parameter.name))

    def may_change(self, parameter: Parameter, mine: Any, theirs: Any) -> bool:
        """Whether this one change is allowed although the parameter is not updateable."""
        return False

    def check(self, value: Json) -> None:
        """Refuse a value that cannot be indexed.

        Args:
            value: a scalar of the source that is not null (or an object or array where the type takes them).

        Raises:
            ApiError: the cause that the document's error wraps.
        """

    def column_values(self, values: list[Json]) -> list[Any]:
        """What the values of one document become in a column, in source order; malformed and ignored ones are left out.

        Args:
            values: scalars of the source, nulls replaced already.
        """
        raise NotImplementedError(self.name)

    def term(self, value: Json) -> Any:
        """A query's value as it stands in the column. Raises ApiError for one the type cannot hold."""
        raise NotImplementedError(self.name)

    def format_value(self, value: Any, format: str | None = None, zone: Any = None) -> Json:
        """A column's value as answers print it (``docvalue_fields``, buckets' keys, sort values).

        Args:
            value: an element of the column (text for ordinals).
            format: a doc value format; None: the field's own.
            zone: tzinfo for dates; None: UTC.
        """
        return value

    def stored_form(self, value: Any) -> Json:
        """A column's value as stored fields show it."""
        return self.format_value(value)

    def numbers(self, values: np.ndarray) -> np.ndarray:
        """The numbers that a column's values stand for."""
        return values

    def script_numbers(self, values: np.ndarray) -> np.ndarray:
        """The same as scripts see them."""
        return values

    def fetched_values(self, values: list[Json]) -> list[Json] | None:
        """What the ``fields`` option shows where that is the source itself; None: the formatted column."""
        return None

    def malformed(self, value: Json) -> bool:
        """Whether a value is left out under ``ignore_malformed``."""
        from esmock.mapping.document_errors import REFUSALS

        try:
            self.check(value)
        except (*REFUSALS, NeedsPositions):
            return True
        return False


def parse_field(path: str, node: dict[str, Json], context: MappingContext, *, parent: str | None = None) -> Field:
    """Read one field definition.

    Args:
        path: full name.
        node: the definition; left as it is.
        parent: for a multi-field, the path whose values it takes.

    Raises:
        MapperParsing, IllegalArgument: as Elasticsearch words them.
    """
    node = {key: node[key] for key in hash_order(node)}  # ES: a definition is a hash map, and the first of its errors is told
    type_ = java_text(node.pop("type"))
    cls = context.type(type_)
    if parent is not None and type_ in ("object", "nested"):
        raise MapperParsing(f"Type [{type_}] cannot be used in multi field")
    if cls is None:
        raise unknown_type(path, type_, context, multi=parent is not None)
    leaf = path.rsplit(".", 1)[-1]
    if parent is not None and not cls.is_multi_field(context):
        raise MapperParsing(f"Type [{type_}] cannot be used in multi field")
    table = cls.parameter_table(context)
    unknown = {key: value for key, value in node.items() if key not in table and key not in cls.shared_parameters(context)}
    if unknown and hasattr(cls, "unknown_parameters"):
        raise cls.unknown_parameters(Place(path, type_, context), unknown)
    given: dict[str, Any] = {}
    multi: dict[str, Field] = {}
    copy_to: tuple[str, ...] = ()
    place = Place(path, type_, context)
    for key, value in node.items():
        if key in ("fields", "copy_to") and not cls.takes_copies:
            raise IllegalArgument(f"{type_} field [{leaf}] does not support [{key}]")
        if key == "fields" and not cls.is_alias:
            multi = parse_multi_fields(path, value, context, parent or path)
            continue
        if key == "copy_to" and not cls.is_alias:
            if parent is not None:
                raise MapperParsing(
                    f"copy_to in multi fields is not allowed. Found the copy_to in field [{leaf}] which is within a multi field."
                )
            if value is None and context.behaviour.major >= 8:
                raise NullPointer(None)
            copy_to = tuple(map(java_text, value)) if isinstance(value, list) else (java_text(value),)
            continue
        if key == KEEP and KEEP in cls.shared_parameters(context):
            given[KEEP] = read_keep(value)
            continue
        parameter = table.get(key)
        if parameter is None and key in WITHOUT_EFFECT and context.behaviour.major < 8:
            context.warn(f"Parameter [{key}] has no effect on type [{type_}] and will be removed in future")
            continue
        if parameter is None:
            if key == "boost" and context.behaviour.major >= 8:
                raise MapperParsing(f"Unknown parameter [boost] on mapper [{leaf}]")
            raise MapperParsing(f"unknown parameter [{key}] on mapper [{leaf}] of type [{type_}]")
        if value is None and not parameter.allows_null:
            raise MapperParsing(f"[{key}] on mapper [{leaf}] of type [{type_}] must not have a [null] value")
        given[key] = parameter.read(value, place)
    return cls(path, given, context, multi=multi, copy_to=copy_to, source_path=parent)


def read_keep(value: Json) -> str:
    """The parameter ``synthetic_source_keep``. Raises IllegalArgument."""
    text = java_text(value)
    if text not in ("none", "arrays", "all"):
        raise IllegalArgument(f"Unknown {KEEP} value [{text}], accepted values are [none,arrays,all]")
    return text


def rest_of_definition(leaf: str, rest: dict[str, Json]) -> MapperParsing:
    """The error of what is left of a definition, as Elasticsearch's older readers tell it: all at once."""
    listed = " ".join(f"[{key} : {java_text(hash_ordered(value))}]" for key, value in rest.items())
    return MapperParsing(f"Mapping definition for [{leaf}] has unsupported parameters:  {listed}")


def unknown_type(path: str, type_: str, context: MappingContext, *, multi: bool = False) -> ApiError:
    """The error of a type that does not exist; Unsupported for one that esmock lacks."""
    context.refuse_known_type(type_)
    leaf = path.rsplit(".", 1)[-1]
    if context.behaviour.major < 8:
        first = "no" if multi else "No"
        return MapperParsing(f"{first} handler for type [{type_}] declared on field [{leaf}]")
    return MapperParsing(
        f"The mapper type [{type_}] declared on field [{leaf}] does not exist. It might have been created within a future "
        "version or requires a plugin to be installed. Check the documentation."
    )


def parse_multi_fields(path: str, body: Json, context: MappingContext, source: str) -> dict[str, Field]:
    """Read the ``fields`` of a definition."""
    leaf = path.rsplit(".", 1)[-1]
    if isinstance(body, list) and not body:
        return {}
    if not isinstance(body, dict):
        raise MapperParsing(f"expected map for property [fields] on field [{leaf}] or [fields] but got a class {_class(body)}")
    out: dict[str, Field] = {}
    for name, node in body.items():
        if "." in name:
            raise MapperParsing(f"Field name [{name}] which is a multi field of [{leaf}] cannot contain '.'")
        if not isinstance(node, dict):
            raise MapperParsing(f"illegal field [{name}], only fields can be specified inside fields")
        if "type" not in node:
            raise MapperParsing(f"no type specified for property [{name}]")
        out[name] = parse_field(f"{path}.{name}", node, context, parent=source)
    return out


def _class(value: Json) -> str:
    from esmock.mapping.parameter import java_class

    return java_class(value)
