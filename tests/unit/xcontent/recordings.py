"""Recorded answers of real nodes, where they lie beside the checkout."""

from __future__ import annotations

import base64
import json
import lzma
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Recording:
    """One request and what a node of ``version`` answered."""

    version: str
    case: str
    method: str
    path: str
    request: bytes
    response: str

    @property
    def tree(self) -> Any:
        return json.loads(self.response)

    def innermost(self) -> tuple[str, str]:
        """Type and reason of the last cause."""
        error = self.tree["error"]
        while "caused_by" in error:
            error = error["caused_by"]
        return error["type"], error["reason"]


def recordings(shared: Path) -> Iterator[Recording]:
    """Every recorded answer that is text."""
    packed = (shared / "spec" / "rest-golden.json.xz").read_bytes()
    for entry in json.loads(lzma.decompress(packed)):
        asked, answer = entry["request"], entry["response"]
        text = answer.get("body_text")
        if not text:
            continue
        body = base64.b64decode(asked["body_b64"]) if "body_b64" in asked else (asked.get("body") or "").encode()
        yield Recording(entry["engine"], entry["case"], asked["method"], asked["path"], body, text)
