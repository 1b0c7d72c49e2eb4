"""Segments: what columns, postings and nested views hold, and under which mapping a document is read."""

from __future__ import annotations

from typing import Any

import numpy as np
import orjson

from esmock.analysis.index_analysis import plain_analysis
from esmock.mapping.mapping import Mapping
from esmock.store.postings import encode_lengths, length_table
from esmock.store.reader import Reader
from esmock.store.segment import Segment, StoredDoc
from esmock.version import behaviour

FLAGS = behaviour("7.10.2")
FIELDS = {
    "properties": {
        "k": {"type": "keyword"},
        "n": {"type": "long"},
        "f": {"type": "float"},
        "t": {"type": "text", "fields": {"raw": {"type": "keyword"}}},
        "c": {"type": "nested", "properties": {"v": {"type": "integer"}}},
        "all": {"type": "keyword"},
        "src": {"type": "keyword", "copy_to": "all"},
    }
}


def mapping(body: Any = FIELDS) -> Mapping:
    return Mapping.parse(body, plain_analysis(FLAGS), FLAGS)


def segment(*sources: Any, fields: Mapping | None = None) -> Segment:
    found = fields or mapping()
    return Segment.build(
        [StoredDoc(str(at), orjson.dumps(source), None, at, 1, 1, found) for at, source in enumerate(sources)]
    )


def test_a_keyword_column_has_sorted_terms_without_repeats() -> None:
    column = segment({"k": ["b", "a", "b"]}, {}, {"k": "c"}).column("k")
    assert column.dictionary == ["a", "b", "c"]
    assert column.values.tolist() == [0, 1, 2]
    assert column.starts.tolist() == [0, 2, 2, 3]


def test_numbers_are_sorted_within_a_document_and_keep_repeats() -> None:
    column = segment({"n": [3, 1, 3]}, {"n": "7"}, {"n": None}).column("n")
    assert column.values.dtype == np.int64
    assert column.values.tolist() == [1, 3, 3, 7]
    assert column.starts.tolist() == [0, 3, 4, 4]


def test_floats_are_rounded_to_32_bits() -> None:
    assert segment({"f": 0.1}).column("f").values.tolist() == [0.10000000149011612]


def test_a_multi_field_reads_the_values_of_its_parent() -> None:
    assert segment({"t": "Quick Fox"}).column("t.raw").dictionary == ["Quick Fox"]


def test_copied_values_join_those_of_the_target() -> None:
    assert segment({"src": "b", "all": "a"}).column("all").dictionary == ["a", "b"]


def test_dots_in_names_stand_for_objects() -> None:
    fields = mapping({"properties": {"o": {"properties": {"x": {"type": "keyword"}}}}})
    column = segment({"o.x": "a"}, {"o": {"x": "b"}}, {"o": [{"x": "c"}, {"x": "d"}]}, fields=fields).column("o.x")
    assert column.dictionary == ["a", "b", "c", "d"]
    assert column.starts.tolist() == [0, 1, 2, 4]


def test_a_field_mapped_later_is_not_seen_in_older_documents() -> None:
    old = mapping({"dynamic": "false", "properties": {}})
    new = old.merge({"properties": {"k": {"type": "keyword"}}})
    docs = [
        StoredDoc("0", b'{"k":"a"}', None, 0, 1, 1, old),
        StoredDoc("1", b'{"k":"b"}', None, 1, 1, 1, new),
    ]
    column = Segment.build(docs).column("k")
    assert column.dictionary == ["b"]
    assert column.starts.tolist() == [0, 0, 1]


def test_postings_hold_frequencies_and_positions_with_the_gap_between_values() -> None:
    postings = segment({"t": ["a b a", "a"]}, {"t": "b"}).postings("t")
    docs, freqs = postings.of("a")
    assert (docs.tolist(), freqs.tolist()) == ([0], [3])
    assert postings.positions_of("a")[1].tolist() == [0, 2, 103]
    assert postings.of("b")[0].tolist() == [0, 1]
    assert (postings.n_docs_with_field, postings.total_terms) == (2, 5)


def test_lengths_are_exact_up_to_forty_and_cut_beyond() -> None:
    encoded = encode_lengths(np.array([0, 1, 39, 40, 41, 1000]))
    assert length_table()[encoded].tolist() == [0.0, 1.0, 39.0, 40.0, 40.0, 984.0]


def test_nested_objects_are_documents_with_parents() -> None:
    view = segment({"c": [{"v": 1}, {"v": 2}]}, {}, {"c": {"v": 3}}).nested("c")
    assert view.parents.tolist() == [0, 0, 2]
    assert view.offsets.tolist() == [0, 1, 0]
    assert view.column("c.v").values.tolist() == [1, 2, 3]


def test_the_root_does_not_see_nested_values() -> None:
    assert segment({"c": [{"v": 1}]}).column("c.v").values.tolist() == []


def test_a_reader_tells_the_living_from_the_dead() -> None:
    one = segment({"k": "a"}, {"k": "b"})
    reader = Reader.of([(one, frozenset({0}))])
    assert (reader.n_docs, reader.n_live) == (2, 1)
    assert reader.leaves[0].live().tolist() == [False, True]
    assert reader.find("0") is None
    assert reader.find("1") is one.docs[1]
