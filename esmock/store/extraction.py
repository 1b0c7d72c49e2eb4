"""Reading a field's values out of sources, as indexing would have seen them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from esmock.mapping.field import Field
    from esmock.mapping.mapping import Mapping

Json = Any
NONE: list[Json] = []
BLOCK_DOCS = 500


def field_values(segment: Any, path: str) -> tuple[list[list[Json]], Field | None]:
    """The values of a field per document of a segment or nested view.

    Args:
        segment: has ``runs()``, ``sources()``, ``field()`` and ``path``.
        path: full name; aliases are followed.

    Returns:
        for each document the scalars in source order, nulls replaced by the ``null_value`` or left out; and the field as the
        newest mapping has it (None: nowhere mapped).
    """
    out: list[list[Json]] = []
    for values in value_blocks(segment, path):
        out.extend(values)
    return out, segment.field(path)


def value_blocks(segment: Any, path: str) -> Iterator[list[list[Json]]]:
    """``field_values`` in blocks of at most ``BLOCK_DOCS`` documents, so that no more than a block is held at once."""
    sources = segment.sources()
    for first, after, mapping in segment.runs():
        field = mapping.kept_field(path)
        readers = _readers(mapping, field, segment.path) if field is not None else []
        for start in range(first, after, BLOCK_DOCS):
            end = min(start + BLOCK_DOCS, after)
            if not readers:
                yield [NONE] * (end - start)
            elif len(readers) == 1:
                read = readers[0]
                yield [read(source) for source in sources[start:end]]
            else:
                yield [[value for read in readers for value in read(source)] for source in sources[start:end]]


def _readers(mapping: Mapping, field: Field, scope: str | None) -> list[Any]:
    """Functions from a source to values: the field's own, and those of the fields copied to it."""
    readers = []
    owner = mapping.own_field(field.source_path)
    if owner is not None and owner is not field and owner.takes_arrays and not field.takes_arrays:
        own = _multi_reader(owner, _reader(mapping, owner, field.source_path, scope))
    else:
        own = _reader(mapping, field, field.source_path, scope)
    if own is not None:
        readers.append(own)
    for origin in mapping.copied_from.get(field.source_path, ()):
        source_field = mapping.own_field(origin)
        if source_field is not None:
            copied = _reader(mapping, field, source_field.source_path, scope)
            if copied is not None:
                readers.append(copied)
    return readers


def _multi_reader(owner: Field, read: Any) -> Any:
    """What a field gives its multi-field of the whole values that it reads."""
    return None if read is None else lambda source: [one for value in read(source) for one in owner.multi_values(value)]


def in_scope(mapping: Mapping, path: str, scope: str | None) -> bool:
    """Whether the documents of a scope (None: the root) hold a field, itself or by inclusion."""
    home = mapping.nested_parent(path)
    if home == scope:
        return True
    inside = home
    while inside is not None and inside != scope:
        mapper = mapping.object(inside)
        assert mapper is not None
        if scope is None and mapper.include_in_root:
            return True
        if not mapper.include_in_parent:
            return False
        inside = mapping.nested_parent(inside)
    return inside == scope


def _reader(mapping: Mapping, field: Field, path: str, scope: str | None) -> Any:
    if not in_scope(mapping, path, scope) or not _enabled(mapping, path):
        return None
    relative = path[len(scope) + 1 :] if scope is not None else path
    parts = tuple(relative.split("."))
    null = field.null_value
    whole = field.takes_arrays
    name = parts[0]
    if len(parts) == 1:

        def read(source: dict[str, Json]) -> list[Json]:
            value = source.get(name)
            if value is None:
                return NONE if null is None or name not in source else [null]
            if type(value) is list and not whole:
                return flatten(value, null)
            return [value]

        return read

    def read_deep(source: dict[str, Json]) -> list[Json]:
        found: list[Json] = []
        collect(source, parts, 0, found, null, whole)
        return found

    return read_deep


def _enabled(mapping: Mapping, path: str) -> bool:
    if not mapping.root.enabled:
        return False
    parts = path.split(".")
    for end in range(1, len(parts)):
        mapper = mapping.object(".".join(parts[:end]))
        if mapper is not None and not mapper.enabled:
            return False
    return True


def flatten(values: list[Json], null: Json) -> list[Json]:
    """The scalars of nested arrays."""
    out: list[Json] = []
    for value in values:
        if value is None:
            if null is not None:
                out.append(null)
        elif type(value) is list:
            out.extend(flatten(value, null))
        else:
            out.append(value)
    return out


def collect(node: Json, parts: tuple[str, ...], at: int, out: list[Json], null: Json, whole: bool) -> None:
    """Add the values below ``node`` at ``parts[at:]``; names with dots count as the objects they stand for."""
    if type(node) is list:
        for one in node:
            collect(one, parts, at, out, null, whole)
        return
    if type(node) is not dict:
        return
    last = len(parts)
    for end in range(at + 1, last + 1):
        name = parts[at] if end == at + 1 else ".".join(parts[at:end])
        if name not in node:
            continue
        value = node[name]
        if end < last:
            collect(value, parts, end, out, null, whole)
        elif value is None:
            if null is not None:
                out.append(null)
        elif type(value) is list and not whole:
            out.extend(flatten(value, null))
        else:
            out.append(value)


def objects_at(node: Json, parts: tuple[str, ...], at: int, out: list[dict[str, Json]]) -> None:
    """Add the objects that stand at a path."""
    if type(node) is list:
        for one in node:
            objects_at(one, parts, at, out)
        return
    if type(node) is not dict:
        return
    if at == len(parts):
        out.append(node)
        return
    for end in range(at + 1, len(parts) + 1):
        name = parts[at] if end == at + 1 else ".".join(parts[at:end])
        if name in node:
            objects_at(node[name], parts, end, out)
