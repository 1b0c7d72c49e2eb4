"""Replays transcripts of real servers on esmock, in process, and compares as the transcripts' own tool does."""

from __future__ import annotations

import base64
import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from esmock.server import Server
from tests.conformance import rollup_of_6_8
from tests.scripts import load_script
from tests.wire import Wire

_STANDING: dict[str, Any] = {"frozen_at_ms": 1_700_000_000_000}
"""Transcripts are replayed with a clock that stands: no refresh and no cron comes in between on a slow machine."""
_COMPARED_HEADERS = ("content-type", "allow", "x-elastic-product")


@dataclass(frozen=True, slots=True)
class Difference:
    """An exchange that esmock answers otherwise; ``position`` is its place in the transcript."""

    position: int
    case: str
    line: str
    why: str


def load_tool(shared: Path) -> Any:
    """The comparison functions that come with the transcripts."""
    return load_script(shared / "judge" / "golden.py")


_RECORDED_ON: dict[str, dict[str, Any]] = {
    "7.10.2": {
        "cluster_name": "judge710",
        "node_settings": {"node.attr.testattr": "test", "esmock.build_flavor": "unknown", "esmock.build_type": "unknown", "path.repo": "/tmp"},
    },
    "8.19.21": {
        "cluster_name": "judge",
        "node_name": "judge-0",
        "node_settings": {"esmock.node_id": "fSP-tDHoQpuIGrIvqQMsiw"},
    },
}
"""What the recorded nodes were called, and of which build they were."""


class Replay:
    """One transcript on one version; ``settings`` are further ones of the server."""

    def __init__(self, shared: Path, name: str, version: str, left_out: Collection[int] = (), **settings: Any) -> None:
        self.left_out = left_out
        self.tool = load_tool(shared)
        self.name = name
        self.version = version
        self.entries = self.tool.load(name, version if name == "rest" else None)
        self.unstable = self.tool.unstable_cases(name, version)
        recorded_on = _RECORDED_ON[version] if name == "rest" else {}
        self.server = Server(version=version, **recorded_on, **_STANDING, **settings)
        self._wire = Wire(self.server)
        self.total = 0

    def differences(self) -> Iterator[Difference]:
        """Every compared exchange that differs."""
        self.tool.send = self._send
        for position, entry in enumerate(self.entries):
            if entry.get("reset"):
                self.tool.reset("")
            response = entry["response"]
            left_out = "settings" in entry or "note" in response or entry["request"].get("user") or entry.get("node")
            if left_out or response["status"] is None:
                continue
            status, headers, body = self._send("", entry["request"])
            if str(entry["case"]).startswith(("reset", "setup")) or position in self.unstable or position in self.left_out:
                continue
            self.total += 1
            why = self._why(response, status, headers, body)
            if why:
                line = f"{entry['request']['method']} {entry['request']['path']}"
                yield Difference(position, str(entry["case"]), line, why)

    def _send(self, url: str, request: dict[str, Any]) -> tuple[int, dict[str, str], bytes]:
        body = request.get("body")
        if "body_b64" in request:
            body = base64.b64decode(request["body_b64"])
        elif isinstance(body, dict | list):
            body = json.dumps(body, separators=(",", ":"), ensure_ascii=False).encode()
        elif isinstance(body, str):
            body = body.encode("utf-8", "surrogateescape")
        headers: list[tuple[str, str]] = []
        for name, value in (request.get("headers") or {}).items():
            headers += [(name, one) for one in (value if isinstance(value, list) else [value])]
        if body is not None and "headers" not in request:
            lines = "_bulk" in request["path"] or "_msearch" in request["path"]
            headers.append(("content-type", "application/x-ndjson" if lines else "application/json"))
        target = request["path"].encode("utf-8", "surrogateescape").decode("latin-1")
        return self._wire.request(request["method"], target, headers, body)

    def _why(self, want: dict[str, Any], status: int, headers: dict[str, str], body: bytes) -> str | None:
        tool = self.tool
        real = want["body"] if "body" in want else tool.parse(want.get("body_text", ""))
        got = tool.parse(body)
        text = body.decode("utf-8", "replace")
        if status != want["status"]:
            return f"status {want['status']} | {status} {text[:200]}"
        if isinstance(real, str) and "body" in want:
            if tool.text(real) != tool.text(text):
                return f"text {real[:80]!r} | {text[:80]!r}"
        elif real is not None or got is not None:
            found: str | None = tool.difference(tool.unordered(tool.normal(real)), tool.unordered(tool.normal(got)))
            if found:
                return found
        elif "body_text" in want and tool.text(want["body_text"]) != tool.text(text):
            return f"text {want['body_text'][:80]!r} | {text[:80]!r}"
        for name in _COMPARED_HEADERS:
            wanted = next((value for key, value in want["headers"].items() if key.lower() == name), None)
            sent = headers.get(name) or ""
            if not wanted or (name == "allow" and sorted(wanted.split(",")) == sorted(sent.split(","))):
                continue
            if sent.lower().replace(" ", "") != wanted.lower().replace(" ", ""):
                return f"header {name}: {wanted!r} | {sent!r}"
        return None


def measure(shared: Path, name: str, version: str) -> dict[str, str]:
    """Case to difference, of a whole transcript."""
    replay = Replay(shared, name, version, rollup_of_6_8.NAMED if name == "rollup" else ())
    if name == "rollup":
        for entry in replay.entries:
            rollup_of_6_8.adapt(entry)
    return _found(replay)


def measure_unadapted(shared: Path) -> dict[str, str]:
    """The same of the rollup transcript as it is, on a server that plays the rollup of the recorded engine."""
    return _found(Replay(shared, "rollup", "7.10.2", rollup_as="6.8.23"))


def _found(replay: Replay) -> dict[str, str]:
    return {f"{one.position} {one.case} {one.line[:80]}": one.why[:160] for one in replay.differences()}
