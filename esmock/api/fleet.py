"""What Fleet Server asks for: how far the shards of an index are, and its secrets. Docs: fleet-apis.

Source: the module fleet of 8.x and 9.x; no engine that could be asked has it.
Differs: waiting takes no time: where nothing is written meanwhile, the answer of a wait that timed out comes at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from esmock.api.declare import Endpoints
from esmock.api.params import Param, boolean, time
from esmock.api.request import Request, Response
from esmock.errors import ActionRequestValidation, IllegalArgument, ResourceNotFound, Status
from esmock.features.connector.store import Documents
from esmock.state.resolve import single
from esmock.xcontent.object_parser import Parser
from esmock.xcontent.object_parser import string as text
from esmock.xcontent.value_reader import Reading

if TYPE_CHECKING:
    from esmock.state.cluster import Cluster

endpoint = Endpoints()
Json = Any
_ACTION = "cluster:admin/fleet/secrets/"
_SECRET = Parser("post_secret_request", text("value", argument=True))
_NOTHING_DONE = -1


class FleetSecrets:
    """The slot ``fleet_secrets`` of a cluster."""

    def __init__(self, secrets: Documents | None = None) -> None:
        self.secrets = secrets or Documents("No secret with id [{}]")

    def clone(self, cluster: Cluster) -> FleetSecrets:
        return FleetSecrets(self.secrets.copy())


def _secrets(cluster: Cluster) -> Documents:
    found: FleetSecrets = cluster.slot("fleet_secrets", FleetSecrets)
    return found.secrets


def _value(request: Request) -> dict[str, Json]:
    given: dict[str, Json] = _SECRET.parse(request.required_json(), Reading(request.behaviour, request.warn))
    if given.get("value") is None:
        raise ActionRequestValidation("value is missing")
    return given


@endpoint("fleet.post_secret", "POST /_fleet/secret", docs="fleet-secrets", body=_value, action=f"{_ACTION}post", since=(8, 10))
def post_secret(cluster: Cluster, request: Request) -> Response:
    """Keep a secret under an id of the server's."""
    id_ = cluster.new_doc_id()
    _secrets(cluster).by_id[id_] = request.parsed
    return Response(200, {"id": id_})


@endpoint("fleet.get_secret", "GET /_fleet/secret/{id}", docs="fleet-secrets", action=f"{_ACTION}get", since=(8, 10))
def get_secret(cluster: Cluster, request: Request) -> Response:
    """A secret."""
    id_ = request.part("id")
    return Response(200, {"id": id_, "value": _secrets(cluster).one(id_)["value"]})


@endpoint("fleet.delete_secret", "DELETE /_fleet/secret/{id}", docs="fleet-secrets", action=f"{_ACTION}delete", since=(8, 10))
def delete_secret(cluster: Cluster, request: Request) -> Response:
    """Forget a secret."""
    if _secrets(cluster).by_id.pop(request.part("id"), None) is None:
        raise ResourceNotFound(f"No secret with id [{request.part('id')}]")
    return Response(200, {"deleted": True})


def _numbers(name: str, value: str) -> tuple[int, ...]:
    """Raises IllegalArgument."""
    try:
        return tuple(int(one) for one in value.split(",") if one)
    except ValueError:
        raise IllegalArgument(f'For input string: "{value}"') from None


def _check(request: Request) -> None:
    """Raises ActionRequestValidation."""
    problems, known = [], request.param("checkpoints")
    if request.param("wait_for_index") and not request.param("wait_for_advance"):
        problems.append("If wait_for_index is set to true, wait_for_advance must also be set to true.")
    if any(one < _NOTHING_DONE for one in known):
        problems.append(f"All checkpoints must be >= -1. Found: {list(known)}")
    if problems:
        raise ActionRequestValidation(*problems)


@endpoint(
    "fleet.global_checkpoints",
    "GET /{index}/_fleet/global_checkpoints",
    params={
        "wait_for_advance": boolean(False),
        "wait_for_index": boolean(False),
        "checkpoints": Param(_numbers, ()),
        "timeout": time("30s"),
    },
    docs="get-global-checkpoints",
    body=lambda request: request.json() if request.content else None,
    check=_check,
    action="indices:monitor/fleet/global_checkpoints",
    since=(7, 13),
)
def global_checkpoints(cluster: Cluster, request: Request) -> Response:
    """The last sequence number of each shard; when it is past those known, if so wanted."""
    index = single(cluster, request.part("index"))
    waits, known = request.param("wait_for_advance"), request.param("checkpoints")
    if waits and index.n_shards != 1:
        raise Status(f"wait_for_advance only supports indices with one shard. [shard count: {index.n_shards}]", status=400)
    if known and len(known) != index.n_shards:
        counts = f"[shard count: {index.n_shards}, checkpoint count: {len(known)}]"
        raise Status(f"number of checkpoints must equal number of shards. {counts}", status=400)
    reached = [shard.seq_no for shard in index.shards]
    is_late = waits and reached[0] <= (known[0] if known else _NOTHING_DONE)
    return Response(200, {"timed_out": is_late, "global_checkpoints": reached})
