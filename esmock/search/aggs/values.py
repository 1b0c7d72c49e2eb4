"""Values sources: which field or script an aggregation reads, of which kind the values are, and their columns.

Docs: search-aggregations, "Values source". Source: recordings of 7.10.2.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from esmock.errors import AggregationExecution, IllegalArgument, Unsupported
from esmock.search.aggs import parse as p
from esmock.search.aggs.collecting import Leaf, ShardContext, pick
from esmock.search.aggs.formats import BooleanFormat, DateFormat, DecimalFormat, Format, IpFormat
from esmock.search.aggs.kinds import (
    BOOLEAN,
    BYTES,
    DATE,
    GEO,
    IP,
    NUMBER,
    NUMERIC,
    RANGE,
    VALUE_TYPE_TEXTS,
    VALUE_TYPES,
    MetaField,
    check_fielddata,
    field_of,
    kind_of,
    make_format,
)
from esmock.search.aggs.parse import Declared, ParseContext
from esmock.search.aggs.scripts import SCRIPT, ValueScript

Json = Any
Array = Any


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
    if name not in VALUE_TYPES:
        raise IllegalArgument(f"Unknown value type [{name}]")
    return name


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
        out["script"] = SCRIPT
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
        source = self.configured(ctx, default)
        if source.kind in kinds:
            return source
        if not (source.mapped or self.missing is not None):
            if self.value_type is None or ctx.behaviour.major < 8:
                return source
            kind = "keyword" if source.kind == BYTES else source.kind
            raise IllegalArgument(
                f"unmapped field with value source type [{kind}] is not supported for aggregation [{aggregation}]"
            )
        if source.field is None:
            raise IllegalArgument(f"ValuesSource type {source.kind} is not supported for aggregation [{aggregation}]")
        if self.script is not None:
            raise IllegalArgument(f"Script yielding [unknown type] is not supported for aggregation [{aggregation}]")
        raise IllegalArgument(
            f"Field [{source.field.path}] of type [{source.field.type_name}] is not supported for aggregation [{aggregation}]"
        )

    def configured(self, ctx: ShardContext, default: str) -> Source:
        """The source whatever aggregation reads it. Raises what format, missing value, script and ``value_type`` are refused with."""
        hint = VALUE_TYPES.get(self.value_type) if self.value_type else None
        found = None if self.field is None else field_of(ctx, self.field)
        if found is None:
            source = Source(hint or default, self, mapped=self.field is None and self.script is not None)
        else:
            check_fielddata(found, kind_of(found), ctx.shard)
            if hint is not None and ctx.behaviour.major >= 8:
                self._check_hint(found, hint)
            if isinstance(found, MetaField) and found.name == "_id":
                from esmock.search.fetch import id_fielddata

                id_fielddata(ctx.shard)
            source = Source.of_field(found, self, hint)
        source.prepare(ctx)
        return source

    def _check_hint(self, found: Any, hint: str) -> None:
        """8.x: ``value_type`` must be the kind of the field."""
        if kind_of(found) != hint:
            name = VALUE_TYPE_TEXTS.get(self.value_type or "", hint)
            raise IllegalArgument(f"Field type [{found.type_name}] is incompatible with specified value_type [{name}]")


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
    script: ValueScript | None = None

    @classmethod
    def of_field(cls, found: Any, config: SourceConfig, hint: str | None = None) -> Source:
        kind = kind_of(found)
        if hint is not None and hint not in NUMERIC and kind in NUMERIC:
            kind = BYTES if hint == IP else hint
        elif hint in NUMERIC and kind not in NUMERIC:
            raise IllegalArgument(f"Expected numeric type on field [{found.path}], but got [{found.type_name}]")
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
        if self.config.script is not None:
            if self.kind == GEO:
                raise AggregationExecution("value source of type [geopoint] is not supported by scripts")
            self.script = ValueScript(self.config.script, ctx, is_text=self.kind in (BYTES, IP))
            if self.field is not None:
                self.whole = False
        if self.field is None:
            self.whole = self.kind in (DATE, BOOLEAN) or self.config.value_type in ("long", "integer")
        raw = self.config.missing
        if raw is not None:
            if self.kind == RANGE:
                java = "org.elasticsearch.search.aggregations.support.ValuesSource$Range"
                raise IllegalArgument(f"Can't apply missing values on a class {java}")
            self.missing = self._read_missing(raw)

    def _read_missing(self, raw: Json) -> Any:
        text = p.text(raw)
        if self.ctx.behaviour.major >= 8 and isinstance(raw, int | float) and self.kind in (NUMBER, DATE):
            if self.kind == NUMBER and raw % 1:
                self.whole = False
            return raw
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

    @property
    def needs_scores(self) -> bool:
        """Whether the script reads them."""
        return self.script is not None and self.script.needs_scores

    def kept(self, leaf: Leaf, key: tuple[Any, ...], load: Callable[[], Any]) -> Any:
        """What is derived from the values of a leaf, kept with the segment where they depend on nothing else."""
        is_of_segment = self.field is not None and not isinstance(self.field, MetaField)
        return leaf.kept(key, load) if is_of_segment else leaf.cached(key, load)

    def load(self, leaf: Leaf, docs: Array) -> Values:
        """The values in a leaf, ``missing`` and scripts applied; cached there.

        Args:
            docs: the documents whose values are wanted; scripts run for these only.
        """
        if self.script is None:
            return self.kept(leaf, self.key, lambda: self._filled(self._stored(leaf)))  # type: ignore[no-any-return]
        column = leaf.cached(("script", *self.key), lambda: self._column(leaf))
        if column is not None:
            return column  # type: ignore[no-any-return]
        known = leaf.cached(self.key, lambda: _Scripted(leaf.n_docs))
        new = docs[~known.is_known[docs]]
        if len(new):
            new = np.unique(new)
            before = None if self.config.field is None else self._stored(leaf)
            if self.mapped:
                known.add(new, self.script.run(leaf, new, before))
        return self._filled(known.values(self.whole, is_text=self.kind in (BYTES, IP)))

    def _column(self, leaf: Leaf) -> Values | None:
        """What the script gives for all documents at once; None: it has to run document by document."""
        assert self.script is not None
        if not self.mapped or self.config.field is not None:
            return None
        numbers = self.script.column(leaf)
        if numbers is None:
            return None
        return Values(numbers.astype(np.int64) if self.whole else numbers, np.arange(leaf.n_docs + 1))

    def _filled(self, values: Values) -> Values:
        return values if self.missing is None else self._with_missing(values)

    def _stored(self, leaf: Leaf) -> Values:
        if self.field is None:
            nothing = np.zeros(0, np.int64 if self.whole or self.kind in (BYTES, IP) else np.float64)
            return Values(nothing, np.zeros(leaf.n_docs + 1, np.int64), [], nothing)
        if isinstance(self.field, MetaField):
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
        values, starts = sorted_in_documents(np.asarray(column.values), starts, distinct=dictionary is not None)
        if self.kind in (BYTES, IP) and dictionary is None:
            return _as_terms(values, starts)
        if self.field.name == "scaled_float":
            factor = float(self.field.get("scaling_factor"))
            values = np.rint(values * factor) * (1.0 / factor)
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

    def floats(self, leaf: Leaf, docs: Array) -> Values:
        """``load`` with float64 values."""
        values = self.load(leaf, docs)
        if values.values.dtype == np.float64:
            return values
        if self.script is not None:
            return Values(values.values.astype(np.float64), values.starts)
        load = lambda: Values(values.values.astype(np.float64), values.starts)  # noqa: E731
        return self.kept(leaf, ("floats", *self.key), load)  # type: ignore[no-any-return]


class _Scripted:
    """What a script gave for the documents of a leaf that were asked for."""

    def __init__(self, n_docs: int) -> None:
        self.is_known = np.zeros(n_docs, bool)
        self._found: dict[int, list[Any]] = {}
        self._values: Values | None = None

    def add(self, docs: Array, found: list[list[Any]]) -> None:
        self.is_known[docs] = True
        self._found.update(zip(docs.tolist(), found, strict=True))
        self._values = None

    def values(self, whole: bool, *, is_text: bool) -> Values:
        if self._values is None:
            lists = [sorted(self._found.get(doc, ())) for doc in range(len(self.is_known))]
            starts = np.concatenate([[0], np.cumsum([len(one) for one in lists])]).astype(np.int64)
            flat = [value for one in lists for value in one]
            if is_text:
                distinct = sorted(set(flat))
                places = {term: place for place, term in enumerate(distinct)}
                self._values = Values(np.array([places[one] for one in flat], np.int64), starts, distinct)
            else:
                self._values = Values(np.array(flat, np.float64).astype(np.int64 if whole else np.float64), starts)
        return self._values


def _spread(values: Array, counts: Array, lacking: Array, starts: Array, fill: Any) -> Array:
    out = np.empty(int(starts[-1]), values.dtype if len(values) else np.asarray(fill).dtype)
    is_fill = np.zeros(len(out), bool)
    is_fill[starts[:-1][lacking]] = True
    out[is_fill] = fill
    out[~is_fill] = values
    return out


def _as_terms(numbers: Array, starts: Array) -> Values:
    """Numbers by their text (``value_type`` string)."""
    texts = [p.text(one) for one in numbers.tolist()]
    distinct = sorted(set(texts))
    places = {term: place for place, term in enumerate(distinct)}
    values, starts = sorted_in_documents(np.array([places[one] for one in texts], np.int64), starts, distinct=True)
    return Values(values, starts, distinct)


def _with_term(dictionary: Any, term: str, ordinals: Array) -> tuple[list[str], int, Array]:
    """The dictionary with a term, the term's ordinal and the ordinals moved on."""
    terms = list(dictionary)
    place = int(np.searchsorted(np.array(terms, object), term)) if terms else 0
    if place < len(terms) and terms[place] == term:
        return terms, place, ordinals
    return [*terms[:place], term, *terms[place:]], place, ordinals + (ordinals >= place)


def sorted_in_documents(values: Array, starts: Array, *, distinct: bool) -> tuple[Array, Array]:
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
