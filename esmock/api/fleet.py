"""What Fleet Server asks for: how far the shards of an index are, and its secrets. Docs: fleet-apis.

Source: the module fleet of 8.x and 9.x; no engine that could be asked has it.
Differs: waiting takes no time: where nothing is written meanwhile, the answer of a wait that timed out comes at once.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from esmock.api.declare import Endpoints
from esmock.api.multi_search import MSEARCH_PARAMS, answered, call_of, stream_lines, together
from esmock.api.params import Param, boolean, time
from esmock.api.request import Request, Response
from esmock.api.search import answer, run_call
from esmock.api.search_body import SearchCall, parse_search
from esmock.api.search_params import SEARCH_PARAMS
from esmock.api.search_validation import check_parsed
from esmock.errors import (
    ActionRequestValidation,
    ApiError,
    IllegalArgument,
    ResourceNotFound,
    SearchPhaseExecution,
    Status,
    Unsupported,
)
from esmock.features.connector.store import Documents
from esmock.state.resolve import single
from esmock.xcontent import json_reader, json_writer
from esmock.xcontent.object_parser import Parser
from esmock.xcontent.object_parser import string as text
from esmock.xcontent.value_reader import Reading

if TYPE_CHECKING:
    from esmock.state.cluster import Cluster
    from esmock.state.index import Index
    from esmock.state.shard import Shard

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


def _search_body(request: Request) -> SearchCall:
    """Raises IllegalArgument for several indices."""
    names = request.part_list("index")
    if len(names) > 1:
        raise IllegalArgument(f"Fleet search API only supports searching a single index. Found: [[{', '.join(names)}]].")
    return parse_search(request)


def _awaited(cluster: Cluster, name: str, known: tuple[int, ...]) -> None:
    """Make searchable what is waited for. Raises IllegalArgument; SearchPhaseExecution where that was never written."""
    try:
        index = single(cluster, name)
    except ApiError as error:
        told = f"Failed to resolve wait_for_checkpoints target [{name}]. Configured target must resolve to a single open index."
        raise IllegalArgument(told, cause=error) from None
    if len(known) != index.n_shards:
        raise IllegalArgument(
            "Target configured with wait_for_checkpoints must search the same number of shards as checkpoints provided. "
            f"[{len(known)}] checkpoints provided. Target [{name}] which resolved to index [{index.name}] has [{index.n_shards}] shards."
        )
    wrong = [_why_not(index, shard, wanted) for shard, wanted in zip(index.shards, known, strict=True)]
    if None not in wrong:
        each = zip(index.shards, wrong, strict=True)
        failed = [(shard.number, index.name, cluster.node_id, IllegalArgument(str(why))) for shard, why in each]
        raise SearchPhaseExecution("query", "all shards failed", failed)
    if any(wrong):
        raise Unsupported("[wait_for_checkpoints] that only some of the shards reach")
    index.refresh()


def _why_not(index: Index, shard: Shard, wanted: int) -> str | None:
    if wanted < _NOTHING_DONE:
        return None
    if index.refresh_interval_ms <= 0:
        return "Cannot use wait_for_checkpoints with [index.refresh_interval=-1]"
    if wanted > shard.seq_no:
        return f"Cannot wait for unissued seqNo checkpoint [wait_for_checkpoint={wanted}, max_issued_seqNo={shard.seq_no}]"
    return None


@endpoint(
    "fleet.search",
    "GET,POST /{index}/_fleet/_fleet_search",
    params={**SEARCH_PARAMS, "wait_for_checkpoints": Param(_numbers, ()), "wait_for_checkpoints_timeout": time("30s")},
    docs="fleet-search",
    body=_search_body,
    check=check_parsed,
    action="indices:data/read/search",
    since=(7, 16),
)
def fleet_search(cluster: Cluster, request: Request) -> Response:
    """Search what was written up to a checkpoint: a refresh that it would wait for comes at once."""
    known = request.param("wait_for_checkpoints")
    if known:
        _awaited(cluster, request.part_list("index")[0], known)
    call: SearchCall = request.parsed
    return Response(200, answer(cluster, request, call, run_call(cluster, request, call)))


def _msearch_body(request: Request) -> list[tuple[SearchCall, tuple[int, ...]]]:
    """The searches, each with the checkpoints that its header waits for."""
    found = []
    for header, line in stream_lines(request):
        given = json_reader.parse_stored(header) if header.strip() else {}
        known = tuple(given.pop("wait_for_checkpoints", None) or ()) if isinstance(given, dict) else ()
        if isinstance(given, dict):
            given.pop("wait_for_checkpoints_timeout", None)
            header = json_writer.dumps(given)
        found.append((call_of(request, header, line), known))
    if not found:
        raise ActionRequestValidation("no requests added")
    if any(len(call.names) > 1 for call, _ in found):
        raise IllegalArgument("Fleet search API only supports searching a single index.")
    return found


@endpoint(
    "fleet.msearch",
    "GET,POST /_fleet/_fleet_msearch",
    "GET,POST /{index}/_fleet/_fleet_msearch",
    params={**MSEARCH_PARAMS, "wait_for_checkpoints": Param(_numbers, ()), "allow_partial_search_results": boolean(None)},
    docs="fleet-multi-search",
    body=_msearch_body,
    action="indices:data/read/msearch",
    streams=True,
    since=(7, 16),
)
def fleet_msearch(cluster: Cluster, request: Request) -> Response:
    """Several searches, each of what was written up to a checkpoint."""

    def one(call: SearchCall, known: tuple[int, ...]) -> dict[str, Json]:
        if known or request.param("wait_for_checkpoints"):
            _awaited(cluster, call.names[0] if call.names else "", known or request.param("wait_for_checkpoints"))
        return answered(cluster, request, call)

    return together(cluster, [partial(one, call, known) for call, known in request.parsed])
