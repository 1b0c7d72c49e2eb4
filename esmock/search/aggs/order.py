"""Orders of buckets: by count, by key, by the value of a sub-aggregation, compound.

Docs: search-aggregations-bucket-terms-aggregation, "Order". Source: recordings of 7.10.2.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from esmock.errors import AggregationExecution, IllegalArgument, InvalidPath, Parsing
from esmock.search.aggs.collecting import Aggregator
from esmock.search.aggs.internal import misuse
from esmock.search.aggs.paths import parse_path
from esmock.xcontent import located
from esmock.xcontent import value_reader as values
from esmock.xcontent.object_parser import found_instead
from esmock.xcontent.value_reader import Key, Reading

Json = Any
Array = Any


@dataclass(frozen=True, slots=True)
class By:
    """One criterion. ``path``: ``_count``, ``_key``, or a path to an aggregation."""

    path: str
    ascending: bool

    @property
    def is_count(self) -> bool:
        return self.path == "_count"

    @property
    def is_key(self) -> bool:
        return self.path == "_key"


COUNT_DESC = By("_count", ascending=False)
KEY_ASC = By("_key", ascending=True)


@dataclass(frozen=True, slots=True)
class Order:
    """Criteria, the first deciding first; ends in a key order, so that no two buckets are equal."""

    criteria: tuple[By, ...]

    @classmethod
    def of(cls, *criteria: By) -> Order:
        if any(one.is_key for one in criteria):
            return cls(criteria)
        return cls((*criteria, KEY_ASC))

    @property
    def is_key_order(self) -> bool:
        return self.criteria[0].is_key

    @property
    def is_key_asc(self) -> bool:
        return self.criteria[0] == KEY_ASC

    @property
    def is_key_desc(self) -> bool:
        return self.is_key_order and not self.is_key_asc

    @property
    def is_count_desc(self) -> bool:
        return self.criteria[0] == COUNT_DESC

    def check(self, aggregator: Aggregator) -> None:
        """Refuse paths to what cannot be sorted by. Raises AggregationExecution."""
        for one in self.criteria:
            if not (one.is_count or one.is_key):
                check_path(one.path, aggregator)

    @property
    def has_paths(self) -> bool:
        """Whether sub-aggregations decide."""
        return not all(one.is_count or one.is_key for one in self.criteria)

    def rank(
        self,
        aggregator: Aggregator,
        ids: Array,
        counts: Array,
        key_ranks: Callable[[], Array],
        groups: Array,
    ) -> Array:
        """Positions of buckets in this order, group by group.

        Args:
            aggregator: whose sub-aggregators the paths name.
            ids: int64[n], the buckets' numbers.
            counts: int64[n].
            key_ranks: gives numbers [n] that sort as the keys do.
            groups: int64[n], which come first.

        Returns:
            int64[n].
        """
        columns: list[Array] = []
        for one in self.criteria:
            if one.is_count:
                column = counts
            elif one.is_key:
                column = key_ranks()
            else:
                column = aggregator.order_values([(e.name, e.key) for e in parse_path(one.path)], ids)
            if column.dtype == np.float64:
                missing = np.isnan(column)
                columns.append(missing)
                column = np.where(missing, 0.0, column)
            columns.append(column if one.ascending else -column)
        return np.lexsort((*columns[::-1], groups))

    def holds(self, keys: Sequence[Any], counts: Sequence[int]) -> bool:
        """Whether buckets stand in this order, as far as keys and counts tell."""
        if self.has_paths:
            return False
        columns = [(counts if one.is_count else keys, one.ascending) for one in self.criteria]
        for at in range(1, len(keys)):
            for column, ascending in columns:
                if column[at - 1] != column[at]:
                    if (column[at - 1] < column[at]) != ascending:
                        return False
                    break
        return True

    def sort(self, buckets: list[Any], key: Callable[[Any], Any] = lambda bucket: bucket.key) -> list[Any]:
        """Reduced buckets in this order."""
        out = buckets
        for one in reversed(self.criteria):
            if one.is_count:
                out = sorted(out, key=lambda bucket: bucket.doc_count, reverse=not one.ascending)
            elif one.is_key:
                out = sorted(out, key=key, reverse=not one.ascending)
            else:
                out = _sorted_by_path(out, one)
        return out


def _sorted_by_path(buckets: list[Any], by: By) -> list[Any]:
    path = [(e.name, e.key) for e in parse_path(by.path)]

    if len(buckets) < 2:
        return buckets

    def value(bucket: Any) -> tuple[bool, float]:
        number = sort_value(bucket.results, path)
        return (True, 0.0) if math.isnan(number) else (False, number if by.ascending else -number)

    return sorted(buckets, key=value)


def sort_value(results: Any, path: list[tuple[str, str | None]]) -> float:
    """The number at a path in reduced results."""
    name, key = path[0]
    result = results.get(name)
    if result is None:
        raise IllegalArgument(f"Cannot find aggregation named [{name}]")
    if len(path) > 1 and not hasattr(result, "results"):
        raise IllegalArgument(f"Metrics aggregations cannot have sub-aggregations (at [>{path[1][0]}]")
    if len(path) > 1:
        return sort_value(result.results, path[1:])
    return float(result.sort_value(key))


def check_path(path: str, aggregator: Aggregator) -> None:
    """Refuse a path that does not lead to a number. Raises AggregationExecution."""
    try:
        current = aggregator
        elements = parse_path(path)
        for place, element in enumerate(elements):
            following = current.subs.by_name.get(element.name)
            if following is None:
                raise IllegalArgument(
                    f"The provided aggregation [{element.name}] either does not exist, or is a pipeline aggregation "
                    "and cannot be used to sort the buckets."
                )
            current = following
            is_last = place == len(elements) - 1
            if not is_last and current.sort_kind != "single_bucket":
                raise IllegalArgument(
                    "Buckets can only be sorted on a sub-aggregator path that is built out of zero or more single-bucket aggregations within "
                    f"the path and a final single-bucket or a metrics aggregation at the path end. [{element.name}] is not single-bucket."
                )
            if is_last:
                _check_key(current, element.key)
    except IllegalArgument as error:
        reason = f"Invalid aggregation order path [{path}]. {error.reason}"
        if aggregator.ctx.behaviour.aggregation_misuse_is_400:
            raise InvalidPath(reason, cause=error) from None
        raise AggregationExecution(reason, cause=error) from None


def _check_key(aggregator: Aggregator, key: str | None) -> None:
    name, kind = aggregator.name, aggregator.sort_kind
    if kind == "single_bucket":
        if key is not None and key != "doc_count":
            if aggregator.ctx.behaviour.aggregation_misuse_is_400:
                raise IllegalArgument(_NO_NUMBER)
            raise IllegalArgument(
                "Ordering on a single-bucket aggregation can only be done on its doc_count. Either drop the key (a la "
                f'"{name}") or change it to "doc_count" (a la "{name}.doc_count") or "key".'
            )
    elif kind == "single_value":
        if key is not None and key != "value":
            raise IllegalArgument(
                "Ordering on a single-value metrics aggregation can only be done on its value. Either drop the key (a la "
                f'"{name}") or change it to "value" (a la "{name}.value")'
            )
    elif kind == "multi_value":
        if key is None:
            raise IllegalArgument("When ordering on a multi-value metrics aggregation a metric name must be specified.")
        if not aggregator.has_metric(key):
            raise IllegalArgument(f"Unknown metric name [{key}] on multi-value metrics aggregation [{name}]")
    else:
        raise IllegalArgument(_NO_NUMBER)


_NO_NUMBER = (
    "Buckets can only be sorted on a sub-aggregator path that is built out of zero or more single-bucket aggregations within the path and a "
    "final single-bucket or a metrics aggregation at the path end."
)


def read_order(holder: Json, key: Key, reading: Reading) -> list[By]:
    """The ``order`` parameter: an object of one field or a list of them."""
    return values.array_of(_read_one)(holder, key, reading)  # type: ignore[no-any-return]


def _check_readable(path: str, ctx: Reading) -> None:
    """Raises AggregationExecution (7.x), IllegalArgument: an element of a path cannot be read."""
    try:
        parse_path(path)
    except AggregationExecution as error:
        raise misuse(error.reason or "", ctx.behaviour) from None


def _read_one(holder: Json, key: Key, ctx: Reading) -> By:
    body = holder[key]
    if not isinstance(body, dict):
        token, at = found_instead(holder, key)
        raise Parsing(f"Unexpected token [{token}] for [order]", at)
    found: By | None = None
    for path, direction in body.items():
        if not isinstance(direction, str):
            raise Parsing(f"Unexpected token [{located.token(direction)}] for [order]", located.at_value(body, path))
        lowered = values.text(body, path, ctx).lower()
        if lowered not in ("asc", "desc"):
            raise Parsing(f"Unknown order direction [{direction}]", located.at_value(body, path))
        if found is not None and ctx.behaviour.major < 8:
            raise Parsing("Must specify at least one field for [order]", located.at_name(body, path))
        if path in ("_term", "_time"):
            if ctx.behaviour.major >= 8:
                found = By(path, lowered == "asc")
                continue
            ctx.warn(f"Deprecated aggregation order key [{path}] used, replaced by [_key]")
            path = "_key"
        if path not in ("_key", "_count"):
            _check_readable(path, ctx)
        found = By(path, lowered == "asc")
    if found is None:
        raise Parsing("Must specify at least one field for [order]", located.at_end(body))
    return found
