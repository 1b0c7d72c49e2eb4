"""How the parts of a connector are read.

Source: the classes ConnectorFiltering, ConnectorConfiguration, ConnectorScheduling and ConnectorIngestPipeline, and the makers' YAML tests.
"""

from __future__ import annotations

from typing import Any

from esmock.errors import ApiError, IllegalArgument
from esmock.features.cron import Cron
from esmock.xcontent.located import copy_plain
from esmock.xcontent.object_parser import (
    Field,
    Parser,
    anything,
    boolean,
    custom,
    integer,
    object_,
    objects,
    string,
    strings,
)
from esmock.xcontent.value_reader import Reading

Json = Any


def one_of(name: str, known: tuple[str, ...], what: str, **more: Any) -> Field:
    """A string out of some. Raises IllegalArgument."""

    def read(body: Json, key: Any, reading: Reading) -> str:
        value = str(body[key])
        if value.lower() not in known:
            raise IllegalArgument(f"Unknown {what} '{value}'.")
        return value.lower()

    return custom(name, ("VALUE_STRING",), read, **more)


ERROR = custom("error", ("VALUE_STRING", "VALUE_NULL"), lambda body, key, reading: body[key])
RULE = Parser(
    "connector_filtering_rule",
    string("created_at", argument=True),
    string("field", required=True),
    string("id", required=True),
    integer("order", required=True),
    one_of("policy", ("include", "exclude"), "FilteringPolicy", required=True),
    one_of(
        "rule",
        ("contains", "ends_with", "equals", "regex", "starts_with", ">", "<"),
        "FilteringRuleCondition",
        required=True,
    ),
    string("updated_at", argument=True),
    string("value", required=True),
)
SNIPPET = Parser(
    "connector_filtering_advanced_snippet",
    string("created_at", argument=True),
    string("updated_at", argument=True),
    anything("value", required=True),
)
_INVALID = Parser("filtering_validation", strings("ids", required=True), strings("messages", required=True))
VALIDATION = Parser(
    "filtering_validation_info",
    objects("errors", _INVALID, required=True),
    one_of("state", ("edited", "invalid", "valid"), "FilteringValidationState", required=True),
)
PIPELINE = Parser(
    "connector_ingest_pipeline",
    boolean("extract_binary_content", required=True),
    string("name", required=True),
    boolean("reduce_whitespace", required=True),
    boolean("run_ml_inference", required=True),
)


def _interval(body: Json, key: Any, reading: Reading) -> str:
    """A cron expression. Raises IllegalArgument."""
    try:
        Cron(body[key])
    except ApiError as error:
        raise IllegalArgument(f"invalid cron expression [{body[key]}]", cause=error) from None
    return str(body[key])


_SCHEDULE = Parser(
    "schedule_config",
    boolean("enabled", required=True),
    custom("interval", ("VALUE_STRING",), _interval, required=True),
)
SCHEDULING = Parser(
    "connector_scheduling", *(object_(kind, _SCHEDULE) for kind in ("access_control", "full", "incremental"))
)
_DISPLAYS = ("dropdown", "numeric", "textarea", "textbox", "text", "toggle")
_CONSTRAINTS = ("less_than", "greater_than", "list_type", "included_in", "regex", "unset")
_DEPENDENCY = Parser(
    "connector_configuration_dependency", string("field", required=True), anything("value", required=True)
)
_CONSTRAINT = Parser(
    "connector_configuration_validation",
    anything("constraint", required=True),
    one_of("type", _CONSTRAINTS, "ConfigurationValidationType", required=True),
)
_CONFIGURATION = Parser(
    "connector_configuration",
    string("category", nullable=True),
    anything("default_value"),
    objects("depends_on", _DEPENDENCY, nullable=True),
    one_of("display", _DISPLAYS, "DisplayType"),
    string("label", required=True),
    anything("options"),
    integer("order", nullable=True),
    string("placeholder", nullable=True),
    boolean("required", nullable=True),
    boolean("sensitive", nullable=True),
    string("tooltip", nullable=True),
    one_of("type", ("str", "int", "list", "bool"), "ConfigurationFieldType"),
    strings("ui_restrictions", nullable=True),
    objects("validations", _CONSTRAINT, nullable=True),
    custom(
        "value",
        ("VALUE_STRING", "VALUE_NUMBER", "VALUE_BOOLEAN", "VALUE_NULL", "START_OBJECT", "START_ARRAY"),
        lambda body, key, reading: body[key],
    ),
)


def configuration(body: Json, key: Any, reading: Reading) -> Json:
    """Fields by name, each looked at. Raises IllegalArgument for one without a value."""
    for name in body[key]:
        _CONFIGURATION.read(body[key], name, reading)
        if "value" not in body[key][name]:
            raise IllegalArgument("Required [value]")
    return copy_plain(body[key])
