"""JSON whose numbers keep their spelling: what is read and written again changes only where it was changed."""

from __future__ import annotations

import json
from typing import Any

import orjson

Json = Any


def loads(content: bytes) -> Json:
    """A tree in which every fraction is kept as it was spelled. Raises ValueError."""
    return json.loads(content, parse_float=lambda text: orjson.Fragment(text.encode()))


def dumps(tree: Json) -> bytes:
    """Compact JSON, as Elasticsearch lays it out."""
    return orjson.dumps(tree)
