"""The ``do`` step: one API call, and what its answer must be.

Source: behaviour of the Java runner's DoSection and its client.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar
from urllib.parse import quote

from esmock.conformance import content, document, header_warnings, javaregex
from esmock.conformance.apispec import HttpCall
from esmock.conformance.dialect import Dialect
from esmock.conformance.document import Node, Scalar, Sequence
from esmock.conformance.header_warnings import NOTHING_ANNOUNCED, Announced
from esmock.conformance.javatext import java_text
from esmock.conformance.place import LoadError, StepError, Where
from esmock.conformance.session import Json, Mismatch, Response, Session
from esmock.conformance.target import Request
from esmock.conformance.versionrange import VersionRange

_STATUS_WORDS = {
    "bad_request": 400,
    "unauthorized": 401,
    "forbidden": 403,
    "missing": 404,
    "request_timeout": 408,
    "conflict": 409,
    "gone": 410,
    "unavailable": 503,
}
_UNNAMED_UNAVAILABLE = 503
_LISTS = {
    "warnings": "expected",
    "warnings_regex": "expected_regexes",
    "allowed_warnings": "allowed",
    "allowed_warnings_regex": "allowed_regexes",
}
_ILLEGAL_IN_PATH = re.compile(r'[\x00-\x20\x7f"<>\\^`{|}]|%(?![0-9a-fA-F]{2})')


@dataclass(frozen=True, slots=True)
class Call:
    """An API call as a test writes it: texts may hold marks, bodies too."""

    name: str
    params: Mapping[str, str] = field(default_factory=dict)
    bodies: tuple[Json, ...] = ()


@dataclass(frozen=True, slots=True)
class NodeSelector:
    """Which node must answer; on one node: this one, or the step fails."""

    version: str | None = None
    attributes: Mapping[str, str] = field(default_factory=dict)

    def check(self, session: Session) -> None:
        """Raise StepError when the node that answers is not selected."""
        node = session.facts.local_node() if self.attributes else {}
        for name, wanted in self.attributes.items():
            if node.get("attributes", {}).get(name) != wanted:
                raise StepError(f"no node has the attribute [{name}] with the value [{wanted}]")
        if self.version == "original" or (
            self.version not in (None, "current") and not VersionRange(self.version).holds(session.facts.versions)
        ):
            raise StepError(f"no node has the version [{self.version}]")


@dataclass(frozen=True, slots=True)
class Do:
    """One API call.

    Attributes:
        at: the step.
        call: what is called.
        catch: a word or ``/regex/``; None when the call must succeed.
        headers: sent with the request; values may hold marks.
        announced: the lists about Warning headers.
        selector: which node must answer.
    """

    name: ClassVar[str] = "do"
    at: Where
    call: Call
    catch: str | None = None
    headers: tuple[tuple[str, str], ...] = ()
    announced: Announced = NOTHING_ANNOUNCED
    selector: NodeSelector | None = None

    @classmethod
    def parse(cls, at: Where, node: Node, dialect: Dialect) -> Do:
        """Read the mapping below ``do``.

        Raises:
            LoadError: no call, or a key that is neither a call nor known.
        """
        if isinstance(node, Scalar | Sequence):
            raise LoadError(node.at, "[do] must be a mapping with an API call; is it properly indented?")
        given: dict[str, Any] = {}
        lists: dict[str, tuple[str, ...]] = {}
        call: Call | None = None
        for entry in node.entries:
            if entry.key == "catch":
                given["catch"] = document.text(entry.node, "catch")
            elif entry.key == "headers":
                given["headers"] = _headers(entry.node)
            elif entry.key in _LISTS:
                lists[_LISTS[entry.key]] = _messages(entry.node, entry.key)
            elif entry.key == "node_selector":
                given["selector"] = _selector(entry.node)
            else:
                call = parse_call(entry.key, entry.node, dialect)
        if call is None:
            raise LoadError(at, "client call section is mandatory within a do section")
        return cls(at, call, announced=_announced(at, lists), **given)

    def run(self, session: Session) -> Mismatch | None:
        """Send the request and judge the answer.

        Raises:
            StepError: the request could not be made.
        """
        if self.catch == "param":
            return None
        _check_catch_word(self.catch, session.dialect)
        if self.selector:
            self.selector.check(session)
        request, ignored = self.request(session)
        response = Response.read(request.method, session.send(request))
        session.response = response
        session.stash["body"] = response.body
        if session.dialect.stashes_request_headers and self.headers:
            session.stash["request_headers"] = {name: session.stash.text(text) for name, text in self.headers}
        reason = self.judge(request, response, ignored, session)
        if reason is None:
            return None
        return Mismatch(self.at, self.name, reason, path=self.call.name, actual=response.body)

    def judge(self, request: Request, response: Response, ignored: frozenset[int], session: Session) -> str | None:
        """Why the answer is not the one that the step wants; None when it is."""
        status = response.answer.status
        is_success = status < 300 or (request.method == "HEAD" and status == 404) or status in ignored
        if not is_success:
            if self.catch is None:
                return f"expected 2xx status code but api [{self.call.name}] returned [{status}] {_excerpt(response)}"
            return caught(self.catch, response, session.dialect)
        if self.catch is not None:
            return f"expected [{self.catch}] but api [{self.call.name}] returned [{status}]"
        if session.facts.demands_product_header:
            product = response.answer.header("x-elastic-product")
            if product != "Elasticsearch":
                return f"expected the header [X-elastic-product: Elasticsearch] but found [{product}]"
        warnings = response.answer.all_headers("warning")
        is_silent = self.announced == NOTHING_ANNOUNCED
        if is_silent and not (warnings and session.dialect.checks_silent_steps):
            return None
        return "; ".join(header_warnings.problems(warnings, self.announced, session.dialect)) or None

    def request(self, session: Session) -> tuple[Request, frozenset[int]]:
        """The request with all marks filled in, and the statuses that count as success.

        Raises:
            StepError: unknown API or parameter, missing mark, unwritable body.
        """
        stash = session.stash
        params = {name: stash.text(text) for name, text in self.call.params.items()}
        ignored = _statuses(params.pop("ignore", ""))
        headers = {name: stash.text(text) for name, text in self.headers}
        bodies = [stash.tree(body) for body in self.call.bodies]
        add_error_trace(params, session.dialect)
        call = self.http_call(params, bool(bodies), session)
        if not bodies:
            return Request(call.method, call.target, tuple(headers.items())), ignored
        given = next((text for name, text in headers.items() if name.lower() == "content-type"), None)
        try:
            entity = content.write(bodies, content.format_of(given) or "json")
        except content.ContentError as error:
            raise StepError(str(error)) from None
        sent = tuple(headers.items()) if given else (("Content-Type", "application/json"), *headers.items())
        return Request(call.method, call.target, sent, entity), ignored

    def http_call(self, params: dict[str, str], has_body: bool, session: Session) -> HttpCall:
        name, api = self.call.name, session.api
        if name == "raw" and session.raw:
            return raw_call(params)
        if api is None:
            raise StepError(f"no API description to find [{name}] in")
        is_old = session.dialect.sibling_calls
        if is_old and name == "create" and api.find("create") is None:
            name, params = "index", params | {"op_type": "create"}
        call = api.call(name, params, has_body=has_body)
        if is_old and name in ("index", "create"):
            return HttpCall("PUT" if "id" in params else "POST", call.path, call.query)
        return call


def add_error_trace(params: dict[str, str], dialect: Dialect) -> None:
    """Ask for stack traces unless the call says otherwise."""
    if dialect.sends_error_trace and "error_trace" not in params:
        params["error_trace"] = "true"
    elif dialect.omits_false_error_trace and params.get("error_trace") == "false":
        del params["error_trace"]


def raw_call(params: dict[str, str]) -> HttpCall:
    """The pseudo API of documentation tests: method and path as they are, everything else is the query.

    Raises:
        StepError: method or path missing, or a character that no URI may have.
    """
    if "method" not in params or "path" not in params:
        raise StepError("[raw] needs method and path")
    query = tuple((name, text) for name, text in params.items() if name not in ("method", "path"))
    path = "/" + params["path"]
    if illegal := _ILLEGAL_IN_PATH.search(path):
        raise StepError(f"illegal character in path at index {illegal.start()}: {path}")
    return HttpCall(params["method"], quote(path, safe="%/?#[]@!$&'()*+,;=:~"), query)


def caught(catch: str, response: Response, dialect: Dialect) -> str | None:
    """Why an error answer is not the one that ``catch`` wants."""
    status = response.answer.status
    if _is_regex(catch):
        return _caught_by_regex(catch, response)
    if catch == "request":
        named = set(_STATUS_WORDS.values()) - {_UNNAMED_UNAVAILABLE}
        named -= {400} if dialect.request_covers_bad_request else set()
        named -= set() if dialect.catches_gone else {410}
        is_wanted = status >= 400 and status not in named
    elif catch in _STATUS_WORDS:
        is_wanted = status == _STATUS_WORDS[catch]
    else:
        # a bare exception word, as the client test suites have it: no Java runner knows it
        is_wanted = status >= 400 and catch in java_text(_error_of(response))
    return None if is_wanted else f"expected [{catch}] but the status is [{status}] {_excerpt(response)}"


def _caught_by_regex(catch: str, response: Response) -> str | None:
    error = _error_of(response)
    if response.answer.status < 400 or error is None:
        return f"expected an error that matches {catch} but was [{response.answer.status}] {_excerpt(response)}"
    try:
        found = javaregex.compile(catch[1:-1]).find(java_text(error))
    except javaregex.PatternError as problem:
        raise StepError(str(problem)) from None
    return None if found else f"{catch} is not found in the error {_shorten(java_text(error))}"


def _error_of(response: Response) -> Json:
    return response.tree.get("error") if isinstance(response.tree, dict) else None


def _is_regex(catch: str) -> bool:
    return len(catch) > 2 and catch[0] == catch[-1] == "/"


def _check_catch_word(catch: str | None, dialect: Dialect) -> None:
    if catch is None or _is_regex(catch) or catch == "request" or re.fullmatch("[a-z_]+_exception", catch):
        return
    hidden = {"bad_request"} if dialect.request_covers_bad_request else set()
    hidden |= set() if dialect.catches_gone else {"gone"}
    if catch not in _STATUS_WORDS or catch in hidden:
        raise StepError(f"catch value [{catch}] not supported")


def _statuses(text: str) -> frozenset[int]:
    try:
        return frozenset(int(part) for part in text.split(",") if part.strip())
    except ValueError:
        raise StepError(f"ignore value should be a number or a list of them, found [{text}] instead") from None


def _excerpt(response: Response) -> str:
    """The type and reason of an error, or the beginning of another body."""
    error = _error_of(response)
    if isinstance(error, dict) and error.get("type"):
        return f"{error['type']}: {_shorten(str(error.get('reason')))}"
    return _shorten(response.answer.body.decode("utf-8", "replace"))


def _shorten(text: str) -> str:
    return text if len(text) <= 1500 else text[:1497] + "..."


def parse_call(name: str, node: Node, dialect: Dialect) -> Call:
    """Read an API call: a mapping of parameters, ``body`` among them."""
    if not isinstance(node, document.Mapping):
        raise LoadError(node.at, f"[{name}] is neither a known key of [do] nor an API call with parameters")
    params: dict[str, str] = {}
    bodies: tuple[Json, ...] = ()
    for entry in node.entries:
        if entry.key == "body":
            bodies = parse_bodies(entry.node, dialect)
        elif isinstance(entry.node, document.Mapping):
            raise LoadError(entry.at, f"the parameter [{entry.key}] must be a scalar or a list")
        elif not (isinstance(entry.node, Scalar) and entry.node.value is None):
            params[entry.key] = ",".join(document.texts(entry.node, entry.key))
    return Call(name, params, bodies)


def parse_bodies(node: Node, dialect: Dialect) -> tuple[Json, ...]:
    """The bodies of a call: a mapping is one, a string is a stream of JSON objects, a list is any of them."""
    if isinstance(node, document.Mapping):
        return (document.value(node),)
    if isinstance(node, Sequence):
        return tuple(body for item in node.items for body in parse_bodies(item, dialect))
    if node.value is None:
        return ()
    if not isinstance(node.value, str):
        raise LoadError(node.at, "a body must be a mapping, a string of JSON objects, or a list of them")
    if dialect.sibling_calls and node.text.startswith("---"):
        return tuple(document.value(item) for item in document.parse(node.text, node.at.file, node.at.line))
    try:
        return tuple(content.json_stream(node.text))
    except content.ContentError as error:
        raise LoadError(node.at, str(error)) from None


def _headers(node: Node) -> tuple[tuple[str, str], ...]:
    out = {e.key.lower(): (e.key, document.text(e.node, e.key)) for e in document.fields(node, "headers")}
    return tuple(out.values())


def _messages(node: Node, name: str) -> tuple[str, ...]:
    if not isinstance(node, Sequence):
        raise LoadError(node.at, f"[{name}] must be a list of strings")
    return document.texts(node, name)


def _announced(at: Where, lists: dict[str, tuple[str, ...]]) -> Announced:
    for wanted, allowed in (("expected", "allowed"), ("expected_regexes", "allowed_regexes")):
        if both := set(lists.get(wanted, ())) & set(lists.get(allowed, ())):
            raise LoadError(at, f"the warning {sorted(both)} is both expected and allowed")
    return Announced(**lists)


def _selector(node: Node) -> NodeSelector:
    version: str | None = None
    attributes: dict[str, str] = {}
    for entry in document.fields(node, "node_selector"):
        if entry.key == "version":
            version = document.text(entry.node, "version").strip()
            try:
                VersionRange("all" if version in ("current", "original") else version)
            except ValueError as error:
                raise LoadError(entry.at, str(error)) from None
        elif entry.key == "attribute":
            attributes = {e.key: document.text(e.node, e.key) for e in document.fields(entry.node, "attribute")}
        else:
            raise LoadError(entry.at, f"unknown key [{entry.key}] of [node_selector]")
    return NodeSelector(version, attributes)
