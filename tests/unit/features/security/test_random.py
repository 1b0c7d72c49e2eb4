"""22 users with roles made at random, and 900 requests of theirs made at random, as real servers answer them.

Source: recordings of 6.8.23, which stands in for 7.10.2, of 7.17.29 and 8.19.21 (``fixtures/record_security_random.py``). What differs
has a rule with a name, those of 6.8.23 in ``tests/conformance/security``.
"""

from __future__ import annotations

import re

import pytest

from esmock.http.receive import RawRequest
from tests.conformance.security.rules import Exchange, Rules
from tests.scripts import recorder
from tests.unit.features.security.test_matrix import PLAYED_BY, Case, normal

SIX = Rules("rules_of_6_8.toml")
ONE = recorder("security")
RANDOM = recorder("security_random")


def _paths(*starts):
    return lambda case: case.path.startswith(starts)


RULES = {
    "modules that the nodes lack": lambda case: "adjacency_matrix" in case.wanted
    or re.search(r"^/(_ilm|_rollup|_ingest/|_scripts/|[^/]*/_(ilm|rollup)/)", case.path) is not None,
    "users and roles of files are no native ones": _paths("/_security/user/x_", "/_security/role/z_"),
    "attributes and shards of the recorded nodes": _paths("/_cat/nodeattrs", "/_cat/allocation"),
    "a scroll whose search failed is kept": lambda case: case.method == "DELETE" and case.path.startswith("/_search/scroll"),
    "fields in the order of a hash, and completion fields": lambda case: "/_validate/query" in case.path and "_query_string" in case.body,
    "what was deleted is visible after a second": lambda case: case.engine == "7.17.29" and "hits.total" in case.path,
    "an expression of date math is looked at first": lambda case: "<logs-1>" in case.path,
    "no explanations where nothing is validated": lambda case: case.path.startswith("/-p*/_validate"),
}


class Told(Case):
    """A case with its body as text."""

    body = ""


def _played(raw, version, part, read=str):
    """Every exchange; ``read`` makes of an answer what is compared."""
    recorded = RANDOM.read(version, part)
    server = raw(PLAYED_BY[version], security=True).server

    def answer(method, path, sender, body):
        given, more = RANDOM.sender_of(sender)
        headers = ONE.headers_of(path, given, body) | more
        found = server.handle(RawRequest(method, path, list(headers.items()), ONE.content_of(body)))
        return found.status, found.body.decode()

    for method, path, body in RANDOM.people(recorded):
        assert answer(method, path, RANDOM.ROOT, body)[0] == 200
    for method, path, body in recorded["setup"]:
        assert answer(method, path, RANDOM.ROOT, body)[0] < 300
    for method, path, sender, body, status, text in recorded["exchanges"]:
        got, told = answer(method, path, sender, body)
        case = Told(version, method, path, sender or "", f"{status} {_normal(read(text), path)}", f"{got} {_normal(read(told), path)}")
        case.body = str(body)
        yield case


def _normal(text, path):
    text = re.sub(r'"_(version|seq_no)":\d+', '"_n":0', re.sub(r'"node":"[^"]{22}"', '"node":"n"', text))
    text = re.sub(r"\[([\w-]+)/[\w-]{22}\]", r"[\1/u]", text)
    if path.startswith("/_cat/"):
        text = re.sub(r" +\n", "\n", re.sub("  +", " ", text))  # hidden indices make columns wider
    return normal(text, "/logs-" if "/_" in path[1:] and "_search" not in path else path)


@pytest.mark.parametrize("version", ["7.17.29", "8.19.21"])
def test_answers_are_those_recorded(raw, version):
    cases = list(_played(raw, version, "random"))
    differing = [case for case in cases if case.wanted != case.got]
    wrong = [case for case in differing if not any(is_it(case) for is_it in RULES.values())]
    assert len(cases) == 900
    assert wrong == [], _told(wrong)
    assert len(differing) < len(cases) / 40


@pytest.mark.parametrize(("part", "count", "most"), [("random", 898, 25), ("documents", 400, 20)])
def test_answers_are_those_of_six_but_for_rules(raw, part, count, most):
    """Raw, but for words: 97 % and 95 % at least; the rest has a rule."""
    cases = list(_played(raw, "6.8.23", part, SIX.reworded))
    differing = [case for case in cases if case.wanted != case.got]
    wrong = [case for case in differing if SIX.of(Exchange(case.method, case.path, case.user, case.wanted, case.got)) is None]
    assert len(cases) == count
    assert wrong == [], _told(wrong)
    assert len(differing) <= most


def _told(cases):
    return "\n\n".join(f"{case.method} {case.path} {case.user}\n{case.wanted[:600]}\n{case.got[:600]}" for case in cases)
