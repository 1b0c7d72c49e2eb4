"""Source: recordings of 8.19.21, all combinations of the version matrix; the 9.x column follows the same rules."""

import pytest

from esmock.api.media import negotiate, settle
from esmock.errors import ApiError
from esmock.version import behaviour

J = "application/json"


def v(number):
    return f"application/vnd.elasticsearch+json; compatible-with={number}"


MATRIX = [
    (None, J, 8, 9),
    (J, J, 8, 9),
    (v(7), v(7), 7, "Accept version must be"),
    (v(8), v(8), 8, 8),
    (v(9), v(9), "Accept version must be", 9),
    (v(7), v(8), "the compatible versions must match", "Accept version must be"),
    (v(8), v(9), "Content-Type version must be", "the compatible versions must match"),
    (v(8), J, "if either one has requested a compatible version. ", "the compatible versions must match"),
    (None, v(8), "if either one has requested a compatible version. ", "the compatible versions must match"),
    (v(9), J, "Accept version must be", "if either one has requested a compatible version. "),
    (None, v(9), "Content-Type version must be", "if either one has requested a compatible version. "),
    (J, v(7), "the compatible versions must match", "Content-Type version must be"),
]


def outcome(version, accept, content):
    try:
        found = negotiate(
            (accept,) if accept else (), (content,) if content else (), has_body=True, behaviour=behaviour(version)
        )
    except ApiError as error:
        return error.cause.reason
    return found.rest_major


@pytest.mark.parametrize(("accept", "content", "eight", "nine"), MATRIX)
def test_versions_of_accept_and_content_type_must_agree(accept, content, eight, nine):
    for version, expected in (("8.19.21", eight), ("9.5.3", nine)):
        got = outcome(version, accept, content)
        assert got == expected if isinstance(expected, int) else expected in got


def test_without_a_body_only_accept_counts():
    found = negotiate((v(8),), (v(7),), has_body=False, behaviour=behaviour("9.5.3"))
    assert found.rest_major == 8


def test_both_headers_wrong_gives_the_second_as_suppressed():
    found, wrong = settle(("garbage",), ("garbage",), has_body=False, behaviour=behaviour("8.19.21"))
    assert (found.accept, found.content) == (None, None)
    body = wrong.body()["error"]
    assert body["reason"] == "Invalid media-type value on headers [Accept]"
    assert body["suppressed"][0]["reason"] == "Invalid media-type value on headers [Content-Type]"


@pytest.mark.parametrize(
    ("version", "accept", "format_", "expected"),
    [
        ("7.10.2", J, None, "application/json; charset=UTF-8"),
        ("7.10.2", "application/yaml", None, "application/yaml"),
        ("7.10.2", "garbage", None, "application/json; charset=UTF-8"),
        ("7.10.2", v(8), None, "application/json; charset=UTF-8"),
        ("8.19.21", J, None, "application/json"),
        ("8.19.21", "application/json; charset=UTF-8", None, "application/json;charset=utf-8"),
        ("8.19.21", "application/json;charset=utf-8", "yaml", "application/yaml;charset=utf-8"),
        ("8.19.21", "text/html;q=0.9", None, "application/json;q=0.9"),
        ("8.19.21", v(8), None, "application/vnd.elasticsearch+json;compatible-with=8"),
        ("8.19.21", J, "vnd_json", "application/vnd.elasticsearch+json"),
        ("8.19.21", "*/*", None, "application/json"),
    ],
)
def test_content_type_of_the_answer(version, accept, format_, expected):
    flags = behaviour(version)
    found = negotiate((accept,), (), has_body=False, behaviour=flags)
    assert found.result(format_, flags)[1] == expected
