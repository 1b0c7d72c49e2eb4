"""Paths into documents. Source: recordings of 7.10.2 (fixtures/recorded/7.10.2/ingest.json)."""

from __future__ import annotations

import pytest

from esmock.errors import IllegalArgument
from esmock.ingest.document import IngestDocument


def document(**source):
    return IngestDocument(source, {"_index": "i", "_id": "1"}, 0)


def test_a_set_makes_the_objects_on_the_way():
    doc = document()
    doc.set("a.b.c", 1)
    assert doc.source() == {"a": {"b": {"c": 1}}}


def test_a_list_is_reached_by_position():
    doc = document(a=[{"b": 1}])
    assert doc.get("a.0.b") == 1
    with pytest.raises(IllegalArgument) as caught:
        doc.get("a.3.b")
    assert caught.value.reason == "[3] is out of bounds for array with length [1] as part of path [a.3.b]"


def test_metadata_is_no_part_of_the_source():
    doc = document(a=1)
    doc.set("_index", "other")
    doc.set("_ingest.x", 1)
    assert (doc.source(), doc.fields["_index"], doc.metadata["x"]) == ({"a": 1}, "other", 1)


def test_the_source_comes_in_the_order_of_a_hash_map_that_grew_from_the_source():
    doc = document(n=1)
    doc.fields.update({"_type": "_doc"})
    doc.set("f", 2)
    assert list(doc.source()) == ["n", "f"]
