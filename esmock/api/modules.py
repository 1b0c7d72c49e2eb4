"""What a node lacks altogether: the endpoints of modules that its build or its settings leave out.

A request for one of them meets the answer of an unknown path, as on a real node.
Source: 7.10.2 in the Apache build; 8.19.21 with ``xpack.security.enabled: false``. On a 7.x that does not mention security its
endpoints are there and refuse; what they say has not been recorded, so they answer 501.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from esmock.settings import ServerSettings

FLAVORS = ("default", "oss", "unknown")
"""``oss`` is the Apache build, which ended with 7.10; ``unknown`` is what that build calls itself when started from its jars."""

_XPACK_NAMESPACES = frozenset(
    "async_search autoscaling ccr data_frame enrich eql graph ilm license logstash migration ml monitoring rollup searchable_snapshots "
    "security slm sql ssl text_structure transform watcher xpack".split()
)
_XPACK_ENDPOINTS = frozenset(
    "cat.ml_data_frame_analytics cat.ml_datafeeds cat.ml_jobs cat.ml_trained_models cat.transforms close_point_in_time "
    "indices.create_data_stream indices.data_streams_stats indices.delete_data_stream indices.get_data_stream "
    "indices.migrate_to_data_stream indices.promote_data_stream indices.reload_search_analyzers "
    "nodes.clear_repositories_metering_archive nodes.get_repositories_metering_info open_point_in_time terms_enum".split()
)


@dataclass(frozen=True, slots=True)
class Modules:
    """The modules of a node, as far as endpoints depend on them."""

    xpack: bool = True
    security: bool = True

    @classmethod
    def of(cls, settings: ServerSettings) -> Modules:
        """Those of a server. Raises ValueError for a build that there never was."""
        flavor = settings.node_settings.get("esmock.build_flavor", "default")
        if flavor not in FLAVORS or (flavor != "default" and not settings.behaviour.has_apache_build):
            raise ValueError(f"there is no build flavor {flavor} of {settings.version}")
        absent_when_off = settings.behaviour.security_absent_when_off
        return cls(xpack=flavor == "default", security=settings.security or not absent_when_off)

    def have(self, endpoint: str) -> bool:
        """Whether a node with these modules has an endpoint."""
        namespace = endpoint.partition(".")[0]
        if namespace == "security" and not self.security:
            return False
        return self.xpack or not (namespace in _XPACK_NAMESPACES or endpoint in _XPACK_ENDPOINTS)
