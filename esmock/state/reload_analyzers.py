"""Reading updateable filters anew: word lists and synonyms that have changed since the index was made.

Source: docs page indices-reload-analyzers.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from esmock.state.create import analysis_of
from esmock.state.setting_values import as_list

if TYPE_CHECKING:
    from esmock.state.cluster import Cluster
    from esmock.state.index import Index

_FILTER, _ANALYZER = "index.analysis.filter.", "index.analysis.analyzer."


def reload(cluster: Cluster, indices: Iterable[Index], resource: str | None = None) -> dict[str, list[str]]:
    """Rebuild the analysis of indices with updateable filters.

    Args:
        resource: only filters that read this synonym set or file.

    Returns:
        Index to the analyzers that were read anew.
    """
    from esmock.mapping.mapping import Mapping

    out: dict[str, list[str]] = {}
    for index in indices:
        out[index.name] = _analyzers(index, resource)
        if out[index.name]:
            index.analysis = analysis_of(index.settings, cluster)
            index.mapping = Mapping.parse(
                index.mapping.to_json(), index.analysis, cluster.behaviour, settings=index.settings
            )
    return out


def _analyzers(index: Index, resource: str | None) -> list[str]:
    settings = index.settings
    filters = {
        key[len(_FILTER) : -len(".updateable")]
        for key, value in settings.items()
        if key.startswith(_FILTER) and key.endswith(".updateable") and str(value) == "true"
    }
    if resource is not None:
        sources = ("synonyms_set", "synonyms_path", "stopwords_path")
        filters = {
            name for name in filters if any(settings.get(f"{_FILTER}{name}.{one}") == resource for one in sources)
        }
    return sorted(
        key[len(_ANALYZER) : -len(".filter")]
        for key, value in settings.items()
        if key.startswith(_ANALYZER) and key.endswith(".filter") and filters & set(as_list(value))
    )
