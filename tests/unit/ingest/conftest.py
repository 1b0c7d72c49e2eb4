"""Running one processor over one document."""

from __future__ import annotations

import pytest


@pytest.fixture
def simulate(raw):
    """Simulate a processor: the document that comes out, or the error."""

    def run(kind, options, source, version="8.19.21"):
        body = {"pipeline": {"processors": [{kind: options}]}, "docs": [{"_source": source}]}
        answer = raw(version).json("POST /_ingest/pipeline/_simulate", body)
        if "error" in answer:
            return answer["error"]
        document = answer["docs"][0]
        return document["doc"] if "doc" in document else document["error"]

    return run
