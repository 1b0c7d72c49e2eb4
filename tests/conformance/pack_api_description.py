"""Make esmock/conformance/data/api-VERSION.json.xz from a published REST API description.

    python tests/conformance/pack_api_description.py SOURCE.json VERSION

SOURCE is one JSON object of all APIs by name (the files of the artifact ``rest-api-spec`` joined). Only facts are kept: names,
methods, paths, parameter names and types, which parameters are required, and whether a body belongs to a call.
"""

from __future__ import annotations

import json
import lzma
import sys
from pathlib import Path

from esmock.conformance.apispec import pack

DATA = Path(__file__).parents[2] / "esmock" / "conformance" / "data"


def packed_bytes(source: Path) -> bytes:
    """The content of the packed file, always the same for the same source."""
    facts = json.dumps(pack(json.loads(source.read_bytes())), separators=(",", ":"), sort_keys=False)
    return lzma.compress(facts.encode(), preset=9)


if __name__ == "__main__":
    (DATA / f"api-{sys.argv[2]}.json.xz").write_bytes(packed_bytes(Path(sys.argv[1])))
