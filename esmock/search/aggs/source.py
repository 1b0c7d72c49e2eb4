"""A values source on one shard: the field or script it reads, of which kind the values are, and their columns.

Docs: search-aggregations, "Values source". Source: recordings of 7.10.2.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from esmock.errors import AggregationExecution, ApiError, ClassCast, IllegalArgument, Unsupported
from esmock.search.aggs import parse as p
from esmock.search.aggs.collecting import ShardContext
from esmock.search.aggs.formats import BooleanFormat, DateFormat, DecimalFormat, Format, IpFormat, NoTerms
from esmock.search.aggs.kinds import (
    BOOLEAN,
    BYTES,
    DATE,
    GEO,
    HISTOGRAM,
    IP,
    NUMBER,
    NUMERIC,
    RANGE,
    MetaField,
    kind_of,
    make_format,
)
from esmock.search.aggs.leaf import Leaf
from esmock.search.aggs.scripts import ValueScript
from esmock.search.aggs.values import Values, as_terms, sorted_in_documents, spread, with_term

if TYPE_CHECKING:
    from esmock.search.aggs.source_config import SourceConfig
    from esmock.version import Behaviour

Json = Any
Array = Any


@dataclass
class Source:
    """A values source on one shard.

    Attributes:
        kind: NUMBER, DATE ...; what the values are.
        hint: the kind that ``value_type`` asks for.
        mapped: False: the field does not exist (and there may be a ``missing`` value all the same).
        whole: values are int64.
        shifted: values of unsigned longs come as columns hold them: in their order, but less 2^63.
    """

    kind: str
    config: SourceConfig
    hint: str | None = None
    mapped: bool = True
    field: Any = None
    whole: bool = False
    shifted: bool = False
    format: Format | None = None
    missing: Any = None
    ctx: Any = None
    script: ValueScript | None = None

    @classmethod
    def of_field(cls, found: Any, config: SourceConfig, hint: str | None = None) -> Source:
        kind = kind_of(found)
        whole = kind in (DATE, BOOLEAN) or (
            getattr(found, "column_kind", None) == "long" and found.name != "unsigned_long"
        )
        if hint is not None and kind in NUMERIC:
            kind = hint if hint in NUMERIC else BYTES
        return cls(kind=kind, config=config, hint=hint, field=found, whole=whole)

    @property
    def asked(self) -> str:
        """The kind by which an aggregation takes or refuses the source."""
        return self.kind if self.hint is None else self.hint

    def _check_hint(self) -> None:
        """Refuse values that cannot be read as numbers. Raises IllegalArgument."""
        if self.field is not None and self.hint in NUMERIC and self.kind not in NUMERIC:
            raise IllegalArgument(
                f"Expected numeric type on field [{self.field.path}], but got [{self.field.type_name}]"
            )

    @property
    def is_empty(self) -> bool:
        """No document can have a value."""
        return not self.mapped and self.missing is None

    @property
    def key(self) -> tuple[Any, ...]:
        """What loaded values are cached under."""
        return ("values", self.kind, self.config.field, str(self.config.script), self.missing, self.shifted)

    def keep_exact(self) -> None:
        """Ask for unsigned longs as columns hold them: decimals would make neighbours equal."""
        if getattr(self.field, "name", None) == "unsigned_long" and self.script is None and self.missing is None:
            self.shifted = self.whole = True

    def read_longs(self) -> None:
        """Have a script read whole numbers, as the aggregation does."""
        if self.script is not None:
            self.script.reads_longs = True

    def load_ordinals(self) -> None:
        """Tell the shard that terms are numbered over all its segments, which takes memory."""
        path = self.config.field if self.field is not None and self.script is None and self.kind in (BYTES, IP) else None
        if path is not None and path not in ("_index", "_type"):
            self.ctx.shard.load_fielddata(self.field.path)

    def prepare(self, ctx: ShardContext) -> None:
        """Settle the format and the missing value."""
        self.ctx = ctx
        self.format = make_format(self)
        self._check_hint()
        if self.config.script is not None:
            script = ValueScript(self.config.script, ctx, is_text=self.kind in (BYTES, IP), is_address=self.kind == IP)
            if self.kind not in (GEO, RANGE, HISTOGRAM):
                self.script = script
            elif self.field is None and self.mapped:
                raise AggregationExecution("value source of type [geopoint] is not supported by scripts")
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
        kind = kind_of(self.field) if self.field is not None and self.kind in NUMERIC else self.kind
        is_number = isinstance(raw, int | float) and not isinstance(raw, bool)
        if self.ctx.behaviour.major >= 8 and is_number and kind in NUMERIC:
            if raw % 1:
                self.whole = False
            return raw
        if kind == NUMBER:
            number = self.format.parse(text) if isinstance(self.format, DecimalFormat) else p.double(text)
            if number % 1:
                self.whole = False
            return number
        if kind == DATE:
            return (self.format or DateFormat()).parse(text, now_ms=self.ctx.now_ms)  # type: ignore[call-arg]
        if kind == BOOLEAN:
            return BooleanFormat().parse(text)
        if kind == IP:
            return IpFormat().parse(text)
        if kind == GEO:
            from esmock.mapping.geo import parse_point, quantized

            point = parse_point(text if isinstance(raw, bool | int | float) else raw)
            return quantized(*point) if self.ctx.behaviour.major >= 8 else point
        return self.format.parse(text) if isinstance(self.format, NoTerms) else text

    @property
    def needs_scores(self) -> bool:
        """Whether the script reads them."""
        return self.script is not None and self.script.needs_scores and self.missing is None

    def kept_key(self, *more: Any) -> tuple[Any, ...] | None:
        """What tells these values from all others of a segment; None where they depend on more than the segment."""
        if self.script is not None or self.field is None or isinstance(self.field, MetaField):
            return None
        return None if self.config.field in self.ctx.mapping.runtime_names else (*self.key, *more)

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
        return self._scripted(leaf, docs, whole=self.whole)

    def _scripted(self, leaf: Leaf, docs: Array, *, whole: bool) -> Values:
        """What the script gives, cut where whole numbers are read."""
        assert self.script is not None
        column = leaf.cached(("script", *self.key), lambda: self._column(leaf))
        if column is not None:
            return replace(column, values=column.values.astype(np.int64)) if whole else column  # type: ignore[no-any-return]
        known = leaf.cached(self.key, lambda: _Scripted(leaf.n_docs))
        new = docs[~known.is_known[docs]]
        if len(new):
            new = np.unique(new)
            before = None if self.config.field is None else self._stored(leaf)
            if self.mapped:
                known.add(new, self.script.run(leaf, new, before))
        return self._filled(known.values(whole, is_text=self.kind in (BYTES, IP)))

    def _column(self, leaf: Leaf) -> Values | None:
        """What the script gives for all documents at once; None: it has to run document by document."""
        assert self.script is not None
        if not self.mapped or self.config.field is not None:
            return None
        found = self.script.terms(leaf)
        if found is not None:
            return Values(found[0], np.arange(leaf.n_docs + 1), found[1])
        numbers = self.script.column(leaf)
        if numbers is None:
            return None
        return Values(numbers, np.arange(leaf.n_docs + 1))

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
        if self.kind in (RANGE, HISTOGRAM):
            return Values(column.values, starts, None, column.other)
        values, starts = sorted_in_documents(np.asarray(column.values), starts, distinct=dictionary is not None)
        if self.kind in (BYTES, IP) and dictionary is None:
            return as_terms(values, starts)
        if self.field.name == "scaled_float":
            factor = float(self.field.get("scaling_factor"))
            values = np.rint(values * factor) * (1.0 / factor)
        if self.field.name == "unsigned_long" and not self.shifted:
            values = self.field.numbers(values)
        if dictionary is None and self.field.name == "date_nanos":
            values = np.floor_divide(values, 1_000_000)
        return Values(values, starts, dictionary)

    def _with_missing(self, stored: Values) -> Values:
        counts = np.diff(stored.starts)
        lacking = counts == 0
        if not lacking.any():
            # a decimal that no document needs makes decimals of the others all the same
            is_cut = stored.values.dtype == np.int64 and not self.whole and self.kind in NUMERIC
            return replace(stored, values=stored.values.astype(np.float64)) if is_cut else stored
        starts = np.concatenate([[0], np.cumsum(counts + lacking)])
        if self.kind in (BYTES, IP):
            dictionary, place, ordinals = with_term(stored.dictionary, self.missing, stored.values)
            return Values(spread(ordinals, counts, lacking, starts, place), starts, dictionary)
        if self.kind == GEO:
            lat, lon = self.missing
            return Values(
                spread(stored.values, counts, lacking, starts, lat),
                starts,
                None,
                spread(stored.other, counts, lacking, starts, lon),
            )
        is_whole = self.whole and stored.values.dtype == np.int64 and abs(self.missing) < 2**63
        dtype = np.int64 if is_whole else np.float64
        fill = int(self.missing) if is_whole else float(self.missing)
        return Values(spread(stored.values.astype(dtype), counts, lacking, starts, fill), starts)

    def indexed(self, leaf: Leaf) -> Values:
        """What the index holds of the field, whatever ``missing`` and scripts make of it."""
        return self.kept(leaf, ("indexed", self.kind, self.config.field), lambda: self._stored(leaf))  # type: ignore[no-any-return]

    @property
    def counts_deleted(self) -> bool:
        """Whether the index counts deleted documents for a value too: for terms it does, for points not."""
        return self.field is None or kind_of(self.field) in (BYTES, BOOLEAN)

    def floats(self, leaf: Leaf, docs: Array) -> Values:
        """``load`` with float64 values; what a script gives is not cut."""
        if self.script is not None:
            return self._scripted(leaf, docs, whole=False)
        values = self.load(leaf, docs)
        if values.values.dtype == np.float64:
            return values
        load = lambda: Values(values.values.astype(np.float64), values.starts)  # noqa: E731
        return self.kept(leaf, ("floats", *self.key), load)  # type: ignore[no-any-return]


def not_numeric(source: Source, aggregation: str) -> ApiError:
    """The error of values that are no numbers where they are about to be read; it shows a Java object."""
    inner = {GEO: "GeoPoint$Fielddata", RANGE: "Range"}.get(source.kind, "Bytes$WithOrdinals$FieldData")
    identity = zlib.crc32(f"{source.config.field} {source.ctx.shard.number}".encode())
    java = f"org.elasticsearch.search.aggregations.support.ValuesSource${inner}@{identity:x}"
    if source.ctx.behaviour.major >= 8:
        return IllegalArgument(f"ValuesSource type [{java}] is not supported for aggregation [multi-value]")
    return AggregationExecution(f"ValuesSource type {java}is not supported for {aggregation}")


def missing_is_no_ordinal(behaviour: Behaviour) -> ClassCast:
    """ES: terms with a value for missing ones have no ordinals, which is not seen before (recording of 7.10.2)."""
    from esmock.search.merging import miscast

    support = "org.elasticsearch.search.aggregations.support"
    return miscast(f"{support}.MissingValues$6", f"{support}.ValuesSource$Bytes$WithOrdinals$FieldData", behaviour)


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
                self._values = Values(np.array(flat, np.float64), starts)
        if is_text or not whole:
            return self._values
        return replace(self._values, values=self._values.values.astype(np.int64))


def _metadata(name: str, leaf: Leaf, ctx: ShardContext) -> Values:
    n = leaf.n_docs
    starts = np.arange(n + 1, dtype=np.int64)
    own = None if name == "_tier" else ctx.shard.identity(name)
    if own is not None:
        return Values(np.zeros(n, np.int64), starts, [own])
    if name == "_id":
        distinct, inverse = np.unique(np.array(list(leaf.segment.doc_ids), object), return_inverse=True)
        return Values(inverse.reshape(-1).astype(np.int64), starts, distinct.tolist())
    if name in ("_seq_no", "_version"):
        numbers = leaf.segment.seq_nos if name == "_seq_no" else leaf.segment.versions
        return Values(np.asarray(list(numbers), np.int64), starts)
    raise Unsupported(f"aggregations over [{name}]")
