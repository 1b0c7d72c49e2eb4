"""The licence: look at it, start a trial, go back to basic. Docs: licensing-apis.

Source: answers of 6.8.23, 7.17.29 and 8.19.21.
Differs: licences signed by their maker are not taken.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from esmock.api.declare import Endpoints
from esmock.api.indices import acknowledged
from esmock.api.params import MASTER_TIMEOUT, TIMEOUT, Param, boolean
from esmock.api.request import Request, Response
from esmock.errors import ElasticsearchParse, IllegalArgument, Unsupported
from esmock.shape.index import instant
from esmock.state.license import licensing

if TYPE_CHECKING:
    from esmock.state.cluster import Cluster

endpoint = Endpoints()
Json = Any
_KINDS = ("basic", "standard", "gold", "platinum", "enterprise", "trial")
_TIMES = {
    "master_timeout": Param(MASTER_TIMEOUT.parse, MASTER_TIMEOUT.default, since=(8, 0)),
    "timeout": Param(TIMEOUT.parse, TIMEOUT.default, since=(8, 0)),
}


def _shown(cluster: Cluster) -> dict[str, Json]:
    one = licensing(cluster).license
    out: dict[str, Json] = {
        "status": "active",
        "uid": one.uid,
        "type": one.kind,
        "issue_date": instant(one.issued_ms),
        "issue_date_in_millis": one.issued_ms,
    }
    if one.expires_ms is not None:
        out |= {"expiry_date": instant(one.expires_ms), "expiry_date_in_millis": one.expires_ms}
    out["max_nodes"] = 1000
    if cluster.behaviour.major >= 8:
        out["max_resource_units"] = None
    return out | {"issued_to": cluster.name, "issuer": "elasticsearch", "start_date_in_millis": -1}


@endpoint(
    "license.get",
    "GET /_license",
    params={"local": boolean(False), "accept_enterprise": boolean(None)},
    docs="get-license",
    action="cluster:monitor/xpack/license/get",
)
def get(cluster: Cluster, request: Request) -> Response:
    """The licence; indented unless that is declined."""
    body = {"license": _shown(cluster)}
    return Response(200, body, is_indented=not request.has_param("pretty"))


def _license_body(request: Request) -> Json:
    if not request.content:
        raise IllegalArgument("The license must be provided in the request body")
    body = request.read(request.content, request.content_format or "json")
    if not isinstance(body, dict) or not {"license", "licenses"} & set(body):
        raise ElasticsearchParse("failed to parse licenses expected field")
    return body


@endpoint(
    "license.post",
    "PUT,POST /_license",
    params={"acknowledge": boolean(False), **_TIMES},
    docs="update-license",
    body=_license_body,
    action="cluster:admin/xpack/license/put",
)
def post(cluster: Cluster, request: Request) -> Response:
    """A licence of its maker's: its signature cannot be looked at."""
    raise Unsupported("license.post: signed licences")


@endpoint(
    "license.delete", "DELETE /_license", params=_TIMES, docs="delete-license", action="cluster:admin/xpack/license/delete"
)
def delete(cluster: Cluster, request: Request) -> Response:
    """Go back to a basic licence."""
    state = licensing(cluster)
    if state.license.kind != "basic":
        state.start_basic(cluster)
    return acknowledged()


@endpoint(
    "license.get_trial_status",
    "GET /_license/trial_status",
    docs="get-trial-status",
    action="cluster:admin/xpack/license/trial_status",
)
def get_trial_status(cluster: Cluster, request: Request) -> Response:
    """Whether a trial can be started."""
    return Response(200, {"eligible_to_start_trial": not licensing(cluster).had_trial})


@endpoint(
    "license.get_basic_status",
    "GET /_license/basic_status",
    docs="get-basic-status",
    action="cluster:admin/xpack/license/basic_status",
)
def get_basic_status(cluster: Cluster, request: Request) -> Response:
    """Whether a basic licence can be started."""
    return Response(200, {"eligible_to_start_basic": licensing(cluster).license.kind != "basic"})


def _kind(name: str, text: str) -> str:
    if text not in _KINDS:
        raise IllegalArgument(
            f"unrecognised license type [ {text}], supported license types are [{','.join(_KINDS)}]"
        )
    return text


@endpoint(
    "license.post_start_trial",
    "POST /_license/start_trial",
    params={
        "type": Param(_kind, "trial"),
        "acknowledge": boolean(False),
        "master_timeout": _TIMES["master_timeout"],
    },
    docs="start-trial",
    action="cluster:admin/xpack/license/start_trial",
)
def post_start_trial(cluster: Cluster, request: Request) -> Response:
    """Start the trial."""
    state = licensing(cluster)
    if state.had_trial:
        return acknowledged(trial_was_started=False, error_message="Operation failed: Trial was already activated.")
    if not request.param("acknowledge"):
        raise Unsupported("license.post_start_trial without [acknowledge]")
    state.start_trial(cluster)
    return acknowledged(trial_was_started=True, type="trial")


@endpoint(
    "license.post_start_basic",
    "POST /_license/start_basic",
    params={"acknowledge": boolean(False), **_TIMES},
    docs="start-basic",
    action="cluster:admin/xpack/license/start_basic",
)
def post_start_basic(cluster: Cluster, request: Request) -> Response:
    """Go from a trial to a basic licence."""
    state = licensing(cluster)
    if state.license.kind == "basic":
        return acknowledged(basic_was_started=False, error_message="Operation failed: Current license is basic.")
    if not request.param("acknowledge"):
        raise Unsupported("license.post_start_basic without [acknowledge]")
    state.start_basic(cluster)
    return acknowledged(basic_was_started=True)
