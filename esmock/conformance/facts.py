"""What conditions ask a server: versions, modules, features, capabilities; each asked once, when first needed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from esmock.conformance import content
from esmock.conformance.place import StepError
from esmock.conformance.target import Target

Json = Any
Version = tuple[int, int, int]

_PRODUCT_HEADER_SINCE: Version = (7, 14, 0)
_SYNTHETIC = re.compile(r"gte_v(\d+)\.(\d+)\.(\d+)", re.ASCII)
_LAST_SYNTHETIC: Version = (8, 14, 0)


def parse_version(text: str) -> Version:
    """``7.10.2-SNAPSHOT`` as ``(7, 10, 2)``.

    Raises:
        ValueError: not a version.
    """
    found = re.match(r"(\d+)\.(\d+)(?:\.(\d+))?", text.strip(), re.ASCII)
    if not found:
        raise ValueError(f"not a version: [{text}]")
    return int(found[1]), int(found[2]), int(found[3] or 0)


class Facts:
    """Facts about one server.

    Args:
        target: the server.
        version: skips the question for the version; needed where the server does not tell.
    """

    def __init__(self, target: Target, version: Version | None = None) -> None:
        self.target = target
        self._version = version
        self._asked: dict[str, Json] = {}

    def ask(self, path: str) -> Json:
        """The parsed answer to a GET, None for anything but a parsable success. Remembered."""
        if path not in self._asked:
            answer = self.target.send("GET", path)
            kind = content.format_of(answer.header("content-type"))
            is_usable = answer.status < 300 and kind is not None and answer.body
            self._asked[path] = content.parse(answer.body, kind or "json") if is_usable else None
        return self._asked[path]

    def nodes(self, part: str) -> list[Mapping[str, Json]]:
        """The info of every node; ``part`` is a metric such as ``plugins``, or '' for the basics."""
        found = self.ask(f"/_nodes/{part}" if part else "/_nodes")
        return list(found.get("nodes", {}).values()) if isinstance(found, dict) else []

    @property
    def versions(self) -> list[Version]:
        """Versions of all nodes, lowest first.

        Raises:
            StepError: the server tells no version and none was given.
        """
        if self._version:
            return [self._version]
        found = [str(node["version"]) for node in self.nodes("http") if "version" in node]
        if not found and isinstance(main := self.ask("/"), dict):
            found = [str(main.get("version", {}).get("number", ""))]
        try:
            versions = sorted(map(parse_version, found))
        except ValueError as error:
            raise StepError(f"the server tells no version that can be read: {error}") from None
        if not versions:
            raise StepError("the server tells no version; name it")
        return versions

    @property
    def version(self) -> Version:
        """The lowest version of the cluster."""
        return self.versions[0]

    @property
    def demands_product_header(self) -> bool:
        """Whether a success without ``X-elastic-product`` is no answer of Elasticsearch."""
        return self.version >= _PRODUCT_HEADER_SINCE

    @property
    def modules(self) -> frozenset[str]:
        """Names of modules and plugins on any node."""
        return frozenset(
            str(item.get("name"))
            for node in self.nodes("plugins")
            for kind in ("modules", "plugins")
            for item in node.get(kind, ())
        )

    @property
    def has_xpack(self) -> bool:
        return any(name.startswith("x-pack") for name in self.modules)

    @property
    def operating_systems(self) -> list[str]:
        """Pretty names, as they stand in ``skip: os``."""
        return [str(node.get("os", {}).get("pretty_name", "")) for node in self.nodes("os")]

    @property
    def data_nodes(self) -> int:
        return sum("data" in "".join(node.get("roles", ())) for node in self.nodes("http"))

    def has_feature(self, name: str, *, everywhere: bool) -> bool:
        """Whether a cluster feature is present on all nodes, or on any."""
        if found := _SYNTHETIC.fullmatch(name):
            wanted = int(found[1]), int(found[2]), int(found[3])
            if wanted <= _LAST_SYNTHETIC:
                return (min if everywhere else max)(self.versions) >= wanted
        state = self.ask("/_cluster/state?filter_path=nodes_features")
        sets = [set(node.get("features", ())) for node in state.get("nodes_features", ())] if state else []
        return bool(sets) and (all if everywhere else any)(name in features for features in sets)

    def is_capable(self, query: Mapping[str, str]) -> bool | None:
        """Whether the node answering supports a capability; None when it cannot tell.

        Args:
            query: ``method``, ``path``, ``parameters``, ``capabilities``.
        """
        full = dict(query) | {"error_trace": "false", "local_only": "true"}
        answer = self.ask(f"/_capabilities?{urlencode(full)}")
        return answer.get("supported") if isinstance(answer, dict) else None

    def local_node(self) -> Mapping[str, Json]:
        """The info of the node that answers.

        Raises:
            StepError: the server does not say.
        """
        found = self.ask("/_nodes/_local/http")
        nodes = list(found.get("nodes", {}).values()) if isinstance(found, dict) else []
        if not nodes:
            raise StepError("no node: the server does not describe the node that answers")
        return nodes[0]
