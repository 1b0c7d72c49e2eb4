"""Flow hashes and directions. Source: the published test vectors of the flow hash; the rest is reasoned."""

from __future__ import annotations

import ipaddress

import pytest

from esmock.ingest.network import community_id, in_networks
from esmock.ingest.uri import uri_parts


def test_a_flow_hashes_alike_in_both_directions():
    there = community_id("128.232.110.120", "66.35.250.204", 6, (34855, 80))
    back = community_id("66.35.250.204", "128.232.110.120", 6, (80, 34855))
    assert there == back == "1:LQU9qZlK+B5F3KDmev6m5PMibrg="


@pytest.mark.unverified
@pytest.mark.parametrize(("name", "inside"), [("private", True), ("10.0.0.0/8", True), ("public", False), ("loopback", False)])
def test_networks_have_names(name, inside):
    assert in_networks(ipaddress.ip_address("10.1.2.3"), [name]) is inside


@pytest.mark.unverified
def test_a_uri_falls_into_its_parts():
    assert uri_parts("http://me:pw@www.example.com:80/foo.gif?key1=val1#fragment") == {
        "domain": "www.example.com",
        "fragment": "fragment",
        "path": "/foo.gif",
        "extension": "gif",
        "port": 80,
        "query": "key1=val1",
        "scheme": "http",
        "user_info": "me:pw",
        "username": "me",
        "password": "pw",
    }
