"""The official clients of 7.x and 8.x and that of OpenSearch against a server with security and TLS on: credentials and certificates,
good ones and wrong ones, and the exception classes of each. Source: the clients' own exception classes."""

from __future__ import annotations

import base64
import importlib

import pytest

from esmock.server import Server

pytest.importorskip("trustme")
CLIENTS = [
    ("elasticsearch8", "Elasticsearch", "8.19.21"),
    ("elasticsearch7", "Elasticsearch", "7.17.29"),
    ("opensearchpy", "OpenSearch", "7.10.2"),
]
pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    # what the client of 7.x says where it may not ask for the product
    pytest.mark.filterwarnings("ignore:The client is unable to verify"),
]
GOOD = ("elastic", "changeme")


@pytest.fixture(scope="module", params=CLIENTS, ids=lambda one: one[0])
def mutual(request, tmp_path_factory):
    """A server, the library of a client, and what makes one that trusts the server's authority unless told otherwise."""
    name, kind, version = request.param
    library = pytest.importorskip(name)
    made, folder = [], tmp_path_factory.mktemp(name)
    with Server(version=version, security=True, tls="auto", client_ca="auto") as server:
        (folder / "ca.crt").write_bytes(server.tls.ca)

        def connect(basic=None, header=None, certificate=None, **options):
            options.setdefault("ca_certs", str(folder / "ca.crt"))
            if basic is not None:
                options["basic_auth" if name == "elasticsearch8" else "http_auth"] = basic
            if header is not None:
                options["headers"] = {"authorization": header}
            if certificate is not None:
                (folder / "client.pem").write_bytes(certificate)
                options["client_cert"] = options["client_key"] = str(folder / "client.pem")
            made.append(getattr(library, kind)(server.url, max_retries=0, **options))
            return made[-1]

        yield server, importlib.import_module(f"{name}.exceptions"), connect
        for one in made:
            one.close()


def _ask(client, path, method="GET", body=None):
    """An answer's body, whatever the client calls the endpoint."""
    headers = {"accept": "application/json", "content-type": "application/json"}
    if hasattr(client, "perform_request"):
        return client.perform_request(method, path, headers=headers, body=body).body
    return client.transport.perform_request(method, path, headers=headers, body=body)


def test_basic(mutual):
    _, _, connect = mutual
    assert _ask(connect(GOOD), "/_security/_authenticate")["username"] == "elastic"


def test_an_api_key_and_a_token(mutual):
    _, _, connect = mutual
    root = connect(GOOD)
    key = _ask(root, "/_security/api_key", "PUT", {"name": "k"})
    encoded = base64.b64encode(f"{key['id']}:{key['api_key']}".encode()).decode()
    assert _ask(connect(header=f"ApiKey {encoded}"), "/_security/_authenticate")["username"] == "elastic"
    token = _ask(root, "/_security/oauth2/token", "POST", {"grant_type": "client_credentials"})["access_token"]
    assert _ask(connect(header=f"Bearer {token}"), "/_security/_authenticate")["username"] == "elastic"


@pytest.mark.parametrize(
    "wrong",
    [{}, {"basic": ("elastic", "wrong")}, {"header": "ApiKey YWJjOmRlZg=="}, {"header": "Bearer nonsense"}],
    ids=["none", "basic", "key", "token"],
)
def test_wrong_credentials_are_an_authentication_exception(mutual, wrong):
    _, exceptions, connect = mutual
    with pytest.raises(exceptions.AuthenticationException) as raised:
        connect(**wrong).indices.create(index="a")
    assert raised.value.status_code == 401


def test_a_missing_right_is_an_authorization_exception(mutual):
    _, exceptions, connect = mutual
    root = connect(GOOD)
    _ask(root, "/_security/role/nothing", "PUT", {"cluster": []})
    _ask(root, "/_security/user/bob", "PUT", {"password": "secret1", "roles": ["nothing"]})
    with pytest.raises(exceptions.AuthorizationException) as raised:
        connect(("bob", "secret1")).indices.create(index="a")
    assert raised.value.status_code == 403


def test_a_client_certificate_is_a_user(mutual):
    server, exceptions, connect = mutual
    rules = {"all": [{"field": {"username": "an*"}}, {"field": {"realm.name": "pki1"}}]}
    _ask(connect(GOOD), "/_security/role_mapping/anns", "PUT", {"enabled": True, "roles": ["superuser"], "rules": rules})
    who = _ask(connect(certificate=server.tls.client_certificate("ann")), "/_security/_authenticate")
    assert (who["username"], who["roles"]) == ("ann", ["superuser"])
    with pytest.raises(exceptions.AuthorizationException):
        connect(certificate=server.tls.client_certificate("bob")).indices.create(index="a")


def test_another_authority_is_a_tls_error(mutual, tmp_path):
    from esmock.http.tls import Tls

    _, exceptions, connect = mutual
    other = tmp_path / "other.crt"
    other.write_bytes(Tls.make().ca)
    with pytest.raises(exceptions.SSLError):
        connect(GOOD, ca_certs=str(other)).indices.create(index="a")


def test_another_fingerprint_is_a_tls_error(mutual):
    _, exceptions, connect = mutual
    with pytest.raises(exceptions.ConnectionError):
        connect(GOOD, ssl_assert_fingerprint="ab" * 32).indices.create(index="a")
