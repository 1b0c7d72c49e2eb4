"""What stands at the places ``$name`` of a request: something made at random."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any

from tests.conformance.security import people

Json = Any
_EXPRESSIONS = (*people.NAMES, "logs-*", "*", "_all", "p*", "s*", "n*", "logs-1", "people", "-logs-1", "-p*", "%3Clogs-1%3E")
_SEARCHES: tuple[Json, ...] = (
    *people.QUERIES,
    {"multi_match": {"query": "some a", "fields": ["*"], "lenient": True}}, {"simple_query_string": {"query": "a some"}},
    {"bool": {"must": [{"match": {"t": "a"}}], "should": [{"term": {"n": 1}}]}}, {"wildcard": {"k": "*"}},
    {"constant_score": {"filter": {"term": {"k": "a"}}}}, {"exists": {"field": "o"}}, {"term": {"o.b": "y2"}},
    {"more_like_this": {"fields": ["t"], "like": ["some a"], "min_term_freq": 1, "min_doc_freq": 1}},
    {"nested": {"path": "ne", "query": {"term": {"ne.a": "a"}}}}, {"query_string": {"query": "y1"}}, {"regexp": {"k": "[ab]"}},
    {"fuzzy": {"k": "b"}}, {"match_phrase": {"t": "some b"}}, {"script": {"script": "doc['n'].value > 1"}},
    {"function_score": {"query": {"match": {"t": "some"}}, "field_value_factor": {"field": "n", "missing": 1}}},
    {"dis_max": {"queries": [{"term": {"k": "a"}}, {"term": {"n": 2}}]}}, {"query_string": {"query": "_exists_:n"}},
)  # fmt: skip
_AGGREGATIONS: tuple[Json, ...] = (
    {"k": {"terms": {"field": "k"}}}, {"b": {"terms": {"field": "o.b"}}}, {"n": {"stats": {"field": "n"}}},
    {"m": {"missing": {"field": "n"}}}, {"v": {"value_count": {"field": "o.a"}}}, {"c": {"cardinality": {"field": "k"}}},
    {"h": {"histogram": {"field": "n", "interval": 1}}}, {"f": {"filter": {"term": {"k": "a"}}, "aggs": {"n": {"max": {"field": "n"}}}}},
    {"g": {"global": {}, "aggs": {"k": {"terms": {"field": "k"}}}}}, {"t": {"top_hits": {"size": 1, "sort": ["_doc"], "_source": ["k"]}}},
    {"d": {"range": {"field": "n", "ranges": [{"to": 2}, {"from": 2}]}}}, {"ne": {"nested": {"path": "ne"}, "aggs": {"a": {"terms": {"field": "ne.a"}}}}},
    {"p": {"percentiles": {"field": "n"}}}, {"co": {"composite": {"sources": [{"k": {"terms": {"field": "k"}}}]}}}, {"fs": {"filters": {"filters": [{"match_all": {}}]}}},
)  # fmt: skip
_BODIES: tuple[Json, ...] = (
    {"k": "w", "n": 9, "t": "some w"}, {"k": "a", "n": 1}, {"k": "w"}, {"o": {"a": "w"}, "n": 8}, {"t": "some w", "d": "2020-02-02"},
)  # fmt: skip
_OPTIONS = ("", "", "", "ignore_unavailable=true", "ignore_unavailable=false", "allow_no_indices=false", "expand_wildcards=open", "expand_wildcards=all")
_KEY_BODIES: tuple[Json, ...] = (
    {}, {"name": "_a"}, {"name": " a"}, {"name": "a", "expiration": "zz"}, {"nme": "a"}, {"name": "x" * 300}, {"name": ["a"]},
    {"name": "a", "role_descriptors": []}, {"name": "a", "role_descriptors": {"x": {"indices": [{"names": ["a"]}]}}},
    {"name": "a", "role_descriptors": {"x": {"indices": [{"privileges": ["read"]}]}}},
)  # fmt: skip
_ROLE_BODIES: tuple[Json, ...] = (
    {"cluster": ["monitor"]}, {}, {"cluster": "monitor"}, {"indices": [{"names": "a", "privileges": "read"}]}, {"indices": [{"names": ["a"]}]},
    {"indices": [{"privileges": ["read"]}]}, {"foo": 1}, {"run_as": ["a"], "metadata": {"_x": 1}}, {"metadata": {"x": [1, {"y": 2}]}},
    {"indices": [{"names": ["a"], "privileges": ["read"], "field_security": {"except": ["b"]}}]}, {"cluster": [1]}, {"run_as": {}},
    {"applications": [{"application": "app-1", "privileges": ["read"], "resources": ["a"]}]}, {"applications": [{"privileges": ["a"]}]},
    {"indices": [{"names": ["a"], "privileges": ["read"], "query": {"match_all": {}}}]}, {"indices": {}}, {"cluster": ["none"], "global": {}},
    {"indices": [{"names": ["a"], "privileges": ["read"], "allow_restricted_indices": True}]}, {"indices": [{"names": [], "privileges": ["read"]}]},
    {"indices": [{"names": ["a"], "privileges": ["read"], "field_security": {"grant": ["a"], "except": ["b"]}}]}, {"transient_metadata": {"enabled": True}},
)  # fmt: skip
_USER_BODIES: tuple[Json, ...] = (
    {"password": "secret1", "roles": ["z_1"]}, {"password": "a", "roles": []}, {"roles": ["z_2"]}, {"password": "secret1"}, {},
    {"password": "secret1", "roles": ["a"], "foo": 1}, {"username": "other", "password": "secret1", "roles": []}, {"password": 1, "roles": []},
    {"password": "secret1", "roles": "z_1", "full_name": "A B", "email": "a@b"}, {"password": "secret1", "roles": [], "metadata": {"a": 1}},
    {"password": "secret1", "roles": [], "enabled": False}, {"password": "secret1", "roles": [], "enabled": "x"}, {"password": "secret1", "roles": ["a", 1]},
    {"password_hash": "x", "roles": []}, {"password": "secret1", "password_hash": "x", "roles": []}, {"password": "secret1", "roles": [], "full_name": None},
)  # fmt: skip


@dataclass
class Slots:
    """Values for one request; the same random numbers give the same values, whatever the form of the request."""

    r: Random
    user: str
    plan: people.Plan
    is_old: bool
    """Whether in the form of 6.8."""
    made: dict[str, list[str]] = field(default_factory=dict)
    """Names of keys and tokens made before."""

    def fill(self, value: Json) -> Json:
        """A body with its places filled: a string that is one place becomes the value, others hold it as text."""
        if isinstance(value, dict):
            return {self.fill(key): self.fill(one) for key, one in value.items()}
        if isinstance(value, list):
            return [self.fill(one) for one in value]
        if not isinstance(value, str):
            return value
        whole = re.fullmatch(r"\$(\w+)", value)
        return self._value(whole[1]) if whole else self.text(value)

    def text(self, text: str) -> str:
        """A text with its places filled."""
        return re.sub(r"\$(\w+)", lambda found: str(self._value(found[1])), text)

    def _value(self, name: str) -> Json:
        return _SLOTS[name](self)

    def one_of(self, choices: Any) -> Json:
        return self.r.choice(choices)

    def made_before(self, kind: str, part: str) -> str:
        known = self.made.get(kind) or ["none"]
        return f"{{{{{self.r.choice(known)}_{part}}}}}"


def _names(slots: Slots) -> str:
    return ",".join(slots.one_of(_EXPRESSIONS) for _ in range(slots.one_of((1, 1, 1, 2, 2, 3))))


def _privileges(slots: Slots) -> Json:
    """What is asked of a user."""
    r, of_six = slots.r, slots.plan.of_six
    cluster = r.sample(people.cluster_privileges(of_six), r.choice((0, 1, 3))) + r.choice(([], [r.choice(people.CLUSTER_ACTIONS)]))
    index = [
        {
            "names": r.sample((*people.PATTERNS, *people.NAMES), r.choice((1, 2))),
            "privileges": r.sample(people.index_privileges(of_six), r.choice((1, 3))) + r.choice(([], [r.choice(people.INDEX_ACTIONS)])),
        }
        for _ in range(r.choice((0, 1, 2)))
    ]
    entry = {"application": "myapp", "privileges": r.sample(("read", "data:read/x", "all"), 2), "resources": r.sample(("a/1", "b", "*", "z"), 2)}
    return {"cluster": cluster, "index": index, "application": r.choice(([], [], [entry]))}


def _key(slots: Slots) -> Json:
    """A key, with roles of its own or without; now and then a bad one."""
    r = slots.r
    if r.random() < 0.08:
        return r.choice(_KEY_BODIES)
    found: Json = {"name": f"{r.choice(('key-', 'my key ', 'a'))}{r.randrange(10_000)}"}
    if r.random() < 0.6:
        found["role_descriptors"] = {f"d{number}": people.role_body(r, slots.plan.of_six) for number in range(r.choice((0, 1, 1, 2)))}
    if r.random() < 0.3:
        found["expiration"] = r.choice(("1d", "2h", "30m"))
    return found


def _grant(slots: Slots) -> Json:
    r = slots.r
    by_password = {"grant_type": "password", "username": slots.plan.user(r), "password": people.PASSWORD}
    refresh = {"grant_type": "refresh_token", "refresh_token": slots.made_before("token", "refresh_token")}
    if r.random() < 0.7:
        return r.choice((by_password, by_password, {"grant_type": "client_credentials"}, refresh))
    return r.choice((
        by_password | {"password": "wrong12"}, {"grant_type": "zz"}, {"grant_type": "password"}, {"grant_type": "client_credentials", "username": "a"},
        by_password | {"scope": "full"}, {}, {"grant_type": "refresh_token"}, {"grant_type": "client_credentials", "refresh_token": "a"},
        by_password | {"refresh_token": "a"}, {"foo": 1}, {"grant_type": 1},
    ))  # fmt: skip


def _new(slots: Slots) -> str:
    """An index that the user may make."""
    return slots.user.replace("x", "new-")


def _number(slots: Slots) -> str:
    """A field that tells documents of an index apart; later versions do not sort by the id."""
    return "_id" if slots.plan.of_six else "_seq_no"


def _bulk(slots: Slots) -> list[Json]:
    r = slots.r
    lines: list[Json] = []
    for _ in range(r.choice((1, 2, 3, 5))):
        action = r.choice(("index", "create", "update", "delete"))
        index = r.choice(("logs-1", "logs-2", "ro", "secret", "people", "public", _new(slots), "nope"))
        lines.append({action: {"_index": index, **({"_type": "_doc"} if slots.is_old else {}), "_id": r.choice("1789")}})
        body = {"doc": {"k": "w"}} if action == "update" else r.choice(_BODIES)
        lines += [] if action == "delete" else [body]
    return lines


def _documents(slots: Slots) -> list[Json]:
    types = {"_type": "_doc"} if slots.is_old else {}
    return [{"_index": slots.one_of(people.NAMES), **types, "_id": slots.one_of("1234")} for _ in range(slots.one_of((1, 2, 4)))]


_SLOTS: Mapping[str, Callable[[Slots], Json]] = {
    "names": _names,
    "index": lambda slots: slots.one_of(people.NAMES),
    "open": lambda slots: slots.one_of(("logs-1", "logs-2", "ro", "secret", "people", "public", "part")),
    "new": _new,
    "id": lambda slots: slots.one_of("1234"),
    "written": lambda slots: slots.one_of("1789"),
    "user": lambda slots: slots.plan.user(slots.r),
    "me": lambda slots: slots.user,
    "role": lambda slots: f"z_{slots.r.randrange(people.N_ROLES)}",
    "options": lambda slots: slots.one_of(_OPTIONS),
    "query": lambda slots: slots.one_of(_SEARCHES),
    "aggs": lambda slots: slots.one_of(_AGGREGATIONS),
    "sort": lambda slots: [*slots.one_of(([], [], [{"k": "asc"}], [{"n": {"order": "desc", "missing": "_last"}}])), "_index", _number(slots)],
    "number": _number,
    "source": lambda slots: slots.one_of((True, ["k"], False, ["o.*"], {"excludes": ["o"]}, "t")),
    "field": lambda slots: slots.one_of(("k", "o.b", "n", "t", "*", "o.*", "zz", "ne.a")),
    "body": lambda slots: slots.one_of(_BODIES),
    "privileges": _privileges,
    "role_body": lambda slots: slots.one_of(_ROLE_BODIES),
    "user_body": lambda slots: slots.one_of(_USER_BODIES),
    "key_body": _key,
    "key": lambda slots: slots.made_before("key", "id"),
    "grant": _grant,
    "token": lambda slots: slots.made_before("token", "access_token"),
    "refresh": lambda slots: slots.made_before("token", "refresh_token"),
    "bulk": _bulk,
    "documents": _documents,
}  # fmt: skip
