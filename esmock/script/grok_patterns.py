"""The patterns that come with grok, by set.

Source: answers of 7.10.2 (``GET _ingest/processor/grok``) and of the grok library of 8.19.21, in the engines' order.
Differs: 7.13 to 8.18 and 9.x are taken to have the sets of 8.19.21.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping
from importlib import resources
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from esmock.version import Behaviour

ECS_MODES = ("disabled", "v1")
"""Values of ``ecs_compatibility``."""


def built_in(behaviour: Behaviour, mode: str = "disabled") -> Mapping[str, str]:
    """Name to pattern, in the order of ``GET _ingest/processor/grok``. The mode is one of ``ECS_MODES``."""
    if not behaviour.has((7, 13)):
        return _sets()["legacy of 7.10.2"]
    return later_legacy() if mode == "disabled" else _sets()["ecs v1 of 8.19.21"]


def with_own(behaviour: Behaviour, mode: str, own: Mapping[str, object]) -> dict[str, str]:
    """The built-in patterns together with those that a processor defines, which come first."""
    return {**built_in(behaviour, mode), **{name: str(value) for name, value in own.items()}}


def later_legacy() -> Mapping[str, str]:
    """The legacy set of 7.13 and later, which ``grok`` of runtime fields always uses."""
    return _sets()["legacy of 8.19.21"]


@functools.cache
def _sets() -> Mapping[str, Mapping[str, str]]:
    found: dict[str, dict[str, str]] = json.loads(resources.files("esmock.script").joinpath("grok_patterns.json").read_text("utf-8"))
    return found
