"""Results of rollup documents as if they had been those of live ones.

Counts of documents and averages come from the sums that ``translate`` added; what is left is reduced like one more shard.
Docs: rollup-search. Source: recordings of 6.8.23 (Q4 to Q8, Q27p, Q30 to Q32).
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from esmock.errors import RuntimeError_
from esmock.search.aggs.date_histogram import DateHistogram
from esmock.search.aggs.histogram import Histogram
from esmock.search.aggs.internal import Internal, MultiBucket, Results, SingleValue
from esmock.search.aggs.metrics import Avg, Sum
from esmock.search.aggs.terms_result import TermsBucket

COUNT, VALUE = "._count", ".value"
_PLAIN_METRICS = ("InternalMax", "InternalMin")
_PLAIN_TERMS = ("StringTerms", "LongTerms")


def unroll(rolled: Results, live: Results, known: Results) -> Results:
    """The results of one level.

    Args:
        live: of the live indices, whose buckets suppress those of the same key.
        known: of the jobs before; a bucket that they counted is not counted again, but its results are joined.

    Raises:
        RuntimeError_: kinds that rollup search cannot translate back.
    """
    results = [
        _unrolled(one, rolled, live.get(name), known.get(name)) for name, one in rolled.items() if not name.endswith(COUNT)
    ]
    return {one.name: one for one in results}


def _unrolled(one: Internal, siblings: Results, live: Internal | None, known: Internal | None) -> Internal:
    if isinstance(one, MultiBucket):
        return _buckets(one, live, known)
    if isinstance(one, Sum):
        return _sum(one, siblings)
    if isinstance(one, SingleValue) and one.java in _PLAIN_METRICS:
        return one
    what = "metric" if isinstance(one, SingleValue) else "aggregation tree"
    raise _unsupported(what, one)


def _unsupported(what: str, one: Internal) -> RuntimeError_:
    return RuntimeError_(
        f"Unable to unroll {what}.  Aggregation [{one.name}] is of type [{one.java}] which is currently unsupported."
    )


def _sum(one: Sum, siblings: Results) -> Internal:
    """A sum, or the average that it is half of."""
    name = one.name.replace(VALUE, "")
    count = siblings.get(name + COUNT)
    return one if not isinstance(count, Sum) else Avg(name, one.meta, None, int(count.sum), one.sum)


def _buckets(one: MultiBucket, live: Internal | None, known: Internal | None) -> Internal:
    if not isinstance(one, Histogram) and one.java not in _PLAIN_TERMS:
        raise _unsupported("aggregation tree", one)
    of_live, of_known = _by_key(live), _by_key(known)
    buckets = []
    for bucket in one.buckets:
        count = int(bucket.results[one.name + COUNT].value())
        if bucket.key in of_live or count == 0:
            continue
        same = of_known.get(bucket.key)
        if same is not None and same.doc_count:
            count = 0
        results = unroll(bucket.results, {}, same.results if same is not None else {})
        made = replace(bucket, key=_key(one, bucket.key), doc_count=count, results=results)
        if isinstance(made, TermsBucket):
            made.hides_error = True  # ES: what asks for it gets lost with the buckets that are made anew
        buckets.append(made)
    return one.with_buckets(buckets)


def _by_key(result: Internal | None) -> dict[Any, Any]:
    return {bucket.key: bucket for bucket in result.buckets} if isinstance(result, MultiBucket) else {}


def _key(one: MultiBucket, key: Any) -> Any:
    # ES: the fraction of a histogram's key gets lost
    return float(int(key)) if isinstance(one, Histogram) and not isinstance(one, DateHistogram) else key
