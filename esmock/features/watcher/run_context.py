"""What the parts of a watch see while it runs: the model behind ``ctx``, scripts, searches.

Source: answers of 6.8.23 (``watcher.json``).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from esmock.script.script import Script
from esmock.script.stored import script_service

if TYPE_CHECKING:
    from esmock.state.cluster import Cluster

Json = Any
Searching = Callable[["Cluster", list[str], Json], Json]
"""(cluster, indices, body) -> the answer as JSON, its total a number."""


@dataclass(slots=True)
class RunContext:
    """One run of a watch.

    Args:
        payload: what the input gave, as transforms have changed it.
    """

    cluster: Cluster
    search: Searching
    watch_id: str
    record_id: str
    at: str
    triggered: str
    scheduled: str
    metadata: Json = None
    payload: Json = field(default_factory=dict)
    vars: dict[str, Json] = field(default_factory=dict)
    is_simulated: bool = False

    def model(self) -> dict[str, Json]:
        """``ctx`` for scripts and templates."""
        inner = {
            "id": self.record_id,
            "watch_id": self.watch_id,
            "metadata": self.metadata,
            "execution_time": self.at,
            "trigger": {"triggered_time": self.triggered, "scheduled_time": self.scheduled},
            "vars": self.vars,
            "payload": self.payload,
        }
        return {"ctx": inner}

    def run_script(self, script: Script, context: str) -> Json:
        """A script's value. Raises Script."""
        from esmock.script.painless.runtime.values import hash_maps

        compiled = script_service(self.cluster).compile(script, context)
        return compiled.run(params=hash_maps(script.params), ctx=hash_maps(self.model()["ctx"]))

    def render(self, text: Json) -> str:
        """A text or a template: a string, or ``{"source": ..., "params": ...}``."""
        source, params = (text, {}) if isinstance(text, str) else (text.get("source") or "", text.get("params") or {})
        if "{{" not in source:
            return str(source)
        compiled = script_service(self.cluster).compile(Script(source, "mustache"), "template")
        return str(compiled.run(params={**self.model(), **params}))

    def path(self, path: str) -> Json:
        """The value at ``ctx.payload.a.0.b``; None where there is none."""
        found: Json = self.model()
        for name in path.split("."):
            if isinstance(found, dict):
                found = found.get(name)
            elif isinstance(found, list) and name.isdigit() and int(name) < len(found):
                found = found[int(name)]
            else:
                return None
        return found
