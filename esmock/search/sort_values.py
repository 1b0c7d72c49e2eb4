"""One value per document to sort by, of the several that a field or its nested objects may have."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from esmock.errors import IllegalArgument, Unsupported
from esmock.mapping import field as kinds
from esmock.mapping import fielddata

if TYPE_CHECKING:
    from esmock.mapping.field import Field
    from esmock.search.query.shard import ShardSearch
    from esmock.search.sort_key import SortKey


def segment_value(segment: Any, key: SortKey, mode: str) -> tuple[np.ndarray, np.ndarray]:
    """One value per document of a segment (cached on it)."""
    if key.nested_levels:
        return _nested_value(segment, key, mode)
    if key.computed is not None:
        return segment.cached(("sort", key.sort.values, mode), lambda: reduced(key.computed(segment), mode))
    if key.path in ("_index", "_type"):
        return np.ones(segment.n_docs, bool), np.zeros(segment.n_docs, np.int64)
    column = segment.column(key.path)
    return segment.cached(("sort", key.path, mode), lambda: reduced(column, mode))


def lucene_base(reader: Any, segment: Any) -> int:
    """How many documents the segments before hold, nested objects and what is kept of deletions included.

    Args:
        segment: what runtime fields lie over stands for the segment itself.
    """
    base = marks = 0
    for leaf in reader:
        if leaf.segment.base is segment.base:
            marks = leaf.marks
            break
        numbers = leaf.segment.nested_counts()
        base += leaf.segment.n_docs + (int(numbers[-1]) if len(numbers) else 0)
    return base + marks


def lucene_docs(reader: Any) -> int:
    """How many documents live on a shard, nested objects included."""
    total: int = reader.n_live
    for leaf in reader:
        if leaf.segment.n_docs:
            counts, live = np.diff(leaf.segment.nested_counts(), prepend=0), leaf.live()
            total += int(counts.sum() if live is None else counts[live].sum())
    return total


def lucene_places(reader: Any, segment: Any) -> tuple[np.ndarray, int]:
    """int64[n_docs]: the numbers of a segment's documents on the shard, nested objects counted; and how many there are."""
    places, total = np.empty(0, np.int64), 0
    for leaf in reader:
        counts = leaf.segment.nested_counts()
        if leaf.segment is segment:
            places = total + leaf.marks + np.arange(segment.n_docs) + counts
        total += leaf.segment.n_docs + (int(counts[-1]) if len(counts) else 0)
    return places, total + reader.n_tombstones


def _nested_value(segment: Any, key: SortKey, mode: str) -> tuple[np.ndarray, np.ndarray]:
    path = key.sort.nested_path
    if segment.path is not None and path is not None and segment.path.startswith(path + "."):
        raise Unsupported("sorting nested objects by objects around them")
    view = (segment if segment.path is None else segment.root).nested(path)
    column = view.column(key.path) if key.computed is None else key.computed(view)
    return reduced(of_roots(column, view, counted_objects(view, key), segment), mode)


def of_roots(column: Any, view: Any, counted: np.ndarray, holder: Any = None) -> Any:
    """The values of nested objects as those of the documents they lie in, sorted.

    Args:
        column: by object.
        view: the nested objects.
        counted: bool[n], the objects that count.
        holder: whose documents those are, the segment or a nested view; None: the segment's.
    """
    from esmock.store.column import Column

    holder = view.root if holder is None else holder
    places, level = view.places_in(holder)
    n_docs = holder.n_docs
    owners = column.owners()
    # what does not lie inside the holder's documents is found by none of them
    keep = counted[owners] if level is holder.base else np.zeros(len(owners), bool)
    parents = places[owners[keep]]
    starts = np.zeros(n_docs + 1, np.int64)
    np.cumsum(np.bincount(parents, minlength=n_docs), out=starts[1:])
    values = column.values[keep]
    order = np.lexsort((values, parents))
    return Column(values[order], starts, column.dictionary, None, False)


def counted_objects(view: Any, key: SortKey) -> np.ndarray:
    """bool[n]: which objects of a nested path the filters of a sort and its ``max_children`` let through."""
    *around, (_, match) = key.nested_levels
    counted = np.ones(view.n_docs, bool) if match is None else match.match(view).match.copy()
    for path, outer in around:
        level, places = view.parent, view.parents
        while level is not view.root and level.path != path:
            places, level = level.parents[places], level.parent
        # ES: what has no object of that path around it is found by none
        counted &= False if level is view.root else True if outer is None else outer.match(level).match[places]
    most = key.sort.nested_max_children
    return counted if most is None else counted & _is_early(view, counted, most)


def _is_early(view: Any, counted: np.ndarray, most: int) -> np.ndarray:
    """bool[n]: whether no more than ``most`` objects of its document count up to a nested object."""
    roots = view.root_docs()
    rank = np.cumsum(counted) - 1
    before = np.concatenate(([0], np.cumsum(counted)))
    firsts = np.zeros(view.root.n_docs, np.int64)
    firsts[roots[::-1]] = before[np.arange(len(roots))[::-1]]
    return rank - firsts[roots] < most


def reduced(column: Any, mode: str) -> tuple[np.ndarray, np.ndarray]:
    """Has a value, and the value by mode, per document."""
    has = column.has_value
    n = len(has)
    values = column.values
    if values.dtype == np.int32:
        values = values.astype(np.int64)
    out = np.zeros(n, values.dtype)
    first, last = column.starts[:-1][has], column.starts[1:][has] - 1
    if column.is_single or mode == "min":
        out[has] = values[first]
    elif mode == "max":
        out[has] = values[last]
    elif mode in ("sum", "avg"):
        counts = last - first + 1
        sums = _in_turn(values, first, counts)
        if mode == "avg":
            sums = sums / counts
            if values.dtype.kind == "i":
                # Java's Math.round
                sums = np.floor(sums + 0.5).astype(np.int64)
        out[has] = sums
    else:
        counts = last - first + 1
        low, high = values[first + (counts - 1) // 2], values[first + counts // 2]
        middle = (low + high) / 2 if values.dtype.kind == "f" else np.floor((low + high) / 2 + 0.5).astype(np.int64)
        out[has] = np.where(low == high, low, middle)
    return has, out


def _in_turn(values: np.ndarray, first: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """The sums of runs, one value after the other: numpy adds up decimals in another order, which shows in the last digit."""
    sums = values[first]
    for at in range(1, int(counts.max(initial=0))):
        longer = np.flatnonzero(counts > at)
        sums[longer] += values[first[longer] + at]
    return sums


def refuse_without_doc_values(shard: ShardSearch, field: Field, name: str) -> None:
    """Refuse fields that have no columns. Raises IllegalArgument."""
    refused = getattr(field, "no_columns", None)
    if refused is not None:
        raise IllegalArgument(refused)
    if field.is_text:
        if not field.get("fielddata"):
            raise IllegalArgument(fielddata.disabled(field, shard.index, shard.behaviour))
        shard.load_fielddata(field.path, is_uninverted=True)
        return
    if field.has("doc_values") and not field.get("doc_values"):
        raise IllegalArgument(fielddata.unsupported(field))
    if field.column_kind == kinds.RANGE:
        raise Unsupported(f"doc values of fields of type [{field.name}]")
    if field.name == "binary":
        raise IllegalArgument("can't sort on binary field")
    if field.column_kind in (kinds.GEO, kinds.SHAPE, kinds.BINARY, None):
        what = "geo_point or point" if field.column_kind == kinds.GEO and shard.behaviour.has((8, 6)) else field.name
        raise IllegalArgument(f"can't sort on {what} field without using specific sorting feature, like geo_distance")
