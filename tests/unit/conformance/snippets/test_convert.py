"""Every worked form of a page, and the YAML that it becomes.

Source: the documentation build of Elasticsearch 7.x and 8.13; pages and names are our own.
"""

from __future__ import annotations

from textwrap import dedent

from esmock.conformance.snippets.convert import Conversion, convert
from esmock.conformance.snippets.era import ERAS
from esmock.conformance.snippets.setups import Block, Setups
from esmock.conformance.snippets.substitution import Build

HEADER = """\
  - skip:
      features:
        - default_shards
        - stash_in_key
        - stash_in_path
        - stash_path_replace
        - warnings
"""


def block(text: str) -> Block:
    return Block(text, "setups.yml", 1)


SETUPS = Setups(
    {
        "garden": block("  - do:\n      indices.create:\n        index: plants\n"),
        "extra": block("  - do:\n      indices.refresh: {}\n"),
        "ab": block("  - do:\n      indices.create:\n        index: a\n"),
    },
    {"drop_t1": block("  - do:\n      indices.delete_index_template:\n        name: t1\n")},
)


def converted(page: str, era: str = "E8", path: str = "page.asciidoc") -> Conversion:
    return convert(path, dedent(page).lstrip("\n"), era=ERAS[era], setups=SETUPS, build=Build("8.1.2"), strict=True)


def yaml_of(page: str, era: str = "E8", path: str = "page.asciidoc") -> list[str]:
    """The YAML of a page, line by line, blanks at the ends of lines left out."""
    return [row.rstrip() for row in converted(page, era, path).yaml().strip("\n").split("\n")]


def rows(text: str) -> list[str]:
    """Expected YAML; HEADER stands for the step that names the features."""
    return [row.rstrip() for row in dedent(text).strip("\n").replace("  HEADER\n", HEADER).split("\n")]


def test_a_request_becomes_a_raw_step_and_a_look_at_the_shards() -> None:
    page = """
    [source,console]
    ----
    GET /_cluster/health
    ----
    """
    assert yaml_of(page) == rows(
        """
        ---
        "line_2":
          HEADER
          - do:
              raw:
                method: GET
                path: "_cluster/health"
          - is_false: _shards.failures
        """
    )


def test_the_old_spelling_is_a_test_in_7_x() -> None:
    page = """
    [source,js]
    ----
    PUT /plants
    ----
    // CONSOLE
    """
    assert yaml_of(page, "E7") == rows(
        """
        ---
        "line_2":
          HEADER
          - do:
              raw:
                method: PUT
                path: "plants"
          - is_false: _shards.failures
        """
    )


def test_body_and_query_of_each_request_are_taken_apart() -> None:
    page = """
    [source,console]
    ----
    PUT /plants/_doc/1?refresh
    { "label": "Fern" }

    GET /plants/_search?q=label:fern&size=1
    ----
    """
    assert yaml_of(page) == rows(
        """
        ---
        "line_2":
          HEADER
          - do:
              raw:
                method: PUT
                path: "plants/_doc/1"
                refresh: ""
                body: |
                  { "label": "Fern" }
          - is_false: _shards.failures
          - do:
              raw:
                method: GET
                path: "plants/_search"
                q: "label:fern"
                size: "1"
          - is_false: _shards.failures
        """
    )


def test_requests_need_no_blank_line_between_them() -> None:
    page = """
    [source,console]
    ----
    PUT /a
    PUT /b
    DELETE a,b
    ----
    """
    assert yaml_of(page) == rows(
        """
        ---
        "line_2":
          HEADER
          - do:
              raw:
                method: PUT
                path: "a"
          - is_false: _shards.failures
          - do:
              raw:
                method: PUT
                path: "b"
          - is_false: _shards.failures
          - do:
              raw:
                method: DELETE
                path: "a,b"
          - is_false: _shards.failures
        """
    )


def test_comment_lines_and_callouts_vanish() -> None:
    page = """
    [source,console]
    ----
    # make it <1>
    PUT /plants <2>
    {
      "settings": { "number_of_shards": 1 } <3>
    }
    ----
    """
    assert yaml_of(page) == rows(
        """
        ---
        "line_2":
          HEADER
          - do:
              raw:
                method: PUT
                path: "plants"
                body: |
                  {
                    "settings": { "number_of_shards": 1 }
                  }
          - is_false: _shards.failures
        """
    )


def test_catch_belongs_to_the_last_request() -> None:
    page = """
    [source,console]
    ----
    PUT /plants
    PUT /plants
    ----
    // TEST[catch:bad_request]
    """
    assert yaml_of(page) == rows(
        """
        ---
        "line_2":
          HEADER
          - do:
              raw:
                method: PUT
                path: "plants"
          - is_false: _shards.failures
          - do:
              catch: bad_request
              raw:
                method: PUT
                path: "plants"
          - is_false: _shards.failures
        """
    )


def test_a_comment_at_the_end_takes_the_catch_away() -> None:
    page = """
    [source,console]
    ----
    GET /nope
    # that one fails
    ----
    // TEST[catch:missing]
    """
    assert yaml_of(page) == rows(
        """
        ---
        "line_2":
          HEADER
          - do:
              raw:
                method: GET
                path: "nope"
          - is_false: _shards.failures
        """
    )


def test_catch_takes_a_regex_after_one_blank() -> None:
    page = """
    [source,console]
    ----
    GET /nope/_search
    ----
    // TEST[catch: /no such index/]
    """
    assert yaml_of(page) == rows(
        """
        ---
        "line_2":
          HEADER
          - do:
              catch: /no such index/
              raw:
                method: GET
                path: "nope/_search"
          - is_false: _shards.failures
        """
    )


def test_a_bulk_body_is_kept_line_by_line() -> None:
    page = """
    [source,console]
    ----
    POST /plants/_bulk?refresh=wait_for
    { "index": { "_id": "1" } }
    { "label": "Fern" }
    ----
    """
    assert yaml_of(page) == rows(
        """
        ---
        "line_2":
          HEADER
          - do:
              raw:
                method: POST
                path: "plants/_bulk"
                refresh: "wait_for"
                body: |
                  { "index": { "_id": "1" } }
                  { "label": "Fern" }
          - is_false: _shards.failures
        """
    )


def test_a_triple_quoted_script_becomes_a_json_string() -> None:
    page = '''
    [source,console]
    ----
    PUT _scripts/s1
    {
      "script": {
        "lang": "painless",
        "source": """
          def a = "x";
          return a
        """
      }
    }
    ----
    '''
    assert yaml_of(page) == rows(
        r"""
        ---
        "line_2":
          HEADER
          - do:
              raw:
                method: PUT
                path: "_scripts/s1"
                body: |
                  {
                    "script": {
                      "lang": "painless",
                      "source": "\n      def a = \"x\";\n      return a\n    "
                    }
                  }
          - is_false: _shards.failures
        """
    )


def test_a_substitution_can_put_a_request_in_front() -> None:
    page = r"""
    [source,console]
    ----
    GET /plants/_search
    ----
    // TEST[s/^/PUT plants\n/]
    """
    assert yaml_of(page) == rows(
        """
        ---
        "line_2":
          HEADER
          - do:
              raw:
                method: PUT
                path: "plants"
          - is_false: _shards.failures
          - do:
              raw:
                method: GET
                path: "plants/_search"
          - is_false: _shards.failures
        """
    )


def test_a_mark_in_braces_can_stand_in_a_path() -> None:
    page = r"""
    [source,console]
    ----
    GET /_tasks/TASK_ID
    ----
    // TEST[s/TASK_ID/\${body.task}?wait=true/]
    """
    assert yaml_of(page) == rows(
        """
        ---
        "line_2":
          HEADER
          - do:
              raw:
                method: GET
                path: "_tasks/${body.task}"
                wait: "true"
          - is_false: _shards.failures
        """
    )


def test_named_setups_come_first_and_a_continued_block_last() -> None:
    page = """
    [source,console]
    ----
    GET /plants/_count
    ----
    // TEST[setup:garden,extra]

    [source,console]
    ----
    DELETE /plants
    ----
    // TEST[continued]
    """
    assert yaml_of(page) == rows(
        """
        ---
        "line_2":
          HEADER
        # Named setup garden
          - do:
              indices.create:
                index: plants
        # Named setup extra
          - do:
              indices.refresh: {}
          - do:
              raw:
                method: GET
                path: "plants/_count"
          - is_false: _shards.failures
          - do:
              raw:
                method: DELETE
                path: "plants"
          - is_false: _shards.failures
        """
    )


def test_a_named_teardown_comes_last() -> None:
    page = """
    [source,console]
    ----
    PUT _index_template/t1
    { "index_patterns": ["t-*"] }
    ----
    // TEST[teardown:drop_t1]
    """
    assert yaml_of(page) == rows(
        """
        ---
        "line_2":
          HEADER
          - do:
              raw:
                method: PUT
                path: "_index_template/t1"
                body: |
                  { "index_patterns": ["t-*"] }
          - is_false: _shards.failures
        # Named teardown drop_t1
          - do:
              indices.delete_index_template:
                name: t1
        """
    )


def test_a_skipped_test_asks_for_a_feature_nobody_has() -> None:
    page = """
    [source,console]
    ----
    POST /_shutdown
    ----
    // TEST[skip:needs a cluster that may stop]
    """
    assert yaml_of(page) == rows(
        """
        ---
        "line_2":
          HEADER
                - always_skip
              reason: needs a cluster that may stop
          - do:
              raw:
                method: POST
                path: "_shutdown"
          - is_false: _shards.failures
        """
    )


def test_warnings_are_expected_of_every_request() -> None:
    page = """
    [source,console]
    ----
    PUT /a
    PUT /b
    ----
    // TEST[warning:the [x] setting is "old"]
    """
    assert yaml_of(page) == rows(
        r"""
        ---
        "line_2":
          HEADER
          - do:
              warnings:
                 - "the [x] setting is \"old\""
              raw:
                method: PUT
                path: "a"
          - is_false: _shards.failures
          - do:
              warnings:
                 - "the [x] setting is \"old\""
              raw:
                method: PUT
                path: "b"
          - is_false: _shards.failures
        """
    )


def test_shard_failures_may_be_left_unseen() -> None:
    page = """
    [source,console]
    ----
    GET /a,b/_search
    ----
    // TEST[skip_shard_failures setup:ab]
    """
    assert yaml_of(page) == rows(
        """
        ---
        "line_2":
          HEADER
        # Named setup ab
          - do:
              indices.create:
                index: a
          - do:
              raw:
                method: GET
                path: "a,b/_search"
        """
    )


def test_setup_and_teardown_sections_have_no_header_and_no_assertions() -> None:
    page = """
    [source,console]
    ----
    PUT /plants
    ----
    // TESTSETUP

    [source,console]
    ----
    DELETE _ingest/pipeline/p
    ----
    // TEARDOWN

    [source,console]
    ----
    GET /plants
    ----
    """
    assert yaml_of(page) == rows(
        """
        ---
        setup:
          - do:
              raw:
                method: PUT
                path: "plants"
        ---
        teardown:
          - do:
              raw:
                method: DELETE
                path: "_ingest/pipeline/p"
        ---
        "line_14":
          HEADER
          - do:
              raw:
                method: GET
                path: "plants"
          - is_false: _shards.failures
        """
    )


def test_substitutions_of_two_directives_add_up() -> None:
    page = r"""
    [source,console]
    ----
    PUT /plants/_doc/1
    { "label": "Fern" }
    ----

    [source,console-result]
    ----
    {
      "_index": "plants",
      "_id": "1",
      "_version": 1,
      "result": "created",
      "_shards": { "total": 2, "successful": 1, "failed": 0 },
      "_seq_no": 26,
      "_primary_term": 4
    }
    ----
    // TESTRESPONSE[s/"_seq_no": \d+/"_seq_no": $body._seq_no/]
    // TESTRESPONSE[s/"_primary_term": 4/"_primary_term": $body._primary_term/]
    """
    assert yaml_of(page) == rows(
        """
        ---
        "line_2":
          HEADER
          - do:
              raw:
                method: PUT
                path: "plants/_doc/1"
                body: |
                  { "label": "Fern" }
          - is_false: _shards.failures
          - match:
              $body:
                {
                  "_index": "plants",
                  "_id": "1",
                  "_version": 1,
                  "result": "created",
                  "_shards": { "total": 2, "successful": 1, "failed": 0 },
                  "_seq_no": $body._seq_no,
                  "_primary_term": $body._primary_term
                }
        """
    )


def test_the_path_mark_and_a_stashed_key_are_kept_for_the_run() -> None:
    page = r"""
    [source,console]
    ----
    GET /_nodes/os
    ----

    [source,console-result]
    ----
    { "nodes": { "NODE": { "ip": "10.0.0.1", "os": { "available_processors": 8 } } } }
    ----
    // TESTRESPONSE[s/NODE/\$node_name/ s/"10.0.0.1"/$body.$_path/ s/: 8/: $body.$_path/]
    """
    assert yaml_of(page) == rows(
        """
        ---
        "line_2":
          HEADER
          - do:
              raw:
                method: GET
                path: "_nodes/os"
          - is_false: _shards.failures
          - match:
              $body:
                { "nodes": { "$node_name": { "ip": $body.$_path, "os": { "available_processors": $body.$_path } } } }
        """
    )


def test_an_ellipsis_is_filled_by_substitution() -> None:
    page = r"""
    [source,console]
    ----
    GET /plants/_search
    ----
    // TEST[setup:garden]

    [source,console-result]
    ----
    {
      ...
      "aggregations": { "n": { "value": 3.0 } }
    }
    ----
    // TESTRESPONSE[s/\.\.\./"took": $body.took,"timed_out": false,"_shards": $body._shards,"hits": $body.hits,/]
    """
    assert yaml_of(page) == rows(
        """
        ---
        "line_2":
          HEADER
        # Named setup garden
          - do:
              indices.create:
                index: plants
          - do:
              raw:
                method: GET
                path: "plants/_search"
          - is_false: _shards.failures
          - match:
              $body:
                {
                  "took": $body.took,"timed_out": false,"_shards": $body._shards,"hits": $body.hits,
                  "aggregations": { "n": { "value": 3.0 } }
                }
        """
    )


def test_plain_text_becomes_one_regex() -> None:
    page = r"""
    [source,console]
    ----
    GET /_cat/count?v
    ----

    [source,txt]
    ----
    epoch      timestamp count
    1475868259 15:24:20  121
    ----
    // TESTRESPONSE[s/\d+ \d+:\d+:\d+ +121/\\d+ \\d+:\\d+:\\d+ \\d+/ non_json]
    """
    assert yaml_of(page) == rows(
        r"""
        ---
        "line_2":
          HEADER
          - do:
              raw:
                method: GET
                path: "_cat/count"
                v: ""
          - match:
              $body:
                /epoch      \s+timestamp \s+count\s*
                 \d+ \s+\d+:\d+:\d+ \s+\d+\s*/
        """
    )


def test_a_skipped_response_is_not_compared() -> None:
    page = """
    [source,console]
    ----
    GET /_nodes/stats
    ----

    [source,console-result]
    ----
    { "whatever": 1 }
    ----
    // TESTRESPONSE[skip:depends on the machine]
    """
    assert yaml_of(page) == rows(
        """
        ---
        "line_2":
          HEADER
          - do:
              raw:
                method: GET
                path: "_nodes/stats"
          - is_false: _shards.failures
        """
    )


def test_yaml_steps_can_be_substituted_in() -> None:
    page = r"""
    [source,console]
    ----
    PUT /x
    ----
    // TEST[s/\n$/\nstartyaml\n  - compare_analyzers: {index: x, first: a, second: b}\nendyaml\n/]
    """
    assert yaml_of(page) == rows(
        """
        ---
        "line_2":
          HEADER
          - do:
              raw:
                method: PUT
                path: "x"
          - is_false: _shards.failures

          - compare_analyzers: {index: x, first: a, second: b}

        """
    )


def test_an_id_names_the_test() -> None:
    page = """
    [source,console,id=create-plants]
    ----
    PUT /plants
    ----
    """
    assert yaml_of(page) == rows(
        """
        ---
        "create-plants":
          HEADER
          - do:
              raw:
                method: PUT
                path: "plants"
          - is_false: _shards.failures
        """
    )


def test_an_error_answer_is_compared_after_a_catch() -> None:
    page = """
    [source,console]
    ----
    GET /plants/_doc/a/b/c
    ----
    // TEST[catch:bad_request]

    [source,console-result]
    ----
    {
      "error": "wrong path",
      "trace": "elided",
      "status": 400
    }
    ----
    // TESTRESPONSE[s/"trace": "elided",//]
    """
    assert yaml_of(page) == rows(
        """
        ---
        "line_2":
          HEADER
          - do:
              catch: bad_request
              raw:
                method: GET
                path: "plants/_doc/a/b/c"
          - is_false: _shards.failures
          - match:
              $body:
                {
                  "error": "wrong path",

                  "status": 400
                }
        """
    )


def test_angle_brackets_of_date_math_are_encoded() -> None:
    page = """
    [source,console]
    ----
    GET /<logs-{now%2Fd}>/_search
    ----
    """
    assert yaml_of(page) == rows(
        """
        ---
        "line_2":
          HEADER
          - do:
              raw:
                method: GET
                path: "%3Clogs-{now%2Fd}%3E/_search"
          - is_false: _shards.failures
        """
    )


def test_a_list_continuation_does_not_part_block_and_directive() -> None:
    page = """
    . Step one
    +
    [source,console]
    ----
    PUT /plants
    ----
    +
    // TEST[skip_shard_failures]
    . Step two
    """
    assert yaml_of(page) == rows(
        """
        ---
        "line_4":
          HEADER
          - do:
              raw:
                method: PUT
                path: "plants"
        """
    )


def test_the_build_marks_are_filled_in_first() -> None:
    page = """
    [source,console]
    ----
    GET /
    ----

    [source,console-result]
    ----
    { "name": "n", "version": { "number": "{version}" } }
    ----
    // TESTRESPONSE[s/"name": "n"/"name": "$body.name"/]
    """
    assert yaml_of(page) == rows(
        """
        ---
        "line_2":
          HEADER
          - do:
              raw:
                method: GET
                path: ""
          - is_false: _shards.failures
          - match:
              $body:
                { "name": "$body.name", "version": { "number": "8.1.2" } }
        """
    )


def test_marks_in_requests_and_a_response_after_two_blocks() -> None:
    page = r"""
    [source,console]
    ----
    POST /plants/_search?scroll=1m
    { "size": 1 }
    ----
    // TEST[setup:garden]

    Then:

    [source,console]
    ----
    POST /_search/scroll
    { "scroll_id": "XYZ" }

    DELETE /_search/scroll/XYZ
    ----
    // TEST[continued s/"XYZ"/"$body._scroll_id"/ s/XYZ/\${body._scroll_id}/]

    [source,console-result]
    ----
    { "succeeded": true, "num_freed": 1 }
    ----
    """
    assert yaml_of(page) == rows(
        """
        ---
        "line_2":
          HEADER
        # Named setup garden
          - do:
              indices.create:
                index: plants
          - do:
              raw:
                method: POST
                path: "plants/_search"
                scroll: "1m"
                body: |
                  { "size": 1 }
          - is_false: _shards.failures
          - do:
              raw:
                method: POST
                path: "_search/scroll"
                body: |
                  { "scroll_id": "$body._scroll_id" }
          - is_false: _shards.failures
          - do:
              raw:
                method: DELETE
                path: "_search/scroll/${body._scroll_id}"
          - is_false: _shards.failures
          - match:
              $body:
                { "succeeded": true, "num_freed": 1 }
        """
    )


def test_mdx_blocks_read_like_asciidoc_ones() -> None:
    page = """
    ```console
    GET /nope
    ```
    {/* TEST[catch:missing] */}
    """
    assert yaml_of(page, path="page.mdx") == rows(
        """
        ---
        "line_1":
          HEADER
          - do:
              catch: missing
              raw:
                method: GET
                path: "nope"
          - is_false: _shards.failures
        """
    )
