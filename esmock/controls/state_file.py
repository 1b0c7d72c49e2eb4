"""A space's state as versioned JSON, and back.

Holds settings of the cluster, templates, pipelines, stored scripts, rollup jobs, and every index with settings, mapping,
aliases and documents (ids, versions, sequence numbers, sources as they were sent), data streams, repositories with their
snapshots, users, roles and keys. What else a space has is named in
``left_out``. After an import everything is refreshed, and scrolls, points in time, tasks and the tokens of users are gone.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from esmock.controls.refusal import ControlError, as_object
from esmock.controls.state_parts import export_repositories, export_streams, import_repositories, import_streams
from esmock.state.index_file import MisplacedDocument, index_to_json, put_documents
from esmock.wire import RawRequest, RawResponse

if TYPE_CHECKING:
    from esmock.state.cluster import Cluster
    from esmock.state.index import Index

Json = Any
Ask = Callable[[RawRequest], Any]
FORMAT = 1
_TRANSIENT = frozenset({"contexts", "tasks"})
_KEPT = frozenset({"templates", "ingest", "scripts", "rollup", "data_streams", "snapshots", "security"})
_PRIVATE = ("index.uuid", "index.creation_date", "index.provided_name", "index.version.", "index.resize.", "index.routing.allocation.initial")


def _call(ask: Ask, method: str, target: str, body: Json = None) -> tuple[int, Json]:
    content = b"" if body is None else json.dumps(body).encode()
    answer = ask(RawRequest(method, target, [("content-type", "application/json")] if content else [], content))
    if not isinstance(answer, RawResponse):
        raise ControlError("state", f"{method} {target} waits for something")
    try:
        return answer.status, json.loads(answer.body or b"null")
    except ValueError:
        return answer.status, None


def export_state(cluster: Cluster, ask: Ask) -> dict[str, Json]:
    """Everything of a cluster that a file can hold.

    Args:
        ask: answers requests from that cluster, past all controls.
    """
    slots = {name.partition(".")[0] for name, part in cluster.slots.items() if _holds_something(part)}
    return {
        "esmock_state": FORMAT,
        "version": cluster.server_settings.version,
        "now_ms": cluster.clock.now_ms(),
        "frozen": cluster.clock.is_frozen,
        "settings": {"persistent": dict(cluster.persistent_settings), "transient": dict(cluster.transient_settings)},
        "templates": _get(ask, "/_template"),
        "component_templates": _list(ask, "/_component_template", "component_templates", "component_template"),
        "index_templates": _list(ask, "/_index_template", "index_templates", "index_template"),
        "pipelines": _get(ask, "/_ingest/pipeline"),
        "scripts": _scripts(cluster),
        "rollup_jobs": _jobs(ask) if "rollup" in cluster.slots else [],
        "indices": {name: index_to_json(index, _mappings(index, ask)) for name, index in cluster.indices.items()},
        "data_streams": export_streams(cluster),
        "repositories": export_repositories(cluster, lambda index: index_to_json(index, index.mapping.to_json())),
        "security": _security(cluster),
        "left_out": sorted(slots - _TRANSIENT - _KEPT),
    }


def _holds_something(part: Any) -> bool:
    """Whether a feature's state has anything in it: it is made as soon as somebody looks."""
    values = vars(part).values() if hasattr(part, "__dict__") else (getattr(part, name, None) for name in part.__slots__)
    return any(isinstance(value, dict | list | set | tuple) and value for value in values)


def _security(cluster: Cluster) -> dict[str, Json]:
    if "security" not in cluster.slots:
        return {}
    from esmock.features.security.state_file import to_json

    return to_json(cluster.slots["security"])


def _import_security(tree: Mapping[str, Json], cluster: Cluster) -> None:
    if not tree:
        return
    from esmock.features.security.state_file import fill
    from esmock.features.security.user import security_state

    try:
        fill(security_state(cluster), tree)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ControlError("security", f"cannot be read: {error!r}") from None


def _get(ask: Ask, target: str) -> Json:
    status, body = _call(ask, "GET", target)
    return body if status == 200 and isinstance(body, dict) else {}


def _list(ask: Ask, target: str, outer: str, inner: str) -> dict[str, Json]:
    return {one["name"]: one[inner] for one in _get(ask, target).get(outer, ())}


def _scripts(cluster: Cluster) -> dict[str, Json]:
    if "scripts" not in cluster.slots:
        return {}
    return {name: dict(one) for name, one in cluster.slots["scripts"].stored.items()}


def _jobs(ask: Ask) -> list[Json]:
    jobs = _get(ask, "/_rollup/job/_all").get("jobs", [])
    return [{"config": one["config"], "state": one["status"]["job_state"]} for one in jobs]


def _mappings(index: Index, ask: Ask) -> Json:
    found = _get(ask, f"/{quote(index.name)}/_mapping?expand_wildcards=all").get(index.name, {})
    return found.get("mappings", {})


def check_state(tree: Json) -> dict[str, Json]:
    """Refuse what is no state. Raises ControlError."""
    tree = dict(as_object(tree, ""))
    version = tree.get("esmock_state")
    if version != FORMAT:
        raise ControlError("esmock_state", f"expected a state of format {FORMAT}, found {version!r}")
    as_object(tree.get("indices", {}), "indices")
    return tree


def import_state(tree: Json, cluster: Cluster, ask: Ask) -> None:
    """Fill an empty cluster. Raises ControlError naming what is refused; the cluster is then to be thrown away."""
    tree = check_state(tree)
    for where, target, body in _steps(tree):
        status, answer = _call(ask, "PUT", target, body)
        if status >= 400:
            raise ControlError(where, f"refused with {status}: {json.dumps(answer)[:300]}")

    def restore(where: str, name: str, one: Json) -> None:
        _restore(where, name, as_object(one, where), cluster, ask)

    import_repositories(as_object(tree.get("repositories") or {}, "repositories"), cluster, restore)
    for name, one in tree.get("indices", {}).items():
        restore(f"indices.{name}", name, one)
    import_streams(as_object(tree.get("data_streams") or {}, "data_streams"), cluster)
    _import_security(as_object(tree.get("security") or {}, "security"), cluster)
    settings = tree.get("settings", {})
    cluster.persistent_settings = dict(settings.get("persistent", {}))
    cluster.transient_settings = dict(settings.get("transient", {}))
    for job in tree.get("rollup_jobs", ()):
        name = job["config"]["id"]
        status, answer = _call(ask, "PUT", f"/_rollup/job/{name}", {k: v for k, v in job["config"].items() if k != "id"})
        if status >= 400:
            raise ControlError(f"rollup_jobs.{name}", f"refused with {status}: {json.dumps(answer)[:300]}")
        if job.get("state") in ("started", "indexing"):
            _call(ask, "POST", f"/_rollup/job/{name}/_start")
    cluster.changed()


def _steps(tree: dict[str, Json]) -> Iterator[tuple[str, str, Json]]:
    targets = (
        ("component_templates", "/_component_template/"),
        ("templates", "/_template/"),
        ("index_templates", "/_index_template/"),
        ("pipelines", "/_ingest/pipeline/"),
        ("scripts", "/_scripts/"),
    )
    for part, target in targets:
        for name, body in as_object(tree.get(part) or {}, part).items():
            yield f"{part}.{name}", target + quote(name, safe=""), {"script": body} if part == "scripts" else body


def _restore(where: str, name: str, one: Any, cluster: Cluster, ask: Ask) -> None:
    settings = {key: value for key, value in one.get("settings", {}).items() if not key.startswith(_PRIVATE)}
    blocks = {key for key in settings if key.startswith("index.blocks.")}
    body = {
        "settings": {key: value for key, value in settings.items() if key not in blocks},
        "mappings": one.get("mappings", {}),
        "aliases": one.get("aliases", {}),
    }
    status, answer = _call(ask, "PUT", f"/{quote(name, safe='')}", body)
    if status >= 400:
        raise ControlError(where, f"refused with {status}: {json.dumps(answer)[:300]}")
    index = cluster.indices[name]
    _rename(index, one)
    try:
        put_documents(index, one, cluster.clock.now_ms())
    except MisplacedDocument as error:
        raise ControlError(f"{where}.documents.{error.position}", str(error)) from None
    index.change_settings({**index.settings, **one.get("settings", {})})
    index.is_closed = bool(one.get("closed"))


def _rename(index: Index, one: Any) -> None:
    """Give an index back the identity that it had."""
    index.uuid = one.get("uuid", index.uuid)
    index.created_ms = one.get("created_ms", index.created_ms)
    for shard in index.shards:
        shard.index_uuid = index.uuid
