"""Index lifecycle management: policies, their indices, on and off. Docs: ilm-apis.

Source: answers of 6.8.23; what is newer follows docs pages of 7.10 to 9.5.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from esmock.api.declare import Endpoints
from esmock.api.indices import acknowledged
from esmock.api.operation_mode import TIMES, declare
from esmock.api.params import MASTER_TIMEOUT, boolean
from esmock.api.request import Request, Response
from esmock.errors import IllegalArgument
from esmock.features.lifecycle import policy as policies
from esmock.features.lifecycle.lifecycles import ERROR, POLICY, StepKey, lifecycles
from esmock.shape.index import instant
from esmock.shape.lifecycle import explain
from esmock.state.resolve import IndicesOptions, by_name, resolve
from esmock.xcontent.object_parser import Parser, object_, string
from esmock.xcontent.value_reader import Reading

if TYPE_CHECKING:
    from esmock.features.lifecycle.policy import Policy
    from esmock.state.cluster import Cluster
    from esmock.state.index import Index

endpoint = Endpoints()
Json = Any
_OPEN_HIDDEN = IndicesOptions(expand=("open", "closed"), forbid_closed=False)


def _policy_body(request: Request) -> Policy:
    body = request.required_json()
    return policies.parse(request.part("policy"), body, Reading(request.behaviour, request.warn))


@endpoint(
    "ilm.put_lifecycle",
    "PUT /_ilm/policy/{policy}",
    params=TIMES,
    docs="ilm-put-lifecycle",
    body=_policy_body,
    action="cluster:admin/ilm/put",
)
def put_lifecycle(cluster: Cluster, request: Request) -> Response:
    """Store a policy."""
    lifecycles(cluster).put(request.parsed)
    return acknowledged()


@endpoint(
    "ilm.get_lifecycle",
    "GET /_ilm/policy",
    "GET /_ilm/policy/{policy}",
    params=TIMES,
    docs="ilm-get-lifecycle",
    action="cluster:admin/ilm/get",
)
def get_lifecycle(cluster: Cluster, request: Request) -> Response:
    """Policies, and from 7.14 on who uses them."""
    state = lifecycles(cluster)
    is_late = cluster.behaviour.has((7, 14))
    out = {}
    for one in state.find(request.part_list("policy"), wildcards=is_late):
        out[one.name] = {"version": one.version, "modified_date": instant(one.modified_ms), "policy": one.to_json()}
        if is_late:
            out[one.name]["in_use_by"] = state.users_of_kinds(one.name)
    return Response(200, out)


@endpoint(
    "ilm.delete_lifecycle",
    "DELETE /_ilm/policy/{policy}",
    params=TIMES,
    docs="ilm-delete-lifecycle",
    action="cluster:admin/ilm/delete",
)
def delete_lifecycle(cluster: Cluster, request: Request) -> Response:
    """Remove a policy that no index uses."""
    lifecycles(cluster).delete(request.part("policy"))
    return acknowledged()


def _indices(cluster: Cluster, request: Request) -> list[Index]:
    found = resolve(cluster, request.part_list("index"), _OPEN_HIDDEN)
    return by_name(found)


@endpoint(
    "ilm.explain_lifecycle",
    "GET /{index}/_ilm/explain",
    params={"only_errors": boolean(False), "only_managed": boolean(False), "master_timeout": MASTER_TIMEOUT},
    docs="ilm-explain-lifecycle",
    action="indices:admin/ilm/explain",
)
def explain_lifecycle(cluster: Cluster, request: Request) -> Response:
    """Where indices stand in their lifecycle."""
    out = {}
    for index in _indices(cluster, request):
        if (request.param("only_managed") or request.param("only_errors")) and POLICY not in index.settings:
            continue
        entry = explain(cluster, index, human=request.human)
        if request.param("only_errors") and entry.get("step") != ERROR and "step_info" not in entry:
            continue
        out[index.name] = entry
    return Response(200, {"indices": out})


declare(
    endpoint,
    "ilm",
    lifecycles,
    docs="ilm",
    status_docs="ilm-get-status",
    status_action="cluster:admin/ilm/operation_mode/get",
    action="cluster:admin/ilm/{what}",
)


@endpoint(
    "ilm.remove_policy", "POST /{index}/_ilm/remove", docs="ilm-remove-policy", action="indices:admin/ilm/remove_policy"
)
def remove_policy(cluster: Cluster, request: Request) -> Response:
    """Take indices out of the hands of their policies."""
    for index in _indices(cluster, request):
        lifecycles(cluster).remove(index)
    return Response(200, {"has_failures": False, "failed_indexes": []})


@endpoint("ilm.retry", "POST /{index}/_ilm/retry", docs="ilm-retry-policy", action="indices:admin/ilm/retry")
def retry(cluster: Cluster, request: Request) -> Response:
    """Try again where a step has failed."""
    for index in _indices(cluster, request):
        if POLICY not in index.settings:
            raise IllegalArgument(
                f"cannot retry an action for an index [{index.name}] that has not encountered an error when running a "
                "Lifecycle Policy"
            )
        lifecycles(cluster).retry(index)
    return acknowledged()


def _move_parser(*, whole: bool) -> Parser:
    """``whole``: the target names its action and step too (before 7.14)."""
    names = ("phase", "action", "name")
    current = Parser("step_key", *(string(name, required=True) for name in names), build=lambda given: StepKey(**given))
    target = Parser(
        "step_specification",
        *(string(name, required=whole or name == "phase", argument=True) for name in names),
        build=lambda given: StepKey(**given),
    )
    return Parser(
        "move_to_step_request", object_("current_step", current, required=True), object_("next_step", target, required=True)
    )


_MOVE, _MOVE_WHOLE = _move_parser(whole=False), _move_parser(whole=True)


def _move_body(request: Request) -> dict[str, StepKey]:
    parser = _MOVE if request.behaviour.has((7, 14)) else _MOVE_WHOLE
    found: dict[str, StepKey] = parser.parse(request.required_json(), Reading(request.behaviour, request.warn))
    return found


@endpoint(
    "ilm.move_to_step",
    "POST /_ilm/move/{index}",
    docs="ilm-move-to-step",
    body=_move_body,
    action="cluster:admin/ilm/_move/post",
)
def move_to_step(cluster: Cluster, request: Request) -> Response:
    """Set an index on another step of its policy."""
    index = cluster.indices.get(request.part("index"))
    if index is None:
        raise IllegalArgument(f"index [{request.part('index')}] does not exist")
    lifecycles(cluster).move(index, request.parsed["current_step"], request.parsed["next_step"])
    return acknowledged()


_TO_TIERS = Parser("index_template", string("legacy_template_to_delete"), string("node_attribute"))


@endpoint(
    "ilm.migrate_to_data_tiers",
    "POST /_ilm/migrate_to_data_tiers",
    params={"dry_run": boolean(False), "master_timeout": MASTER_TIMEOUT},
    docs="ilm-migrate-to-data-tiers",
    body=lambda request: _TO_TIERS.parse(request.json(), Reading(request.behaviour, request.warn)) if request.content else {},
    action="cluster:admin/migrate_to_data_tiers",
    since=(7, 14),
)
def migrate_to_data_tiers(cluster: Cluster, request: Request) -> Response:
    """Tiers in place of a node attribute."""
    from esmock.features.lifecycle.data_tiers import migrate

    dry_run = request.param("dry_run")
    attribute = request.parsed.get("node_attribute") or "data"
    done = migrate(cluster, attribute, request.parsed.get("legacy_template_to_delete"), dry_run=dry_run)
    return Response(200, done.to_json(dry_run=dry_run))
