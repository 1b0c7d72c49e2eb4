"""What waits in the master's queue: how pending changes are called.

Source: changes that 7.10.2 did not come to within ``master_timeout`` (fixtures/recorded/7.10.2/faults_queue.json).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from esmock.controls.exchange import Exchange


def source_of(exchange: Exchange) -> str:
    """The change that a request queues; of endpoints that were not recorded, one from their name."""
    named = SOURCES.get(exchange.endpoint or "")
    if named is not None:
        return named(exchange)
    where = f" [{exchange.indices[0]}]" if exchange.indices else ""
    return (exchange.endpoint or "").rpartition(".")[2].replace("_", "-") + where


def _of_part(pattern: str, part: str) -> Callable[[Exchange], str]:
    return lambda exchange: pattern.format(exchange.parts.get(part, ""))


def _of_indices(event: str) -> Callable[[Exchange], str]:
    return lambda exchange: f"{event} [{', '.join(_indices(exchange))}]"


def _indices(exchange: Exchange) -> list[str]:
    known = exchange.cluster.indices if exchange.cluster is not None else {}
    return [f"[{name}/{known[name].uuid}]" if name in known else f"[{name}]" for name in exchange.indices]


SOURCES: Mapping[str, Callable[[Exchange], str]] = MappingProxyType(
    {
        "indices.create": _of_part("create-index [{}], cause [api]", "index"),
        "indices.delete": _of_indices("delete-index"),
        "indices.put_mapping": lambda exchange: f"put-mapping {', '.join(_indices(exchange))}",
        "indices.put_settings": _of_indices("update-settings"),
        "indices.update_aliases": lambda exchange: "index-aliases",
        "indices.put_alias": lambda exchange: "index-aliases",
        "indices.delete_alias": lambda exchange: "index-aliases",
        "indices.put_template": _of_part("create-index-template [{}], cause [api]", "name"),
        "indices.delete_template": _of_part("remove-index-template [{}]", "name"),
        "indices.put_index_template": _of_part("create-index-template-v2 [{}], cause [api]", "name"),
        "indices.delete_index_template": _of_part("remove-index-template-v2 [{}]", "name"),
        "cluster.put_component_template": _of_part("create-component-template [{}], cause [api]", "name"),
        "cluster.delete_component_template": _of_part("remove-component-template [{}]", "name"),
        "ingest.put_pipeline": _of_part("put-pipeline-{}", "id"),
        "ingest.delete_pipeline": _of_part("delete-pipeline-{}", "id"),
        "put_script": _of_part("put-script-{}", "id"),
        "delete_script": _of_part("delete-script-{}", "id"),
        "indices.close": _of_indices("add-block-index-to-close"),
        "indices.open": _of_indices("open-indices"),
        "indices.add_block": lambda exchange: (
            f"add-index-block-[{exchange.parts.get('block', '')}]-[{', '.join(_indices(exchange))}]"
        ),
        "snapshot.create_repository": _of_part("put_repository [{}]", "repository"),
        "cluster.reroute": lambda exchange: "cluster_reroute (api)",
        "cluster.put_settings": lambda exchange: "cluster_update_settings",
    }
)
