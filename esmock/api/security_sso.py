"""Sign-on by others and enrollment, as on a cluster on which they are not set up, and certificates.

Docs: security-api-saml-prepare-authentication, security-api-oidc-prepare-authentication and their kin, security-api-ssl.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from esmock.api.declare import Endpoints, Route, since
from esmock.api.request import Request, Response
from esmock.api.security import both, checked_by, state_of
from esmock.xcontent.value_reader import Reading

if TYPE_CHECKING:
    from esmock.state.cluster import Cluster

endpoint = Endpoints()
Json = Any
_ACTION = "cluster:admin/xpack/security/"


def _declare(name: str, way: str, routes: list[Route], docs: str) -> None:
    """Declare a request of a way to sign on."""

    def read(request: Request) -> Json:
        from esmock.features.security.sso import WAYS

        return WAYS[way].parser.parse(request.required_json(), Reading(request.behaviour, request.warn))

    def check(request: Request) -> None:
        from esmock.features.security import sso

        sso.check(sso.WAYS[way], request.parsed)

    @endpoint(name, routes, docs=docs, body=read, check=check, action=_ACTION + way)
    def handler(cluster: Cluster, request: Request) -> Response:
        """Refused, since there is no realm for it."""
        from esmock.features.security import sso

        sso.refuse(sso.WAYS[way], state_of(cluster), request.parsed)


_declare("security.oidc_prepare_authentication", "oidc/prepare", both("POST /_security/oidc/prepare"), "security-api-oidc-prepare-authentication")
_declare("security.oidc_authenticate", "oidc/authenticate", both("POST /_security/oidc/authenticate"), "security-api-oidc-authenticate")
_declare("security.oidc_logout", "oidc/logout", both("POST /_security/oidc/logout"), "security-api-oidc-logout")
_declare("security.saml_prepare_authentication", "saml/prepare", both("POST /_security/saml/prepare"), "security-api-saml-prepare-authentication")
_declare("security.saml_authenticate", "saml/authenticate", both("POST /_security/saml/authenticate"), "security-api-saml-authenticate")
_declare("security.saml_logout", "saml/logout", both("POST /_security/saml/logout"), "security-api-saml-logout")
_declare("security.saml_invalidate", "saml/invalidate", both("POST /_security/saml/invalidate"), "security-api-saml-invalidate")
_declare(
    "security.saml_complete_logout",
    "saml/complete_logout",
    since((7, 14), "POST /_security/saml/complete_logout"),
    "security-api-saml-complete-logout",
)


@endpoint(
    "security.saml_service_provider_metadata",
    since((7, 11), "GET /_security/saml/metadata/{realm_name}"),
    docs="security-api-saml-sp-metadata",
    action="cluster:monitor/xpack/security/saml/metadata",
)
def saml_service_provider_metadata(cluster: Cluster, request: Request) -> Response:
    """Refused, since there is no such realm."""
    from esmock.features.security.sso import no_saml_metadata

    state_of(cluster)
    raise no_saml_metadata(request.part("realm_name"), cluster.behaviour)


def _chain(request: Request) -> Json:
    from esmock.features.security.pki import read_delegation

    return read_delegation(request.required_json(), Reading(request.behaviour, request.warn))


@endpoint(
    "security.delegate_pki",
    since((7, 4), "POST /_security/delegate_pki"),
    docs="security-api-delegate-pki-authentication",
    body=_chain,
    check=checked_by("pki", "check_chain"),
    action=_ACTION + "delegate_pki",
)
def delegate_pki(cluster: Cluster, request: Request) -> Response:
    """A token for who showed his certificate to who asks."""
    from esmock.features.security.pki import delegate

    return Response(200, delegate(state_of(cluster), request.authentication, request.parsed))


def _enroll(name: str, path: str) -> None:
    what = path.rpartition("/")[2]

    @endpoint(name, since((8, 0), f"GET {path}"), docs=f"security-api-{what}-enrollment")
    def handler(cluster: Cluster, request: Request) -> Response:
        """Refused, whoever asks: enrollment is not enabled."""
        from esmock.features.security.sso import no_enrollment

        state_of(cluster)
        raise no_enrollment()


_enroll("security.enroll_kibana", "/_security/enroll/kibana")
_enroll("security.enroll_node", "/_security/enroll/node")


@endpoint("ssl.certificates", "GET /_ssl/certificates", docs="security-api-ssl", action="cluster:monitor/xpack/ssl/certificates/get")
def certificates_in_use(cluster: Cluster, request: Request) -> Response:
    """The certificates of files that the node's settings name: none, since esmock makes its own."""
    return Response(200, [])
