"""What a build or the settings leave out."""

import json

import pytest

from esmock.server import Server
from tests.wire import Wire


def wire(version: str = "7.10.2", **settings: str) -> Wire:
    return Wire(Server(version=version, node_settings={f"esmock.{key}": value for key, value in settings.items()}))


def test_the_apache_build_has_no_x_pack():
    """Evidence: 7.10.2 in the Apache build."""
    ask = wire(build_flavor="oss")
    for target in ("/_security/user", "/_data_stream/none"):
        status, headers, body = ask.request("GET", target, [], None)
        assert (status, headers["allow"]) == (405, "POST")
        assert json.loads(body) == {
            "error": f"Incorrect HTTP method for uri [{target}] and method [GET], allowed: [POST]",
            "status": 405,
        }
    assert json.loads(ask.request("GET", "/", [], None)[2])["version"]["build_flavor"] == "oss"


def test_the_default_build_has_it():
    status, _, body = wire().request("GET", "/_data_stream/none", [], None)
    assert (status, json.loads(body)["error"]["type"]) == (404, "index_not_found_exception")


@pytest.mark.parametrize(("version", "flavor"), [("7.17.29", "oss"), ("9.5.3", "unknown"), ("7.10.2", "pro")])
def test_a_build_that_there_never_was_is_refused(version, flavor):
    with pytest.raises(ValueError, match=f"no build flavor {flavor} of {version}"):
        wire(version, build_flavor=flavor)


def test_a_node_can_be_given_the_id_of_a_recorded_one():
    body = wire(node_id="q_VJXfwWRiGlwL3gPTW98g").request("GET", "/_nodes/_local/os", [], None)[2]
    assert list(json.loads(body)["nodes"]) == ["q_VJXfwWRiGlwL3gPTW98g"]
