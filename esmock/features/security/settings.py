"""Settings of the indices behind security. esmock keeps security elsewhere: they are checked, kept and shown.

Docs: security-api-update-settings. Source: answers of 8.19.21 to settings right and wrong, where it has no such index yet; the makers' test
``security/settings/10_update_security_settings``.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from esmock.errors import ActionRequestValidation, IllegalArgument
from esmock.state import index_settings
from esmock.xcontent.object_parser import Parser, mapping

if TYPE_CHECKING:
    from esmock.features.security.user import SecurityState

Json = Any
_INDICES = ("security", "security-tokens", "security-profile")
_REPLICAS = "index.number_of_replicas"
_TIERS = "index.routing.allocation.include._tier_preference"
_EXPANDED = "index.auto_expand_replicas"
_ALLOWED = (_REPLICAS, _TIERS, _EXPANDED)
_AT_FIRST: Mapping[str, str] = MappingProxyType({_EXPANDED: "0-1", _REPLICAS: "0", _TIERS: "data_content"})
UPDATE = Parser("update_security_settings_request", *(mapping(name) for name in _INDICES))


def check(given: Mapping[str, Json]) -> None:
    """Raises ActionRequestValidation for settings that may not be set, or none."""
    if not any(given.values()):
        raise ActionRequestValidation("No settings given to update")
    problems = [
        f"illegal setting for index [{index}]: [{name}], this setting may not be configured. Only the following settings may be"
        f" configured for that index: [{', '.join(_ALLOWED)}]"
        for index, settings in given.items()
        for name in settings
        if name not in _ALLOWED
    ]
    if problems:
        raise ActionRequestValidation(*problems)


def update(state: SecurityState, given: Mapping[str, Json]) -> None:
    """Change settings. Raises IllegalArgument for an index that there would not be yet."""
    used = _used(state)
    for index, settings in given.items():
        if settings and not used[index]:
            raise IllegalArgument(f"the [.{index}] index is not in use on this system yet")
    for index, settings in given.items():
        kept = {**state.index_settings.get(index, _AT_FIRST)}
        for name, value in settings.items():
            if value is not None:
                kept[name] = str(value)
            elif name == _REPLICAS:
                kept[name] = "1"
            else:
                kept.pop(name, None)
        state.index_settings[index] = kept


def _used(state: SecurityState) -> dict[str, bool]:
    """Which of the indices there would be."""
    return {"security": _has_any(state), "security-tokens": bool(state.tokens), "security-profile": bool(state.profiles)}


def _has_any(state: SecurityState) -> bool:
    """Whether anything was put that the main index would keep."""
    native = any(user.realm == "native" for user in state.users.values())
    return native or any((state.roles, state.keys, state.role_mappings, state.application_privileges, state.service_tokens))


def shown(state: SecurityState) -> dict[str, Json]:
    """The settings that may be changed, of the indices that there would be."""
    used = _used(state)
    kept = {index: state.index_settings.get(index, _AT_FIRST) if used[index] else {} for index in _INDICES}
    return {index: index_settings.tree(settings) for index, settings in kept.items()}
