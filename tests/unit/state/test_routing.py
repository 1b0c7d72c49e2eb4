"""Source: Elasticsearch's published Murmur3 test values; shard numbers recorded on 7.10.2 (GET _search_shards?routing=)."""

import pytest

from esmock.state.routing import default_routing_shards, murmur3, shard_of


@pytest.mark.parametrize(("text", "hashed"), [("hell", 0x5A0CB7C3), ("hello", 0xD7C31989), ("hello w", 0x22AB2984)])
def test_murmur3_hashes_utf_16(text, hashed):
    assert murmur3(text.encode("utf-16-le")) & 0xFFFFFFFF == hashed


@pytest.mark.parametrize(("shards", "room"), [(1, 1024), (2, 1024), (5, 640), (8, 1024), (1024, 2048)])
def test_room_for_splitting(shards, room):
    assert default_routing_shards(shards) == room


@pytest.mark.parametrize(
    ("routing", "shard"), [("a", 1), ("b", 0), ("c", 3), ("1", 4), ("2", 3), ("3", 0), ("hello", 4), ("user-42", 1)]
)
def test_documents_go_to_the_shard_that_elasticsearch_chooses(routing, shard):
    assert shard_of(routing, routing, shards=5, routing_shards=640) == shard
