"""The map ``params`` of scripts that run in a search: its own entries, and the document's ``_source`` and ``doc``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from esmock.errors import Unsupported
from esmock.script.painless.runtime.values import HashMap, hash_maps


class SearchParams(HashMap):
    """A HashMap that loads ``_source`` when a script asks for it.

    Args:
        params: the script's own.
        doc: the map ``doc``.
        source: gives the document's source as a JSON tree.
    """

    __slots__ = ("_lookups", "_source")

    def __init__(self, params: dict[str, Any], doc: Any, source: Callable[[], Any]) -> None:
        super().__init__(hash_maps(params))
        self._lookups = {"doc": doc, "_doc": doc}
        self._source = source

    def __missing__(self, key: Any) -> Any:
        return self.get(key)

    def get(self, key: Any, default: Any = None) -> Any:
        if key == "_source" and not dict.__contains__(self, key):
            self[key] = hash_maps(self._source())
        if key == "_fields":
            raise Unsupported("the lookup of stored fields [_fields] in a script")
        if dict.__contains__(self, key):
            return dict.__getitem__(self, key)
        return self._lookups.get(key, default)

    def __contains__(self, key: object) -> bool:
        return dict.__contains__(self, key) or key == "_source" or key in self._lookups
