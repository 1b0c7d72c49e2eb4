"""Settings of the indices behind security. esmock keeps security elsewhere: they are checked, kept and shown.

Docs: security-api-update-settings. Source: answers of 8.19.21 to settings right and wrong, where it has no such index yet.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from esmock.errors import ActionRequestValidation, IllegalArgument
from esmock.xcontent.object_parser import Parser, mapping

if TYPE_CHECKING:
    from esmock.features.security.user import SecurityState

Json = Any
_INDICES = ("security", "security-tokens", "security-profile")
_ALLOWED = ("index.number_of_replicas", "index.routing.allocation.include._tier_preference", "index.auto_expand_replicas")
UPDATE = Parser("update_security_settings_request", *(mapping(name) for name in _INDICES))
_EMPTY: Mapping[str, Json] = MappingProxyType({name: {} for name in _INDICES})


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
    used = {"security": _has_any(state), "security-tokens": bool(state.tokens), "security-profile": bool(state.profiles)}
    for index, settings in given.items():
        if settings and not used[index]:
            raise IllegalArgument(f"the [.{index}] index is not in use on this system yet")
    for index, settings in given.items():
        kept = {**state.index_settings.get(index, {}), **{name: str(value) for name, value in settings.items() if value is not None}}
        for name, value in settings.items():
            if value is None:
                kept.pop(name, None)
        state.index_settings[index] = kept


def _has_any(state: SecurityState) -> bool:
    """Whether anything was put that the main index would keep."""
    native = any(user.realm == "native" for user in state.users.values())
    return native or any((state.roles, state.keys, state.role_mappings, state.application_privileges, state.service_tokens))


def shown(state: SecurityState) -> dict[str, Json]:
    """The settings that were changed, index by index."""
    return {**_EMPTY, **state.index_settings}
