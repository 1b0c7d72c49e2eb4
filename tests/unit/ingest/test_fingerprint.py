"""The processor fingerprint. Source: the documentation page; what is marked is reasoned."""

from __future__ import annotations

import base64
import hashlib

import pytest

USER = {"last_name": "Smith", "first_name": "John", "date_of_birth": "1980-01-15", "is_active": True}


def made(document):
    return document["_source"]["fingerprint"]


@pytest.mark.parametrize("version", ["7.17.29", "8.19.21", "9.5.3"])
def test_an_object_is_hashed_as_the_page_shows(simulate, version):
    found = simulate("fingerprint", {"fields": ["user"]}, {"user": USER}, version)
    assert made(found) == "WbSUPW4zY1PBPehh2AA/sSxiRjw="


def test_the_processor_came_after_7_10(simulate):
    found = simulate("fingerprint", {"fields": ["user"]}, {"user": USER}, "7.10.2")
    assert found["reason"] == "No processor type exists with name [fingerprint]"


def test_the_order_of_keys_and_of_fields_does_not_count(simulate):
    turned = dict(reversed(USER.items()))
    assert made(simulate("fingerprint", {"fields": ["user"]}, {"user": turned})) == "WbSUPW4zY1PBPehh2AA/sSxiRjw="
    both = [made(simulate("fingerprint", {"fields": order}, {"a": "x", "b": "y"})) for order in (["a", "b"], ["b", "a"])]
    assert both[0] == both[1]


@pytest.mark.parametrize(("method", "algorithm"), [("MD5", "md5"), ("SHA-1", "sha1"), ("SHA-256", "sha256"), ("SHA-512", "sha512")])
def test_methods(simulate, method, algorithm):
    wanted = base64.b64encode(hashlib.new(algorithm, b"\0x").digest()).decode()
    assert made(simulate("fingerprint", {"fields": ["a"], "method": method}, {"a": "x"})) == wanted


@pytest.mark.unverified
def test_murmur_gives_sixteen_bytes(simulate):
    found = made(simulate("fingerprint", {"fields": ["a"], "method": "MurmurHash3"}, {"a": "x"}))
    assert len(base64.b64decode(found)) == 16


@pytest.mark.unverified
@pytest.mark.parametrize(
    ("value", "content"),
    [
        (1, b"\0\0\0\0\1"),
        (5_000_000_000, b"\0\0\0\0\1\x2a\x05\xf2\0"),
        (0.5, b"\0\x3f\xe0\0\0\0\0\0\0"),
        (False, b"\0\2"),
        (["p", "q"], b"\0p\0q"),
        ({"k": None}, b"\0k\0"),
    ],
)
def test_how_other_values_are_written(simulate, value, content):
    wanted = base64.b64encode(hashlib.sha1(content).digest()).decode()
    assert made(simulate("fingerprint", {"fields": ["a"]}, {"a": value})) == wanted


@pytest.mark.unverified
def test_salt_and_target(simulate):
    found = simulate("fingerprint", {"fields": ["a"], "salt": "s", "target_field": "h.f"}, {"a": "x"})
    assert found["_source"]["h"]["f"] == base64.b64encode(hashlib.sha1(b"s\0x").digest()).decode()


def test_missing_fields(simulate):
    left_out = simulate("fingerprint", {"fields": ["a", "b"], "ignore_missing": True}, {"a": "x"})
    assert made(left_out) == made(simulate("fingerprint", {"fields": ["a"]}, {"a": "x"}))
    assert simulate("fingerprint", {"fields": ["b"], "ignore_missing": True}, {"a": "x"})["_source"] == {"a": "x"}


@pytest.mark.unverified
@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({}, "[fields] required property is missing"),
        ({"fields": []}, "[fields] must specify at least one field"),
        ({"fields": "a"}, "[fields] property isn't a list, but of type [java.lang.String]"),
        (
            {"fields": ["a"], "method": "CRC"},
            "[method] [CRC] must be one of the supported hash methods [MD5, SHA-1, SHA-256, SHA-512, MurmurHash3]",
        ),
        ({"fields": ["b"]}, "missing field [b] when calculating fingerprint"),
        (
            {"fields": ["a"], "x": 1},
            "processor [fingerprint] doesn't support one or more provided configuration parameters [x]",
        ),
    ],
)
def test_what_is_wrong_is_told(simulate, options, reason):
    assert simulate("fingerprint", options, {"a": "x"})["reason"] == reason
