"""Rows of the cat table of transforms. Docs: cat-transforms.

Source: the class RestCatTransformAction.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from esmock.api.transform import chosen
from esmock.shape.cat import Millis, Row

if TYPE_CHECKING:
    from esmock.api.request import Request
    from esmock.features.transform.transform import Transform
    from esmock.state.cluster import Cluster


def transforms(cluster: Cluster, request: Request) -> Iterator[Row]:
    """The transforms, by id."""
    for one in chosen(cluster, request)[1]:
        yield {**_settings(one), **_progress(one)}


def _settings(one: Transform) -> dict[str, Any]:
    config = one.config
    return {
        "id": config.id,
        "create_time": _date(config.created_ms),
        "version": config.version,
        "source_index": ",".join(config.source["index"]),
        "dest_index": config.index,
        "pipeline": config.dest.get("pipeline"),
        "description": config.description,
        "transform_type": "continuous" if config.is_continuous else "batch",
        "frequency": Millis(config.frequency_ms),
        "max_page_search_size": config.page_size,
        "docs_per_second": config.settings.get("docs_per_second", "-"),
    }


def _progress(one: Transform) -> dict[str, Any]:
    counts = one.counts
    return {
        "state": one.state,
        "reason": one.reason,
        "checkpoint": one.last.number,
        "documents_processed": counts.documents_processed,
        "last_search_time": _date(one.searched_ms if one.is_running else None),
        "changes_last_detection_time": _date(one.changed_ms if one.is_running else None),
        "search_total": counts.search_total,
        "search_failure": counts.search_failures,
        "search_time": Millis(counts.search_time_in_ms),
        "index_total": counts.index_total,
        "index_failure": counts.index_failures,
        "index_time": Millis(counts.index_time_in_ms),
        "documents_indexed": counts.documents_indexed,
        "delete_time": Millis(counts.delete_time_in_ms),
        "documents_deleted": counts.documents_deleted,
        "trigger_count": counts.trigger_count,
        "pages_processed": counts.pages_processed,
        "processing_time": Millis(counts.processing_time_in_ms),
        "checkpoint_duration_time_exp_avg": f"{counts.exponential_avg_checkpoint_duration_ms:.2f}",
        "indexed_documents_exp_avg": f"{counts.exponential_avg_documents_indexed:.2f}",
        "processed_documents_exp_avg": f"{counts.exponential_avg_documents_processed:.2f}",
    }


def _date(millis: int | None) -> str | None:
    """A time as Java's old dates print themselves."""
    if millis is None:
        return None
    return datetime.fromtimestamp(millis / 1000, UTC).strftime("%a %b %d %H:%M:%S UTC %Y")
