"""``_source``, ``_source_includes`` and ``_source_excludes`` of reads, and stored fields."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from esmock.api.params import Param, boolean, names, string
from esmock.errors import IllegalArgument
from esmock.shape.document import raw_source
from esmock.xcontent import reading
from esmock.xcontent.java_order import hash_order
from esmock.xcontent.source_filter import filter_source

if TYPE_CHECKING:
    from esmock.api.request import Request
    from esmock.state.get import Found
    from esmock.store.segment import StoredDoc
    from esmock.version import Behaviour

Json = Any

SOURCE_PARAMS: dict[str, Param] = {
    "_source": string(),
    "_source_includes": names(),
    "_source_excludes": names(),
    "_source_exclude_vectors": boolean(None, since=(9, 2)),
}


@dataclass(frozen=True, slots=True)
class SourceFilter:
    """Which part of the source an answer carries.

    Args:
        fetch: whether there is any; None: nothing was asked for.
    """

    fetch: bool | None = None
    includes: tuple[str, ...] = ()
    excludes: tuple[str, ...] = ()
    exclude_vectors: bool | None = None

    @property
    def is_partial(self) -> bool:
        return bool(self.includes or self.excludes)

    def of_document(self, doc: StoredDoc, behaviour: Behaviour) -> Json:
        """The source of a document as reads of it print it."""
        if not doc.mapping.vector_paths:
            return self.apply(doc.visible_source, behaviour)
        from esmock.mapping.vector_source import shown_vectors, touches_vectors

        if not touches_vectors(doc.mapping, self):
            return self.apply(doc.visible_source, behaviour)
        tree, excludes, is_map = shown_vectors(doc, self)
        return filter_source(tree, self.includes, excludes, streamed=not is_map)

    def apply(self, source: bytes, behaviour: Behaviour, *, streamed: bool | None = None) -> Json:
        """The source to print: raw where nothing is filtered; ``streamed`` as ``filter_source`` has it."""
        if not self.is_partial:
            return raw_source(source)
        streamed = behaviour.source_streamed if streamed is None else streamed
        tree = reading.read_all(source, "json", behaviour)
        return filter_source(tree, self.includes, self.excludes, streamed=streamed)


NOT_ASKED = SourceFilter()


def of_request(request: Request) -> SourceFilter:
    """Read the parameters about the source."""
    if not request.raw:
        return NOT_ASKED
    fetch: bool | None = None
    includes: tuple[str, ...] = ()
    text = request.params.get("_source")
    if text is not None:
        if text in ("true", ""):
            fetch = True
        elif text == "false":
            fetch = False
        else:
            includes = tuple(part for part in text.split(",") if part)
    included = request.params.get("_source_includes")
    excluded = request.params.get("_source_excludes")
    if included is not None:
        includes = tuple(included)
    excludes = tuple(excluded or ())
    exclude_vectors = request.params.get("_source_exclude_vectors")
    if includes or excluded is not None or included is not None or exclude_vectors is not None:
        fetch = True if fetch is None else fetch
    return SourceFilter(fetch, includes, excludes, exclude_vectors)


def of_body(value: Json) -> SourceFilter:
    """Read a ``_source`` value of a request body: boolean, pattern, list of patterns or object."""
    if isinstance(value, bool):
        return SourceFilter(value)
    if isinstance(value, str):
        return SourceFilter(True, (value,))
    if isinstance(value, list):
        return SourceFilter(True, tuple(map(str, value)))
    if isinstance(value, dict):
        included = value.get("includes", value.get("include", ()))
        excluded = value.get("excludes", value.get("exclude", ()))
        return SourceFilter(True, _patterns(included), _patterns(excluded), value.get("exclude_vectors"))
    return NOT_ASKED


def _patterns(value: Json) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(map(str, value))


def stored_fields(read: Found, wanted: list[str], behaviour: Behaviour) -> dict[str, list[Json]]:
    """Values of the mapping's stored fields, as lists; names are no patterns here. Raises IllegalArgument for objects."""
    from esmock.mapping.stored import stored_values

    if read.doc is None:
        return {}
    mapping = read.index.mapping
    for name in wanted:
        if mapping.object(name) is not None:
            raise IllegalArgument(f"field [{name}] isn't a leaf field")
    found = stored_values(mapping, read.doc, [name for name in wanted if "*" not in name])
    return {name: found[name] for name in hash_order(found)}
