"""What processors are made with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from esmock.errors import Unsupported

if TYPE_CHECKING:
    from esmock.ingest.enrich.policy import Policies
    from esmock.ingest.pipeline import Pipeline
    from esmock.script.service import ScriptService
    from esmock.version import Behaviour


def _no_policies() -> Policies:
    raise Unsupported("the enrich processor outside a cluster")


@dataclass(frozen=True, slots=True)
class Environment:
    """
    Args:
        scripts: compiles scripts and templates.
        pipeline: the pipeline of an id, or None.
        now_ms: the clock.
        random: the seeded generator.
        enrich: the policies of the cluster.
        geoip_folder: where databases of addresses lie.
    """

    behaviour: Behaviour
    scripts: ScriptService
    pipeline: Callable[[str], Pipeline | None]
    now_ms: Callable[[], int]
    random: Any = None
    enrich: Callable[[], Policies] = _no_policies
    geoip_folder: Path | None = None
