"""Values sources: which field or script an aggregation reads, of which kind the values are, and their columns.

Docs: search-aggregations, "Values source". Source: recordings of 7.10.2.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from esmock.errors import IllegalArgument, Unsupported
from esmock.search.aggs import parse as p
from esmock.search.aggs.collecting import Leaf, ShardContext, pick
from esmock.search.aggs.formats import BooleanFormat, DateFormat, DecimalFormat, Format, IpFormat
from esmock.search.aggs.parse import Declared, ParseContext

Json = Any
Array = Any

NUMBER, DATE, BOOLEAN, BYTES, IP, GEO, RANGE, HISTOGRAM = (
    "number",
    "date",
    "boolean",
    "bytes",
    "ip",
    "geo",
    "range",
    "histogram",
)
NUMERIC = (NUMBER, DATE, BOOLEAN)
ANY = (NUMBER, DATE, BOOLEAN, BYTES, IP, GEO, RANGE)

_NUMBER_TYPES = frozenset(
    {
        "byte",
        "short",
        "integer",
        "long",
        "float",
        "double",
        "half_float",
        "scaled_float",
        "unsigned_long",
        "token_count",
        "_seq_no",
        "_doc_count",
        "murmur3",
    }
)
_VALUE_TYPES = {
    "string": BYTES,
    "long": NUMBER,
    "double": NUMBER,
    "number": NUMBER,
    "date": DATE,
    "ip": IP,
    "boolean": BOOLEAN,
    "numeric": NUMBER,
    "float": NUMBER,
    "integer": NUMBER,
    "short": NUMBER,
    "byte": NUMBER,
    "unsigned_long": NUMBER,
    "geopoint": GEO,
    "geo_point": GEO,
    "range": RANGE,
}


@dataclass(frozen=True, slots=True)
class Values:
    """The values of one source in one leaf.

    Attributes:
        values: int64, float64 or (for terms) int64 ordinals [n_values]; sorted in each document.
        starts: int64[n_docs + 1].
        dictionary: for terms: the distinct terms, sorted.
        other: for points: the longitudes beside the latitudes; for ranges: the upper ends.
    """

    values: Array
    starts: Array
    dictionary: Any = None
    other: Array | None = None

    def of(self, docs: Array) -> tuple[Array, Array]:
        """Positions in ``docs`` (int64[m]) and the values there."""
        positions, places = pick(self.starts, docs)
        return positions, self.values[places]

    def places(self, docs: Array) -> tuple[Array, Array]:
        """Positions in ``docs`` and the places in ``values``."""
        return pick(self.starts, docs)

    def has(self, docs: Array) -> Array:
        """bool[n]: which documents have a value."""
        return self.starts[docs + 1] > self.starts[docs]


def read_zone(value: Json) -> Any:
    """``time_zone``: an id, an offset, or a number of hours."""
    from esmock.mapping.dates.zone import zone_of

    if isinstance(value, str):
        return zone_of(value)
    return zone_of(f"{int(value):+03d}:00")


def read_value_type(value: Json) -> str:
    """``value_type``. Raises IllegalArgument for an unknown one."""
    name = str(value)
    if name not in _VALUE_TYPES:
        raise IllegalArgument(f"Unknown value type [{name}]")
    return name


def read_script(value: Json) -> Json:
    """A script's JSON; compiled on the shard."""
    return value


def source_fields(*, scripts: bool = True, formats: bool = True, zones: bool = False) -> dict[str, Declared]:
    """The declared fields of a values source."""
    out = {
        "field": Declared(p.STRING, p.text),
        "missing": Declared(p.VALUE, lambda value: value),
        "value_type": Declared(p.STRING, read_value_type),
    }
    if formats:
        out["format"] = Declared(p.STRING, p.text)
    if scripts:
        out["script"] = Declared(p.OBJECT_OR_STRING, read_script)
    if zones:
        out["time_zone"] = Declared(("VALUE_STRING", "VALUE_NUMBER"), read_zone)
    return out


@dataclass(frozen=True, slots=True)
class SourceConfig:
    """The source as the body names it."""

    field: str | None = None
    missing: Json = None
    script: Json = None
    format: str | None = None
    zone: Any = None
    value_type: str | None = None

    @classmethod
    def take(cls, given: dict[str, Any]) -> SourceConfig:
        """Take the source's keys out of parsed fields."""
        names = {
            "field": "field",
            "missing": "missing",
            "script": "script",
            "format": "format",
            "time_zone": "zone",
            "value_type": "value_type",
        }
        return cls(**{attribute: given.pop(name) for name, attribute in names.items() if name in given})

    def resolve(self, ctx: ShardContext, aggregation: str, kinds: Iterable[str], default: str) -> Source:
        """The source on a shard.

        Args:
            aggregation: the type's name, for errors.
            kinds: what the aggregation can read.
            default: the kind of an unmapped field.

        Raises:
            IllegalArgument: a kind that the aggregation cannot read, text without fielddata.
        """
        if self.script is not None:
            raise Unsupported(f"scripts as the source of the aggregation [{aggregation}]")
        hint = _VALUE_TYPES.get(self.value_type) if self.value_type else None
        if self.field is None:
            source = Source(kind=hint or default, config=self, mapped=self.script is not None)
        else:
            found = field_of(ctx, self.field)
            if found is None:
                source = Source(kind=hint or default, config=self, mapped=False)
            else:
                source = Source.of_field(found, self, ctx)
        if source.kind not in kinds and (source.mapped or self.missing is not None):
            if source.field is None:
                raise IllegalArgument(
                    f"ValuesSource type {source.kind} is not supported for aggregation [{aggregation}]"
                )
            raise IllegalArgument(
                f"Field [{self.field}] of type [{source.field.type_name}] is not supported for aggregation [{aggregation}]"
            )
        source.prepare(ctx)
        return source


class _MetaField:
    """A metadata field: every document has one value."""

    def __init__(self, name: str) -> None:
        self.path = self.name = self.type_name = name


def field_of(ctx: ShardContext, path: str) -> Any:
    """The field of a path, aliases followed; None when unmapped."""
    if path in ("_index", "_id", "_type", "_routing", "_ignored", "_seq_no", "_tier"):
        return _MetaField(path)
    found = ctx.mapping.field(path)
    if found is not None and found.is_alias:
        found = ctx.mapping.field(found.target)
    return found


def kind_of(found: Any) -> str:
    """The kind of a field's values."""
    name = found.name
    if name in _NUMBER_TYPES:
        return NUMBER
    if name in ("date", "date_nanos"):
        return DATE
    if name == "geo_point":
        return GEO
    if name.endswith("_range"):
        return RANGE
    return name if name in (BOOLEAN, IP, HISTOGRAM) else BYTES


@dataclass
class Source:
    """A values source on one shard.

    Attributes:
        kind: NUMBER, DATE ...
        mapped: False: the field does not exist (and there may be a ``missing`` value all the same).
        whole: values are int64.
    """

    kind: str
    config: SourceConfig
    mapped: bool = True
    field: Any = None
    whole: bool = False
    format: Format | None = None
    missing: Any = None
    ctx: Any = None

    @classmethod
    def of_field(cls, found: Any, config: SourceConfig, ctx: ShardContext) -> Source:
        kind = kind_of(found)
        _check_fielddata(found, kind)
        whole = kind in (DATE, BOOLEAN) or getattr(found, "column_kind", None) == "long"
        return cls(kind=kind, config=config, field=found, whole=whole)

    @property
    def is_empty(self) -> bool:
        """No document can have a value."""
        return not self.mapped and self.missing is None

    @property
    def key(self) -> tuple[Any, ...]:
        """What loaded values are cached under."""
        return ("values", self.kind, self.config.field, str(self.config.script), self.missing)

    def prepare(self, ctx: ShardContext) -> None:
        """Settle the format and the missing value."""
        self.ctx = ctx
        self.format = make_format(self)
        if not self.mapped:
            self.whole = self.kind in (DATE, BOOLEAN) or self.config.value_type in ("long", "integer")
        raw = self.config.missing
        if raw is not None:
            self.missing = self._read_missing(raw)

    def _read_missing(self, raw: Json) -> Any:
        text = p.text(raw)
        if self.kind == NUMBER:
            number = self.format.parse(text) if isinstance(self.format, DecimalFormat) else p.double(text)
            if number % 1:
                self.whole = False
            return number
        if self.kind == DATE:
            return (self.format or DateFormat()).parse(text, now_ms=self.ctx.now_ms)  # type: ignore[call-arg]
        if self.kind == BOOLEAN:
            return BooleanFormat().parse(text)
        if self.kind == IP:
            return IpFormat().parse(text)
        if self.kind == GEO:
            from esmock.mapping.geo import parse_point

            return parse_point(raw)
        return text

    def load(self, leaf: Leaf) -> Values:
        """The values in a leaf, ``missing`` and scripts applied; cached there."""
        return leaf.cached(self.key, lambda: self._load(leaf))

    def _load(self, leaf: Leaf) -> Values:
        values = self._stored(leaf)
        return values if self.missing is None else self._with_missing(values)

    def _stored(self, leaf: Leaf) -> Values:
        if self.field is None:
            nothing = np.zeros(0, np.int64 if self.whole or self.kind in (BYTES, IP) else np.float64)
            return Values(nothing, np.zeros(leaf.n_docs + 1, np.int64), [], nothing)
        if isinstance(self.field, _MetaField):
            return _metadata(self.field.name, leaf, self.ctx)
        column = leaf.segment.column(self.field.path)
        starts = np.asarray(column.starts, np.int64)
        dictionary = getattr(column, "dictionary", None)
        if self.kind == GEO:
            points = np.asarray(column.values)
            return (
                Values(points[:, 0], starts, None, points[:, 1])
                if len(points)
                else Values(np.zeros(0), starts, None, np.zeros(0))
            )
        if self.kind == RANGE:
            return Values(column.values, starts, None, column.other)
        values, starts = _sorted_in_documents(np.asarray(column.values), starts, distinct=dictionary is not None)
        if dictionary is None and self.field.name == "date_nanos":
            values = np.floor_divide(values, 1_000_000)
        return Values(values, starts, dictionary)

    def _with_missing(self, stored: Values) -> Values:
        counts = np.diff(stored.starts)
        lacking = counts == 0
        if not lacking.any():
            return stored
        starts = np.concatenate([[0], np.cumsum(counts + lacking)])
        if self.kind in (BYTES, IP):
            dictionary, place, ordinals = _with_term(stored.dictionary, self.missing, stored.values)
            return Values(_spread(ordinals, counts, lacking, starts, place), starts, dictionary)
        if self.kind == GEO:
            lat, lon = self.missing
            return Values(
                _spread(stored.values, counts, lacking, starts, lat),
                starts,
                None,
                _spread(stored.other, counts, lacking, starts, lon),
            )
        dtype = np.int64 if self.whole else np.float64
        fill = int(self.missing) if self.whole else float(self.missing)
        return Values(_spread(stored.values.astype(dtype), counts, lacking, starts, fill), starts)

    def floats(self, leaf: Leaf) -> Values:
        """``load`` with float64 values."""
        values = self.load(leaf)
        if values.values.dtype == np.float64:
            return values
        return leaf.cached(("floats", *self.key), lambda: Values(values.values.astype(np.float64), values.starts))


def _spread(values: Array, counts: Array, lacking: Array, starts: Array, fill: Any) -> Array:
    out = np.empty(int(starts[-1]), values.dtype if len(values) else np.asarray(fill).dtype)
    is_fill = np.zeros(len(out), bool)
    is_fill[starts[:-1][lacking]] = True
    out[is_fill] = fill
    out[~is_fill] = values
    return out


def _with_term(dictionary: Any, term: str, ordinals: Array) -> tuple[list[str], int, Array]:
    """The dictionary with a term, the term's ordinal and the ordinals moved on."""
    terms = list(dictionary)
    place = int(np.searchsorted(np.array(terms, object), term)) if terms else 0
    if place < len(terms) and terms[place] == term:
        return terms, place, ordinals
    return [*terms[:place], term, *terms[place:]], place, ordinals + (ordinals >= place)


def _sorted_in_documents(values: Array, starts: Array, *, distinct: bool) -> tuple[Array, Array]:
    """Values ascending in each document as doc values are; terms once per document."""
    counts = np.diff(starts)
    if not len(counts) or counts.max() <= 1:
        return values, starts
    owner = np.repeat(np.arange(len(counts)), counts)
    rising = (np.diff(values) > 0) if distinct else (np.diff(values) >= 0)
    if (rising | (np.diff(owner) > 0)).all():
        return values, starts
    order = np.lexsort((values, owner))
    values, owner = values[order], owner[order]
    if distinct:
        keep = np.ones(len(values), bool)
        keep[1:] = (values[1:] != values[:-1]) | (owner[1:] != owner[:-1])
        values, owner = values[keep], owner[keep]
        starts = np.concatenate([[0], np.cumsum(np.bincount(owner, minlength=len(counts)))])
    return values, starts


def _check_fielddata(found: Any, kind: str) -> None:
    if isinstance(found, _MetaField) or kind == RANGE:
        return
    refused = getattr(found, "no_columns", None)
    if refused is not None and refused.startswith("Fielddata"):
        raise IllegalArgument(refused)
    if found.is_text:
        if found.has("fielddata") and found.get("fielddata"):
            return
        raise IllegalArgument(
            "Text fields are not optimised for operations that require per-document field data like aggregations and sorting, so these "
            f"operations are disabled by default. Please use a keyword field instead. Alternatively, set fielddata=true on [{found.path}] in "
            "order to load field data by uninverting the inverted index. Note that this can use significant memory."
        )
    if not found.has_doc_values:
        raise IllegalArgument(
            f"Can't load fielddata on [{found.path}] because fielddata is unsupported on fields of type [{found.type_name}]. Use doc values instead."
        )


def make_format(source: Source) -> Format | None:
    """The format of a source's values; None: raw."""
    config, kind = source.config, source.kind
    if kind == DATE:
        pattern = config.format
        if pattern is None:
            pattern = (
                str(source.field.get("format")) if source.field is not None and source.field.has("format") else None
            )
        if pattern is None or pattern == "None":
            pattern = (
                "strict_date_optional_time_nanos"
                if source.field is not None and source.field.name == "date_nanos"
                else None
            )
        from esmock.mapping.dates.formatter import date_formatter
        from esmock.search.aggs.formats import DEFAULT_DATE

        date_formatter(pattern or DEFAULT_DATE)
        return DateFormat(pattern or DEFAULT_DATE, config.zone)
    if kind == BOOLEAN:
        _no_custom(source, "boolean")
        return BooleanFormat()
    if kind == IP:
        _no_custom(source, "ip")
        return IpFormat()
    if kind == NUMBER:
        if config.zone is not None and source.field is not None:
            raise IllegalArgument(
                f"Field [{source.field.path}] of type [{source.field.type_name}] does not support custom time zones"
            )
        return DecimalFormat(config.format) if config.format is not None else None
    _no_custom(source, kind)
    return None


def _no_custom(source: Source, _kind: str) -> None:
    if source.field is None:
        return
    if source.config.format is not None:
        raise IllegalArgument(
            f"Field [{source.field.path}] of type [{source.field.type_name}] does not support custom formats"
        )
    if source.config.zone is not None:
        raise IllegalArgument(
            f"Field [{source.field.path}] of type [{source.field.type_name}] does not support custom time zones"
        )


def _metadata(name: str, leaf: Leaf, ctx: ShardContext) -> Values:
    n = leaf.n_docs
    starts = np.arange(n + 1, dtype=np.int64)
    if name == "_index":
        return Values(np.zeros(n, np.int64), starts, [ctx.index])
    if name == "_type":
        return Values(np.zeros(n, np.int64), starts, ["_doc"])
    if name == "_id":
        distinct, inverse = np.unique(np.array(list(leaf.segment.doc_ids), object), return_inverse=True)
        return Values(inverse.reshape(-1).astype(np.int64), starts, distinct.tolist())
    if name == "_seq_no":
        return Values(np.asarray(list(leaf.segment.seq_nos), np.int64), starts)
    raise Unsupported(f"aggregations over [{name}]")


Reader = Callable[[Json], Any]
Given = Mapping[str, Any]
ParseCtx = ParseContext
