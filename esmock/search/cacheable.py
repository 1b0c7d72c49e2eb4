"""Which answers the request caches of shards may keep, and what tells their requests apart: statistics count them by it.

Docs: shard-request-cache. Source: answers of 7.10.2 to one search of every kind, asked twice.
Differs: requests are the same when their bodies are, but for the order of keys; Elasticsearch compares them as it has read them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from esmock.xcontent.json_writer import dumps

if TYPE_CHECKING:
    from esmock.search.request import SearchRequest
    from esmock.search.shard_target import Environment, ShardTarget

Json = Any

_NOW = re.compile(r"now($|[+\-/|])")
_NOW_IN_TEXT = re.compile(r"\bnow\b")
_RANDOM = re.compile(
    r"\brandom\w*\s*\(|\bnew\s+(Date|Random|Object)\b|\bRandom\b|\bshuffle\s*\(|\bhashCode\b|currentTimeMillis|nanoTime|Instant\.now"
)
"""Calls that give another answer the next time, for which Painless says so."""
_SCRIPTS = ("script", "init_script", "map_script", "combine_script")
_ON_NO_SHARD = frozenset(
    ("reduce_script", "bucket_script", "bucket_selector", "moving_fn", "bucket_sort", "buckets_path", "highlight", "_source")
)
"""Keys below which nothing is read by a shard's query."""
_DECAYS = ("gauss", "exp", "linear")
_SUSPICIOUS = (b"now", b"script", b"random", b"percolate", b"more_like_this", *(name.encode() for name in _DECAYS))


@dataclass(frozen=True, slots=True)
class Asked:
    """A search as its shards may remember it.

    Attributes:
        key: bytes; the same for the same request.
        wanted: ``request_cache``; None: not given.
    """

    request: SearchRequest
    key: bytes
    wanted: bool | None

    @classmethod
    def of(cls, request: SearchRequest, *, scrolls: bool, n_shards: int) -> Asked | None:
        """None: no shard remembers it, whatever is in it."""
        wanted = request.request_cache
        if scrolls or request.profile or wanted is False or (request.uses_dfs and n_shards > 1):
            return None
        if (wanted is None and request.size != 0) or request.is_only_suggest:
            return None
        return cls(request, dumps([_canonical(request.given), wanted, request.size]), wanted)

    def is_kept_by(self, target: ShardTarget, environment: Environment) -> bool:
        """Whether a shard keeps the answer: it would be the same the next time."""
        if self.wanted is None and str(target.settings.get("index.requests.cache.enable", "true")) == "false":
            return False
        if not any(word in self.key for word in _SUSPICIOUS):
            return True
        return not any(_changes(self.request.given, None, target, environment))


def _canonical(body: Json, *, is_ordered: bool = False) -> Json:
    """Keys in one order, but for names of aggregations, whose order is that of the answer."""
    if isinstance(body, list):
        return [_canonical(one) for one in body]
    if not isinstance(body, dict):
        return body
    keys = list(body) if is_ordered else sorted(body)
    out = {}
    for key in keys:
        is_aggregations = key in ("aggs", "aggregations")
        out["aggs" if is_aggregations else key] = _canonical(body[key], is_ordered=is_aggregations)
    return out


def _changes(body: Json, field: str | None, target: ShardTarget, environment: Environment) -> Iterator[bool]:
    """True for every part of a body whose meaning is another the next time.

    Args:
        field: the field that is spoken of.
    """
    if isinstance(body, list):
        for one in body:
            yield from _changes(one, field, target, environment)
    elif isinstance(body, str):
        yield bool(_NOW.match(body)) and _is_date(field, target)
    elif isinstance(body, dict):
        named = body.get("field")
        field = named if isinstance(named, str) else field
        for key, value in body.items():
            if key in _ON_NO_SHARD:
                continue
            known = _OWN.get(key)
            if known is not None:
                yield known(value, target, environment)
            if key not in ("range", "query_string"):
                yield from _changes(value, key if target.mapping.field(key) is not None else field, target, environment)


def _is_date(field: str | None, target: ShardTarget) -> bool:
    if field is None:
        return False
    found = target.mapping.field(field)
    if found is not None and found.is_alias:
        found = target.mapping.field(found.target)
    return found is not None and found.name in ("date", "date_nanos", "date_range")


def _script(value: Json, *_: Any) -> bool:
    source = value.get("source") if isinstance(value, dict) else value
    return isinstance(source, str) and bool(_RANDOM.search(source))


def _random_score(value: Json, *_: Any) -> bool:
    return not (isinstance(value, dict) and value.get("seed") is not None)


def _percolate(*_: Any) -> bool:
    return True


def _more_like_this(value: Json, *_: Any) -> bool:
    """Documents that are fetched may be others by then."""
    given = [value.get(name) for name in ("like", "unlike")] if isinstance(value, dict) else []
    return any(isinstance(one, dict) for like in given for one in (like if isinstance(like, list) else [like]))


def _decay(value: Json, target: ShardTarget, _: Environment) -> bool:
    """Over dates, the origin is now unless given."""
    if not isinstance(value, dict):
        return False
    return any(isinstance(one, dict) and "origin" not in one and _is_date(name, target) for name, one in value.items())


def _range(value: Json, target: ShardTarget, environment: Environment) -> bool:
    """A range that holds all dates of a shard, or none, is replaced before the clock counts."""
    from esmock.search.aggs.rewriting import is_rewritten
    from esmock.search.binding import shard_search
    from esmock.search.query.base import ParseContext
    from esmock.search.query.parse import parse_query

    if not isinstance(value, dict):
        return False
    fields = [name for name, bounds in value.items() if isinstance(bounds, dict) and any(_reads_now(one) for one in bounds.values())]
    if not any(_is_date(name, target) for name in fields):
        return False
    query = parse_query({"query": {"range": value}}, "query", ParseContext(environment.behaviour))
    return not is_rewritten(query, shard_search(None, target, environment))


def _reads_now(bound: Json) -> bool:
    return isinstance(bound, str) and bool(_NOW.match(bound))


def _query_string(value: Json, *_: Any) -> bool:
    text = value.get("query") if isinstance(value, dict) else value
    return isinstance(text, str) and bool(_NOW_IN_TEXT.search(text))


_OWN = {
    **dict.fromkeys(_SCRIPTS, _script),
    **dict.fromkeys(_DECAYS, _decay),
    "random_score": _random_score,
    "percolate": _percolate,
    "more_like_this": _more_like_this,
    "range": _range,
    "query_string": _query_string,
}
