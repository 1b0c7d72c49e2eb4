"""``esmock doctor``: why a client does not get through, step by step from the name to the answer."""

from __future__ import annotations

import argparse
import http.client
import json
import os
import socket
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

_TIMEOUT_S = 5.0
_CLIENTS = ("elasticsearch", "elasticsearch8", "elasticsearch7", "elastic-transport", "opensearch-py")


@dataclass(frozen=True, slots=True)
class Finding:
    """One step: fine, a doubt, or what is wrong; and what to do."""

    state: str
    what: str
    advice: str = ""


def add_parser(commands: Any) -> None:
    """Declare the command."""
    parser = commands.add_parser(
        "doctor",
        help="find out why a client does not get through",
        description="Look at the way from a client to a server: environment, name, port, TLS, HTTP, product, version, clients installed here.",
        epilog="Exit codes: 0 all is well, 1 something is wrong.",
    )
    parser.add_argument("url", nargs="?", default=None, help="the server; by default $ESMOCK_URL, $ES_URL or http://127.0.0.1:9200")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Look, and tell."""
    from esmock.commands.paint import paint

    url = options.url or os.environ.get("ESMOCK_URL") or os.environ.get("ES_URL") or "http://127.0.0.1:9200"
    marks = {"fine": paint("green", "ok  "), "doubt": paint("yellow", "hmm "), "wrong": paint("red", "no  ")}
    worst = 0
    for finding in look(url):
        print(f"{marks[finding.state]} {finding.what}")
        if finding.advice:
            print(f"       {paint('dim', finding.advice)}")
        worst = max(worst, finding.state == "wrong")
    return int(worst)


def look(url: str) -> Iterator[Finding]:
    """The findings, until one ends the way."""
    parts = urlsplit(url if "://" in url else f"http://{url}")
    if parts.scheme not in ("http", "https") or not parts.hostname:
        yield Finding("wrong", f"{url} is no URL", "write it as http://host:port")
        return
    yield from _environment(parts)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    if parts.port is None:
        yield Finding("doubt", f"the URL names no port: {port} is used", "Elasticsearch listens on 9200; clients do not add it")
    yield from _network(parts, port)


def _environment(parts: Any) -> Iterator[Finding]:
    proxy = os.environ.get(f"{parts.scheme}_proxy") or os.environ.get(f"{parts.scheme.upper()}_PROXY")
    if proxy:
        shown = urlsplit(proxy)._replace(netloc=urlsplit(proxy).netloc.rpartition("@")[2]).geturl()
        yield Finding("doubt", f"{parts.scheme}_proxy is set to {shown}", f"add {parts.hostname} to no_proxy, or some clients go through it")
    from importlib import metadata

    found = []
    for name in _CLIENTS:
        try:
            found.append(f"{name} {metadata.version(name)}")
        except metadata.PackageNotFoundError:
            continue
    yield Finding("fine", f"clients installed here: {', '.join(found) or 'none of Python'}")


def _network(parts: Any, port: int) -> Iterator[Finding]:
    host = parts.hostname
    try:
        addresses = sorted({str(info[4][0]) for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)})
    except OSError as error:
        yield Finding("wrong", f"the name {host} is not known: {error.strerror or error}", "is it spelled right, and resolved where the client runs?")
        return
    yield Finding("fine", f"{host} is {', '.join(addresses)}")
    if len(addresses) > 1 and host == "localhost":
        yield Finding("doubt", "localhost has several addresses", "write 127.0.0.1 or [::1], whichever the server listens on")
    try:
        sock = socket.create_connection((host, port), _TIMEOUT_S)
    except OSError as error:
        yield _unreachable(error, host, port)
        return
    sock.close()
    yield Finding("fine", f"something listens on port {port}")
    yield from _http(parts, port)


def _unreachable(error: OSError, host: str, port: int) -> Finding:
    if isinstance(error, ConnectionRefusedError):
        advice = f"start one: esmock serve --port {port}; in a container, a server on 127.0.0.1 cannot be reached from outside: --host 0.0.0.0"
        return Finding("wrong", f"nobody listens on {host}:{port}", advice)
    if isinstance(error, TimeoutError):
        return Finding("wrong", f"{host}:{port} does not answer within {_TIMEOUT_S:.0f} s", "a firewall, or the wrong network?")
    return Finding("wrong", f"{host}:{port} cannot be reached: {error.strerror or error}")


def _http(parts: Any, port: int) -> Iterator[Finding]:
    try:
        status, headers, body = _get(parts, port)
    except ssl.SSLCertVerificationError as error:
        yield Finding("wrong", f"the certificate is not trusted: {error.verify_message}", "give the client its CA (ca_certs), or its fingerprint")
        return
    except ssl.SSLError:
        yield Finding("wrong", "the server does not speak TLS", f"write http://{parts.hostname}:{port}")
        return
    except (http.client.HTTPException, OSError) as error:
        advice = "is TLS wanted? write https://" if parts.scheme == "http" else ""
        yield Finding("wrong", f"the server answers no HTTP: {error or type(error).__name__}", advice)
        return
    yield from _answer(status, headers, body)


def _get(parts: Any, port: int) -> tuple[int, dict[str, str], bytes]:
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.hostname, port, timeout=_TIMEOUT_S)
    sent = {"accept": "application/json"}
    if parts.username:
        import base64
        from urllib.parse import unquote

        pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        sent["authorization"] = "Basic " + base64.b64encode(pair.encode()).decode()
    try:
        connection.request("GET", parts.path.rstrip("/") + "/", headers=sent)
        response = connection.getresponse()
        return response.status, {name.lower(): value for name, value in response.getheaders()}, response.read()
    finally:
        connection.close()


def _answer(status: int, headers: dict[str, str], body: bytes) -> Iterator[Finding]:
    if status in (401, 403):
        yield Finding("wrong", f"the server wants credentials ({status})", "put them into the client (basic_auth, api_key), or into the URL")
        return
    if status in (502, 503, 504):
        yield Finding("wrong", f"a proxy or a cluster that is starting answers {status}", body[:120].decode("utf-8", "replace"))
        return
    try:
        told = json.loads(body)["version"]
        number = told["number"]
    except (ValueError, KeyError, TypeError):
        yield Finding("wrong", f"GET / answers {status} and does not say that it is Elasticsearch", body[:120].decode("utf-8", "replace"))
        return
    product = told.get("distribution", "elasticsearch")
    yield Finding("fine", f"it is {product} {number}")
    major = int(number.partition(".")[0])
    if headers.get("x-elastic-product") != "Elasticsearch" and (product != "elasticsearch" or major >= 8):
        yield Finding("doubt", "it does not send X-elastic-product", "clients of Elasticsearch from 7.14 on refuse it (UnsupportedProductError)")
    yield from _client_versions(major, product)


def _client_versions(major: int, product: str) -> Iterator[Finding]:
    from importlib import metadata

    try:
        client = metadata.version("elasticsearch")
    except metadata.PackageNotFoundError:
        return
    own = int(client.partition(".")[0])
    if product == "opensearch":
        yield Finding("wrong", f"elasticsearch {client} does not talk to OpenSearch", "use opensearch-py")
    elif own == major + 1 and own >= 8:
        what = f"elasticsearch {client} asks for the REST forms of version {own}, which {major}.x refuses with 400"
        yield Finding("wrong", what, f"pip install 'elasticsearch>={major},<{own}'")
    elif own not in (major, major - 1):
        yield Finding("doubt", f"elasticsearch {client} is not made for {major}.x", f"pip install 'elasticsearch>={major},<{major + 1}'")
    else:
        yield Finding("fine", f"elasticsearch {client} talks to {major}.x")


