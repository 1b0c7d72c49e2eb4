"""Documents and fields that roles keep from a user come out nowhere: every endpoint that tells of documents is tried.

A document of another department holds a word, and another field of one's own documents holds another; neither may be in any answer that
is a success. Source: recordings of 6.8.23 with document and field level security, and what ``test_every_reader_is_tried`` lists.
"""

from __future__ import annotations

import json

import pytest

from esmock.api import unsupported
from esmock.api.registry import ENDPOINTS
from tests.scripts import recorder

ONE = recorder("security")
ROOT = {"authorization": ONE.authorization("elastic:changeme")}
DOCUMENT_WORD, FIELD_WORD = "hiddenword", "paysecret"
SEARCH = "POST /docs/_search"

MAPPINGS = {
    "dept": {"type": "keyword"}, "pay": {"type": "keyword"}, "n": {"type": "integer"}, "sug": {"type": "completion"},
    "title": {"type": "text", "fields": {"raw": {"type": "keyword"}}}, "q": {"type": "percolator"}, "loc": {"type": "geo_point"},
    "j": {"type": "join", "relations": {"p": "c"}}, "tags": {"type": "nested", "properties": {"t": {"type": "keyword"}}},
}  # fmt: skip
DOCS = {
    "1": {"dept": "it", "title": "open word one", "pay": "paysecret1", "n": 1, "sug": "open", "j": "p", "tags": [{"t": "open"}], "loc": "1,1"},
    "2": {"dept": "it", "title": "open word two", "pay": "paysecret2", "n": 2, "sug": "openb", "j": "p", "tags": [{"t": "open"}]},
    "3": {"dept": "hr", "title": "hiddenword alpha", "pay": "hiddenword", "n": 333, "sug": "hiddenword", "j": "p",
          "tags": [{"t": "hiddenword"}], "loc": "33,33"},
    "4": {"dept": "hr", "title": "hiddenword beta", "pay": "hiddenword", "n": 444, "j": {"name": "c", "parent": "1"},
          "tags": [{"t": "hiddenword"}]},
}  # fmt: skip
_LIKE = {"more_like_this": {"fields": ["title"], "like": [{"_index": "docs", "_id": "3", "routing": "1"}], "min_term_freq": 1, "min_doc_freq": 1}}

BODIES = [
    {"aggs": {f"of_{name}": {"terms": {"field": name, "min_doc_count": 0}} for name in ("pay", "title.raw", "dept", "n")}},
    {"aggs": {"g": {"global": {}, "aggs": {"t": {"terms": {"field": "title.raw"}}, "h": {"top_hits": {}}}}}},
    {"aggs": {"s": {"significant_terms": {"field": "pay"}}, "r": {"rare_terms": {"field": "pay"}}, "m": {"max": {"field": "n"}},
              "c": {"composite": {"sources": [{"p": {"terms": {"field": "pay"}}}]}}, "st": {"significant_text": {"field": "title"}}}},
    {"aggs": {"m": {"scripted_metric": {"init_script": "state.a=[]", "map_script": "state.a.add(params._source)",
                                        "combine_script": "state.a", "reduce_script": "states"}}}},
    {"aggs": {"n": {"nested": {"path": "tags"}, "aggs": {"t": {"terms": {"field": "tags.t"}}}},
              "c": {"children": {"type": "c"}, "aggs": {"t": {"terms": {"field": "pay"}}}}, "b": {"geo_bounds": {"field": "loc"}},
              "t": {"top_metrics": {"metrics": {"field": "pay"}, "sort": {"n": "desc"}}}}},
    {"query": {"has_child": {"type": "c", "query": {"match": {"title": "hiddenword"}}}}, "_source": False},
    {"query": {"nested": {"path": "tags", "query": {"term": {"tags.t": "hiddenword"}}, "inner_hits": {}}}},
    {"sort": [{"n": "desc"}], "docvalue_fields": ["pay", "title.raw", "n"], "fields": ["*"], "stored_fields": ["*"],
     "script_fields": {"s": {"script": "params._source.toString()"}, "d": {"script": "doc['n'].toString()"}}, "highlight": {"fields": {"*": {}}}},
    {"collapse": {"field": "dept", "inner_hits": {"name": "x"}}},
    {"query": _LIKE},
    {"query": {"terms": {"title": {"index": "docs", "id": "3", "path": "title", "routing": "1"}}}},
    {"query": {"terms": {"pay": {"index": "docs", "id": "1", "path": "pay", "routing": "1"}}}},
    {"query": {"query_string": {"query": "paysecret* OR hiddenword"}}},
    {"query": {"exists": {"field": "pay"}}},
    {"query": {"script": {"script": "doc['pay'].size() > 0"}}},
    {"runtime_mappings": {"r": {"type": "keyword", "script": "if (params._source.pay != null) emit(params._source.pay)"}},
     "fields": ["r"], "aggs": {"r": {"terms": {"field": "r"}}}},
    {"runtime_mappings": {"pay": {"type": "keyword"}}, "fields": ["pay"]},
    {"suggest": {"s": {"text": "hiddenwrd", "term": {"field": "title"}}, "p": {"text": "paysecrt1", "term": {"field": "pay"}}}},
    {"suggest": {"c": {"prefix": "hidden", "completion": {"field": "sug"}}, "o": {"prefix": "open", "completion": {"field": "sug"}}}},
    {"profile": True},
    {"query": {"ids": {"values": ["3", "4"]}}},
    {"rescore": {"query": {"rescore_query": {"match": {"title": "hiddenword"}}}}},
    {"query": {"percolate": {"field": "q", "index": "docs", "id": "3", "routing": "1"}}},
    {"query": {"bool": {"must_not": {"term": {"dept": "it"}}}}},
    {"sort": [{"pay": "asc"}]},
]  # fmt: skip
REQUESTS = [
    *((SEARCH, body) for body in BODIES),
    ("GET /docs/_search?q=hiddenword", None),
    ("GET /_search", None),
    *((f"GET /docs/{what}/{doc}?routing=1{more}", None) for doc in "134" for what, more in (
        ("_doc", ""), ("_doc", "&realtime=false"), ("_doc", "&stored_fields=title"), ("_source", ""), ("_termvectors", "&fields=title,pay"))),
    ("GET /docs/_explain/3?routing=1", {"query": {"match": {"title": "hiddenword"}}}),
    ("GET /docs/_mget", {"docs": [{"_id": one, "routing": "1"} for one in "134"]}),
    ("POST /docs/_mtermvectors", {"docs": [{"_id": one, "routing": "1", "fields": ["title", "pay"]} for one in "134"]}),
    ("POST /_msearch", '{"index":"docs"}\n{"query":{"match_all":{}}}\n{"index":"d*"}\n{"query":{"match_all":{}}}\n'),
    ("POST /_msearch/template", '{"index":"docs"}\n{"source":"{\\"query\\":{\\"match_all\\":{}}}"}\n'),
    ("POST /docs/_search/template", {"source": '{"query":{"match_all":{}}}'}),
    ("POST /docs/_rank_eval", {"requests": [{"id": "a", "request": {"query": {"match_all": {}}}, "ratings": []}],
                               "metric": {"precision": {"k": 10}}}),
    ("POST /docs/_async_search?wait_for_completion_timeout=5s", {"query": {"match_all": {}}}),
    ("POST /docs/_terms_enum", {"field": "pay", "string": ""}),
    ("POST /docs/_terms_enum", {"field": "title.raw", "string": ""}),
    ("GET /docs/_validate/query?rewrite=true", {"query": _LIKE}),
    ("POST /_reindex?refresh", {"source": {"index": "docs"}, "dest": {"index": "out"}}),
    ("POST /docs/_update/3?routing=1&_source", {"doc": {"n": 5}}),
    ("POST /_bulk", '{"update":{"_index":"docs","_id":"3","routing":"1","_source":true}}\n{"doc":{"n":2}}\n'),
    ("POST /docs/_update_by_query", {"query": {"term": {"dept": "hr"}}, "script": "ctx._source.dept='it'"}),
    ("POST /docs/_delete_by_query", {"query": {"term": {"dept": "hr"}}}),
    ("GET /docs/_count", None),
    ("GET /_cat/count/docs?h=count", None),
    ("GET /docs/_field_caps?fields=*", None),
    ("GET /docs/_mapping/field/*", None),
    ("GET /docs/_search_shards", None),
    ("POST /_query", {"query": "FROM docs METADATA _source, _id"}),
    ("POST /_query", {"query": "FROM docs | STATS VALUES(pay), VALUES(title.raw), MAX(n) BY dept"}),
    ("POST /_query", {"query": "FROM docs | WHERE pay IS NOT NULL"}),
    ("POST /_query", {"query": "FROM docs | WHERE QSTR(\"paysecret* OR hiddenword\") | KEEP title, dept"}),
    ("POST /_query", {"query": "ROW d = \"hr\" | ENRICH depts ON d"}),
    ("POST /_query", {"query": "FROM docs::data METADATA _source"}),
    ("POST /docs::data/_search", None),
    ("POST /_msearch", '{"index":"docs::data"}\n{}\n'),
    ("POST /_query/async", {"query": "FROM do* | KEEP title, n"}),
    ("GET /_text_structure/find_field_structure?index=docs&field=title&format=delimited", None),
    ("GET /_text_structure/find_field_structure?index=docs&field=pay&format=delimited", None),
    ("POST /docs/_fleet/_fleet_msearch", '{}\n{"query": {"query_string": {"query": "paysecret* OR hiddenword"}}, "fields": ["*"]}\n'),
    ("POST /docs/_fleet/_fleet_search", {"query": {"query_string": {"query": "paysecret* OR hiddenword"}}, "fields": ["*"]}),
    ("POST /docs/_graph/explore", {"controls": {"use_significance": False},
                                   "vertices": [{"field": name, "min_doc_count": 1} for name in ("pay", "title.raw")]}),
    ("POST /_application/search_application/app/_search", {"params": {"query_string": "hiddenword"}}),
    ("POST /_application/search_application/app/_search", None),
]  # fmt: skip
NOT_TRIED = {
    # tell of no documents, go on with what was begun (see the tests of their own), or are another spelling of a search
    "knn_search",
    "open_point_in_time", "close_point_in_time", "scroll", "clear_scroll", "render_search_template", "exists", "exists_source",
    "esql.async_query_get", "esql.async_query_delete", "esql.async_query_stop",
    "simulate.ingest", "async_search.get", "async_search.delete", "rollup.get_rollup_index_caps", "rollup.rollup_search",
}  # fmt: skip


@pytest.fixture(params=["7.17.29", "8.19.21", "9.5.3"])
def ask(raw, request):
    asked = raw(request.param, security=True)
    assert asked("PUT /docs", {"mappings": {"properties": MAPPINGS}}, ROOT).status == 200
    for doc_id, doc in DOCS.items():
        assert asked(f"PUT /docs/_doc/{doc_id}?refresh&routing=1", doc, ROOT).status == 201
    grant = {"names": ["docs"], "privileges": ["read", "view_index_metadata", "write"]}
    everything = {"names": ["out*"], "privileges": ["all"]}
    roles = {
        "dls": [{**grant, "query": {"term": {"dept": "it"}}}, everything],
        "fls": [{**grant, "field_security": {"grant": ["dept", "title", "n", "q"]}}, everything],
    }
    for name, indices in roles.items():
        assert asked(f"PUT /_security/role/{name}", {"indices": indices}, ROOT).status == 200
        assert asked(f"PUT /_security/user/{name}", {"password": "secret1", "roles": [name]}, ROOT).status == 200
    policy = {"indices": "docs", "match_field": "dept", "enrich_fields": ["pay", "title"]}
    assert asked("PUT /_enrich/policy/depts", {"match": policy}, ROOT).status == 200
    assert asked("PUT /_enrich/policy/depts/_execute", None, ROOT).status == 200
    asked("PUT /_application/search_application/app", {"indices": ["docs"]}, ROOT)
    # what others were answered is not told to him either
    for line, body in REQUESTS:
        if line == SEARCH:
            asked(line, body, ROOT)
    return asked


def _as(user):
    return {"authorization": ONE.authorization(f"{user}:secret1")}


def _sent(ask, line, body, user):
    headers = {**_as(user), "content-type": "application/x-ndjson"} if isinstance(body, str) else _as(user)
    return ask(line, body, headers)


@pytest.mark.parametrize(("user", "word"), [("dls", DOCUMENT_WORD), ("fls", FIELD_WORD)])
def test_nothing_kept_back_is_told(ask, user, word):
    leaks, good = [], 0
    for line, body in [*REQUESTS, ("GET /out/_search", None)]:
        answer = _sent(ask, line, body, user)
        assert answer.status < 500 or b"esmock_unsupported" in answer.body, (line, body, answer.body[:500])
        if answer.status < 400:
            good += 1
            if word.encode() in answer.body or (user == "fls" and b'"pay"' in answer.body and "/_update" not in line):
                leaks.append((line, body, answer.body[:500]))
    assert leaks == []
    assert good > 40


def test_counts_are_of_what_is_seen(ask):
    assert ask.json("GET /docs/_count", None, _as("dls"))["count"] == 2
    assert ask("GET /_cat/count/docs?h=count", None, _as("dls")).body == b"2\n"
    assert ask.json("POST /docs/_search", {"size": 0, "aggs": {"m": {"max": {"field": "n"}}}}, _as("dls"))["aggregations"]["m"]["value"] == 2
    assert ask.json("POST /docs/_terms_enum", {"field": "dept", "string": ""}, _as("dls"))["_shards"]["total"] == 0
    assert ask.json("POST /docs/_terms_enum", {"field": "dept", "string": ""}, _as("fls"))["terms"] == ["hr", "it"]


def test_what_was_begun_goes_on_alike_and_for_nobody_else(ask):
    page = ask.json("POST /docs/_search?scroll=1m&size=1", {"sort": ["n"]}, _as("dls"))
    scroll = {"scroll_id": page["_scroll_id"], "scroll": "1m"}
    assert ask("POST /_search/scroll", scroll, ROOT).status == 404
    assert ask("DELETE /_search/scroll", {"scroll_id": page["_scroll_id"]}, _as("fls")).status == 404
    more = [ask("POST /_search/scroll", scroll, _as("dls")) for _ in range(3)]
    assert [answer.status for answer in more] == [200, 200, 200]
    assert not any(DOCUMENT_WORD.encode() in answer.body for answer in more)
    assert [len(json.loads(answer.body)["hits"]["hits"]) for answer in more] == [1, 0, 0]

    point = {"pit": {"id": ask.json("POST /docs/_pit?keep_alive=1m", None, _as("dls"))["id"]}}
    found = ask("POST /_search", point, _as("dls"))
    assert (found.status, json.loads(found.body)["hits"]["total"]["value"]) == (200, 2)
    assert ask("POST /_search", point, _as("fls")).status == 404
    assert ask("DELETE /_pit", point["pit"], ROOT).status == 404

    path = "POST /docs/_async_search?wait_for_completion_timeout=5s&keep_on_completion=true"
    search_id = ask.json(path, {"query": {"match_all": {}}}, _as("dls"))["id"]
    assert ask.json(f"GET /_async_search/{search_id}", None, _as("dls"))["response"]["hits"]["total"]["value"] == 2
    assert ask(f"GET /_async_search/{search_id}", None, ROOT).status == 404
    assert ask(f"DELETE /_async_search/{search_id}", None, _as("fls")).status == 404


def test_every_reader_is_tried():
    """Endpoints that read documents, by their actions, are all in the list."""
    readers = {
        one.name
        for one in ENDPOINTS
        if one.action.startswith("indices:data/") and one.handler.__module__ != unsupported.__name__
    }
    words = " ".join(line for line, _ in REQUESTS)
    paths = {
        "get": "/_doc/", "get_source": "/_source/", "search": "/_search", "termvectors": "/_termvectors/", "explain": "/_explain/",
        "async_search.submit": "/_async_search", "update": "/_update/", "search_template": "/_search/template",
        "msearch_template": "/_msearch/template", "cat.count": "/_cat/count", "graph.explore": "/_graph/explore",
        "fleet.search": "/_fleet/_fleet_search", "fleet.msearch": "/_fleet/_fleet_msearch",
        "esql.query": "/_query", "esql.async_query": "/_query/async",
        "search_application.search": "/_application/", "index": "", "create": "", "delete": "",
    }  # fmt: skip
    assert {name for name in readers - NOT_TRIED if paths.get(name, f"/_{name}") not in words} == set()
