"""What the plugin's options and marks ask of a server."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from esmock.settings import ServerSettings


def refusal(message: str) -> BaseException:
    """What fails a test in one line."""
    return pytest.fail.Exception(message, pytrace=False)


def chosen(config: pytest.Config, name: str) -> str | None:
    """The value of an option: the command line's, else that of the ini file."""
    value: str | None = config.getoption(f"--esmock-{name.replace('_', '-')}")
    return value if value is not None else config.getini(f"esmock_{name}")


def changed(settings: ServerSettings, wanted: Mapping[str, Any]) -> ServerSettings:
    """The settings with the version, clock, rollup and node settings that options or marks ask for.

    Fails the test, in one line, for a version or a rollup that esmock does not play and for what is no instant.
    """
    from dataclasses import replace

    from esmock.clock import parse_instant
    from esmock.version import VERSIONS, behaviour

    version, clock = wanted.get("version"), wanted.get("clock")
    changes: dict[str, Any] = {}
    if version:
        if version not in VERSIONS:
            raise refusal(f"esmock does not play version {version}; it plays {', '.join(VERSIONS)}")
        changes |= {"version": version, "rollup_as": None}
    if clock is not None:
        try:
            changes["frozen_at_ms"] = parse_instant(clock) if isinstance(clock, str) else int(clock)
        except (ValueError, TypeError):
            raise refusal(f"esmock clock {clock!r} is no instant; write it like 2030-01-31T12:00:00Z") from None
    if wanted.get("settings"):
        changes["node_settings"] = {**settings.node_settings, **wanted["settings"]}
    if wanted.get("rollup_as"):
        changes["rollup_as"] = wanted["rollup_as"]
    made = replace(settings, **changes) if changes else settings
    try:
        behaviour(made.version, made.rollup_as)
    except ValueError as error:
        raise refusal(f"esmock rollup_as {made.rollup_as!r}: {error}") from None
    return made
