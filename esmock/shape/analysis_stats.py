"""Which parts of analysis the indices use, as the statistics of the cluster count them.

Source: answers of 7.10.2; of synonyms only the empty answer of 8.19.21, the names of kinds follow the published types.
"""

from __future__ import annotations

from collections.abc import Iterable
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from esmock.state.setting_values import as_list

if TYPE_CHECKING:
    from esmock.state.index import Index

Json = Any
_PARTS = ("char_filter", "tokenizer", "filter", "analyzer")
_SYNONYMS = MappingProxyType({"synonyms": "inline", "synonyms_path": "paths", "synonyms_set": "sets"})
_ANALYZERS = ("analyzer", "search_analyzer", "search_quote_analyzer")


class _Uses:
    """How often something is used, and in how many indices, by name."""

    def __init__(self) -> None:
        self._counts: dict[str, list[int]] = {}

    def add(self, names: list[str]) -> None:
        """What one index uses, each as often as it does."""
        for name in names:
            self._counts.setdefault(name, [0, 0])[0] += 1
        for name in set(names):
            self._counts[name][1] += 1

    def discard(self, names: Iterable[str]) -> None:
        for name in names:
            self._counts.pop(name, None)

    def by_name(self) -> dict[str, Json]:
        """Name to its counts."""
        return {name: {"count": n, "index_count": indices} for name, (n, indices) in sorted(self._counts.items())}

    def to_json(self) -> list[Json]:
        return [{"name": name, **counts} for name, counts in self.by_name().items()]


def analysis(indices: Iterable[Index], *, with_synonyms: bool) -> dict[str, Json]:
    """The section ``analysis``: types of what indices define, and names of what they take ready-made.

    Args:
        with_synonyms: tell also how filters of synonyms get their rules (8.x).
    """
    synonyms = _Uses()
    types = {part: _Uses() for part in _PARTS}
    ready = {part: _Uses() for part in _PARTS}
    for index in indices:
        groups = {part: _groups(index.settings, f"index.analysis.{part}.") for part in _PARTS}
        analyzers = list(groups["analyzer"].values())
        for part in ("char_filter", "tokenizer", "filter"):
            ready[part].add([name for one in analyzers for name in as_list(one.get(part))])
            types[part].add([one["type"] for one in groups[part].values() if "type" in one])
        synonyms.add([kind for one in groups["filter"].values() for kind in _rules(one)])
        types["analyzer"].add([one.get("type", "custom") for one in analyzers])
        ready["analyzer"].add(_field_analyzers(index))
        for part in _PARTS:
            ready[part].discard(groups[part])
    out = {f"{part}_types": types[part].to_json() for part in _PARTS}
    out |= {f"built_in_{part}s": ready[part].to_json() for part in _PARTS}
    return out | {"synonyms": synonyms.by_name()} if with_synonyms else out


def _rules(options: dict[str, Any]) -> list[str]:
    """Where a filter's synonyms come from, if it is one of those."""
    if options.get("type") not in ("synonym", "synonym_graph"):
        return []
    return [kind for option, kind in _SYNONYMS.items() if option in options]


def _groups(settings: dict[str, Any], prefix: str) -> dict[str, dict[str, Any]]:
    out: dict[str, dict[str, Any]] = {}
    for key, value in settings.items():
        if key.startswith(prefix):
            name, _, option = key[len(prefix) :].partition(".")
            out.setdefault(name, {})[option] = value
    return out


def _field_analyzers(index: Index) -> list[str]:
    found = (field.to_json() for field in index.mapping.all_fields().values())
    return [str(body[key]) for body in found for key in _ANALYZERS if isinstance(body, dict) and key in body]
