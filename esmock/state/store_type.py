"""``index.store.type``: how segments lie on a disk. Here they do not; only the names count. Docs: index-modules-store."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from esmock.errors import IllegalArgument

if TYPE_CHECKING:
    from esmock.version import Behaviour

_TYPES = ("", "fs", "hybridfs", "mmapfs", "niofs", "simplefs")


_SIMPLE = (
    "[simplefs] is deprecated and will be removed in 8.0. Use [niofs] or other file systems instead. Elasticsearch 7.15 or later "
    "uses [niofs] for the [simplefs] store type as it offers superior or equivalent performance to [simplefs]."
)


def check_store_type(settings: Mapping[str, Any], behaviour: Behaviour, warn: Callable[[str], None]) -> None:
    """Refuse an unknown type, tell of one that leaves. Raises IllegalArgument."""
    given = settings.get("index.store.type")
    if given is None:
        return
    if given not in _TYPES:
        raise IllegalArgument(f"Unknown store type [{given}]")
    if given == "simplefs" and behaviour.newer_jackson:
        warn(_SIMPLE)
