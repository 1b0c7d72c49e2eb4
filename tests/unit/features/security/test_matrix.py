"""39 users of every kind, each with a fifth of some 200 requests, as real servers answer them.

Source: recordings of 6.8.23 (``fixtures/record_security_matrix.py``), which stands in for 7.10.2, of 7.17.29 and of 8.19.21. What is known
to be otherwise has a rule with a name, of which each must be met: by an engine, and by what differs.
"""

from __future__ import annotations

import functools
import json
import lzma
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from esmock.http.receive import RawRequest
from esmock.server import Server
from tests.scripts import recorder

FIXTURES = Path(__file__).parents[4] / "fixtures"
ONE = recorder("security")
MATRIX = recorder("security_matrix")
PLAYED_BY = {"6.8.23": "7.10.2", "7.17.29": "7.17.29", "8.19.21": "8.19.21"}


class Case(NamedTuple):
    """One exchange: what was asked, what the real server and what esmock said."""

    engine: str
    method: str
    path: str
    user: str
    wanted: str
    got: str

    def asks(self, *paths: str) -> bool:
        return self.path.startswith(paths)


Is = Callable[[Case], bool]


def six(*paths: str) -> Is:
    """Known of 6.8.23 for these paths."""
    return lambda case: case.engine == "6.8.23" and case.asks(*paths)


def newer(*paths: str) -> Is:
    """Known of the nodes of 7.17.29 and 8.19.21 for these paths."""
    return lambda case: case.engine != "6.8.23" and case.asks(*paths)


def either(*rules: Is) -> Is:
    return lambda case: any(rule(case) for rule in rules)


def both(*rules: Is) -> Is:
    return lambda case: all(rule(case) for rule in rules)


def says(text: str) -> Is:
    """The real server says something."""
    return lambda case: text in case.wanted


def _is_a_name_missing(case: Case) -> bool:
    """But for the name of the index, which 7.x tells in the reason."""
    return case.wanted == re.sub(r"no such index \[[^\]]*\]", "no such index", case.got)


RULES: dict[str, Is] = {
    # what the nodes lack
    "modules that are not there": newer(
        "/_rollup", "/logs-1/_rollup", "/_ilm", "/_reindex", "/_data_stream", "/_async_search", "/logs-1/_async_search",
        "/secret/_async_search", "/_ingest", "/_scripts",
    ),
    "no index for users and roles": says("Unknown filter type [pattern_capture]"),
    "users of files are no native ones": newer("/_security/user/u_"),
    "node names, builds and times": lambda case: case.path == "/",
    # what esmock does not do
    "segments are merged otherwise": lambda case: case.asks("/_cat/segments", "/logs-1/_stats", "/_stats"),
    "a scroll whose search failed is kept": lambda case: case.method == "DELETE" and case.asks("/_search/scroll"),
    "built-in roles and accounts in another order, of another node": lambda case: case.asks("/_security/role", "/_security/service"),
    "groups of privileges in the order of a hash": lambda case: case.asks("/_security/user/_privileges"),
    "an index without any field cannot be sorted": says("No mapping found for [_index]"),
    "nothing is known of health at first": both(newer("/_health_report"), says("unknown")),
    "what was deleted is visible after a second": both(
        newer("/_cat/count", "/_cat/indices/logs", "/_count", "/_msearch"), lambda case: case.engine == "7.17.29"
    ),
    # what 7.x has changed: paths and actions
    "aliases are read by another action": six("/_aliases", "/_alias", "/logs-*/_alias", "/secret/_alias", "/_cat/aliases"),
    "cat indices asks for other things first": six("/_cat/indices"),
    "a key is not looked for in the name of its sender": six("/_security/api_key"),
    "manage reads the capabilities of fields": six("/logs-1/_field_caps"),
    "the source of a document has a path of its own": six("/logs-1/_source"),
    # words and forms
    "the missing index is told in the reason": both(six("/"), _is_a_name_missing),
    "the way of authentication is told": six("/_security/_authenticate"),
    "a put user is answered in one way": both(six("/_security/user/u_"), says('"user":{"created":true}')),
    "closing tells of the indices": six("/shut/_close"),
    "scores are explained in other words": six("/logs-1/_doc/1/_explain"),
    "a missing policy is told without brackets": six("/_ilm/policy/nope"),
    "wildcards leave out closed indices": six("/_recovery", "/_cat/shards"),
    "the index of security is an index like others": both(
        six("/_cluster/state", "/_search", "/_count", "/_msearch"), lambda case: case.user in ("u_super", "u_manage", "u_mix")
    ),
}


def _objects_sorted(text: str) -> str:
    """JSON with its keys sorted, which are in the order of a hash."""
    try:
        return json.dumps(json.loads(text), sort_keys=True)
    except ValueError:
        return text


_HASHED = ("/_settings", "/_alias", "/_mapping", "/_cluster/state", "/logs-", "/_recovery", "/_stats", "/_field_caps", "/secret")


def normal(text: str, path: str) -> str:
    """What both sides are reduced to: no times and ids, no order of hashes."""
    text = re.sub(r'"took":\d+', '"took":0', text)
    text = re.sub(r'"index_uuid":"[^"]{22}"', '"index_uuid":"u"', text)
    text = text.replace("default_file", "default_native").replace('"type":"file"', '"type":"native"')
    return _objects_sorted(text) if path.startswith(_HASHED) else text


@functools.cache
def replay(engine: str) -> tuple[Case, ...]:
    """Every exchange with an engine, played once."""
    recorded = json.loads(lzma.decompress((FIXTURES / "recorded" / engine / "security_matrix.json.xz").read_bytes()))
    server = Server(version=PLAYED_BY[engine], security=True)

    def answer(method, path, given, body):
        headers = list(ONE.headers_of(path, given, body).items())
        return server.handle(RawRequest(method, path, headers, ONE.content_of(body)))

    if engine != "6.8.23":
        for method, path, body in MATRIX.roles_and_users():
            assert answer(method, path, MATRIX.ROOT, body).status == 200
    cases = []
    for (method, path, given, body), (status, text) in zip(MATRIX.requests(engine), recorded["answers"], strict=True):
        if status == 405 or "no handler found for uri" in text:
            continue  # the node lacks the module, and so what the request would have changed
        found = answer(method, path, given, body)
        wanted, got = f"{status} {normal(text, path)}", f"{found.status} {normal(found.body.decode(), path)}"
        cases.append(Case(engine, method, path, given.partition(":")[0], wanted, got))
    return tuple(cases)


@pytest.mark.parametrize("engine", PLAYED_BY)
def test_answers_are_those_recorded(engine):
    cases = replay(engine)
    met: Counter[str] = Counter()
    wrong = []
    for case in cases:
        if case.wanted == case.got:
            continue
        name = next((name for name, is_it in RULES.items() if is_it(case)), None)
        if name is None:
            wrong.append(f"{case.method} {case.path} {case.user}\n{case.wanted[:900]}\n{case.got[:900]}")
        else:
            met[name] += 1
    assert len(cases) > 1000
    assert len({case.user for case in cases}) > 25
    assert wrong == [], "\n\n".join(wrong)
    assert sum(met.values()) < len(cases) / 8, met


def test_no_rule_is_idle():
    idle = set(RULES)
    for engine in PLAYED_BY:
        for case in replay(engine):
            if case.wanted != case.got:
                idle -= {name for name, is_it in RULES.items() if is_it(case)}
    assert idle == set()
