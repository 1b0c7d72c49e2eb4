"""The processor registered_domain. Source: the makers' tests and the documentation page."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("www.google.com", ("google.com", "com", "www")),
        ("example.com", ("example.com", "com", None)),
        ("com", (None, "com", None)),
        ("www.books.amazon.co.uk", ("amazon.co.uk", "co.uk", "www.books")),
        ("www.example.ac.uk", ("example.ac.uk", "ac.uk", "www")),
    ],
)
@pytest.mark.parametrize("version", ["7.17.29", "9.5.3"])
def test_a_name_falls_into_its_parts(simulate, name, parts, version):
    found = simulate("registered_domain", {"field": "d", "target_field": "p"}, {"d": name}, version)["_source"]["p"]
    wanted = dict(zip(("registered_domain", "top_level_domain", "subdomain"), parts, strict=True))
    assert found == {"domain": name, **{key: value for key, value in wanted.items() if value is not None}}


@pytest.mark.parametrize("name", ["foo.bar.baz", "123"])
def test_a_name_without_a_known_suffix_changes_nothing(simulate, name):
    assert simulate("registered_domain", {"field": "d", "target_field": "p"}, {"d": name})["_source"] == {"d": name}


def test_the_parts_go_to_the_root_without_a_target(simulate):
    found = simulate("registered_domain", {"field": "d"}, {"d": "www.example.com"})["_source"]
    assert (found["domain"], found["subdomain"]) == ("www.example.com", "www")


def test_a_missing_field(simulate):
    assert simulate("registered_domain", {"field": "d"}, {"e": 1})["_source"] == {"e": 1}
    found = simulate("registered_domain", {"field": "d", "ignore_missing": False}, {"e": 1})
    assert found["type"] == "illegal_argument_exception"
    assert found["reason"] == "field [d] not present as part of path [d]"


@pytest.mark.unverified
def test_what_is_wrong_is_told(simulate):
    assert simulate("registered_domain", {}, {})["reason"] == "[field] required property is missing"
    wrong = simulate("registered_domain", {"field": "d"}, {"d": 1})["reason"]
    assert wrong == "field [d] of type [java.lang.Integer] cannot be cast to [java.lang.String]"
