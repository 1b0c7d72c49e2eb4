"""Results of aggregations: what a shard hands to the reduction, and what the reduction hands to rendering.

Docs: search-aggregations, "Structure". Source: recordings of 7.10.2.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from esmock.errors import AggregationExecution, ApiError, IllegalArgument, InvalidPath, TooManyBuckets
from esmock.xcontent.java_order import computed_order

if TYPE_CHECKING:
    from esmock.search.aggs.pipeline.tree import PipelineTree
    from esmock.version import Behaviour

Json = Any
Results = dict[str, "Internal"]
"""The aggregations of one level by name, in the order in which they are rendered."""


_LOW_LIMIT = 1000


@dataclass(slots=True)
class ReduceContext:
    """What a reduction needs.

    Args:
        behaviour: the version's.
        max_buckets: ``search.max_buckets``.
        is_final: whether min_doc_count, size and pipelines are applied.
        scripts: the script service, for scripted_metric and bucket scripts.
        keeps_formats: buckets of histograms are printed as where they come from, not all alike.
    """

    behaviour: Behaviour
    max_buckets: int = 65535
    is_final: bool = True
    scripts: Any = None
    count: int = 0
    keeps_formats: bool = False

    @property
    def counts_dropped(self) -> bool:
        """Whether buckets that will be dropped are reduced all the same: below a limit this low it may tell."""
        return self.max_buckets < _LOW_LIMIT

    def add_buckets(self, n: int) -> None:
        """Count buckets of the answer; fewer where some have gone into others.

        Raises:
            TooManyBuckets: there are more than the limit.
        """
        self.count += n
        if n > 0 and self.count > self.max_buckets and self.is_final:
            raise too_many_buckets(self.max_buckets, self.count, self.behaviour)

    def add_each(self, n: int) -> None:
        """Count buckets one by one. Raises TooManyBuckets at the first that is too many."""
        self.add_buckets(min(n, max(self.max_buckets + 1 - self.count, 1)) if n and self.is_final else n)


def too_many_buckets(limit: int, count: int, behaviour: Behaviour, *, is_told: bool = False) -> ApiError:
    """The error of ``search.max_buckets``; ``is_told``: the number is told in every version."""
    found = f"was [{count}]" if is_told or behaviour.bucket_count_told else "this number of buckets was exceeded"
    return TooManyBuckets(
        f"Trying to create too many buckets. Must be less than or equal to: [{limit}] but {found}. This limit can be set by "
        "changing the [search.max_buckets] cluster level setting.",
        extra={"max_buckets": limit},
        status=400 if behaviour.major >= 8 else 503,
    )


def misuse(reason: str, behaviour: Behaviour) -> ApiError:
    """The error of an aggregation that is used wrongly, by the version's class."""
    return IllegalArgument(reason) if behaviour.aggregation_misuse_is_400 else AggregationExecution(reason)


@dataclass(frozen=True, slots=True)
class Sample:
    """A share of all documents, as it was drawn."""

    probability: float

    def count(self, n: int) -> int:
        """Documents of all, from those of the sample."""
        return math.floor(n / self.probability + 0.5)

    def sum(self, total: float) -> float:
        """The sum over all documents."""
        return total / self.probability

    def results(self, results: Results) -> Results:
        """Results of a level."""
        return {name: one.scaled_up(self) for name, one in results.items()}


@dataclass(frozen=True, slots=True)
class Rendering:
    """How results are printed."""

    behaviour: Behaviour
    typed_keys: bool = False
    total_as_int: bool = False


class Internal:
    """The result of one aggregation.

    Attributes:
        type: the name before ``#`` under ``typed_keys``.
        java: simple name of Elasticsearch's class, which errors quote.
        java_package: that class's package below the aggregations'.
    """

    type: ClassVar[str]
    java: ClassVar[str] = "InternalAggregation"
    java_package: ClassVar[str] = "metrics"
    must_reduce_alone: ClassVar[bool] = False
    """Whether a single result is reduced too (buckets: min_doc_count, order, size)."""
    is_mapped: bool = True
    __slots__ = ("meta", "name")

    def __init__(self, name: str, meta: Json = None) -> None:
        self.name = name
        self.meta = meta

    def reduce(self, results: list[Any], ctx: ReduceContext) -> Internal:
        """Join the results of several shards; ``self`` is the first of ``results``."""
        raise NotImplementedError(self.type)

    def content(self, rendering: Rendering) -> dict[str, Json]:
        """The body without ``meta``."""
        raise NotImplementedError(self.type)

    def type_name(self, rendering: Rendering) -> str:
        """The name before ``#``."""
        return self.type

    def body(self, rendering: Rendering) -> dict[str, Json]:
        """The body as it is printed."""
        if self.meta is None:
            return self.content(rendering)
        return {"meta": self.meta, **self.content(rendering)}

    def property(self, path: list[str]) -> Any:
        """What a ``buckets_path`` finds here; the empty path is the result itself."""
        if not path:
            return self
        raise IllegalArgument(f"path not supported for [{self.name}]: [{', '.join(path)}]")

    def sort_value(self, key: str | None) -> float:
        """The number by which ``order`` compares buckets having this result."""
        raise IllegalArgument(
            f"Can't sort a [{self.type}] aggregation [{self.name}]"
            if key is None
            else f"Can't sort a [{self.type}] aggregation [{self.name}] with key [{key}]"
        )

    def scaled_up(self, sample: Sample) -> Internal:
        """The result for all documents, estimated from that for a sample; itself where the number of documents says nothing."""
        return self

    def with_pipelines(self, tree: PipelineTree, ctx: ReduceContext) -> Internal:
        """Apply the pipelines below and at this aggregation."""
        result: Internal = self
        for pipeline in tree.pipelines:
            result = pipeline.apply(result, ctx)
        return result

    def map_results(self, change: Callable[[Results, Any], Results]) -> Internal:
        """This result with the results of each bucket replaced (sibling pipelines)."""
        raise AggregationExecution(f"Aggregation [{self.name}] must be a bucket aggregation [{self.type}]", status=500)


class SingleValue(Internal):
    """A metric of one number. ``format`` prints ``value_as_string``; None: raw."""

    __slots__ = ("format",)

    def __init__(self, name: str, meta: Json = None, format: Any = None) -> None:
        super().__init__(name, meta)
        self.format = format

    def value(self) -> float:
        """The number; infinite or NaN when there was none."""
        raise NotImplementedError(self.type)

    def property(self, path: list[str]) -> Any:
        if not path:
            return self
        if path == ["value"]:
            return self.value()
        raise IllegalArgument(f"path not supported for [{self.name}]: [{', '.join(path)}]")

    def sort_value(self, key: str | None) -> float:
        if key is not None and key != "value":
            raise IllegalArgument(
                f"Unknown value key [{key}] for single-value metric aggregation [{self.name}]. Either use [value] as key or drop the key all together"
            )
        return self.value()

    def content(self, rendering: Rendering) -> dict[str, Json]:
        value = self.value()
        return {"value": value} if self.format is None else {"value": value, **self.as_string(value)}

    def as_string(self, value: Any) -> dict[str, Json]:
        """``value_as_string`` where there is a format."""
        return {} if self.format is None else {"value_as_string": self.format.print(value)}


class MultiValue(Internal):
    """A metric of several named numbers."""

    __slots__ = ("format",)

    def __init__(self, name: str, meta: Json = None, format: Any = None) -> None:
        super().__init__(name, meta)
        self.format = format

    def number(self, name: str) -> float:
        """The number of a name. Raises IllegalArgument for an unknown name."""
        raise NotImplementedError(self.type)

    def default_metric(self) -> str | None:
        """The name that stands for none where pipelines name none (8.x); None: one must be named."""
        return None

    def property(self, path: list[str]) -> Any:
        if not path:
            return self
        if len(path) == 1:
            return self.number(path[0])
        raise IllegalArgument(f"path not supported for [{self.name}]: [{', '.join(path)}]")

    def sort_value(self, key: str | None) -> float:
        if key is None:
            raise IllegalArgument(
                "Missing value key in [null] which refers to a multi-value metric aggregation"
            )
        return self.number(key)


@dataclass(frozen=True, slots=True)
class JavaKey:
    """A key that is neither a number nor a text to Elasticsearch, with the simple name of its class."""

    java: str
    key: Any


@dataclass(slots=True)
class Bucket:
    """One bucket: its key as Elasticsearch holds it, the number of documents and the results below it."""

    key: Any
    doc_count: int
    results: Results = field(default_factory=dict)

    def key_text(self) -> str:
        """The key as text, which ``['key']`` in paths is compared with."""
        return str(self.key)

    def property(self, owner: str, path: list[str]) -> Any:
        """What a path finds in this bucket. Raises InvalidPath for an unknown aggregation."""
        if not path:
            return self
        head = path[0]
        if head in ("_count", "_key"):
            if len(path) > 1:
                raise InvalidPath(f"{head} must be the last element in the path")
            return self.doc_count if head == "_count" else self.property_key()
        result = self.results.get(head)
        if result is None:
            raise InvalidPath(f"Cannot find an aggregation named [{head}] in [{owner}]")
        return result.property(path[1:])

    def property_key(self) -> Any:
        """What ``_key`` finds."""
        return self.key

    def ordering(self) -> Any:
        """What buckets are sorted by, where it is their key."""
        return self.key


class MultiBucket(Internal):
    """A result that is a list of buckets."""

    must_reduce_alone = True
    __slots__ = ("buckets",)

    def __init__(self, name: str, meta: Json, buckets: Sequence[Any]) -> None:
        super().__init__(name, meta)
        self.buckets: Any = buckets

    def with_buckets(self, buckets: list[Any]) -> MultiBucket:
        """The same result with other buckets."""
        out = self.__class__.__new__(self.__class__)
        for cls in self.__class__.__mro__:
            for slot in getattr(cls, "__slots__", ()):
                if hasattr(self, slot):
                    setattr(out, slot, getattr(self, slot))
        if hasattr(self, "__dict__"):
            out.__dict__.update(self.__dict__)
        out.buckets = buckets
        return out

    def scaled_up(self, sample: Sample) -> Internal:
        from dataclasses import replace

        return self.with_buckets(
            [replace(one, doc_count=sample.count(one.doc_count), results=sample.results(one.results)) for one in self.buckets]
        )

    def property(self, path: list[str]) -> Any:
        if not path:
            return self
        head = path[0]
        if head == "_bucket_count":
            return len(self.buckets)
        if len(head) > 1 and head[0] == head[-1] == "'":
            for bucket in self.buckets:
                if bucket.key_text() == head[1:-1]:
                    return bucket.property(self.name, path[1:])
            raise InvalidPath(f"Cannot find an key matching [{head}] in [{self.name}]")
        return [bucket.property(self.name, path) for bucket in self.buckets]

    def with_pipelines(self, tree: PipelineTree, ctx: ReduceContext) -> Internal:
        result: Internal = self
        if tree.has_children:
            result = self.map_results(lambda results, _bucket: tree.apply_below(results, ctx))
        for pipeline in tree.pipelines:
            result = pipeline.apply(result, ctx)
        return result

    def map_results(self, change: Callable[[Results, Any], Results]) -> Internal:
        from dataclasses import replace

        return self.with_buckets([replace(one, results=change(one.results, one)) for one in self.buckets])


class SingleBucket(Internal):
    """A result that is one bucket (filter, global, nested ...)."""

    must_reduce_alone = True
    __slots__ = ("doc_count", "results")

    def __init__(self, name: str, meta: Json, doc_count: int, results: Results) -> None:
        super().__init__(name, meta)
        self.doc_count = doc_count
        self.results = results

    def with_results(self, results: Results) -> SingleBucket:
        return self.__class__(self.name, self.meta, self.doc_count, results)

    def reduce(self, results: list[Any], ctx: ReduceContext) -> Internal:
        total = sum(one.doc_count for one in results)
        return self.__class__(self.name, self.meta, total, reduce_results([one.results for one in results], ctx))

    def scaled_up(self, sample: Sample) -> Internal:
        out = self.with_results(sample.results(self.results))
        out.doc_count = sample.count(self.doc_count)
        return out

    def content(self, rendering: Rendering) -> dict[str, Json]:
        return {"doc_count": self.doc_count, **results_body(self.results, rendering)}

    def property(self, path: list[str]) -> Any:
        if not path:
            return self
        head = path[0]
        if head == "_count":
            if len(path) > 1:
                raise IllegalArgument("_count must be the last element in the path")
            return self.doc_count
        result = self.results.get(head)
        if result is None:
            raise IllegalArgument(f"Cannot find an aggregation named [{head}] in [{self.name}]")
        return result.property(path[1:])

    def sort_value(self, key: str | None) -> float:
        if key is not None and key != "doc_count":
            raise IllegalArgument(
                f"Unknown value key [{key}] for single-bucket aggregation [{self.name}]. Either use [doc_count] as key or drop the key all together."
            )
        return float(self.doc_count)

    def with_pipelines(self, tree: PipelineTree, ctx: ReduceContext) -> Internal:
        result: Internal = self
        if tree.has_children:
            result = self.map_results(lambda results, _bucket: tree.apply_below(results, ctx))
        for pipeline in tree.pipelines:
            result = pipeline.apply(result, ctx)
        return result

    def map_results(self, change: Callable[[Results, Any], Results]) -> Internal:
        return self.with_results(change(self.results, self))


@functools.lru_cache(maxsize=1024)
def _ordered(names: tuple[str, ...], capacity: int) -> tuple[str, ...]:
    return tuple(computed_order(names, capacity))


def _order_of(levels: Sequence[Mapping[str, Any]], behaviour: Behaviour) -> tuple[str, ...]:
    """The names of some levels in the order of the hash map that joins them, which is made for as many as the first has (8.x)."""
    names = tuple(levels[0])
    if all(tuple(level) == names for level in levels[1:]):
        # what is met again may make the table grow once more
        met = names if len(levels) == 1 else (*names, names[0])
    else:
        met = tuple(name for level in levels for name in level)
    return _ordered(met, len(names) if behaviour.major >= 8 else 16)


def stands(results: Results) -> bool:
    """Whether results of one shard or bucket are their own reduction."""
    if len(results) != 1:
        return not results
    (only,) = results.values()
    return not only.must_reduce_alone


def in_order(levels: Sequence[Mapping[str, Any]], ctx: ReduceContext, *, keeps_single: bool = False) -> Iterable[str]:
    """The names of some levels in the order in which their reduction has them; ``keeps_single`` as in ``reduce_results``."""
    if len(levels) == 1 and (len(levels[0]) == 1 or (keeps_single and ctx.behaviour.major >= 8)):
        return levels[0]
    return _order_of(levels, ctx.behaviour)


def reduce_results(levels: list[Results], ctx: ReduceContext, *, keeps_single: bool = False) -> Results:
    """Reduce one level of aggregations of several shards or buckets, name by name.

    Args:
        keeps_single: from 8.0 a level that comes from one shard alone keeps its order here (top level, terms).
    """
    levels = [level for level in levels if level]
    if not levels:
        return {}
    if len(levels) == 1 and stands(levels[0]):
        return levels[0]
    if len(levels) == 1:
        alone = levels[0]
        return {
            name: alone[name].reduce([alone[name]], ctx) if alone[name].must_reduce_alone else alone[name]
            for name in in_order(levels, ctx, keeps_single=keeps_single)
        }
    out: Results = {}
    for name in in_order(levels, ctx):
        results = [level[name] for level in levels if name in level]
        if len(results) > 1:
            results.sort(key=lambda one: not one.is_mapped)
        first = results[0]
        out[name] = first.reduce(results, ctx) if len(results) > 1 or first.must_reduce_alone else first
    return out


def inner_buckets(results: Results) -> int:
    """How many buckets there are in some results, at every depth."""
    many = (one for one in results.values() if isinstance(one, MultiBucket))
    return sum(1 + inner_buckets(bucket.results) for one in many for bucket in one.buckets)


def results_body(results: Mapping[str, Internal], rendering: Rendering) -> dict[str, Json]:
    """Aggregations as they stand in a bucket or under ``aggregations``."""
    if rendering.typed_keys:
        return {f"{one.type_name(rendering)}#{name}": one.body(rendering) for name, one in results.items()}
    return {name: one.content(rendering) if one.meta is None else one.body(rendering) for name, one in results.items()}
