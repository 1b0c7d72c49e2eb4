"""Documents and REST layer, answered byte for byte as real servers answered.

Evidence: recordings of 7.10.2, 7.17.29 and 8.19.21 (fixtures/recorded/VERSION/rest, made by fixtures/record_rest.py): request, headers,
body, status, warnings, answer; ids and times are masked. The requests go through the HTTP door.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from esmock.server import Server
from tests.scripts import recorder
from tests.wire import Wire, parse_all

FIXTURES = Path(__file__).parents[2] / "fixtures"
CASES = sorted((path.parts[-3], path.stem) for path in FIXTURES.glob("recorded/*/rest/*.json"))
_OTHER_TYPE = "a second mapping type: 7.10.2 meets the conflict of the new mapping's fields before that of the types"
_SOURCE = "7.10.2 quotes its network buffer where a line of a bulk is broken"
_BEHIND = "what follows a body that is a text is not read here"
_ENCODED = "the mappings of a template may come in base64, too"
KNOWN: dict[tuple[str, str], dict[str, str]] = {
    ("7.10.2", "bulk"): {
        "66 POST /_bulk": _OTHER_TYPE,
        "143 POST /_bulk": _OTHER_TYPE,
        "402 POST /b/_bulk?type=x": _OTHER_TYPE,
        "410 POST /b/t/_bulk": _OTHER_TYPE,
    },
    ("7.10.2", "malformed_bodies"): {"300 PUT /i/_alias/a2": _BEHIND},
    ("8.19.21", "malformed_bodies"): {
        "184 PUT /_index_template/t": _ENCODED,
        "193 PUT /_index_template/t": _ENCODED,
        "238 PUT /_template/l": "8.19.21 fails on mappings that are null",
        "300 PUT /i/_alias/a2": _BEHIND,
    },
    ("7.10.2", "several_versions"): {"53 POST /_bulk?refresh": _SOURCE},
    ("7.17.29", "malformed_bodies"): {
        "184 PUT /_index_template/t": _ENCODED,
        "193 PUT /_index_template/t": _ENCODED,
        "300 PUT /i/_alias/a2": _BEHIND,
    },
    ("7.17.29", "several_versions"): {"36 POST /_msearch": "7.17.29 searches the type that a header names"},
    ("7.17.29", "statistics"): {"13 POST /g/_pit?keep_alive=1m": "ids of points in time are the server's own"},
}
"""By (version, file), the requests that are answered otherwise, each as ``number METHOD /path``, and why; strict."""


@pytest.mark.parametrize(("version", "name"), CASES)
def test_answers_are_those_recorded(version: str, name: str) -> None:
    recording = recorder("rest")
    server = Server(version=version, cluster_name="judge", node_name="node-0")
    wire = Wire(server)
    exchanges = json.loads((FIXTURES / "recorded" / version / "rest" / f"{name}.json").read_text("utf-8"))
    differing = []
    for number, (line, headers, body, status, warnings, answer) in enumerate(exchanges):
        method, _, target = line.partition(" ")
        got = parse_all(wire.send(method, target, headers, None if body is None else body.encode()), method)
        told = recording.warned([value for key, value in got.headers if key == "warning"])
        text = recording.mask(got.body.decode())
        same = (got.status, told, text) == (status, warnings, answer)
        if not same:
            differing.append(f"{number} {line}")
    assert differing == list(KNOWN.get((version, name), {}))
    assert len(exchanges) > 20
