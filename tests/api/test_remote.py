"""The Python helper for servers in another process."""

import pytest

from esmock.remote import Remote, RemoteError
from esmock.server import Server


@pytest.fixture
def remote():
    with Server() as server:
        yield Remote(server.url)


def test_a_fault_acts_within_its_block(remote):
    import urllib.error
    import urllib.request

    with remote.fault("status", status=503, path="/_cat/*", first=5):
        with pytest.raises(urllib.error.HTTPError) as caught:
            urllib.request.urlopen(f"{remote.url}/_cat/health")
        caught.value.close()
        assert caught.value.code == 503
    urllib.request.urlopen(f"{remote.url}/_cat/health").close()
    remote.assert_called("cat.health", times=2)
    remote.assert_not_called("search")
    remote.assert_order({"endpoint": "cat.health", "status": 503}, {"endpoint": "cat.health", "status": 200})
    with pytest.raises(AssertionError, match="wanted search, was cat"):
        remote.assert_called("search")


def test_a_refusal_names_the_field(remote):
    with pytest.raises(RemoteError) as caught:
        remote.fault("delay", seconds={})
    assert (caught.value.field, caught.value.status) == ("when.seconds", 400)


def test_spaces_time_and_state(remote):
    space = remote.make_space(version="8.19.21", seed={"books": [{"_id": "1", "title": "Dune"}]})
    assert space.clock(freeze="2030-01-31T12:00:00Z")["frozen"] is True
    assert remote.clock()["frozen"] is False
    state = space.state()
    assert list(state["indices"]) == ["books"]
    assert remote.state()["indices"] == {}
    space.reset()
    space.restore(state)
    space.keep()
    space.stub("replace", path="/_mine", body={"mine": True})
    space.clear()
    assert space.findings() == []
    space.drop()
    with pytest.raises(RemoteError, match="no space"):
        space.health() and space.state()
