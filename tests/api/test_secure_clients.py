"""The official client against a server with security and TLS on: good credentials and certificates, and wrong ones."""

from __future__ import annotations

import http.client
import ssl

import elasticsearch
import pytest

from esmock.server import Server

pytest.importorskip("trustme")


@pytest.fixture
def client(esmock_secure, tmp_path):
    """``client(basic_auth=...)``, which trusts the server's authority unless told otherwise."""
    made = []
    ca = tmp_path / "ca.crt"
    ca.write_bytes(esmock_secure.tls.ca)

    def make(**options):
        if not {"ca_certs", "ssl_assert_fingerprint"} & set(options):
            options["ca_certs"] = str(ca)
        made.append(elasticsearch.Elasticsearch(esmock_secure.url, max_retries=0, **options))
        return made[-1]

    yield make
    for one in made:
        one.close()


def test_a_fixture_is_ready_to_use(es_secure_client):
    assert es_secure_client.security.authenticate()["username"] == "elastic"


def test_basic(client):
    assert client(basic_auth=("elastic", "changeme")).security.authenticate()["username"] == "elastic"


def test_an_api_key(client):
    made = client(basic_auth=("elastic", "changeme")).security.create_api_key(name="k")
    who = client(api_key=made["encoded"]).security.authenticate()
    assert who["api_key"] == {"id": made["id"], "name": "k"}


def test_a_bearer_token(client):
    made = client(basic_auth=("elastic", "changeme")).security.get_token(grant_type="client_credentials")
    assert client(bearer_auth=made["access_token"]).security.authenticate()["authentication_type"] == "token"


def test_the_fingerprint_of_the_authority(client, esmock_secure):
    trusting = client(ssl_assert_fingerprint=esmock_secure.tls.fingerprint, basic_auth=("elastic", "changeme"))
    assert trusting.security.authenticate()["username"] == "elastic"


@pytest.mark.parametrize(
    "credentials",
    [{}, {"basic_auth": ("elastic", "wrong")}, {"api_key": "YWJjOmRlZg=="}, {"bearer_auth": "nonsense"}],
    ids=["none", "basic", "key", "token"],
)
def test_wrong_credentials_are_an_authentication_exception(client, credentials):
    with pytest.raises(elasticsearch.AuthenticationException) as raised:
        client(**credentials).info()
    assert raised.value.status_code == 401


def test_a_missing_right_is_an_authorization_exception(client):
    root = client(basic_auth=("elastic", "changeme"))
    root.security.put_role(name="nothing", cluster=[])
    root.security.put_user(username="bob", password="secret1", roles=["nothing"])
    with pytest.raises(elasticsearch.AuthorizationException) as raised:
        client(basic_auth=("bob", "secret1")).indices.create(index="a")
    assert raised.value.status_code == 403


def test_another_authority_is_a_tls_error(client, tmp_path):
    from esmock.http.tls import Tls

    other = tmp_path / "other.crt"
    other.write_bytes(Tls.make().ca)
    with pytest.raises(elasticsearch.SSLError):
        client(ca_certs=str(other), basic_auth=("elastic", "changeme")).info()


def test_another_fingerprint_is_a_tls_error(client):
    with pytest.raises(elasticsearch.SSLError):
        client(ssl_assert_fingerprint="ab" * 32, basic_auth=("elastic", "changeme")).info()


VERSIONS = ("7.10.2", "7.17.29", "8.19.21", "9.5.3")


@pytest.mark.parametrize("version", VERSIONS)
def test_plain_http_on_a_tls_port_is_hung_up_on(version):
    with Server(version=version, tls="auto", security=True) as server:
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
        connection.request("GET", "/")
        with pytest.raises((http.client.RemoteDisconnected, ConnectionResetError)):
            connection.getresponse()


@pytest.mark.parametrize("version", VERSIONS)
def test_tls_on_a_plain_port_is_no_handshake(version):
    with Server(version=version) as server:
        connection = http.client.HTTPSConnection("127.0.0.1", server.port, timeout=10, context=ssl.create_default_context())
        with pytest.raises((ssl.SSLError, ConnectionResetError)):
            connection.request("GET", "/")


def test_certificates_from_files(tmp_path):
    import trustme

    authority = trustme.CA()
    one = authority.issue_cert("localhost")
    certificate, key, ca = tmp_path / "c.pem", tmp_path / "k.pem", tmp_path / "ca.pem"
    one.cert_chain_pems[0].write_to_path(certificate)
    one.private_key_pem.write_to_path(key)
    authority.cert_pem.write_to_path(ca)
    with Server(tls=f"{certificate},{key}") as server:
        client = elasticsearch.Elasticsearch(f"https://localhost:{server.port}", ca_certs=str(ca))
        assert client.info()["version"]["number"] == server.settings.version
        client.close()


def test_bad_certificates_are_told_in_one_line(tmp_path):
    from esmock.http.tls import TlsError

    with pytest.raises(TlsError, match=r"cannot use the certificate nowhere\.pem with the key k\.pem"):
        Server(tls="nowhere.pem,k.pem")
    with pytest.raises(TlsError, match="neither auto nor CERT,KEY"):
        Server(tls="yes")


@pytest.fixture
def mutual(tmp_path):
    """A server that lets clients in by certificates of its own authority, and what tells the official client about it."""
    with Server(tls="auto", client_ca="auto", security=True) as server:
        ca = tmp_path / "ca.crt"
        ca.write_bytes(server.tls.ca)
        made = []

        def make(name=None, **options):
            if name is not None:
                both = tmp_path / f"{name}.pem"
                both.write_bytes(server.tls.client_certificate(name))
                options |= {"client_cert": str(both), "client_key": str(both)}
            made.append(elasticsearch.Elasticsearch(server.url, ca_certs=str(ca), max_retries=0, **options))
            return made[-1]

        make("root", basic_auth=("elastic", "changeme")).security.put_role_mapping(
            name="anns", enabled=True, roles=["viewer"], rules={"all": [{"field": {"username": "an*"}}, {"field": {"realm.name": "pki1"}}]}
        )
        yield make
        for one in made:
            one.close()


def test_a_client_certificate_is_a_user(mutual):
    who = mutual("ann").security.authenticate()
    assert (who["username"], who["roles"], who["authentication_type"]) == ("ann", ["viewer"], "realm")
    assert who["authentication_realm"] == {"name": "pki1", "type": "pki"}
    assert who["metadata"]["pki_dn"].startswith("CN=ann, ")
    with pytest.raises(elasticsearch.AuthorizationException):
        mutual("bob").indices.create(index="a")
    assert mutual("ann", basic_auth=("elastic", "changeme")).security.authenticate()["username"] == "elastic"


def test_no_certificate_is_no_user(mutual):
    with pytest.raises(elasticsearch.AuthenticationException):
        mutual().info()


def test_a_certificate_of_another_authority_is_a_tls_error(mutual, tmp_path):
    from esmock.http.tls import Tls

    other = tmp_path / "other.pem"
    other.write_bytes(Tls.make().client_certificate("ann"))
    with pytest.raises((elasticsearch.SSLError, elasticsearch.ConnectionError)):
        mutual(client_cert=str(other), client_key=str(other)).info()


def test_a_web_token_of_the_given_key_is_a_user():
    jwt = pytest.importorskip("jwt")
    realm = {"issuer": "https://issuer.example", "audiences": ["es"], "key": "k" * 32, "client_secret": "shared"}
    now = 1_700_000_000
    claims = {"iss": realm["issuer"], "aud": "es", "sub": "ann", "groups": ["ops"], "iat": now, "exp": now + 600}
    with Server(security=True, jwt=realm, frozen_at_ms=now * 1000) as server:
        root = elasticsearch.Elasticsearch(server.url, basic_auth=("elastic", "changeme"), max_retries=0)
        root.security.put_role_mapping(name="ops", enabled=True, roles=["superuser"], rules={"field": {"groups": "ops"}})

        def who(changes=(), key=realm["key"], client="SharedSecret shared"):
            token = jwt.encode({**claims, **dict(changes)}, key, algorithm="HS256")
            headers = {"authorization": f"Bearer {token}", **({"es-client-authentication": client} if client else {})}
            return root.options(headers=headers, basic_auth=None).security.authenticate()

        found = who()
        assert (found["username"], found["roles"], found["authentication_realm"]["type"]) == ("ann", ["superuser"], "jwt")
        for wrong in ({"key": "x" * 32}, {"changes": {"aud": "other"}}, {"changes": {"exp": now - 600}}, {"client": None}):
            with pytest.raises(elasticsearch.AuthenticationException):
                who(**wrong)
        root.close()


@pytest.fixture
def delegating(tmp_path):
    """A server that trusts its own authority's certificates, clients of it, and what the chain of a certificate is in a body."""
    with Server(tls="auto", client_ca="auto", security=True) as server:
        ca = tmp_path / "ca.crt"
        ca.write_bytes(server.tls.ca)

        def connect(**options):
            return elasticsearch.Elasticsearch(server.url, ca_certs=str(ca), max_retries=0, **options)

        root = connect(basic_auth=("elastic", "changeme"))
        by_elastic = {"field": {"metadata.pki_delegated_by_user": "elastic"}}
        root.security.put_role_mapping(name="anns", enabled=True, roles=["viewer"], rules=by_elastic)
        yield server, root, connect
        root.close()


def chain(tls, name):
    parts = tls.client_certificate(name).decode().split("-----BEGIN CERTIFICATE-----")[1:]
    return ["".join(one.partition("-----END")[0].split()) for one in parts]


def test_a_certificate_shown_to_another_gives_a_token(delegating):
    server, root, connect = delegating
    given = root.security.delegate_pki(x509_certificate_chain=chain(server.tls, "ann"))
    assert list(given) == ["access_token", "type", "expires_in", "authentication"]
    assert (given["type"], given["expires_in"]) == ("Bearer", 1200)
    with connect(bearer_auth=given["access_token"]) as ann:
        who = ann.security.authenticate()
    assert (who["username"], who["roles"], who["authentication_type"]) == ("ann", ["viewer"], "token")
    assert who["authentication_realm"] == {"name": "pki1", "type": "pki"}
    told = {key: who["metadata"][key] for key in ("pki_delegated_by_user", "pki_delegated_by_realm")}
    assert told == {"pki_delegated_by_user": "elastic", "pki_delegated_by_realm": "reserved"}
    assert given["authentication"]["metadata"] == who["metadata"]


def test_a_certificate_that_nobody_vouches_for_gives_none(delegating):
    from esmock.http.tls import Tls

    _server, root, _connect = delegating
    with pytest.raises(elasticsearch.AuthenticationException, match=r"unable to authenticate user \[CN=ann, "):
        root.security.delegate_pki(x509_certificate_chain=chain(Tls.make(), "ann"))


def test_a_chain_has_an_order(delegating):
    server, root, _connect = delegating
    with pytest.raises(elasticsearch.BadRequestError, match="certificates chain must be an ordered chain"):
        root.security.delegate_pki(x509_certificate_chain=[*chain(server.tls, "ann"), *chain(server.tls, "bob")])


def test_a_certificate_is_for_a_time(delegating):
    server, root, _connect = delegating
    ann = chain(server.tls, "ann")
    server.clock.freeze(33 * 10**12)
    with pytest.raises(elasticsearch.AuthenticationException):
        root.security.delegate_pki(x509_certificate_chain=ann)
