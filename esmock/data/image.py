"""A cluster's whole state as bytes, and back.

What a restart of Elasticsearch forgets too is left out: scrolls and points in time, timers (jobs ask for theirs again), what was
built from documents and scripts. The bytes are a pickle: only a folder that esmock wrote itself is to be read.
"""

from __future__ import annotations

import io
import pickle
from types import MappingProxyType
from typing import Any

from esmock.analysis.environment import Environment
from esmock.analysis.index_analysis import IndexAnalysis, plain_analysis
from esmock.clock import Clock, Timer
from esmock.state.cluster import Cluster
from esmock.state.contexts import Contexts
from esmock.store.reader import Reader
from esmock.store.segment import Segment
from esmock.version import Behaviour, behaviour

_FORGOTTEN = (Contexts, Timer, Reader)


def dump(cluster: Cluster) -> bytes:
    """The state of a cluster. Raises what pickling raises for a feature whose state cannot be written."""
    out = io.BytesIO()
    _Writer(out, protocol=pickle.HIGHEST_PROTOCOL).dump(cluster.clone())
    return out.getvalue()


def load(data: bytes, clock: Clock) -> Cluster:
    """The cluster that ``dump`` wrote, on a clock of its own. Raises ``pickle.UnpicklingError`` and its kin."""
    cluster: Cluster = _Reader(io.BytesIO(data)).load()
    cluster.clock = clock
    cluster.slots = {name: part for name, part in cluster.slots.items() if part is not None}
    return cluster.clone()  # a clone schedules its timers anew


def _frozen(items: dict[Any, Any]) -> MappingProxyType[Any, Any]:
    return MappingProxyType(items)


def _can_be_remade(analysis: IndexAnalysis) -> bool:
    """Whether analyzers can be made anew of their settings alone: without scripts and sets that the cluster holds."""
    filters = analysis.builder.definitions("filter").values()
    return not any(one.get("type") in ("condition", "predicate_token_filter") or "synonyms_set" in one for one in filters)


def _analysis(settings: dict[str, Any], played: Behaviour, environment: Environment) -> IndexAnalysis:
    # analyzers hold stemmers and patterns that cannot be written; the plain one is shared by all servers of a process
    return IndexAnalysis(settings, played, environment) if settings else plain_analysis(played)


class _Writer(pickle.Pickler):
    def persistent_id(self, one: Any) -> str | None:
        return "forgotten" if isinstance(one, _FORGOTTEN) else None

    def reducer_override(self, one: Any) -> Any:
        if isinstance(one, MappingProxyType):
            return _frozen, (dict(one),)
        if isinstance(one, Behaviour):
            return behaviour, (str(one.version),)
        if type(one) is Segment:
            return Segment.build, (one.docs,)
        if isinstance(one, Environment):
            # where synonym sets lie is told anew when an index reads its analyzers again
            return Environment, (one.config,)
        if isinstance(one, Clock):
            return Clock, ()
        if isinstance(one, IndexAnalysis) and _can_be_remade(one):
            return _analysis, (dict(one.builder.index), one.builder.behaviour, one.builder.environment)
        return NotImplemented


class _Reader(pickle.Unpickler):
    def persistent_load(self, name: str) -> None:
        return None
