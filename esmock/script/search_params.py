"""The map ``params`` of scripts that run in a search: its own entries, and the document's ``_source``, ``_fields`` and ``doc``.

Source: recordings of 7.10.2. Scripts of the contexts filter and score have their own entries alone.
"""

from __future__ import annotations

from typing import Any

from esmock.script.doc_values import Doc
from esmock.script.painless.runtime import throwables as t
from esmock.script.painless.runtime.arrays import out_of_bounds
from esmock.script.painless.runtime.values import HashMap, hash_maps

PLAIN = ("filter", "score")
"""Contexts whose scripts see nothing of the document in ``params``."""


class SearchParams(HashMap):
    """A HashMap that loads ``_source`` and ``_fields`` when a script asks for them.

    Args:
        params: the script's own.
        doc: the map ``doc``, which stands at the document.
    """

    __slots__ = ("_at", "_doc", "_lookups", "_tree")

    def __init__(self, params: dict[str, Any], doc: Doc) -> None:
        super().__init__(hash_maps(params))
        self._doc = doc
        self._lookups = {"doc": doc, "_doc": doc, "_fields": StoredFields(doc)}
        self._at = -1
        self._tree: Any = None

    def __missing__(self, key: Any) -> Any:
        return self.get(key)

    def get(self, key: Any, default: Any = None) -> Any:
        if dict.__contains__(self, key):
            return dict.__getitem__(self, key)
        return self._source() if key == "_source" else self._lookups.get(key, default)

    def _source(self) -> Any:
        """The document's source as a JSON tree, the same as long as ``doc`` stands there."""
        if self._at != self._doc.doc:
            self._at, self._tree = self._doc.doc, hash_maps(self._doc.source())
        return self._tree

    def __contains__(self, key: object) -> bool:
        return dict.__contains__(self, key) or key == "_source" or key in self._lookups


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
