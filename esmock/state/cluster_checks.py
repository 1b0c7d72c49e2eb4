"""Cluster settings that must fit together, or that have a form of their own.

Source: answers of 7.10.2 to ``PUT _cluster/settings``.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from esmock.errors import ApiError, ElasticsearchParse, IllegalArgument, NumberFormat
from esmock.state.setting_values import as_list
from esmock.xcontent.java_number import parse_double, parse_int
from esmock.xcontent.units import parse_byte_size

if TYPE_CHECKING:
    from esmock.version import Behaviour

_DISK = "cluster.routing.allocation.disk.watermark."
_DEFAULTS = {"low": "85%", "high": "90%", "flood_stage": "95%"}
_WORDS = {"low": "low", "high": "high", "flood_stage": "flood stage"}
_LEVELS = ("OFF", "FATAL", "ERROR", "WARN", "INFO", "DEBUG", "TRACE", "ALL")
_ADDRESS = re.compile(r"cluster\.routing\.allocation\.(include|exclude|require)\.(_ip|_host_ip|_publish_ip)\Z")
_DEPRECATED = (
    "script.max_compilations_rate", "discovery.zen.minimum_master_nodes", "discovery.zen.no_master_block",
    "discovery.zen.publish_timeout", "discovery.zen.commit_timeout", "discovery.zen.publish_diff.enable",
)  # fmt: skip


def warn_of(names: Mapping[str, Any], behaviour: Behaviour, warn: Callable[[str], None]) -> None:
    """The deprecations of settings that a request names (7.x)."""
    if not behaviour.mapping_types:
        return
    for name in sorted(names):
        if name in _DEPRECATED:
            warn(
                f"[{name}] setting was deprecated in Elasticsearch and will be removed in a future release! See the breaking "
                "changes documentation for the next major version."
            )
        elif name == "cluster.routing.allocation.awareness.attributes" and names[name]:
            warn(
                "searches will not be routed based on awareness attributes starting in version 8.0.0; to opt into this "
                "behaviour now please set the system property [es.search.ignore_awareness_attributes] to [true]"
            )


def check_one(name: str, value: Any) -> None:
    """The form of an open-ended setting. Raises IllegalArgument."""
    if _ADDRESS.match(name):
        for one in as_list(value):
            if not _is_address(one):
                raise IllegalArgument(f"invalid IP address [{one}] for [{name}]")
    elif name.startswith("logger.") and str(value).upper() not in _LEVELS:
        raise IllegalArgument(f"Unknown level constant [{str(value).upper()}].")
    elif name.startswith("cluster.remote.") and name.endswith(".seeds"):
        for one in as_list(value):
            _check_seed(one)
    elif name.startswith("cluster.remote.") and name.endswith(".mode") and str(value).lower() not in ("sniff", "proxy"):
        raise IllegalArgument(
            "No enum constant org.elasticsearch.transport.RemoteConnectionStrategy.ConnectionStrategy."
            + str(value).upper()
        )


def _is_address(text: str) -> bool:
    if "*" in text:
        return True
    try:
        ipaddress.ip_address(text.partition("/")[0])
    except ValueError:
        return False
    return True


def _check_seed(text: str) -> None:
    host, colon, port = text.rpartition(":")
    if not colon or not host:
        raise IllegalArgument(f"remote hosts need to be configured as [host:port], found [{text}] instead")
    try:
        parse_int(port)
    except NumberFormat as cause:
        raise IllegalArgument("failed to parse port", cause=cause) from None


def check_together(settings: Mapping[str, Any], behaviour: Behaviour) -> None:
    """What settings say together. Raises IllegalArgument."""
    _check_remotes(settings)
    if any(name.startswith(_DISK) for name in settings):
        _check_watermarks(settings, behaviour)


def _check_remotes(settings: Mapping[str, Any]) -> None:
    for name in sorted(settings):
        found = re.match(
            r"cluster\.remote\.([^.]+)\.(skip_unavailable|transport\.compress|transport\.ping_schedule)\Z", name
        )
        if found is None:
            continue
        prefix = f"cluster.remote.{found[1]}."
        if not settings.get(f"{prefix}seeds") and not settings.get(f"{prefix}proxy_address"):
            raise IllegalArgument(f"Cannot configure setting [{name}] if remote cluster is not enabled.")


def _check_watermarks(settings: Mapping[str, Any], behaviour: Behaviour) -> None:
    """Three shares, growing, or three sizes of free space, shrinking."""
    marks = {key: str(settings.get(_DISK + key) or default) for key, default in _DEFAULTS.items()}
    ratios = {key: _ratio(text) for key, text in marks.items()}
    if all(value is not None for value in ratios.values()):
        _in_order(marks, ratios, "more than", lambda one, other: one > other)
        return
    try:
        sizes = {key: parse_byte_size(text, _DISK + key) for key, text in marks.items()}
    except (ElasticsearchParse, IllegalArgument) as cause:
        shown = [f"[{_DISK}{key}={text}]" for key, text in marks.items()]
        raise IllegalArgument(
            f"unable to consistently parse {shown[0]}, {shown[1]}, and {shown[2]} as percentage or bytes",
            cause=cause if behaviour.mapping_types else None,
        ) from None
    _in_order(marks, sizes, "less than", lambda one, other: one < other)


def _in_order(
    marks: Mapping[str, str], values: Mapping[str, Any], relation: str, wrong: Callable[[Any, Any], bool]
) -> None:
    for one, other in (("low", "high"), ("high", "flood_stage")):
        if wrong(values[one], values[other]):
            text = f"{_WORDS[one]} disk watermark [{marks[one]}] {relation} {_WORDS[other]} disk watermark [{marks[other]}]"
            error: ApiError = IllegalArgument(text)
            raise error


def _ratio(text: str) -> float | None:
    """A share between 0 and 1; None where the text is none."""
    try:
        share = parse_double(text[:-1]) / 100 if text.endswith("%") else parse_double(text)
    except NumberFormat:
        return None
    return share if 0 <= share <= 1 else None
