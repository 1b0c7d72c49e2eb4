"""Asks a real server and esmock the same searches, drawn from tables of options, and tells what differs.

    python -m tests.conformance.search.compare REAL ESMOCK --version 7.10.2 --seed 1 [--requests 1500] [--families sort,highlight]
        [--twin OTHER_REAL] [--shown 3]

REAL and ESMOCK are URLs; without ESMOCK one of the version is started here. All indices of the servers are deleted. Where the answers
differ, the real server is asked again: what it then answers otherwise is unsteady, and told apart. ``--twin`` names a second real server of the same
version to be asked again: some answers depend on addresses in memory, and stay the same until a server is started anew. What a real
server has no module for is not compared. Exits with 1 below 99 %.
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import json
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from random import Random
from typing import Any, NamedTuple
from urllib.parse import quote, urlsplit

from esmock.server import Server
from tests.conformance.search import families as kinds
from tests.conformance.search.answers import LACKS, OF_MODULES, Answer, cause, first_difference
from tests.conformance.search.corpus import FIELDS, Corpus
from tests.conformance.search.drawing import Draw

Json = Any
LEAST = 0.99
_SECONDS = 20
_TIMES = 8
"""How often a request is asked again."""


_TAKEN = re.compile(r"\{\{(_scroll_id|id)\}\}")


class Side:
    """One of the servers."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._host, self._port = parts.hostname or "", parts.port
        self._connection = http.client.HTTPConnection(self._host, self._port, timeout=_SECONDS)
        self.last: Json = {}
        """The last answer, for requests that take something from it."""

    def __enter__(self) -> Side:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def send(self, method: str, path: str, body: Json = None) -> Answer:
        """One request; a body that is a list is sent as lines. Raises OSError."""
        if isinstance(body, list):
            body = "".join(json.dumps(one) + "\n" for one in body)
        content = None if body is None else body if isinstance(body, str) else json.dumps(body)
        kind = "application/x-ndjson" if "_bulk" in path or "_msearch" in path else "application/json"
        headers = {} if content is None else {"Content-Type": kind}
        path = quote(path, safe="/?&=%,*:+-_.~<>{}()[]")
        try:
            self._connection.request(method, path, None if content is None else content.encode(), headers)
            found = self._connection.getresponse()
            text = found.read().decode("utf-8", "replace")
        except (OSError, http.client.HTTPException):
            self._connection.close()
            raise
        warnings = [value.split(" ", 2)[2] for name, value in found.getheaders() if name.lower() == "warning"]
        return Answer(found.status, text, sorted(warnings))

    def knows(self, step: Step) -> bool:
        """Whether the answer before had the parts that a step takes from it."""
        return all(name in self.last for name in _TAKEN.findall(json.dumps([step.path, step.body])))

    def take(self, step: Step) -> Answer:
        """The answer to a step, ``{{name}}`` in it being a part of the answer before."""
        told = json.dumps([step.path, step.body])
        told = _TAKEN.sub(lambda name: str(self.last.get(name[1], "none")), told)
        answer = self.send(step.method, *json.loads(told))
        with contextlib.suppress(ValueError):
            self.last = json.loads(answer.text)
        return answer

    def wipe(self) -> None:
        for index in json.loads(self.send("GET", "/_cat/indices?format=json&h=index").text):
            self.send("DELETE", f"/{index['index']}")

    def can_map(self, definition: Json) -> bool:
        """Whether the server has what a field needs."""
        if definition.get("type") == "alias":
            return True
        made = self.send("PUT", "/probe", {"mappings": {"properties": {"field": definition}}})
        self.send("DELETE", "/probe")
        return made.status == 200

    def has_query(self, name: str) -> bool:
        """Whether the server knows a kind of query."""
        return f"unknown query [{name}]" not in self.send("POST", "/_search", {"query": {name: {}}}).text

    def runs_scripts(self) -> bool:
        """Whether the server has the module for scripts; validation does not tell why a query is not valid."""
        script = {"script": {"script": {"source": "true", "lang": "painless"}}}
        return "script_lang not supported" not in self.send("POST", "/_search", {"query": script}).text

    def begin(self, corpus: Corpus) -> None:
        """Write all that is searched. Raises RuntimeError where the server refuses."""
        self.wipe()
        for method, path, body in corpus.writes():
            answer = self.send(method, path, body)
            if answer.status > 201 or '"errors":true' in answer.text:
                raise RuntimeError(f"{method} {path}: {answer.text[:2000]}")


class Step(NamedTuple):
    """One request of a family."""

    family: str
    method: str
    path: str
    body: Json


def steps(seed: int, version: tuple[int, ...], families: list[str]) -> Iterator[Step]:
    """Endless requests made at random; the same seed gives each family the same, whichever others there are."""
    draws = {name: Draw(Random(f"{name} {seed}"), kinds.SLOTS, version) for name in kinds.FAMILIES}
    order = Draw(Random(seed), kinds.SLOTS, version)
    while True:
        for name in kinds.round_of(order):
            if not families or name in families:
                for request in kinds.requests(name, draws[name]):
                    yield Step(name, *request)


def _goes_on(step: Step) -> bool:
    """Whether a request takes something from the answer before."""
    return _TAKEN.search(json.dumps([step.path, step.body])) is not None


class Difference(NamedTuple):
    """A request that was answered otherwise; ``begun``: the one that it goes on with."""

    step: Step
    told: str
    begun: Step


class Comparison:
    """How the answers of both sides compare."""

    def __init__(self, real: Side, twin: Side, mock: Side) -> None:
        self.real, self.twin, self.mock = real, twin, mock
        self._unknown = [f'"{name}": {{' for name in OF_MODULES if not real.has_query(name)]
        if not real.runs_scripts():
            self._unknown.append('"script')
        self.asked: Counter[str] = Counter()
        self.equal: Counter[str] = Counter()
        self.lacking: Counter[str] = Counter()
        self.unsteady: list[Difference] = []
        self.wrong: list[Difference] = []
        self._begun: Step | None = None

    def take(self, step: Step) -> None:
        """Ask one request of both sides, and where they differ of the real one again."""
        if not self.real.knows(step):
            return
        if self._begun is None or not _goes_on(step):
            self._begun = step
        try:
            wanted = self.real.take(step)
        except (OSError, http.client.HTTPException):
            self.lacking["no answer"] += 1
            return
        lacking = LACKS.search(wanted.text)
        asked = json.dumps(step.body)
        if lacking is not None or any(words in asked for words in self._unknown):
            self.lacking["a kind of query" if lacking is None else lacking[0]] += 1
            return
        self.asked[step.family] += 1
        answered = self.mock.take(step)
        told = first_difference(wanted, answered)
        if told is None:
            self.equal[step.family] += 1
        elif answered.status == wanted.status and self._is_unsteady(step, wanted):
            self.unsteady.append(Difference(step, told, self._begun))
        else:
            self.wrong.append(Difference(step, told, self._begun))

    def _is_unsteady(self, step: Step, wanted: Answer) -> bool:
        """Whether the real server answers otherwise when asked again; what follows from an answer is asked once."""
        if _goes_on(step):
            return False
        before, self.twin.last = self.twin.last, {}
        found = any(first_difference(wanted, self.twin.take(step)) for _ in range(_TIMES))
        self.twin.last = before
        return found

    @property
    def n_asked(self) -> int:
        return self.asked.total()

    @property
    def share(self) -> float:
        """Equal answers of all."""
        return self.equal.total() / max(1, self.n_asked)

    def report(self, shown: int) -> Iterator[str]:
        """Lines: the figures, by family, and the differences by cause."""
        n_steady = self.n_asked - len(self.unsteady)
        n_equal = self.equal.total()
        yield f"{n_equal} of {self.n_asked} equal: {self.share:.2%}; of the {n_steady} steady ones {n_equal / max(1, n_steady):.2%}"
        yield " ".join(f"{name}:{self.equal[name]}/{n}" for name, n in sorted(self.asked.items()))
        yield f"not compared: {dict(self.lacking.most_common())}"
        for title, found in (("differs", self.wrong), ("unsteady", self.unsteady)):
            groups: dict[str, list[Difference]] = defaultdict(list)
            for one in found:
                groups[f"{one.step.family} {cause(one.told)}"].append(one)
            for name, members in sorted(groups.items(), key=lambda item: -len(item[1])):
                yield f"## {title} {len(members)} x {name}"
                for step, told, begun in members[:shown]:
                    if begun is not step:
                        yield f"   {begun.method} {begun.path} {json.dumps(begun.body, ensure_ascii=False)}"
                    yield f"   {step.method} {step.path} {json.dumps(step.body, ensure_ascii=False)}"
                    yield f"      {told}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("real")
    parser.add_argument("mock", nargs="?")
    parser.add_argument("--version", required=True)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--requests", type=int, default=1500)
    parser.add_argument("--families", default="")
    parser.add_argument("--twin")
    parser.add_argument("--shown", type=int, default=3)
    given = parser.parse_args()
    version = tuple(map(int, given.version.split(".")[:2]))
    with contextlib.ExitStack() as stack:
        mock = stack.enter_context(Side(given.mock or stack.enter_context(Server(version=given.version)).url))
        real = stack.enter_context(Side(given.real))
        twin = stack.enter_context(Side(given.twin)) if given.twin else real
        real.wipe()
        lacking = frozenset(name for name, one in FIELDS.items() if not real.can_map(one))
        for side in {real, twin, mock}:
            side.begin(Corpus(given.seed, version, lacking))
        comparison = Comparison(real, twin, mock)
        for step in steps(given.seed, version, given.families.split(",") if given.families else []):
            if comparison.n_asked >= given.requests:
                break
            comparison.take(step)
    print(f"seed {given.seed}, {given.version}, without fields {sorted(lacking)}")
    for line in comparison.report(given.shown):
        print(line)
    return 0 if comparison.share >= LEAST else 1


if __name__ == "__main__":
    sys.exit(main())
