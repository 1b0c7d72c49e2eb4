"""Serving a recording: the same requests get the same answers, in the order in which they were recorded."""

from __future__ import annotations

import json
from collections import defaultdict
from difflib import SequenceMatcher

from esmock.controls.recording.file import Recorded, Recording, canonical
from esmock.wire import RawRequest, RawResponse


class Replay:
    """A door that answers from a recording.

    Of several answers to the same request each is given in turn, the last one again and again. A request that was not
    recorded gets 501 with the nearest ones that were.
    """

    def __init__(self, recording: Recording) -> None:
        self.recording = recording
        self._answers: dict[tuple[str, str, str], list[Recorded]] = defaultdict(list)
        for one in recording.exchanges:
            self._answers[one.key].append(one)
        self._used: dict[tuple[str, str, str], int] = defaultdict(int)

    def handle(self, raw: RawRequest) -> RawResponse:
        """Answer a request."""
        body = canonical(raw.body.decode("utf-8", "replace"))
        key = (raw.method, raw.target, body)
        found = self._answers.get(key)
        if found is None:
            return self._unknown(key)
        turn = self._used[key]
        self._used[key] = turn + 1
        one = found[min(turn, len(found) - 1)]
        content = one.response.encode()
        headers = [*one.headers, ("content-length", str(len(content)))]
        return RawResponse(one.status, headers, b"" if raw.method == "HEAD" else content)

    def unused(self) -> list[Recorded]:
        """What was recorded and not asked for."""
        return [one for key, found in self._answers.items() for one in found[self._used.get(key, 0) :]]

    def _unknown(self, key: tuple[str, str, str]) -> RawResponse:
        shown = " ".join(key[:2])
        scored = sorted(((_likeness(key, other), other) for other in self._answers), reverse=True)
        near = [f"{method} {target} {body[:200]}".strip() for _, (method, target, body) in scored[:3]]
        reason = f"the recording has no answer to {shown}"
        error = {"type": "esmock_not_recorded", "reason": reason, "nearest": near}
        content = json.dumps({"error": error, "status": 501}).encode()
        headers = [("X-elastic-product", "Elasticsearch"), ("content-type", "application/json"), ("content-length", str(len(content)))]
        return RawResponse(501, headers, content)


def _likeness(one: tuple[str, str, str], other: tuple[str, str, str]) -> float:
    """How near two requests are: the path counts most, bodies decide between like paths."""
    paths = SequenceMatcher(None, " ".join(one[:2]), " ".join(other[:2])).ratio()
    return paths + 0.1 * SequenceMatcher(None, one[2], other[2]).quick_ratio()
