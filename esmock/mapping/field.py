"""The base of all field types: merging, printing, and what indexing and search ask of a field."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar

from esmock.errors import ApiError, IllegalArgument, MapperParsing
from esmock.mapping.parameter import Parameter, Place, java_text
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
NOWHERE = "\0"
"""The target of a copy to null."""
HIDDEN: Json = object()
NO_LIMIT = 2**31 - 1


class Field:
    """One field of a mapping, immutable once made.

    Attributes:
        path: full dotted name.
        given: the parameters that the definition names, by name, as values (not JSON).
        multi: multi-fields by leaf name.
        copy_to: full names of the fields that the values are copied to.
        source_path: the name under which the source holds the values (a multi-field's is its parent's).
        free_length: a text up to this length needs no look: this field and its multi-fields take it, and nothing else is concerned.
        stands_alone: a value that the field takes concerns nothing else: no other field, no other value, no length.
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
    takes_old_parameters: ClassVar[bool] = False
    """The older reader reads what all fields have in common for it too: ``index``, ``store``, ``fields`` ..."""
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
    is_hidden: bool = False
    """Whether requests cannot name it."""
    is_geometry: ClassVar[bool] = False
    """Values are points or shapes."""
    is_terse: ClassVar[bool] = False
    """The errors of documents tell the field and its type, and show no value."""
    takes_words: ClassVar[bool] = True
    """Whether a pattern of fields in which words are looked for can name it."""
    lenient_unknown: ClassVar[bool] = False
    is_analyzed: ClassVar[bool] = False
    """Its words are analyzed though it is no text; a term scores by how many of them its document has, too."""
    implied: Mapping[str, Field] = MappingProxyType({})
    """Fields by leaf name that the type keeps beside itself, which no mapping shows."""

    __slots__ = ("context", "copy_to", "free_length", "given", "leaf", "multi", "path", "source_path", "stands_alone")

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
        tells_length = self.name == "keyword" and context.behaviour.long_keywords_ignored
        self.stands_alone = not (self.multi or copy_to or self.checks_document or self.learns or tells_length)
        self.setup()
        self.free_length: int = -1
        if not (copy_to or self.checks_document or self.learns):
            self.free_length = min([self.longest_taken(), *(one.free_length for one in self.multi.values())])

    def setup(self) -> None:
        """Check the parameters together and prepare what indexing needs."""

    def longest_plain(self) -> int:
        """A single text up to this length stands in the column as it is; -1 where that cannot be said."""
        return -1

    def longest_taken(self) -> int:
        """Any text up to this length is a value of the type, whatever is in it; -1 where that cannot be said."""
        return -1

    @classmethod
    def parameter_table(cls, context: MappingContext) -> dict[str, Parameter]:
        """The parameters that this version knows, in printing order."""
        return {one.name: one for one in cls.parameters if context.has_parameter(cls.name, one.name)}

    def get(self, name: str) -> Any:
        """The value of a parameter, given or by default."""
        given = self.given
        return given[name] if name in given else self.default(name)

    def default(self, name: str) -> Any:
        """What a parameter is where the definition does not name it. Raises KeyError for one that the type does not have."""
        for one in self.parameters:
            if one.name == name:
                return self.default_of(one)
        raise KeyError(name)

    def flag(self, name: str, default: bool) -> bool:
        """A flag that the index's setting ``index.mapping.NAME`` decides where the field does not."""
        return bool(self.given[name]) if name in self.given else self.context.flag(name, default)

    def default_of(self, parameter: Parameter) -> Any:
        """The default, where it depends on other parameters or on a setting of the index."""
        if parameter.name == "ignore_malformed":
            return self.context.flag("ignore_malformed", False)
        given = None if parameter.setting is None else self.context.setting(parameter.setting)
        return parameter.default if given is None else int(given)

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
    def lacks_columns(self) -> bool:
        """Whether nothing can be sorted by or aggregated although the parameters say so."""
        return False

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
    def refuse_definition(cls, place: Place, node: dict[str, Json]) -> None:
        """Raise for a definition that is refused before its parameters are read."""

    @classmethod
    def has_old_reader(cls, context: MappingContext) -> bool:
        """Whether this version reads the type's definition in the older way: its own parameters first, unknown ones told at once."""
        return False

    @classmethod
    def unknown_parameters(cls, place: Place, rest: dict[str, Json]) -> ApiError:
        """The error of what the older reader leaves of a definition: all at once."""
        listed = " ".join(f"[{key} : {java_text(value)}]" for key, value in rest.items())
        return MapperParsing(f"Mapping definition for [{place.path.rsplit('.', 1)[-1]}] has unsupported parameters:  {listed}")

    @classmethod
    def is_multi_field(cls, context: MappingContext) -> bool:
        """Whether the type may stand under ``fields``."""
        return cls.allows_multi_fields

    def checked_null(self, parse: Callable[[Json], Any], kind: str) -> bool:
        """Whether ``null_value`` can be read: 8.x refuses one that cannot, 7.x warns. Raises MapperParsing."""
        null = self.given.get("null_value")
        if null is None:
            return True
        try:
            parse(null)
        except ApiError as error:
            if self.context.behaviour.major >= 8:
                raise MapperParsing(f"Error parsing [null_value] on field [{self.leaf}]: {error.reason}", cause=error) from None
            self.context.warn(
                f"Error parsing [{null}] as {kind} in [null_value] on field [{self.leaf}]); [null_value] will be ignored"
            )
            return False
        return True

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
        if value == self.default_of(parameter) and not parameter.is_explicit:
            return HIDDEN
        return value if parameter.print is None else parameter.print(value)

    def merge(self, other: Field) -> Field:
        """This field changed to ``other``'s definition. Raises IllegalArgument naming every conflict."""
        if type(other) is not type(self):
            # ES: an alias is no field, and told by its class.
            name = "FieldAliasMapper" if other.name == "alias" else other.name
            raise IllegalArgument(f"mapper [{self.path}] cannot be changed from type [{self.name}] to [{name}]")
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

    def words_of(self, text: str) -> Json:
        """What a query for words looks up where the field is no text; None where the text has no words."""
        return text

    def read_words(self, text: str) -> list[str]:
        """The words of a text on a field that has no analyzer of its own, and is read by the index's."""
        return []

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

    def multi_values(self, value: Json) -> list[Json]:
        """What multi-fields of other types are given of a value."""
        return [value]

    def stored_values(self, values: list[Json]) -> list[Json]:
        """The stored values of a document, given those of its source."""
        found = self.column_values(values)
        return found if self.column_kind is None else [self.stored_form(value) for value in found]

    def numbers(self, values: np.ndarray) -> np.ndarray:
        """The numbers that a column's values stand for."""
        return values

    def script_numbers(self, values: np.ndarray) -> np.ndarray:
        """The same as scripts see them."""
        return values

    def fetched_values(self, values: list[Json]) -> list[Json] | None:
        """What the ``fields`` option shows where that is the source itself; None: the formatted column."""
        return None

    def left_out(self, value: Json) -> bool:
        """Whether ``fields`` tell a value among those that were not indexed."""
        return self.malformed(value)

    def malformed(self, value: Json) -> bool:
        """Whether a value is left out under ``ignore_malformed``."""
        from esmock.mapping.document_errors import REFUSALS

        try:
            self.check(value)
        except (*REFUSALS, NeedsPositions):
            return True
        return False
