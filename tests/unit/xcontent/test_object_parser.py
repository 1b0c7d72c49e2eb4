"""Declarative parsers. Evidence: `_aliases` of 7.10.2 and 8.19.21, rollup jobs of 6.8.23, `slice` of both."""

from __future__ import annotations

from typing import Any

import pytest

from esmock.errors import ApiError, IllegalArgument
from esmock.version import behaviour
from esmock.xcontent import object_parser as fields
from esmock.xcontent.json_reader import jackson_for
from esmock.xcontent.located import NeedsPositions, located
from esmock.xcontent.object_parser import Parser
from esmock.xcontent.value_reader import Reading


def _not_empty(value: str) -> str:
    if not value:
        raise IllegalArgument("[index] can't be empty string")
    return value


def _one_operation(values: dict[str, Any]) -> Any:
    if len(values) > 1:
        raise IllegalArgument("Too many operations declared on operation entry")
    return next(iter(values.items()))


ADD = Parser(
    "add",
    fields.string("index", then=_not_empty),
    fields.strings("indices"),
    fields.string("alias"),
    fields.strings("aliases"),
    fields.boolean("is_hidden"),
)
REMOVE = Parser("remove", fields.string("index"), fields.string("alias"))
ACTION = Parser(
    "alias_action",
    fields.object_("add", ADD, argument=True),
    fields.object_("remove", REMOVE, argument=True),
    fields.mapping("remove_index", argument=True),
    build=_one_operation,
)
ALIASES = Parser("aliases", fields.objects("actions", ACTION))
SLICE = Parser("slice", fields.integer("id"), fields.integer("max"), fields.string("field", deprecated=("f",)))

SYNTAX = (
    "Unexpected end-of-input: expected close marker for Object (start marker at [Source: (byte[])\"TEXT\"; "
    "line: 1, column: 20])\n at [Source: (byte[])\"TEXT\"; line: 1, column: 35]"
)


def read(parser: Parser, text: str, version: str = "8.19.21", warnings: list[str] | None = None) -> Any:
    flags = behaviour(version)
    reading = Reading(flags, (warnings if warnings is not None else []).append)
    return parser.parse(located(text.encode(), jackson_for(flags)), reading)


def reasons(parser: Parser, text: str, version: str = "8.19.21") -> list[str | None]:
    with pytest.raises(ApiError) as caught:
        read(parser, text, version)
    return [one.reason for one in caught.value.chain()]


def test_a_body_gives_its_values() -> None:
    text = '{"actions":[{"add":{"index":"a","aliases":["x","y"],"is_hidden":"true"}},{"remove":{"index":"b"}}]}'
    assert read(ALIASES, text) == {
        "actions": [("add", {"index": "a", "aliases": ["x", "y"], "is_hidden": True}), ("remove", {"index": "b"})]
    }


LAYERS = ["[{0}] [aliases] failed to parse field [actions]", "[{0}] [alias_action] failed to parse field [add]"]


@pytest.mark.parametrize(
    ("text", "place", "inner"),
    [
        ('{"actions":[{"add":{"index":"logs","alias":"x","foo":1}}]}', "1:54", ["[1:48] [add] unknown field [foo]"]),
        (
            '{"actions":[{"add":{"index":"logs","alias":1}}]}',
            "1:44",
            ["[1:44] [add] alias doesn't support values of type: VALUE_NUMBER"],
        ),
        (
            '{"actions":[{"add":{"index":"logs","aliases":[{}]}}]}',
            "1:47",
            ["[1:47] [add] failed to parse field [aliases]", "Expected text at 1:47 but found START_OBJECT"],
        ),
        (
            '{"actions":[{"add":{"index":"logs","aliases":["a",[1]]}}]}',
            "1:51",
            ["[1:51] [add] failed to parse field [aliases]", "expected value but got [START_ARRAY]"],
        ),
        (
            '{"actions":[{"add":{"index":"logs","is_hidden":"x"}}]}',
            "1:48",
            [
                "[1:48] [add] failed to parse field [is_hidden]",
                "Failed to parse value [x] as only [true] or [false] are allowed.",
            ],
        ),
        (
            '{"actions":[{"add":{"index":"","alias":"b"}}]}',
            "1:29",
            ["[1:29] [add] failed to parse field [index]", "[index] can't be empty string"],
        ),
        (
            '{"actions":[{"add":{"index":"logs"',
            "1:29",
            ["[1:35] Unexpected end of file", SYNTAX.replace("TEXT", '{"actions":[{"add":{"index":"logs"')],
        ),
    ],
)
def test_every_layer_names_the_place_where_the_innermost_parser_stood(text: str, place: str, inner: list[str]) -> None:
    assert reasons(ALIASES, text) == [*(layer.format(place) for layer in LAYERS), *inner]


def test_what_is_built_fails_at_the_end_of_its_object() -> None:
    assert reasons(ALIASES, '{"actions":[{"remove":{"index":"a"},"add":{}}]}') == [
        "[1:45] [aliases] failed to parse field [actions]",
        "Failed to build [alias_action] after last required field arrived",
        "Too many operations declared on operation entry",
    ]


def test_with_all_arguments_seen_it_is_built_inside_the_last_field() -> None:
    """Evidence: 6.8.23, histogram groups of rollup jobs."""

    def build(values: dict[str, Any]) -> Any:
        raise IllegalArgument("Interval must be a positive long")

    histogram = Parser(
        "histogram", fields.long_("interval", required=True), fields.strings("fields", required=True), build=build
    )
    assert reasons(histogram, '{"interval":-1,"fields":["n"]}') == [
        "[1:29] [histogram] failed to parse field [fields]",
        "Failed to build [histogram] after last required field arrived",
        "Interval must be a positive long",
    ]
    assert reasons(histogram, "{}") == ["Required [interval, fields]"]


def test_a_body_must_be_an_object() -> None:
    assert reasons(ALIASES, "[]") == ["[1:1] [aliases] Expected START_OBJECT but was: START_ARRAY"]
    assert reasons(ALIASES, '"x"') == ["[1:1] [aliases] Expected START_OBJECT but was: VALUE_STRING"]


def test_in_place_of_an_element_the_parser_names_the_token_behind_it() -> None:
    assert reasons(ALIASES, '{"actions":[1]}') == [
        "[1:14] [aliases] failed to parse field [actions]",
        "[1:14] [alias_action] Expected START_OBJECT but was: END_ARRAY",
    ]


@pytest.mark.parametrize(
    ("text", "version", "expected"),
    [
        ('{"id":"x"}', "8.19.21", ["[1:7] [slice] failed to parse field [id]", 'For input string: "x"']),
        (
            '{"id":"99999999999"}',
            "8.19.21",
            ["[1:7] [slice] failed to parse field [id]", "Value [99999999999] is out of range for an integer"],
        ),
        (
            '{"id":99999999999}',
            "7.10.2",
            [
                "[1:7] [slice] failed to parse field [id]",
                "Numeric value (99999999999) out of range of int (-2147483648 - 2147483647)\n"
                ' at [Source: (byte[])"{"id":99999999999}"; line: 1, column: 18]',
            ],
        ),
        ('{"id":[1]}', "8.19.21", ["[1:7] [slice] id doesn't support values of type: START_ARRAY"]),
        ('{"idd":1}', "8.19.21", ["[1:2] [slice] unknown field [idd] did you mean [id]?"]),
    ],
)
def test_numbers_are_read_as_the_parser_reads_them(text: str, version: str, expected: list[str]) -> None:
    assert reasons(SLICE, text, version) == expected


def test_numbers_are_cut_and_read_from_text() -> None:
    assert read(SLICE, '{"id":1.5,"max":"2.5"}') == {"id": 1, "max": 2}


def test_deprecated_names_warn_with_parser_and_place() -> None:
    """Evidence: `[bool][1:29] Deprecated field [mustNot] used, expected [must_not] instead` of all three versions."""
    warnings: list[str] = []
    assert read(SLICE, '{"id":1,"f":"x"}', warnings=warnings) == {"id": 1, "field": "x"}
    assert warnings == ["[slice][1:13] Deprecated field [f] used, expected [field] instead"]


def test_required_and_exclusive_sets_are_checked_at_the_end() -> None:
    parser = Parser("p", fields.string("a"), fields.string("b"), one_of=[("a", "b")], exclusive=[("a", "b")])
    assert reasons(parser, "{}") == ["Required one of fields [a, b], but none were specified."]
    assert reasons(parser, "{}", "7.10.2") == ["Required one of fields [a, b], but none were specified. "]
    assert reasons(parser, '{"a":"x","b":"y"}') == ["The following fields are not allowed together: [a, b] "]


def test_an_error_in_a_plain_body_asks_for_positions() -> None:
    with pytest.raises(NeedsPositions):
        SLICE.parse({"foo": 1}, Reading(behaviour("9.5.3")))
    assert SLICE.parse({"id": 1}, Reading(behaviour("9.5.3"))) == {"id": 1}


def test_named_objects_come_as_object_or_array_of_single_fields() -> None:
    def read_one(body: Any, key: Any, reading: Reading) -> Any:
        return fields.values.integer(body, key, reading)

    parser = Parser("p", fields.named_objects("things", read_one))
    assert read(parser, '{"things":{"a":1,"b":2}}') == {"things": [("a", 1), ("b", 2)]}
    assert read(parser, '{"things":[{"b":2},{"a":1}]}') == {"things": [("b", 2), ("a", 1)]}
    assert reasons(parser, '{"things":{"a":"x"}}') == [
        "[1:16] [p] failed to parse field [things]",
        "[1:16] [things] failed to parse field [a]",
        'For input string: "x"',
    ]
