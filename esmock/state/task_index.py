"""The index ``.tasks``, where tasks that nobody waited for leave their results. From 8.0 on it is a system index, hidden: none here.

Source: answers of 7.10.2.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from esmock.state.tasks import tasks

if TYPE_CHECKING:
    from esmock.state.cluster import Cluster
    from esmock.state.tasks import Task

Json = Any
NAME = ".tasks"
_KEYWORD, _LONG, _UNREAD = {"type": "keyword"}, {"type": "long"}, {"type": "object", "enabled": False}
_MAPPING: dict[str, Json] = {
    "dynamic": "strict",
    "_meta": {"version": 3},
    "properties": {
        "completed": {"type": "boolean"},
        "error": _UNREAD,
        "response": _UNREAD,
        "task": {
            "properties": {
                "action": _KEYWORD,
                "cancellable": {"type": "boolean"},
                "description": {"type": "text"},
                "headers": _UNREAD,
                "id": _LONG,
                "node": _KEYWORD,
                "parent_task_id": _KEYWORD,
                "running_time_in_nanos": _LONG,
                "start_time_in_millis": _LONG,
                "status": _UNREAD,
                "type": _KEYWORD,
            }
        },
    },
}
_SETTINGS = {
    "index.number_of_shards": "1",
    "index.number_of_replicas": "0",
    "index.auto_expand_replicas": "0-1",
    "index.priority": "2147483647",
}


def result_body(cluster: Cluster, task: Task) -> dict[str, Json]:
    """What an ended task left."""
    body: dict[str, Json] = {"completed": True, "task": tasks(cluster).body_of(cluster, task, detailed=True)}
    if task.error is not None:
        body["error"] = task.error
    if task.response is not None:
        body["response"] = task.response
    return body


def keep_in_index(cluster: Cluster, task: Task) -> None:
    """Write the result of an ended task."""
    from esmock.state.create import create_index
    from esmock.state.documents import write
    from esmock.state.write_request import WriteRequest
    from esmock.xcontent import json_writer

    if cluster.behaviour.major >= 8:
        return
    if NAME not in cluster.indices:
        create_index(cluster, NAME, {"settings": _SETTINGS, "mappings": _MAPPING}, type_name="task")
    source = json_writer.dumps(result_body(cluster, task))
    outcome = write(cluster, WriteRequest("index", NAME, f"{cluster.node_id}:{task.id}", None, source=source))
    outcome.index.refresh()
