"""Sessions made at random, with keys and tokens, and with requests of every kind to the security APIs, as real servers answer them.

Source: recordings of 6.8.23, which stands in for 7.10.2, of 7.17.29 and 8.19.21 (``fixtures/record_security_sessions.py``). What differs
has a rule with a name, those of 6.8.23 in ``tests/conformance/security``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import pytest

from esmock.http.receive import RawRequest
from tests.conformance.security.rules import Exchange, Rules
from tests.scripts import recorder
from tests.unit.features.security.test_matrix import PLAYED_BY

SIX = Rules("rules_of_6_8.toml")
ONE = recorder("security")
RANDOM = recorder("security_random")
SESSIONS = recorder("security_sessions")


def _asks(pattern: str, says: str = "") -> Callable[[Exchange], bool]:
    return lambda one: re.search(pattern, f"{one.method} {one.path}") is not None and re.search(says, one.wanted) is not None


RULES = {
    "users of files are no native ones, and nothing is found in an index that is not there": _asks("/_security/(_query|profile/_suggest)"),
    "hashes that are cut off": _asks("/_security/user/joe"),
    "modules that the nodes lack": _asks("", "script_lang not supported"),
    "names of parameters of other paths": _asks("/_security/api_key/(abc|_bulk_update)", "unrecognized parameter: .ids."),
    "settings of indices that are not there": _asks("/_security/settings"),
    "licences of the recorded node": _asks("/_license"),
}


def _normal(text: str, path: str) -> str:
    text = re.sub(r'"took":\d+', '"took":0', re.sub(r'"(creation|expiration|invalidation)":\d+', r'"\1":0', text))
    text = re.sub(r'"index_uuid":"[^"]{22}"', '"index_uuid":"u"', re.sub(r'"(_version|_seq_no)":\d+', '"_n":0', text))
    text = re.sub(r'"cluster_name":"\w+"', '"cluster_name":"c"', re.sub(r'(?<=["\[])[\w-]{22}(?=["\]])', "n", text))
    text = re.sub(r"apikey authentication for id (\w+) encountered a failure", r"unable to find apikey with id \1", text)
    text = text.replace("default_file", "default_native").replace('"type":"file"', '"type":"native"')
    if re.search(r"^/(_settings|_alias|_mapping|_stats|_security/(service|user/)|[^_])|/_(settings|alias|mapping|stats|termvectors)", path):
        try:
            return json.dumps(json.loads(text), sort_keys=True)
        except ValueError:
            return text
    return text


def _played(raw, version, read):
    recorded = SESSIONS.read(version)
    server = raw(PLAYED_BY[version], security=True).server

    def send(method, path, sender, body):
        given, more = RANDOM.sender_of(sender)
        headers = list((ONE.headers_of(path, given, body) | more).items())
        found = server.handle(RawRequest(method, path, headers, ONE.content_of(body)))
        return found.status, [value for name, value in found.headers if name == "WWW-Authenticate"], found.body.decode()

    for method, path, body in (*RANDOM.people(recorded), *recorded["setup"]):
        assert send(method, path, SESSIONS.ROOT, body)[0] < 300
    session = SESSIONS.Session(send)
    for step in recorded["steps"]:
        status, challenges, text = session.take(step)
        wanted = "\n".join([f"{step.status} {_normal(read(step.answer), step.path)}", *step.challenges])
        got = "\n".join([f"{status} {_normal(read(text), step.path)}", *challenges])
        yield Exchange(step.method, step.path, step.sender or "", wanted, got)


@pytest.mark.parametrize(("version", "count", "most"), [("6.8.23", 724, 30), ("7.17.29", 860, 45), ("8.19.21", 885, 20)])
def test_answers_are_those_recorded(raw, version, count, most):
    is_six = version == "6.8.23"
    exchanges = list(_played(raw, version, SIX.reworded if is_six else str))
    differing = [one for one in exchanges if one.wanted != one.got]
    known = SIX.of if is_six else (lambda one: next((name for name, is_met in RULES.items() if is_met(one)), None))
    wrong = [one for one in differing if known(one) is None]
    assert wrong == [], "\n\n".join(f"{one.method} {one.path} {one.user}\n{one.wanted[:700]}\n{one.got[:700]}" for one in wrong)
    assert len(exchanges) == count
    assert len(differing) <= most
