"""Numbers that no double holds, in fields that are not looked at. Source: Jackson reads them as infinite; the server lives on."""

from __future__ import annotations

import pytest


@pytest.mark.unverified
def test_documents_with_numbers_beyond_doubles_do_not_break_what_reads_sources(raw):
    ask = raw("8.19.21")
    ask("PUT /h", {"mappings": {"dynamic": False, "properties": {"k": {"type": "keyword"}}}})
    assert ask("PUT /h/_doc/1?refresh", b'{"k": "a", "n": 1e999}').status == 201
    found = ask("POST /h/_search", {"query": {"wildcard": {"k": "*a*"}}, "aggs": {"k": {"terms": {"field": "k"}}}})
    assert found.status == 200
    assert b'"n": 1e999' in found.body
