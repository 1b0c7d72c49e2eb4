"""The illusion of several nodes: who there is, where shards lie, what finds no place.

Evidence: the shapes are those of recorded one-node answers; what several nodes add follows from the documentation
(modules-node, shard-allocation-filtering, cluster-reroute) and is marked unverified.
"""

from __future__ import annotations

import json
import urllib.request
from collections import Counter
from typing import Any

import pytest

from esmock.server import Server
from esmock.settings import NodeSettings

pytestmark = pytest.mark.unverified
TWO_SHARDS = {"settings": {"number_of_shards": 2, "number_of_replicas": 1}}


def nodes_of(raw: Any, version: str = "9.5.3", nodes: Any = 3) -> Any:
    ask = raw(version, nodes=nodes)
    ask("PUT /logs", TWO_SHARDS)
    return ask


@pytest.mark.parametrize(("nodes", "replicas", "colour"), [(1, 1, "yellow"), (2, 1, "green"), (3, 2, "green"), (3, 3, "yellow")])
def test_health_follows_the_number_of_nodes(raw, nodes, replicas, colour):
    ask = raw("8.19.21", nodes=nodes)
    ask("PUT /logs", {"settings": {"number_of_replicas": replicas}})
    health = ask.json("GET /_cluster/health")
    assert (health["status"], health["number_of_nodes"], health["number_of_data_nodes"]) == (colour, nodes, nodes)
    assert health["active_shards"] == min(nodes, replicas + 1)
    assert health["unassigned_shards"] == max(0, replicas + 1 - nodes)


def test_copies_of_a_shard_are_on_different_nodes(raw):
    ask = nodes_of(raw)
    table = ask.json("GET /_cluster/state/routing_table,nodes")
    names = set(table["nodes"])
    assert len(names) == 3
    for copies in table["routing_table"]["indices"]["logs"]["shards"].values():
        places = [copy["node"] for copy in copies]
        assert len(set(places)) == 2
        assert set(places) <= names
        assert len({copy["allocation_id"]["id"] for copy in copies}) == 2


def test_tables_and_statistics_agree_about_where_shards_are(raw):
    ask = nodes_of(raw)
    rows = ask.json("GET /_cat/shards?format=json")
    per_node = Counter(row["node"] for row in rows)
    assert sum(per_node.values()) == 4
    allocation = {row["node"]: int(row["shards"]) for row in ask.json("GET /_cat/allocation?format=json")}
    assert allocation == {**dict.fromkeys(("node-0", "node-1", "node-2"), 0), **per_node}
    ask("PUT /logs/_doc/1?refresh", {"a": 1})
    stats = ask.json("GET /logs/_stats/docs")
    assert stats["_all"]["primaries"]["docs"]["count"] == 1
    assert stats["_all"]["total"]["docs"]["count"] == 2
    nodes = ask.json("GET /_nodes/stats/indices/docs")["nodes"].values()
    assert sum(node["indices"]["docs"]["count"] for node in nodes) == 2


def test_a_filter_keeps_an_index_on_the_nodes_with_an_attribute(raw):
    zones = [NodeSettings(attributes={"zone": zone}) for zone in ("a", "b", "b")]
    ask = raw("7.10.2", nodes=zones)
    ask("PUT /logs", {"settings": {"number_of_replicas": 1, "index.routing.allocation.require.zone": "b"}})
    assert {row["node"] for row in ask.json("GET /_cat/shards?format=json")} == {"node-1", "node-2"}
    ask("PUT /logs/_settings", {"index.routing.allocation.require.zone": "c"})
    assert ask.json("GET /_cluster/health")["status"] == "green"  # ES: what cannot move stays


def test_roles_decide_who_holds_data_and_what_expressions_mean(raw):
    roles = [NodeSettings("m", ("master",)), NodeSettings("d", ("data", "ingest")), NodeSettings("c", ())]
    ask = raw("8.19.21", nodes=roles)
    ask("PUT /logs", {"settings": {"number_of_replicas": 0}})
    assert [row["node"] for row in ask.json("GET /_cat/shards?format=json")] == ["d"]
    health = ask.json("GET /_cluster/health")
    assert (health["number_of_nodes"], health["number_of_data_nodes"]) == (3, 1)
    for expression, names in {
        "data:true": {"d"},
        "data:true,coordinating_only:true": {"d", "c"},
        "_all,master:false": {"d", "c"},
        "_master": {"m"},
        "c*": {"c"},
    }.items():
        found = ask.json(f"GET /_nodes/{expression}/os")["nodes"].values()
        assert {node["name"] for node in found} == names, expression
    assert [row["node.role"] for row in ask.json("GET /_cat/nodes?format=json&h=node.role&s=name")] == ["-", "di", "m"]


def test_a_reroute_moves_a_copy_and_refuses_what_cannot_be(raw):
    ask = raw("8.19.21", nodes=3)
    ask("PUT /logs", {"settings": {"number_of_replicas": 1}})
    shards = {row["prirep"]: row["node"] for row in ask.json("GET /_cat/shards?format=json")}
    free = ({"node-0", "node-1", "node-2"} - set(shards.values())).pop()
    move = {"index": "logs", "shard": 0, "from_node": shards["p"], "to_node": free}
    assert ask.json("POST /_cluster/reroute?dry_run&metric=none", {"commands": [{"move": move}]}) == {"acknowledged": True}
    assert {row["prirep"]: row["node"] for row in ask.json("GET /_cat/shards?format=json")} == shards
    ask("POST /_cluster/reroute?metric=none", {"commands": [{"move": move}]})
    assert {row["prirep"]: row["node"] for row in ask.json("GET /_cat/shards?format=json")} == {"p": free, "r": shards["r"]}
    back = {"index": "logs", "shard": 0, "from_node": free, "to_node": shards["r"]}
    refused = ask("POST /_cluster/reroute", {"commands": [{"move": back}]})
    assert refused.status == 400
    assert "a copy of this shard is already allocated to this node" in json.loads(refused.body)["error"]["reason"]


def test_waiting_for_nodes_counts_them(raw):
    ask = raw("8.19.21", nodes=3)
    assert ask("GET /_cluster/health?wait_for_nodes=3&timeout=0s").status == 200
    assert ask("GET /_cluster/health?wait_for_nodes=>%3D4&timeout=0s").status == 408


def test_every_node_is_reachable_where_it_says():
    with Server(version="8.19.21", nodes=3) as server:
        with urllib.request.urlopen(f"{server.url}/_nodes/http") as answer:
            nodes = json.load(answer)["nodes"].values()
        addresses = {node["http"]["publish_address"] for node in nodes}
        assert len(addresses) == 3
        for address in addresses:
            with urllib.request.urlopen(f"http://{address}/_cluster/health") as answer:
                assert json.load(answer)["number_of_nodes"] == 3


def test_the_first_node_must_be_able_to_lead():
    with pytest.raises(ValueError, match="elected master"):
        Server(nodes=[NodeSettings(roles=("data",))])
    with pytest.raises(ValueError, match=r"unknown role \[dta\]"):
        Server(nodes=[NodeSettings(roles=("dta",))])
