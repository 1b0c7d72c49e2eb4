"""Malformed requests by the thousand, the same ones for the same seed.

Every family is a function that makes one request; ``COMPARABLE`` names those whose answers a real server gives the same way each
time, so that they can be recorded.
"""

from __future__ import annotations

import gzip
import random
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from tests.hostile import bodies

Headers = list[tuple[str, str]]
JSON: Headers = [("content-type", "application/json")]
SETUP: tuple[tuple[str, str, Any], ...] = (
    (
        "PUT",
        "/h",
        {
            "settings": {"number_of_shards": 1},
            "mappings": {
                "properties": {
                    "t": {"type": "text"}, "k": {"type": "keyword"}, "n": {"type": "long"}, "d": {"type": "date"},
                    "b": {"type": "boolean"}, "g": {"type": "geo_point"}, "i": {"type": "ip"}, "o": {"type": "nested"},
                }
            },
        },
    ),
    ("PUT", "/h/_doc/1?refresh", bodies.DOCUMENTS[0]),
    ("PUT", "/h/_doc/2?refresh", {"t": "apple b", "k": "b", "n": 3, "d": "2020-01-03"}),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Hostile:
    """One request: either its parts, or the bytes on the wire, perhaps in pieces."""

    family: str
    method: str = "POST"
    target: str = "/"
    headers: Headers = field(default_factory=list)
    body: bytes | None = None
    pieces: tuple[bytes, ...] = ()


def misshapen_search(chance: random.Random) -> Hostile:
    tree = bodies.misshapen(chance.choice(bodies.SEARCHES), chance)
    return Hostile("search", "POST", "/h/_search", JSON, bodies.written(tree))


def misshapen_index(chance: random.Random) -> Hostile:
    tree = bodies.misshapen(chance.choice(bodies.INDICES), chance)
    return Hostile("index", "PUT", f"/h{chance.randrange(10**6)}", JSON, bodies.written(tree))


def misshapen_document(chance: random.Random) -> Hostile:
    tree = bodies.misshapen(chance.choice(bodies.DOCUMENTS), chance)
    return Hostile("document", "PUT", "/h/_doc/9", JSON, bodies.written(tree))


def misshapen_other(chance: random.Random) -> Hostile:
    method, target, tree = chance.choice(bodies.OTHERS)
    return Hostile("other", method, target, JSON, bodies.written(bodies.misshapen(tree, chance)))


def broken_json(chance: random.Random) -> Hostile:
    trees = (*bodies.SEARCHES, *bodies.DOCUMENTS)
    text = bodies.broken(bodies.written(chance.choice(trees)), chance)
    if chance.random() < 0.3:
        text = bodies.broken(text, chance)
    target = chance.choice(("/h/_search", "/h/_search", "/h/_count", "/h/_doc/9", "/h/_update/1", "/h/_mapping"))
    return Hostile("json", "POST", target, JSON, text)


def broken_lines(chance: random.Random) -> Hostile:
    if chance.random() < 0.6:
        lines: list[Any] = [
            {"index": {"_index": "h", "_id": "7"}}, {"n": 1}, {"delete": {"_index": "h", "_id": "7"}},
            {"update": {"_index": "h", "_id": "1"}}, {"doc": {"n": 2}},
        ]  # fmt: skip
        target = "/_bulk"
    else:
        lines = [{"index": "h"}, {"query": {"match_all": {}}}, {}, {"size": 1}]
        target = "/h/_msearch"
    text = b"\n".join(bodies.written(bodies.misshapen(one, chance) if chance.random() < 0.4 else one) for one in lines) + b"\n"
    if chance.random() < 0.4:
        text = bodies.broken(text, chance)
    return Hostile("lines", "POST", target, [("content-type", "application/x-ndjson")], text)


_TARGETS = (
    "/h/_search", "/h/_doc/1", "/_cat/indices", "/_cluster/health", "/h/_count", "/h/_stats", "/_nodes", "/h/_mapping", "/_cat/shards/h",
    "/h/_settings", "/h/_field_caps", "/_search/scroll", "/h/_refresh", "/_tasks", "/h/_validate/query",
)  # fmt: skip
_NAMES = (
    "size", "from", "q", "sort", "routing", "refresh", "timeout", "scroll", "version", "level", "h", "s", "bytes", "time", "filter_path",
    "human",
    "pretty", "format", "track_total_hits", "expand_wildcards", "ignore_unavailable", "fields", "_source", "if_seq_no",
    "wait_for_status", "v",
    "default_operator", "typed_keys", "flat_settings", "error_trace", "preference", "explain", "terminate_after", "zzz", "siz", "",
)  # fmt: skip
_VALUES = (
    "", "0", "-1", "1", "true", "maybe", "abc", "1s", "5", "99999999999", "-9223372036854775809", "1.5", "*", "a,b", "_all", "%00",
    "%zz", "%",
    "%C3%28", "é", "open,closed", "(", "n:[1 TO", "a%0Ab", "1e3", "null", "../..", "n:desc", "yaml", "x" * 300,
)  # fmt: skip


def odd_parameters(chance: random.Random) -> Hostile:
    pairs = [f"{chance.choice(_NAMES)}={chance.choice(_VALUES)}" for _ in range(chance.randint(1, 3))]
    target = f"{chance.choice(_TARGETS)}?{'&'.join(pairs)}".replace(" ", "+")
    return Hostile("parameters", "GET", target.encode().decode("latin-1"))


_SEGMENTS = (
    "h", "_search", "_doc", "1", "", "*", "_all", "..", ".", "%2e%2e", "%2F", "%00", "%zz", "%", "_bad", "-bad", "UPPER",
    "a b".replace(" ", "%20"), "a,b",
    "h,", "h*,-h", "<d-{now/d}>", "%3Cd-%7Bnow%2Fd%7D%3E", "%C3%A9", "%FF", "x" * 300, "_mapping", "_cat", "indices", "_nodes", "{",
    "a:b", "#x", "é",
)  # fmt: skip


def odd_path(chance: random.Random) -> Hostile:
    path = "/" + "/".join(chance.choice(_SEGMENTS) for _ in range(chance.randint(1, 4)))
    method = chance.choice(("GET", "HEAD", "PUT", "POST", "DELETE", "OPTIONS", "PATCH"))
    if method == "DELETE":
        method = "GET"
    return Hostile("path", method, path.encode().decode("latin-1"), JSON, b"{}" if method in ("PUT", "POST") else None)


def deep_body(chance: random.Random) -> Hostile:
    text = bodies.nested(chance.choice((15, 40, 200, 999, 1001, 3000)), chance.randrange(4))
    return Hostile("depth", "POST", chance.choice(("/h/_search", "/h/_doc/9", "/h/_mapping", "/h/_count")), JSON, text)


def foreign_body(chance: random.Random) -> Hostile:
    """YAML, CBOR or SMILE, spoilt."""
    from esmock.version import behaviour
    from esmock.xcontent import formats

    kind = chance.choice(("yaml", "cbor", "smile"))
    tree = chance.choice((*bodies.SEARCHES, *bodies.DOCUMENTS))
    if chance.random() < 0.3:
        tree = {"a": tree}
    text = bodies.broken(formats.dump(tree, kind, behaviour("7.10.2")), chance)
    if chance.random() < 0.1:
        text = _DEEP[kind]
    return Hostile(kind, "POST", chance.choice(("/h/_search", "/h/_doc/9")), [("content-type", f"application/{kind}")], text)


_DEEP = {
    "yaml": b"a: &a [x,x,x,x,x,x,x,x,x]\n" + b"".join(b"%c: &%c [%b]\n" % (i + 1, i + 1, b",".join([b"*%c" % i] * 9)) for i in range(97, 106)),
    "cbor": b"\xbf\x61a" * 5000,
    "smile": b":)\n\x00" + b"\xf8" * 5000,
}
_SCRIPTS = (
    "while (true) {}", "for (int i = 0; i < 100000000; ++i) {}", "def f(def x) { return f(x) } f(1)",
    "String s = 'a'; while (true) { s += s }",
    "List l = new ArrayList(); while (true) { l.add(l) }", "1 / 0", "null.length()", "((((((", "'a' =~ /(a+)+b/", "doc['nope'].value",
    "int[] a = new int[2147483647]; 1",
    "return " + "(" * 300 + "1" + ")" * 300, "1" + "+1" * 3000, "Math.pow(", "System.exit(1)", "new java.io.File('/')", "int x = 'a'",
    "x", "", ";", "{", "return", "def x = [:]; x.x = x; x.toString()",
    "String.join(',', Collections.nCopies(100000000, 'x'))", "'%s' + 1 + null", "throw new RuntimeException('x')", "Long.parseLong('x')",
    "[1,2][5]",
)  # fmt: skip


def script(chance: random.Random) -> Hostile:
    source = chance.choice(_SCRIPTS)
    if chance.random() < 0.3:
        source = bodies.broken(source.encode() or b"1", chance).decode("utf-8", "replace")
    one = {"lang": chance.choice(("painless", "painless", "expression", "mustache", "nope")), "source": source}
    forms: tuple[tuple[str, Any], ...] = (
        ("/h/_search", {"script_fields": {"f": {"script": one}}}),
        ("/h/_search", {"query": {"script": {"script": one}}}),
        ("/h/_search", {"sort": {"_script": {"type": "number", "script": one}}}),
        ("/h/_update/1", {"script": one}),
        ("/_scripts/painless/_execute", {"script": one}),
        ("/h/_search", {"size": 0, "aggs": {"a": {"terms": {"script": one}}}}),
    )
    target, tree = chance.choice(forms)
    return Hostile("script", "POST", target, JSON, bodies.written(tree))


_PATTERNS = (
    "(a+)+b", "(a|a)*b", "(.*)*x", "a{1000}{1000}", "a{99999999}", "[", "(", "\\", "a**", "[a-", "(?=x)", "~(a*)&b", "<1-999999999>",
    "@", "a{,5}", "[^]", "x{2,1}",
    "(((((a*)*)*)*)*)*", "(ab|cd){500}", ".{0,500}.{0,500}", '"', "a" * 1500, "((((((((((a?){9}){9}){9}){9}){9})))))",
)  # fmt: skip


def pattern(chance: random.Random) -> Hostile:
    text = chance.choice(_PATTERNS)
    forms: tuple[Any, ...] = (
        {"query": {"regexp": {"k": {"value": text}}}},
        {"query": {"regexp": {"t": text}}},
        {"query": {"query_string": {"query": f"k:/{text}/"}}},
        {"query": {"wildcard": {"k": "*" * 50 + "a" + "?*" * 50}}},
        {"size": 0, "aggs": {"a": {"terms": {"field": "k", "include": text}}}},
        {"suggest": {"s": {"regex": text, "completion": {"field": "k"}}}},
    )
    return Hostile("regexp", "POST", "/h/_search", JSON, bodies.written(chance.choice(forms)))


def greedy(chance: random.Random) -> Hostile:
    """Much asked with few words."""
    forms: tuple[Any, ...] = (
        {"size": 2**31 - 1},
        {"from": 2**31 - 1, "size": 1},
        {"size": 0, "aggs": {"a": {"histogram": {"field": "n", "interval": 1e-9}}}},
        {"size": 0, "aggs": {"a": {"histogram": {"field": "n", "interval": 0.5, "extended_bounds": {"min": -1e12, "max": 1e12}}}}},
        {"size": 0, "aggs": {"a": {"date_histogram": {"field": "d", "fixed_interval": "1ms"}}}},
        {"size": 0, "aggs": {"a": {"date_histogram": {"field": "d", "calendar_interval": "second", "extended_bounds": {"min": 0,
    "max": 10**13}}}}},
        {"size": 0, "aggs": {"a": {"terms": {"field": "n", "size": 2**31 - 1}}}},
        {"size": 0, "aggs": {"a": {"composite": {"size": 2**31 - 1, "sources": [{"k": {"terms": {"field": "k"}}}]}}}},
        {"query": {"terms": {"n": list(range(70000))}}},
        {"query": {"bool": {"should": [{"term": {"k": str(one)}} for one in range(1500)]}}},
        {"query": {"query_string": {"query": " OR ".join(f"k:{one}" for one in range(1500))}}},
        {"query": {"query_string": {"query": "(" * 500 + "a" + ")" * 500}}},
        {"query": {"fuzzy": {"t": {"value": "a" * 500, "fuzziness": 2}}}},
        {"query": {"match": {"t": "a " * 5000}}},
        {"docvalue_fields": ["n"] * 200},
        {"script_fields": {f"f{one}": {"script": "1"} for one in range(40)}},
        {"sort": ["n"] * 3000},
        {"highlight": {"fields": {"*": {"number_of_fragments": 2**31 - 1}}}, "query": {"match": {"t": "a"}}},
        {"rescore": {"window_size": 2**31 - 1, "query": {"rescore_query": {"match_all": {}}}}},
        {"slice": {"id": 0, "max": 2**31 - 1}},
    )
    return Hostile("greed", "POST", "/h/_search", JSON, bodies.written(chance.choice(forms)))


def many_things(chance: random.Random) -> Hostile:
    """Mappings, settings and analysis that ask for very much."""
    forms: tuple[tuple[str, str, Any], ...] = (
        ("PUT", "/big1", {"mappings": {"properties": {f"f{one}": {"type": "keyword"} for one in range(1500)}}}),
        ("PUT", "/big2", {"settings": {"number_of_shards": 100000}}),
        ("PUT", "/big3", {"settings": {"number_of_shards": 1025, "number_of_replicas": -1}}),
        ("POST", "/h/_analyze", {"analyzer": "standard", "text": "a " * 20000}),
        ("POST", "/h/_analyze", {"tokenizer": {"type": "ngram", "min_gram": 1, "max_gram": 5000}, "text": "a" * 500}),
        ("POST", "/h/_analyze", {"tokenizer": {"type": "pattern", "pattern": "(a+)+b"}, "text": "a" * 60}),
        ("POST", "/h/_analyze", {"tokenizer": "standard", "filter": [{"type": "shingle", "max_shingle_size": 1000}], "text": "a b c"}),
        ("POST", "/h/_analyze", {"tokenizer": "keyword", "char_filter": [{"type": "pattern_replace", "pattern": "(x+x+)+y"}],
    "text": "x" * 60}),
        ("PUT", "/h/_doc/8", {f"x{one}": 1 for one in range(1200)}),
        ("PUT", "/h/_doc/8", {"k": "k" * 40000}),
        ("PUT", "/h/_doc/8", {"n": "9" * 6000}),
        ("PUT", "/h/_doc/" + "i" * 600, {"n": 1}),
    )
    method, target, tree = chance.choice(forms)
    return Hostile("limits", method, target, JSON, bodies.written(tree))


def compressed(chance: random.Random) -> Hostile:
    """Bombs and broken streams."""
    kind = chance.randrange(6)
    body = b'{"size":1}'
    if kind == 0:
        sent = gzip.compress(b"[" + b" " * 120_000_000 + b"]", 9, mtime=0)
    elif kind == 1:
        sent = bodies.broken(gzip.compress(body, mtime=0), chance)
    elif kind == 2:
        sent = zlib.compress(body)[:-2]
    elif kind == 3:
        sent = gzip.compress(gzip.compress(body * 1000, mtime=0), mtime=0)
    elif kind == 4:
        sent = b""
    else:
        sent = body
    how = chance.choice(("gzip", "gzip", "deflate", "br", "identity", "gzip, gzip", "x-gzip"))
    return Hostile("compression", "POST", "/h/_search", [*JSON, ("content-encoding", how)], sent)


WHOLE = b'POST /h/_search HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 10\r\n\r\n{"size":1}'
_CHUNKED = b'POST /h/_search HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\na\r\n{"size":1}\r\n0\r\n\r\n'


def broken_http(chance: random.Random) -> Hostile:
    """Bytes of a request, spoilt, and in pieces."""
    data = chance.choice((WHOLE, _CHUNKED))
    for _ in range(chance.randint(1, 3)):
        data = bodies.broken(data, chance)
    if chance.random() < 0.2:
        data = chance.choice(_ODD_HTTP)
    cut = sorted(chance.randrange(len(data) + 1) for _ in range(chance.randint(0, 4)))
    pieces = tuple(data[a:b] for a, b in zip([0, *cut], [*cut, len(data)], strict=True))
    return Hostile("http", pieces=tuple(one for one in pieces if one) or (b"\r\n",))


_ODD_HTTP = (
    b"GET /" + b"a" * 5000 + b" HTTP/1.1\r\n\r\n",
    b"GET / HTTP/1.1\r\nX: " + b"y" * 20000 + b"\r\n\r\n",
    b"GET / HTTP/1.1\r\n" + b"".join(b"X%d: y\r\n" % one for one in range(2000)) + b"\r\n",
    b"GET / HTTP/1.1\r\nContent-Length: 99999999999999999999\r\n\r\n",
    b"GET / HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
    b"POST / HTTP/1.1\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef",
    b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n5\r\nabcde\r\n0\r\n\r\n",
    b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n",
    b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n-5\r\nabc",
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(200),
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    b"GET http://other/_cat HTTP/1.1\r\nHost: x\r\n\r\n",
    b"\x00" * 100, b"\r\n" * 500, b"GET", b"GET / HTTP/9.9\r\n\r\n", b"G\xffT / HTTP/1.1\r\n\r\n", b"GET /\x00 HTTP/1.1\r\n\r\n",
    b"GET / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n", b"GET / HTTP/1.1\r\n: x\r\n\r\n",
    b"GET / HTTP/1.1\r\n folded\r\n\r\n",
)  # fmt: skip

Family = Callable[[random.Random], Hostile]
COMPARABLE: tuple[Family, ...] = (
    misshapen_search, misshapen_search, misshapen_search, misshapen_index, misshapen_document, misshapen_other, misshapen_other,
    broken_json, broken_json,
    broken_lines, odd_parameters, odd_parameters, odd_path,
)  # fmt: skip
FAMILIES: tuple[Family, ...] = (
    *COMPARABLE, deep_body, foreign_body, foreign_body, script, script, pattern, greedy, many_things, compressed, broken_http,
    broken_http, broken_http,
)  # fmt: skip


def requests(seed: int, count: int, families: tuple[Family, ...] = FAMILIES) -> Iterator[Hostile]:
    """So many requests, the families in turn."""
    chance = random.Random(seed)
    for number in range(count):
        yield families[number % len(families)](chance)
