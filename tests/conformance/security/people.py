"""Roles and users made at random, and the indices that they are about."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

Json = Any
Sent = tuple[str, str, Json]
"""Method, path, body."""


def _values() -> dict[str, list[Json]]:
    """The values of ``values.txt``, by name."""
    found: dict[str, list[Json]] = {}
    name = ""
    for line in Path(__file__).with_name("values.txt").read_text("utf-8").splitlines():
        if re.fullmatch(r"\[\w+\]", line):
            name = line.strip("[]")
        elif line and not line.startswith("#"):
            found.setdefault(name, []).append(json.loads(line))
    return found


VALUES = _values()
PASSWORD = "secret1"
N_ROLES = N_USERS = 25


class Plan(NamedTuple):
    """What decides over all that is asked.

    Args:
        of_six: whether the engine that decides is 6.8, of which later inventions are not asked.
        is_whole: whether the engine has all modules, and an index for keys.
    """

    seed: int
    of_six: bool
    is_whole: bool

    def user(self, r: Random) -> str:
        """The name of one of the users, which is no other plan's."""
        return self.users[r.randrange(N_USERS)]

    @property
    def users(self) -> list[str]:
        return [f"x{self.seed}_{number}" for number in range(N_USERS)]


INDICES = ("logs-1", "logs-2", "ro", "secret", "shut", "people")
NAMES = (*INDICES, "public", "part", "nope")
PATTERNS = (
    *"logs-* logs-1 logs-2 ro secret shut public part people * l* ?o *-1 p* s* new-* n*e".split(),
    *"/logs-[12]/ /(ro|sec.*)/ /@&~(secret)/ /s.+t/ /logs-(1|9)|people/".split(),
)
CLUSTER = (
    "none manage_index_templates manage_saml manage_token monitor_ml monitor_rollup monitor_watcher read_ccr read_ilm transport_client"
    " manage_ccr manage_ilm manage_ml manage_rollup manage_watcher manage_ingest_pipelines manage_pipeline manage_security monitor manage all"
).split()
CLUSTER_OF_SEVEN = (
    "manage_own_api_key manage_api_key grant_api_key manage_oidc delegate_pki monitor_snapshot create_snapshot manage_slm read_slm"
    " manage_transform monitor_transform manage_enrich manage_autoscaling"
).split()
INDEX = (
    "read write view_index_metadata manage all index create delete create_index delete_index monitor manage_follow_index manage_ilm"
    " read_cross_cluster none"
).split()
INDEX_OF_SEVEN = "create_doc auto_configure maintenance manage_leader_index".split()
CLUSTER_ACTIONS = (
    "cluster:monitor/main cluster:monitor/* cluster:admin/settings/update cluster:monitor/nodes/info indices:admin/template/get"
    " cluster:admin/xpack/security/user/* cluster:admin/xpack/security/api_key/*"
).split()
INDEX_ACTIONS = (
    "indices:data/read/search indices:data/read/get indices:data/read/* indices:data/write/index indices:admin/get indices:admin/aliases*"
    " indices:monitor/stats indices:data/write/bulk* indices:admin/mappings/get"
).split()
BUILT_IN = (
    "superuser ingest_admin transport_client watcher_admin watcher_user rollup_admin rollup_user logstash_admin logstash_system"
).split()
BUILT_IN_OF_SEVEN = (
    "monitoring_user beats_admin beats_system remote_monitoring_agent remote_monitoring_collector snapshot_user enrich_user transform_user viewer"
).split()
"""Those that are not in 6.8, or may something else there."""
PROPERTIES = {
    "k": {"type": "keyword"},
    "n": {"type": "integer"},
    "t": {"type": "text"},
    "s": {"type": "completion"},
    "d": {"type": "date"},
    "o": {"properties": {"a": {"type": "keyword"}, "b": {"type": "keyword"}}},
    "ne": {"type": "nested", "properties": {"a": {"type": "keyword"}, "b": {"type": "integer"}}},
}


def cluster_privileges(of_six: bool) -> list[str]:
    return CLUSTER if of_six else CLUSTER + CLUSTER_OF_SEVEN


def index_privileges(of_six: bool) -> list[str]:
    return INDEX if of_six else INDEX + INDEX_OF_SEVEN


def index_grant(r: Random, of_six: bool) -> Json:
    """Privileges on some indices, perhaps on a part of their documents and fields."""
    kinds = index_privileges(of_six)
    names = r.choice(
        (["read"], ["all"], r.sample(kinds, 1), r.sample(kinds, 2), ["read", "write"], [r.choice(INDEX_ACTIONS)])
    )
    found: Json = {"names": r.sample(PATTERNS, r.choice((1, 1, 2))), "privileges": names}
    if r.random() < 0.3:
        found["query"] = json.dumps(r.choice(VALUES["role_query"]))
    if r.random() < 0.3:
        found["field_security"] = r.choice(VALUES["field_security"])
    return found


def role_body(r: Random, of_six: bool) -> Json:
    cluster = r.sample(cluster_privileges(of_six), r.choice((0, 1, 1, 2)))
    if r.random() < 0.2:
        cluster.append(r.choice(CLUSTER_ACTIONS))
    found: Json = {"cluster": cluster, "indices": [index_grant(r, of_six) for _ in range(r.choice((0, 1, 1, 2, 3)))]}
    if r.random() < 0.2:
        found["run_as"] = r.choice((["x*_1", "x*_2"], ["x*"], ["*"]))
    if r.random() < 0.15:
        privileges = r.choice((["read"], ["all"], ["data:read/*"]))
        found["applications"] = [
            {"application": "myapp", "privileges": privileges, "resources": r.choice((["*"], ["a/*"], ["b", "c"]))}
        ]
    return found


def roles(r: Random, *, of_six: bool) -> dict[str, Json]:
    return {f"z_{number}": role_body(r, of_six) for number in range(N_ROLES)}


def users(r: Random, plan: Plan) -> dict[str, list[str]]:
    """Users with their roles, of which some are built in, and some are not there."""
    found = {}
    for user in plan.users:
        names = [f"z_{one}" for one in r.sample(range(N_ROLES), r.choice((1, 1, 2, 3)))]
        names += [r.choice(BUILT_IN + ([] if plan.of_six else BUILT_IN_OF_SEVEN))] if r.random() < 0.25 else []
        names += ["gone"] if r.random() < 0.08 else []
        found[user] = sorted(set(names))
    return found


def setup(r: Random, *, is_old: bool) -> Iterator[Sent]:
    """Indices with documents and aliases; one of the indices is closed."""
    without = "?include_type_name=false" if is_old else ""
    yield (
        "PUT",
        "/_template/one",
        {"index_patterns": ["*"], "order": -5, "settings": {"number_of_shards": 1, "number_of_replicas": 0}},
    )
    for index in INDICES:
        yield "PUT", f"/{index}{without}", {"mappings": {"properties": PROPERTIES}}
        for number in range(1, r.choice((3, 4, 5))):
            letter = "abca"[number - 1]
            body: Json = {
                "k": letter,
                "n": number,
                "t": f"some {letter}",
                "s": [f"sug{number}"],
                "d": f"2020-01-0{number}",
            }
            body |= {"o": {"a": "x", "b": f"y{number}"}, "ne": [{"a": letter, "b": number}, {"a": "z", "b": 7}]}
            yield "PUT", f"/{index}/_doc/{number}?refresh", body
    aliases = [
        {"add": {"index": "logs-1", "alias": "public"}},
        {"add": {"index": "secret", "alias": "part", "filter": {"term": {"k": "a"}}}},
    ]
    yield "POST", "/_aliases", {"actions": aliases}
    yield "POST", "/shut/_close", None
