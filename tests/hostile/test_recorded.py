"""Malformed requests are refused as a real server refuses them: status, type of the error, type of its root causes.

Evidence: 1,300 requests sent to 7.10.2 by ``fixtures/record_hostile.py``. Those that it left without an answer (a bad ``error_trace``
kills its request) are passed over.
"""

import json
from pathlib import Path

from esmock.server import Server
from tests.hostile import generator
from tests.hostile.measure import Victim
from tests.scripts import recorder

FIXTURES = Path(__file__).parents[2] / "fixtures"
KNOWN = FIXTURES / "recorded" / "7.10.2" / "hostile_known.txt"
"""Numbers of the requests that are refused otherwise, with what was expected and what came; strict both ways."""


def differing() -> tuple[int, dict[int, str]]:
    """How many requests were compared, and those that differ."""
    recording = recorder("hostile")
    recorded = json.loads((FIXTURES / "recorded" / "7.10.2" / "hostile.json").read_text("utf-8"))
    compared, found = 0, {}
    with Server(version="7.10.2") as server:
        victim = Victim(server)
        asked = generator.requests(recording.SEED, recording.COUNT, generator.COMPARABLE)
        for number, (one, (line, *expected)) in enumerate(zip(asked, recorded, strict=True)):
            assert line == f"{one.method} {one.target}"
            met = victim.meet(one)
            if expected[0]:
                compared += 1
                got = recording.verdict(met.status, met.body)
                if got != expected:
                    found[number] = f"{one.family}: {expected[0]} {str(expected[1])[:80]} | {got[0]} {str(got[1])[:80]}"
    return compared, found


def test_malformed_requests_are_refused_as_recorded():
    compared, found = differing()
    assert compared > 1200
    known = dict(line.split(" ", 1) for line in KNOWN.read_text("utf-8").splitlines())
    assert {str(number): text for number, text in found.items()} == known


if __name__ == "__main__":
    KNOWN.write_text("".join(f"{number} {text}\n" for number, text in differing()[1].items()), "utf-8")
