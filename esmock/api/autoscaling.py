"""Autoscaling policies: kept and handed out. Docs: autoscaling-apis.

Source: the classes of the module autoscaling of 7.11 to 9.x; no engine that could be asked has it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from esmock.api.declare import Endpoints
from esmock.api.indices import acknowledged
from esmock.api.params import MASTER_TIMEOUT, TIMEOUT, Param
from esmock.api.request import Request, Response
from esmock.errors import IllegalArgument, ResourceNotFound, Unsupported
from esmock.state.resolve import glob
from esmock.xcontent.object_parser import Parser, mapping, strings
from esmock.xcontent.value_reader import Reading

if TYPE_CHECKING:
    from esmock.state.cluster import Cluster

endpoint = Endpoints()
Json = Any
_SINCE = (7, 11)
_ACTION = "cluster:admin/autoscaling/"
_MASTER: dict[str, Param] = {"master_timeout": MASTER_TIMEOUT}
_TIMES: dict[str, Param] = {**_MASTER, "timeout": TIMEOUT}
_ROLES = (
    "data", "data_cold", "data_content", "data_frozen", "data_hot", "data_warm", "index", "ingest", "master", "ml",
    "remote_cluster_client", "search", "transform", "voting_only",
)  # fmt: skip
_DECIDERS = ("fixed", "frozen_existence", "frozen_shards", "frozen_storage", "ml", "proactive_storage", "reactive_storage")
_PARSER = Parser("autoscaling_policy", strings("roles", argument=True), mapping("deciders", argument=True))


class Policies:
    """The slot ``autoscaling`` of a cluster: policy to roles and deciders."""

    def __init__(self, policies: Mapping[str, Json] | None = None) -> None:
        self.policies = dict(policies or {})

    def clone(self, cluster: Cluster) -> Policies:
        return Policies(self.policies)

    def one(self, name: str) -> Json:
        """Raises ResourceNotFound."""
        if name not in self.policies:
            raise ResourceNotFound(f"autoscaling policy with name [{name}] does not exist")
        return self.policies[name]


def _policies(cluster: Cluster) -> Policies:
    found: Policies = cluster.slot("autoscaling", Policies)
    return found


def _body(request: Request) -> dict[str, Json]:
    given: dict[str, Json] = _PARSER.parse(request.required_json(), Reading(request.behaviour, request.warn))
    for role in given.get("roles") or ():
        if role not in _ROLES:
            raise IllegalArgument(f"unknown node role [{role}]")
    for name in given.get("deciders") or ():
        if name not in _DECIDERS:
            raise IllegalArgument(f"unknown decider [{name}]")
    return given


@endpoint(
    "autoscaling.put_autoscaling_policy",
    "PUT /_autoscaling/policy/{name}",
    params=_TIMES,
    docs="autoscaling-put-autoscaling-policy",
    body=_body,
    action=f"{_ACTION}put_autoscaling_policy",
    since=_SINCE,
)
def put_autoscaling_policy(cluster: Cluster, request: Request) -> Response:
    """Store a policy, or change the parts that are given."""
    known, name = _policies(cluster).policies, request.part("name")
    older = known.get(name)
    if older is None and request.parsed.get("roles") is None:
        raise IllegalArgument(f"new policy [{name}] with no roles defined")
    merged = {**(older or {"deciders": {}}), **{key: value for key, value in request.parsed.items() if value is not None}}
    known[name] = {"roles": sorted(merged["roles"]), "deciders": merged["deciders"]}
    return acknowledged()


@endpoint(
    "autoscaling.get_autoscaling_policy",
    "GET /_autoscaling/policy/{name}",
    params=_MASTER,
    docs="autoscaling-get-autoscaling-policy",
    action=f"{_ACTION}get_autoscaling_policy",
    since=_SINCE,
)
def get_autoscaling_policy(cluster: Cluster, request: Request) -> Response:
    """A policy."""
    return Response(200, _policies(cluster).one(request.part("name")))


@endpoint(
    "autoscaling.delete_autoscaling_policy",
    "DELETE /_autoscaling/policy/{name}",
    params=_TIMES,
    docs="autoscaling-delete-autoscaling-policy",
    action=f"{_ACTION}delete_autoscaling_policy",
    since=_SINCE,
)
def delete_autoscaling_policy(cluster: Cluster, request: Request) -> Response:
    """Forget a policy, or all that match a pattern."""
    known, name = _policies(cluster), request.part("name")
    if "*" in name:
        regex = glob(name)
        known.policies = {one: body for one, body in known.policies.items() if not regex.match(one)}
    else:
        known.one(name)
        del known.policies[name]
    return acknowledged()


@endpoint(
    "autoscaling.get_autoscaling_capacity",
    "GET /_autoscaling/capacity",
    params=_MASTER,
    docs="autoscaling-get-autoscaling-capacity",
    action=f"{_ACTION}get_autoscaling_capacity",
    since=_SINCE,
)
def get_autoscaling_capacity(cluster: Cluster, request: Request) -> Response:
    """What policies would have the cluster be: nothing without one."""
    if _policies(cluster).policies:
        raise Unsupported("the capacity that autoscaling policies ask for")
    return Response(200, {"policies": {}})
