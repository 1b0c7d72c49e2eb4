"""Reading a legacy template's body."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from esmock.errors import (
    ElasticsearchParse,
    IllegalArgument,
    NumberFormat,
)
from esmock.mapping.parameter import java_text
from esmock.state import index_settings
from esmock.state.aliases import AliasBody, parse_aliases
from esmock.state.templates import (
    LegacyTemplate,
)
from esmock.xcontent.java_number import parse_int
from esmock.xcontent.java_order import hash_order

if TYPE_CHECKING:
    from esmock.version import Behaviour

Json = Any
Warn = Callable[[str], None]


def parse_legacy(name: str, body: dict[str, Json], behaviour: Behaviour, *, order: int, warn: Warn) -> LegacyTemplate:
    """Read a legacy template.

    Args:
        body: with ``mappings`` still as sent.
        order: where the body does not say.

    Raises:
        ElasticsearchParse, IllegalArgument, NumberFormat.
    """
    patterns: list[str] = []
    settings: dict[str, Any] = {}
    aliases: dict[str, AliasBody] = {}
    version = None
    for key in hash_order(body):  # ES: the body is read into a hash map
        value = body[key]
        if key == "index_patterns" or (key == "template" and behaviour.mapping_types):
            if key == "template":
                warn("Deprecated field [template] used, replaced by [index_patterns]")
            patterns = _patterns(value, behaviour)
        elif key == "order":
            order = order if value is None else _order(value)
        elif key == "version":
            if not isinstance(value, int) or isinstance(value, bool):
                raise IllegalArgument("Malformed [version] value, should be an integer")
            version = value
        elif key == "settings":
            if not isinstance(value, dict):
                raise IllegalArgument("Malformed [settings] section, should include an inner object")
            settings = index_settings.normalise(value)
        elif key == "mappings":
            continue
        elif key == "aliases":
            aliases = parse_aliases(value, behaviour)
        else:
            raise ElasticsearchParse(f"unknown key [{key}] in the template ")
    if not behaviour.newer_jackson:
        # ES: these two are forgotten by 7.10
        aliases = {one: _without(given, "is_write_index", "is_hidden") for one, given in aliases.items()}
    return LegacyTemplate(name, tuple(patterns), order, version, settings, {}, aliases)


def _without(given: AliasBody, *names: str) -> AliasBody:
    return {key: value for key, value in given.items() if key not in names}


def _patterns(value: Json, behaviour: Behaviour) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, list):
        return [java_text(one) for one in value]
    field = "template" if behaviour.mapping_types else "index_patterns"
    raise IllegalArgument(f"Malformed [{field}] value, should be a string or a list of strings")


def _order(value: Json) -> int:
    if isinstance(value, str):
        return parse_int(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise NumberFormat(f'For input string: "{java_text(value)}"')
    return int(value)
