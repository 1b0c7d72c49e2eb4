"""Vectors and ``_source``: they are kept beside it, and answers leave them out unless they are asked for (9.2).

Docs: dense-vector (Storage behavior and ``_source``), sparse-vector. Source: the makers' tests search.vectors/230 and /240 and the
published classes ShardGetService, SourceFieldMapper and SyntheticVectorsPatchFieldLoader; no engine here is that new.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from esmock.xcontent import json_reader
from esmock.xcontent.source_filter import filter_source, names_path

if TYPE_CHECKING:
    from esmock.mapping.mapping import Mapping
    from esmock.store.segment import StoredDoc

Json = Any


class Wanted(Protocol):
    """What a request says of the source."""

    @property
    def exclude_vectors(self) -> bool | None: ...

    @property
    def includes(self) -> Sequence[str]: ...

    @property
    def excludes(self) -> Sequence[str]: ...


def hidden_vectors(mapping: Mapping, wanted: Wanted, fetched: Iterable[str] = ()) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The vectors that an answer leaves out: those that nothing reads, and those that ``fields`` reads before.

    From 9.2 on, an include that names a vector, or what it lies in, outweighs the default and ``exclude_vectors`` alike.

    Args:
        fetched: the patterns of ``fields``.
    """
    from esmock.mapping.mapping import wildcard

    if not mapping.vector_paths or not leaves_out(mapping, wanted):
        return (), ()
    early: list[str] = []
    late: list[str] = []
    outweighs = mapping.behaviour.vectors_beside_source
    is_fetched = [wildcard(pattern) for pattern in fetched]
    for path in mapping.vector_paths:
        if outweighs and wanted.includes and names_path(wanted.includes, path):
            if names_path(wanted.excludes, path):
                early.append(path)
        elif any(matches(path) for matches in is_fetched):
            late.append(path)
        else:
            early.append(path)
    return tuple(early), tuple(late)


def leaves_out(mapping: Mapping, wanted: Wanted) -> bool:
    """Whether a request wants vectors to be left out."""
    return mapping.excludes_vectors if wanted.exclude_vectors is None else wanted.exclude_vectors


def touches_vectors(mapping: Mapping, wanted: Wanted) -> bool:
    """Whether the source is another than that which was sent, for the sake of its vectors."""
    return bool(mapping.kept_vectors) or (bool(mapping.vector_paths) and leaves_out(mapping, wanted))


def without_vectors(tree: Json, paths: Collection[str], start: str = "") -> Json:
    """A source without some fields; objects that become empty stay."""
    if isinstance(tree, list):
        return [without_vectors(one, paths, start) for one in tree]
    if not isinstance(tree, dict):
        return tree
    return {key: without_vectors(one, paths, f"{start}{key}.") for key, one in tree.items() if start + key not in paths}


def with_kept_vectors(mapping: Mapping, tree: Json, start: str = "") -> Json:
    """A source whose vectors are those that the index keeps: floats, at the end of their object."""
    if isinstance(tree, list):
        return [with_kept_vectors(mapping, one, start) for one in tree]
    if not isinstance(tree, dict):
        return tree
    out: dict[str, Json] = {}
    vectors: dict[str, Json] = {}
    for key, one in tree.items():
        path = start + key
        if path not in mapping.kept_vectors:
            out[key] = with_kept_vectors(mapping, one, path + ".")
        elif one is not None:
            field: Any = mapping.own_field(path)
            vectors[key] = field.kept_vector(one)
    return {**out, **vectors}


def has_vectors(mapping: Mapping, tree: Json, start: str = "") -> bool:
    """Whether a source has vectors that are kept beside it."""
    if isinstance(tree, list):
        return any(has_vectors(mapping, one, start) for one in tree)
    if not isinstance(tree, dict):
        return False
    return any(
        one is not None if start + key in mapping.kept_vectors else has_vectors(mapping, one, f"{start}{key}.")
        for key, one in tree.items()
    )


def source_tree(mapping: Mapping, source: bytes, hidden: Collection[str] = ()) -> Json:
    """A document's source with the kept vectors that are not hidden."""
    tree = json_reader.parse_stored(source)
    return with_kept_vectors(mapping, without_vectors(tree, mapping.kept_vectors.intersection(hidden)))


def shown_vectors(doc: StoredDoc, wanted: Wanted, fetched: Iterable[str] = ()) -> tuple[Json, tuple[str, ...], bool]:
    """The source that a request filters, its vectors being dealt with.

    Returns: the tree; what the request excludes, with the vectors that ``fields`` reads first; whether the tree is a map in
    Elasticsearch, since vectors were put into it.
    """
    mapping = doc.mapping
    early, late = hidden_vectors(mapping, wanted, fetched)
    tree = json_reader.parse_stored(doc.visible_source) if mapping.is_synthetic else doc.source_tree(early)
    streamed = mapping.behaviour.source_streamed
    if not mapping.is_synthetic:
        tree = filter_source(tree, mapping.source_includes, mapping.source_excludes, streamed=streamed)
    tree = filter_source(tree, (), [path for path in early if path not in mapping.kept_vectors], streamed=streamed)
    return tree, (*late, *wanted.excludes), has_vectors(mapping, tree)
