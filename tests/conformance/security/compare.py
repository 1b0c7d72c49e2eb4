"""Asks a real server with security on and esmock the same, as 25 users with roles made at random, and tells what differs.

    python -m tests.conformance.security.compare http://127.0.0.1:REAL http://127.0.0.1:ESMOCK --version 6.8.23 --seed 1 [--count 600]

Both servers lose what they hold; on both, the user ``elastic`` has the password ``changeme``. 6.8.23 stands in for 7.10.2: it is asked in
its own form, esmock in that of 7.x, and what 6.8 says otherwise has a rule in ``rules_of_6_8.toml``. A real server of later versions that
cannot keep users in an index gets them as files in ``--config``, its configuration folder. What it lacks altogether (``no handler``, a
method, a module) is no comparison, and esmock is not asked for it. Exits with 1 below 99 %.
"""

from __future__ import annotations

import argparse
import http.client
import json
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from tests.conformance.security import people
from tests.conformance.security.people import Plan
from tests.conformance.security.rules import Exchange, Rules
from tests.conformance.security.steps import ROOT, Memory, Step, steps
from tests.scripts import recorder

Json = Any
LEAST = 0.99
_LACKS = re.compile(
    r"no handler found|Incorrect HTTP method|pattern_capture|script_lang not supported|Unknown NamedWriteable"
)
_IN_NO_ORDER = re.compile(
    r"^/(_settings|_alias|_mapping|_cluster/state|_stats|[^_/][^/]*(\?|$)|_security/(role|role_mapping|user)/[^?]*,"
    r"|[^/]*/_(settings|alias|mapping|stats|recovery|segments|search_shards|termvectors|field_caps))|_termvectors|/_mapping/field"
)
_RANDOM_SECURITY = recorder("security_random")
_ONE = recorder("security")


class Answer(NamedTuple):
    """Status, values of ``WWW-Authenticate``, text."""

    status: int
    challenges: list[str]
    text: str


class Side:
    """One of both servers."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=60)
        self.memory = Memory()

    def send(self, method: str, path: str, sender: str | None, body: Json) -> Answer:
        given, more = _RANDOM_SECURITY.sender_of(sender)
        if isinstance(body, list):
            body = "".join(json.dumps(one) + "\n" for one in body)
        headers = _ONE.headers_of(path, given, body) | more
        self._connection.request(method, path.replace(" ", "+"), _ONE.content_of(body) or None, headers)
        answer = self._connection.getresponse()
        challenges = [value for name, value in answer.getheaders() if name.lower() == "www-authenticate"]
        return Answer(answer.status, challenges, answer.read().decode("utf-8", "replace"))

    def take(self, step: Step) -> Answer:
        """The answer to a step, with names in place of what was made."""
        path, sender, body = map(self.memory.filled, (step.path, step.sender, step.body))
        answer = self.send(step.method, path, sender, body)
        self.memory.keep(step, answer.status, answer.text)
        return answer._replace(text=self.memory.named(answer.text.replace(path, "PATH")))

    def wipe(self, plan: Plan) -> None:
        """Delete indices, keys, and what users have made."""
        for index in json.loads(
            self.send("GET", "/_all/_settings?expand_wildcards=all&filter_path=*.settings.index.uuid", ROOT, None).text
        ):
            if not index.startswith("."):
                self.send("DELETE", f"/{index}", ROOT, None)
        for realm in ("default_native", "reserved"):
            self.send("DELETE", "/_security/api_key", ROOT, {"realm_name": realm})
        for kind, prefixes in (("role", ("q_", "z_")), ("user", ("q_", "x")), ("role_mapping", ("m_",))):
            for name in json.loads(self.send("GET", f"/_security/{kind}", ROOT, None).text):
                if name.startswith(prefixes):
                    self.send("DELETE", f"/_security/{kind}/{name}", ROOT, None)
        self.send("DELETE", "/_security/privilege/myapp/read", ROOT, None)
        for user in plan.users:
            for path in ("_template/t_", "_ingest/pipeline/p_", "_scripts/s_", "_ilm/policy/p_"):
                self.send("DELETE", f"/{path}{user}", ROOT, None)

    def revoke(self) -> None:
        """Invalidate the tokens that were made: later answers depend on which are in use."""
        for name, token in self.memory.known.items():
            if name.endswith("_access_token"):
                self.send("DELETE", "/_security/oauth2/token", ROOT, {"token": token})

    def begin(self, plan: Plan, is_old: bool, config: Path | None) -> None:
        """Make roles, users and indices. Raises RuntimeError where the server refuses."""
        r = Random(plan.seed)
        roles, users = people.roles(r, of_six=plan.of_six), people.users(r, plan)
        order = list(dict.fromkeys(name for names in users.values() for name in names))
        if config is not None:
            recorder("security_matrix").write_files(config, roles, users)
        else:
            for name, role in roles.items():
                self._made("PUT", f"/_security/role/{name}", role)
            for name, names in users.items():
                names = names if plan.of_six else sorted(names, key=order.index)  # as a file of users keeps them
                self._made("PUT", f"/_security/user/{name}", {"password": people.PASSWORD, "roles": names})
        for method, path, body in people.setup(r, is_old=is_old):
            self._made(method, path, body)

    def _made(self, method: str, path: str, body: Json) -> None:
        answer = self.send(method, path, ROOT, body)
        if answer.status > 201:
            raise RuntimeError(f"{method} {path}: {answer.text}")


def normal(text: str, path: str) -> str:
    """An answer without times, ids and numbers of writes, and without the order of what has none."""
    for pattern, told in (
        (r'"took":\d+', '"took":0'),
        (r'"(creation|expiration|invalidation)":\d+', r'"\1":0'),
        (r'"index_uuid":"[^"]{22}"', '"index_uuid":"u"'),
        (r'"(_version|_seq_no)":\d+', '"_n":0'),
        (r'"node":"[^"]{22}"', '"node":"n"'),
        (r'"allocation_id":\{"id":"[^"]{22}"\}', '"allocation_id":{}'),
        (r"\[([\w-]+)/[\w-]{22}\]", r"[\1/u]"),
    ):
        text = re.sub(pattern, told, text)
    if path.startswith("/_cat/"):
        return re.sub(r" +\n", "\n", re.sub("  +", " ", text))
    if _IN_NO_ORDER.search(path):
        try:
            return json.dumps(json.loads(text), sort_keys=True, separators=(",", ":"))
        except ValueError:
            return text
    return text


class Comparison:
    """Both sides, and how their answers compare."""

    def __init__(self, real: Side, mock: Side, rules: Rules, plan: Plan, count: int) -> None:
        self.real, self.mock, self.rules, self.plan, self.count = real, mock, rules, plan, count
        self.n = self.n_equal = 0
        self.ruled: Counter[str] = Counter()
        self.wrong: list[tuple[Step, Exchange]] = []

    def run(self) -> None:
        for old, new in self._pairs():
            asked = self.real.take(old)
            if asked.status == 405 or _LACKS.search(asked.text):
                continue
            self.n += 1
            self._count(new, asked, self.mock.take(new))
            if self.n == self.count:
                return

    def _pairs(self) -> Iterator[tuple[Step, Step]]:
        new = steps(self.plan, is_old=False)
        return islice(zip(steps(self.plan, is_old=self.plan.of_six), new, strict=True), self.count * 2)

    def _count(self, step: Step, wanted: Answer, got: Answer) -> None:
        told = (f"{one.status} {self._told(one.text, step.path)}" for one in (wanted, got))
        one = Exchange(step.method, step.path, step.sender or "", *told, wanted.challenges, got.challenges)
        if one.is_equal:
            self.n_equal += 1
        elif rule := self.rules.of(one):
            self.ruled[rule] += 1
        else:
            self.wrong.append((step, one))

    def _told(self, text: str, path: str) -> str:
        return normal(self.rules.reworded(normal(text, path)), path)

    def report(self, shown: int) -> str:
        counts = (
            f"{self.n} compared, {self.n_equal} equal, {sum(self.ruled.values())} by rules, {len(self.wrong)} differ"
        )
        lines = [f"seed {self.plan.seed}: {counts}: {self.share:.2%}"]
        lines += [f"  {times:4} {name}" for name, times in self.ruled.most_common()]
        groups: dict[str, list[tuple[Step, Exchange]]] = defaultdict(list)
        for step, one in self.wrong:
            groups[f"{step.method} {re.sub(r'^/[^_/][^/]*', '/INDEX', step.path.partition('?')[0])[:40]}"].append(
                (step, one)
            )
        for name, found in sorted(groups.items(), key=lambda item: -len(item[1])):
            lines.append(f"## {len(found)} {name}")
            for step, one in found[:shown]:
                lines += [f"{step.method} {step.path} {step.sender} {json.dumps(step.body)}", *_around(one)]
        return "\n".join(lines)

    @property
    def share(self) -> float:
        """The part of the exchanges that are equal or have a rule."""
        return (self.n_equal + sum(self.ruled.values())) / max(1, self.n)


def _around(one: Exchange) -> list[str]:
    """Where two answers begin to differ."""
    texts = ["\n".join([one.wanted, *one.wanted_challenges]), "\n".join([one.got, *one.got_challenges])]
    at = next((at for at, pair in enumerate(zip(*texts, strict=False)) if len(set(pair)) > 1), min(map(len, texts)))
    start = max(0, at - 80)
    return [
        f"  {name} {text[:4]} {text[start : start + 280]!r}" for name, text in zip(("real", "here"), texts, strict=True)
    ]


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("real")
    parser.add_argument("mock")
    parser.add_argument("--version", required=True)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=600)
    parser.add_argument("--config", type=Path)
    parser.add_argument("--show", type=int, default=3, help="differences of a kind that are printed")
    given = parser.parse_args(arguments)
    of_six = given.version.startswith("6.")
    rules = Rules("rules_of_6_8.toml" if of_six else "rules_without_index.toml")
    plan = Plan(given.seed, of_six=of_six, is_whole=given.config is None)
    found = Comparison(Side(given.real), Side(given.mock), rules, plan, given.count)
    for side, config, is_old in ((found.real, given.config, of_six), (found.mock, None, False)):
        side.wipe(plan)
        side.begin(plan, is_old, config)
    found.run()
    found.real.revoke()
    found.mock.revoke()
    print(found.report(given.show))
    return found.share < LEAST


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
