"""Source: recordings of 6.8.23, and the vectors of the rollup YAML and unit tests."""

import pytest

from esmock.features.rollup.document_id import rollup_id


@pytest.mark.parametrize(
    ("job", "key", "expected"),
    [
        ("foo", {"t": 0}, "foo$VxMkzTqILshClbtbFi4-rQ"),
        (
            "foo",
            {"abc.histogram": 1.9, "bar.terms": "baz", "foo.date_histogram": 123},
            "foo$c9LcrFqeFW92uN_Z7sv1hA",
        ),
        (
            "foo",
            {"abc.histogram": 1.9, "bar.terms": "a" * 32766, "foo.date_histogram": 123},
            "foo$VAFKZpyaEqYRPLyic57_qw",
        ),
        ("sensor", {"node.terms": "a", "timestamp.date_histogram": 1516726800000}, "sensor$FgsHcbzwlvcfsJBBkuFH1w"),
        ("sensor", {"timestamp.date_histogram": 1516294800000, "node.terms": "c"}, "sensor$ToQ8SQy-5KVQG7BBOaHaCw"),
        ("m", {"d.date_histogram": 3600000, "i.histogram": 5.0, "k.terms": None}, "m$8BQ7blz1MH7qzbiV6QuHrA"),
        ("m", {"d.date_histogram": 7200000, "i.histogram": None, "k.terms": None}, "m$IYl2DyJiS823CNU9dwI5PA"),
        ("m", {"d.date_histogram": 3600000, "i.histogram": -10.0, "k.terms": "a"}, "m$IaE7z2JlofqIBfMxCr0kkA"),
        (
            "n",
            {"d.date_histogram": -68400000, "f.terms": 0.10000000149011612, "l.terms": 1, "x.terms": 1.5},
            "n$C3XHv0vZh7hFwyZ01zn0fA",
        ),
    ],
)
def test_the_id_hashes_the_sorted_key_and_the_job(job, key, expected):
    assert rollup_id(job, key) == expected
