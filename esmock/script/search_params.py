"""The map ``params`` of scripts that run in a search: its own entries, and the document's ``_source``, ``_fields`` and ``doc``.

Source: recordings of 7.10.2. Scripts of the context filter have their own entries alone.
"""

from __future__ import annotations

from typing import Any

from esmock.script.deprecation import deprecated
from esmock.script.doc_values import Doc
from esmock.script.painless.runtime import throwables as t
from esmock.script.painless.runtime.arrays import out_of_bounds
from esmock.script.painless.runtime.values import HashMap, hash_maps, identity_text

PLAIN = ("filter",)
"""Contexts whose scripts see nothing of the document in ``params``."""
_KINDS = {
    "aggs": "aggregation-script",
    "aggs_map": "scripted metric agg map script",
    "number_sort": "sort-script",
    "string_sort": "sort-script",
    "terms_set": "terms-set-query-script",
}
"""What warnings call a script of a context."""


class SearchParams(HashMap):
    """A HashMap that holds ``doc``, ``_doc``, ``_source`` and ``_fields`` besides, and loads the source when a script asks for it.

    Args:
        params: the script's own; a HashMap keeps what it holds.
        doc: the map ``doc``, which stands at the document.
        context: of the script.
    """

    java_class = "org.elasticsearch.script.DynamicMap"
    __slots__ = ("_at", "_doc", "_kind", "_tree")

    def __init__(self, params: dict[str, Any], doc: Doc, context: str) -> None:
        own = params if isinstance(params, HashMap) else hash_maps(params)
        super().__init__({**own, "doc": doc, "_doc": doc, "_source": SourceLookup(), "_fields": StoredFields(doc)})
        # ES: the entries of the search are put into a copy of the script's own
        self.presized(len(own) or len(self))
        self._doc = doc
        self._kind = _KINDS.get(context, f"{context}-script")
        self._at = -1
        self._tree: Any = None

    def get(self, key: Any, default: Any = None) -> Any:
        if key in ("doc", "_doc"):
            deprecated(f"Accessing variable [doc] via [params.{key}] from within an {self._kind} is deprecated in favor of directly accessing [doc].")
        if key == "_agg" and self._kind == _KINDS["aggs_map"]:
            deprecated(f"Accessing variable [_agg] via [params._agg] from within a {self._kind} is deprecated in favor of using [state].")
        found = super().get(key, default)
        return self._source() if type(found) is SourceLookup else found

    def _source(self) -> Any:
        """The document's source as a JSON tree, the same as long as ``doc`` stands there."""
        if self._at != self._doc.doc:
            self._at, self._tree = self._doc.doc, hash_maps(self._doc.source())
        return self._tree

    def j_toString(self) -> str:
        return identity_text(self)


class SourceLookup:
    """What stands in ``params`` for the source."""

    java_class = "org.elasticsearch.search.lookup.SourceLookup"
    java_parents = ("java.util.Map",)
    __slots__ = ()


class StoredFields:
    """``_fields``: the fields of a document that the mapping stores on their own."""

    java_class = "org.elasticsearch.search.lookup.LeafFieldsLookup"
    java_parents = ("java.util.Map",)

    def __init__(self, doc: Doc) -> None:
        self._doc = doc

    def get(self, field: str, default: Any = None) -> FieldLookup:
        """The values of a field. Raises IllegalArgument for a field that is not mapped."""
        found = self._doc.stored(field)
        if found is None:
            error = t.IllegalArgument(f"No field found for [{field}] in mapping with types []")
            error.frames = (f"{self.java_class}.loadFieldData(LeafFieldsLookup.java:139)", f"{self.java_class}.get(LeafFieldsLookup.java:71)")
            raise error
        return FieldLookup(found)

    def __contains__(self, field: str) -> bool:
        return self._doc.stored(field) is not None

    def __len__(self) -> int:
        error = t.UnsupportedOperation(None)
        error.frames = (f"{self.java_class}.size(LeafFieldsLookup.java:86)",)
        raise error


class FieldLookup:
    """The stored values of one field of a document."""

    java_class = "org.elasticsearch.search.lookup.FieldLookup"

    def __init__(self, values: list[Any]) -> None:
        self._values = values

    def j_getValue(self) -> Any:
        """Raises IndexOutOfBounds where there is none."""
        if not self._values:
            raise t.IndexOutOfBounds(out_of_bounds(0, 0))
        return self._values[0]

    def j_getValues(self) -> list[Any]:
        return list(self._values)

    def j_isEmpty(self) -> bool:
        """ES: it looks for the first value, and fails where there is none."""
        return self.j_getValue() is None
