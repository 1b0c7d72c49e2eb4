"""The document APIs. Source: recordings of 7.10.2 and 8.19.21 (C080 to C087, typed paths, updates)."""

TYPED_INDEX = (
    '299 Elasticsearch-7.10.2-747e1cc71def077253878a59143c1f785afa92b9 "[types removal] Specifying types in document index '
    "requests is deprecated, use the typeless endpoints instead (/{index}/_doc/{id}, /{index}/_doc, or "
    '/{index}/_create/{id})."'
)


def test_a_typed_path_writes_and_warns_on_7(raw):
    ask = raw("7.10.2")
    answer = ask("PUT /t/book/1?refresh=true", {"a": 1})
    assert answer.status == 201
    assert answer.header("location") == "/t/book/1"
    assert answer.header("warning") == TYPED_INDEX
    assert answer.body == (
        b'{"_index":"t","_type":"book","_id":"1","_version":1,"result":"created","forced_refresh":true,'
        b'"_shards":{"total":2,"successful":1,"failed":0},"_seq_no":0,"_primary_term":1}'
    )


def test_a_second_type_is_refused_on_7(raw):
    ask = raw("7.10.2")
    ask("PUT /t/book/1", {"a": 1})
    body = ask.json("PUT /t/other/1", {"a": 1})
    assert body["error"]["reason"] == (
        "Rejecting mapping update to [t] as the final mapping would have more than 1 type: [book, other]"
    )


def test_a_typed_path_is_no_path_on_9(raw):
    answer = raw("9.5.3")("PUT /t/book/1", {"a": 1})
    assert answer.status == 400
    assert answer.body == b'{"error":"no handler found for uri [/t/book/1] and method [PUT]"}'


def test_an_update_without_effect_is_a_noop(raw):
    ask = raw("7.10.2")
    ask("PUT /t/_doc/8", {"a": 1})
    changed = ask.json("POST /t/_update/8?_source=a", {"doc": {"b": [1, 2]}})
    assert changed["result"] == "updated"
    assert changed["get"] == {"_seq_no": 1, "_primary_term": 1, "found": True, "_source": {"a": 1}}
    same = ask("POST /t/_update/8", {"doc": {"b": [1, 2]}})
    assert same.body == (
        b'{"_index":"t","_type":"_doc","_id":"8","_version":2,"result":"noop",'
        b'"_shards":{"total":0,"successful":0,"failed":0},"_seq_no":1,"_primary_term":1}'
    )


def test_a_conflict_tells_both_sides(raw):
    ask = raw("8.19.21")
    ask("PUT /t/_doc/1", {"a": 1})
    body = ask.json("PUT /t/_doc/1?if_seq_no=99&if_primary_term=1", {"a": 2})
    assert body["status"] == 409
    assert body["error"]["reason"] == (
        "[1]: version conflict, required seqNo [99], primary term [1]. current document has seqNo [0] and primary term [1]"
    )
    assert list(body["error"]["root_cause"][0]) == ["type", "reason", "index_uuid", "shard", "index"]


def test_a_document_is_not_searchable_before_refresh_but_readable(raw):
    ask = raw("8.19.21", frozen_at_ms=0)
    ask("PUT /t/_doc/1", {"a": 1})
    assert ask.json("GET /t/_doc/1")["found"] is True
    assert ask.json("GET /t/_count")["count"] == 0
    ask("POST /t/_refresh")
    assert ask.json("GET /t/_count")["count"] == 1


def test_the_refresh_interval_runs_on_the_clock(raw):
    ask = raw("8.19.21", frozen_at_ms=0)
    ask("PUT /t/_doc/1", {"a": 1})
    ask.server.clock.advance(seconds=0.5)
    assert ask.json("GET /t/_count")["count"] == 0
    ask.server.clock.advance(seconds=0.5)
    assert ask.json("GET /t/_count")["count"] == 1


def test_generated_ids_have_twenty_url_safe_characters(raw):
    import re

    doc_id = raw()
    assert re.fullmatch(r"[A-Za-z0-9_-]{20}", doc_id.json("POST /t/_doc", {"a": 1})["_id"])


def test_the_same_seed_and_clock_give_the_same_bytes(raw):
    answers = [raw("9.5.3", seed=7, frozen_at_ms=1_000)("POST /t/_doc", {"a": 1}).body for _ in range(2)]
    assert answers[0] == answers[1]


def test_bulk_reports_each_item(raw):
    ask = raw("8.19.21")
    lines = '{"index":{"_index":"t","_id":"1"}}\n{"a":1}\n{"create":{"_index":"t","_id":"1"}}\n{"a":2}\n'
    body = ask.json("POST /_bulk", lines)
    assert list(body) == ["errors", "took", "items"]
    assert body["errors"] is True
    assert body["items"][0]["index"]["status"] == 201
    failed = body["items"][1]["create"]
    assert failed["status"] == 409
    assert failed["error"]["reason"] == "[1]: version conflict, document already exists (current version [1])"
    assert "root_cause" not in failed["error"]


def test_a_missing_final_newline_refuses_the_whole_bulk(raw):
    body = raw("7.10.2").json("POST /_bulk", '{"index":{"_index":"t"}}\n{"a":1}')
    assert body["error"]["reason"] == "The bulk request must be terminated by a newline [\\n]"


def test_a_blank_first_line_of_a_multi_search_is_passed_over_on_7_and_a_header_later(raw):
    """As 7.10.2 and 8.19.21 answer."""
    lines = '\n{}\n{"size":0}\n{}\n'
    assert len(raw("7.10.2").json("POST /_msearch", lines)["responses"]) == 1
    assert raw("8.19.21").json("POST /_msearch", lines)["error"]["reason"] == "key [size] is not supported in the metadata section"
