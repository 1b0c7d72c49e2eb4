"""What differs from server to server and run to run without meaning anything, by name.

Names that were made up by a server (ids, cursors, tasks) are numbered in the order in which they come, in requests as in
answers, so that a name that comes again stays the same name. Documents are never touched: nothing within ``_source``,
``fields``, ``highlight`` is normalised.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import quote, unquote

from esmock.controls.refusal import unknown

Json = Any
NORMALISATIONS = {
    "took": "took and other durations become 0",
    "date": "instants of indices, snapshots, tasks",
    "uuid": "ids of indices, clusters, allocations",
    "node": "ids, names and addresses of nodes, the cluster's name",
    "cursor": "ids of scrolls and points in time",
    "auto_id": "document ids that the server made",
    "task": "ids of tasks",
    "build": "hash, date and flavour of the build",
    "size": "sizes in bytes",
    "warn_agent": "product and build within a Warning",
    "columns": "runs of blanks in text",
}
_SACRED = frozenset({"_source", "fields", "highlight", "get", "documents", "source"})
_UUID_KEYS = frozenset({"uuid", "index_uuid", "cluster_uuid", "history_uuid", "ephemeral_id", "allocation_id"})
_NODE_KEYS = frozenset({"node", "node_id", "node_name", "transport_address", "publish_address", "host", "ip", "cluster_name"})
_DATE_KEYS = frozenset({"creation_date", "timestamp", "start_time", "end_time", "created_date", "modified_date"})
_BUILD_KEYS = frozenset({"build_hash", "build_date", "build_flavor", "build_type", "build_snapshot"})
_CURSOR_KEYS = frozenset({"_scroll_id", "scroll_id", "pit_id"})
_UUID = re.compile(r"[A-Za-z0-9_-]{22}\Z")
_UUID_IN_TEXT = re.compile(r"(?<![\w-])(?=[\w-]*[A-Z])(?=[\w-]*[a-z])[A-Za-z0-9_-]{22}(?![\w-])")
_SIZE_IN_TEXT = re.compile(r"(?<![\w.])\d+(?:\.\d+)?[kmgt]?b(?!\w)")
_AUTO_ID = re.compile(r"(?=.*[A-Z0-9_-])[A-Za-z0-9_-]{20}\Z")
_TASK = re.compile(r"[A-Za-z0-9_-]{22}:\d+\Z")
_AGENT = re.compile(r"(\d{3}) (Elasticsearch|OpenSearch)-\S+ ")
_AUTO_IN_PATH = re.compile(r"(/(?:_doc|_update|_create|_source|_explain|_termvectors)/)([A-Za-z0-9_-]{20})(?=[/?]|\Z)")


def chosen(exact: Iterable[str] = ()) -> frozenset[str]:
    """All normalisations but some; ``all`` leaves none. Raises ControlError for a name that is none."""
    names = set(NORMALISATIONS)
    for name in exact:
        if name == "all":
            return frozenset()
        if name not in NORMALISATIONS:
            raise unknown("exact", name, NORMALISATIONS, "normalisation")
        names.discard(name)
    return frozenset(names)


class Normaliser:
    """Normalises the exchanges of one server, in order.

    Args:
        names: which normalisations.
    """

    def __init__(self, names: Iterable[str] = tuple(NORMALISATIONS)) -> None:
        self.names = frozenset(names)
        self._numbers: dict[str, str] = {}
        self._counts: dict[str, int] = {}

    def named(self, kind: str, name: str) -> str:
        """The number of a made-up name."""
        known = self._numbers.get(name)
        if known is None:
            self._counts[kind] = self._counts.get(kind, 0) + 1
            known = self._numbers[name] = f"{kind}-{self._counts[kind]}"
        return known

    def target(self, target: str) -> str:
        """A request's path and query, with the names that are known by now."""
        path, mark, query = target.partition("?")
        pieces = [quote(self._numbers.get(unquote(piece), unquote(piece)), safe="*,:@-_.~%<>{}") for piece in path.split("/")]
        out = "/".join(pieces)
        if "auto_id" in self.names:
            out = _AUTO_IN_PATH.sub(lambda m: m[1] + self._numbers.get(m[2], m[2]), out)
        for name, number in self._numbers.items():
            if len(name) >= 20 and name in query:
                query = query.replace(name, number)
        return out + mark + query

    def request_text(self, text: str) -> str:
        """A request's body, with the names that are known by now."""
        for name, number in self._numbers.items():
            if len(name) >= 20 and name in text:
                text = text.replace(name, number)
        return text

    def real(self, text: str) -> str:
        """A request of a recording with the names that this server gave to what the recording numbers."""
        for name, number in self._numbers.items():
            text = re.sub(rf"(?<![\w-]){re.escape(number)}(?![\w-])", lambda _, name=name: name, text)  # type: ignore[misc]
        return text

    def headers(self, headers: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
        """The headers that say something, by lower-case name."""
        kept = []
        for name, value in headers:
            key = name.lower()
            if key not in MEANINGFUL:
                continue
            if key == "warning" and "warn_agent" in self.names:
                value = _AGENT.sub(r"\1 agent ", value)
            if key == "location":
                value = self.target(value)
            kept.append((key, value))
        return kept

    def body(self, tree: Json, key: str = "") -> Json:
        """A tree of an answer."""
        if key in _SACRED:
            return tree
        if isinstance(tree, dict):
            return {self._key(name, key): self._value(name, value, key) for name, value in tree.items()}
        if isinstance(tree, list):
            return [self._value(key, value, key) for value in tree]
        return tree

    def text(self, text: str) -> str:
        """An answer that is no JSON."""
        if "uuid" in self.names:
            text = _UUID_IN_TEXT.sub(lambda found: self.named("uuid", found[0]), text)
        if "size" in self.names:
            text = _SIZE_IN_TEXT.sub("size", text)
        if "columns" in self.names:
            text = re.sub(r"[ \t]+", " ", text)
            text = re.sub(r" $", "", text, flags=re.MULTILINE)
        return text

    def _key(self, name: str, parent: str) -> str:
        if parent == "nodes" and "node" in self.names and _UUID.match(name):
            return self.named("node", name)
        if parent == "tasks" and "task" in self.names and _TASK.match(name):
            return self.named("task", name)
        return name

    def _value(self, key: str, value: Json, parent: str) -> Json:
        if isinstance(value, dict | list):
            return self.body(value, key)
        if isinstance(value, str):
            return self._string(key, value, parent)
        return self._number(key, value)

    def _string(self, key: str, value: str, parent: str) -> str:
        names = self.names
        if key in _CURSOR_KEYS or (key == "id" and len(value) >= 40):
            return self.named("cursor", value) if "cursor" in names else value
        if key == "_id" and _AUTO_ID.match(value):
            return self.named("auto", value) if "auto_id" in names else value
        if key in ("task", "parent_task_id") or (key == "id" and _TASK.match(value)):
            return self.named("task", value) if "task" in names and _TASK.match(value) else value
        if "uuid" in names and (key in _UUID_KEYS or key.endswith("_uuid")) and value != "_na_":
            return self.named("uuid", value)
        if "node" in names and (key in _NODE_KEYS or (key == "name" and parent == "nodes")):
            return self.named("node", value)
        if "date" in names and key in _DATE_KEYS:
            return "date"
        return key if "build" in names and key in _BUILD_KEYS else value

    def _number(self, key: str, value: Json) -> Json:
        if isinstance(value, bool) or value is None:
            return key if "build" in self.names and key in _BUILD_KEYS else value
        names = self.names
        is_took = key == "took" or key.endswith(("_in_millis", "_millis", "_in_nanos", "_took"))
        if "took" in names and is_took:
            return 0
        if "size" in names and key.endswith(("_in_bytes", "_bytes")):
            return 0
        return 0 if "date" in names and key in _DATE_KEYS else value


MEANINGFUL = frozenset({"content-type", "warning", "location", "x-elastic-product", "x-opaque-id", "allow", "www-authenticate"})
