"""Nested objects as documents: a view of a segment in which each object is one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from esmock.store.extraction import objects_at

if TYPE_CHECKING:
    from esmock.mapping.mapping import Mapping
    from esmock.store.segment import Segment

Json = Any


class NestedSegment:
    """The objects of one nested path, in order of their parents.

    Attributes:
        path: full name of the nested object.
        parents: int64[n_docs], ascending: the document of ``parent`` that each object lies in.
        parent: the segment, or the nested view, around it; never one with runtime fields over it.
        offsets: int64[n_docs], place of each object among those of its parent.
    """

    def __init__(
        self, path: str, parent: Any, objects: list[dict[str, Json]], parents: np.ndarray, runs: list[tuple[int, int, Mapping]]
    ) -> None:
        self.path = path
        self.parent = parent
        self.parents = parents
        self.n_docs = len(objects)
        self._objects = objects
        self._runs = runs
        self._built: dict[Any, Any] = {}
        first = np.searchsorted(parents, parents, side="left")
        self.offsets = np.arange(len(parents), dtype=np.int64) - first

    def __len__(self) -> int:
        return self.n_docs

    @property
    def root(self) -> Segment:
        """The segment at the top."""
        above = self.parent
        return above.root if isinstance(above, NestedSegment) else above

    @property
    def base(self) -> NestedSegment:
        """Itself, as nothing lies over nested objects."""
        return self

    def places_in(self, around: Any) -> tuple[np.ndarray, Any]:
        """Where the objects lie in a segment or nested view around them.

        Args:
            around: what runtime fields lie over stands for the segment itself.

        Returns:
            int64[n_docs], the document that each object lies in; whose documents those are: ``around.base``, or the segment at the
            top where the objects do not lie in it.
        """
        base = around.base
        places, level = self.parents, self.parent
        while level is not base and isinstance(level, NestedSegment):
            places, level = level.parents[places], level.parent
        return places, level

    def root_docs(self) -> np.ndarray:
        """int64[n_docs]: the top document of each object."""
        if isinstance(self.parent, NestedSegment):
            return self.parent.root_docs()[self.parents]
        return self.parents

    @property
    def doc_ids(self) -> list[str]:
        ids = self.root.doc_ids
        return [ids[doc] for doc in self.root_docs().tolist()]

    @property
    def seq_nos(self) -> list[int]:
        numbers = self.root.seq_nos
        return [numbers[doc] for doc in self.root_docs().tolist()]

    def sources(self) -> list[dict[str, Json]]:
        """The objects themselves."""
        return self._objects

    def runs(self) -> list[tuple[int, int, Mapping]]:
        return self._runs

    def cached(self, key: Any, build: Any) -> Any:
        found = self._built.get(key)
        if found is None:
            found = self._built[key] = build()
        return found

    def column(self, path: str) -> Any:
        from esmock.store.column import build_column

        return self.cached(("column", path), lambda: build_column(self, path))

    def postings(self, path: str) -> Any:
        from esmock.store.postings import build_postings

        return self.cached(("postings", path), lambda: build_postings(self, path))

    def nested(self, path: str) -> NestedSegment:
        """The objects of a nested path inside this one."""
        return self.cached(("nested", path), lambda: build_nested(self, path))

    def field(self, path: str) -> Any:
        for _, _, mapping in reversed(self._runs):
            found = mapping.kept_field(path)
            if found is not None:
                return found
        return None

    def values(self, path: str) -> Any:
        from esmock.store.extraction import field_values

        return field_values(self, path)


def build_nested(segment: Any, path: str) -> NestedSegment:
    """The objects of ``path`` in a segment or nested view; through the nested objects between, if there are any."""
    between = _next_scope(segment, path)
    if between is not None and between != path:
        return segment.nested(between).nested(path)
    relative = path[len(segment.path) + 1 :] if segment.path is not None else path
    parts = tuple(relative.split("."))
    objects: list[dict[str, Json]] = []
    counts = np.zeros(segment.n_docs, np.int64)
    runs: list[tuple[int, int, Mapping]] = []
    sources = segment.sources()
    for start, end, mapping in segment.runs():
        first = len(objects)
        mapper = mapping.object(path)
        if mapper is None or not mapper.nested:
            continue
        for doc in range(start, end):
            before = len(objects)
            objects_at(sources[doc], parts, 0, objects)
            counts[doc] = len(objects) - before
        runs.append((first, len(objects), mapping))
    parents = np.repeat(np.arange(segment.n_docs, dtype=np.int64), counts)
    return NestedSegment(path, segment, objects, parents, runs)


def _next_scope(segment: Any, path: str) -> str | None:
    """The outermost nested object between the segment's own and ``path``, ``path`` included."""
    scope = segment.path
    for _, _, mapping in reversed(segment.runs()):
        chain = [path]
        above = mapping.nested_parent(path)
        while above is not None and above != scope:
            chain.append(above)
            above = mapping.nested_parent(above)
        return chain[-1]
    return None
