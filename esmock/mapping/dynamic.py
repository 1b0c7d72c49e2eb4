"""Dynamic mapping: what a new field of a document becomes. Docs: dynamic-mapping, dynamic-templates."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from esmock.errors import ApiError, DateTime, IllegalArgument, MapperParsing
from esmock.mapping.parameter import java_text

if TYPE_CHECKING:
    from esmock.mapping.context import MappingContext
    from esmock.mapping.field import Field
    from esmock.mapping.mapping import Mapping
    from esmock.mapping.objects import ObjectMapper
    from esmock.version import Behaviour

Json = Any

MATCH_TYPES = ("object", "string", "long", "double", "boolean", "date", "binary")
_DEFAULTS = {"string": "text", "long": "long", "double": "float", "boolean": "boolean", "date": "date", "binary": "binary",
             "object": "object"}


@dataclass(frozen=True, slots=True)
class DynamicTemplate:
    """One rule: conditions and the definition it gives.

    Args:
        node: as given, for printing.
    """

    name: str
    node: dict[str, Json]

    def _patterns(self, key: str) -> list[str]:
        value = self.node.get(key)
        return [] if value is None else list(map(java_text, value)) if isinstance(value, list) else [java_text(value)]

    @property
    def mapping(self) -> dict[str, Json]:
        return dict(self.node.get("mapping") or self.node.get("runtime") or {})

    def matches(self, leaf: str, path: str, match_type: str) -> bool:
        """Whether a field of this name and JSON type falls under the rule."""
        regex = self.node.get("match_pattern") == "regex"
        for key, text in (("path_match", path), ("match", leaf)):
            patterns = self._patterns(key)
            if patterns and not any(_matches(pattern, text, regex=regex) for pattern in patterns):
                return False
        for key, text in (("path_unmatch", path), ("unmatch", leaf)):
            if any(_matches(pattern, text, regex=regex) for pattern in self._patterns(key)):
                return False
        wanted = self._patterns("match_mapping_type")
        if wanted and "*" not in wanted:
            return match_type in wanted
        unwanted = self._patterns("unmatch_mapping_type")
        return match_type not in unwanted

    def definition(self, leaf: str, dynamic_type: str) -> dict[str, Json]:
        """The mapping with ``{name}`` and ``{dynamic_type}`` filled in."""
        out = _fill(self.mapping, {"{name}": leaf, "{dynamic_type}": dynamic_type, "{dynamicType}": dynamic_type})
        if "type" not in out:
            out = {"type": dynamic_type, **out}
        return out

    def to_json(self, *, is_seven: bool) -> dict[str, Json]:
        out: dict[str, Json] = {}
        for key in ("match", "path_match", "unmatch", "path_unmatch", "match_mapping_type", "unmatch_mapping_type", "match_pattern"):
            if is_seven and key == "match_mapping_type" and self.node.get(key) == "*" and ("match" in self.node or "path_match" in self.node):
                continue
            if key in self.node:
                out[key] = self.node[key]
        kind = "runtime" if "runtime" in self.node else "mapping"
        out[kind] = _sorted(self.node[kind])
        return out


def _sorted(node: Json) -> Json:
    """Definitions inside templates are printed with sorted names."""
    return {key: _sorted(node[key]) for key in sorted(node)} if isinstance(node, dict) else node


def _matches(pattern: str, text: str, *, regex: bool) -> bool:
    if regex:
        return re.fullmatch(pattern, text) is not None
    return re.fullmatch(".*".join(map(re.escape, pattern.split("*"))), text, re.DOTALL) is not None


def _fill(node: Json, values: dict[str, str]) -> Json:
    if isinstance(node, dict):
        return {_fill(key, values): _fill(value, values) for key, value in node.items()}
    if isinstance(node, list):
        return [_fill(one, values) for one in node]
    if isinstance(node, str):
        for key, value in values.items():
            node = node.replace(key, value)
    return node


_KEYS = {
    "match", "path_match", "unmatch", "path_unmatch", "match_mapping_type", "unmatch_mapping_type", "match_pattern", "mapping", "runtime",
}


def parse_dynamic_templates(body: Json, context: MappingContext) -> tuple[DynamicTemplate, ...]:
    """Read ``dynamic_templates``. Raises MapperParsing."""
    if not isinstance(body, list):
        raise MapperParsing("Dynamic template syntax error. An array of named objects is expected.")
    out = []
    for entry in body:
        if not isinstance(entry, dict) or len(entry) != 1:
            raise MapperParsing("A dynamic template must be defined with a name")
        name, node = next(iter(entry.items()))
        if not isinstance(node, dict):
            raise MapperParsing("Dynamic template syntax error. An array of named objects is expected.")
        out.append(_template(name, node, context))
    return tuple(out)


def _template(name: str, node: dict[str, Json], context: MappingContext) -> DynamicTemplate:
    for key in node:
        if key not in _KEYS:
            raise IllegalArgument(f"Illegal dynamic template parameter: [{key}]")
    if "mapping" not in node and "runtime" not in node:
        if context.behaviour.major >= 8:
            raise MapperParsing(f"template [{name}] must have either mapping or runtime set")
        raise MapperParsing(f"template [{name}] must have mapping set")
    if not any(key in node for key in ("match", "path_match", "match_mapping_type")) and context.behaviour.major < 8:
        raise MapperParsing(f"template must have match, path_match or match_mapping_type set {java_text(node)}")
    for wanted in _as_list(node.get("match_mapping_type")):
        if wanted not in MATCH_TYPES and wanted != "*":
            raise IllegalArgument(
                f"No field type matched on [{wanted}], possible values are [{', '.join(MATCH_TYPES)}]"
            )
    pattern = node.get("match_pattern")
    if pattern is not None and pattern not in ("simple", "regex"):
        raise IllegalArgument(f"No matching pattern matched on [{pattern}]")
    return DynamicTemplate(name, node)


def _as_list(value: Json) -> list[str]:
    return [] if value is None else value if isinstance(value, list) else [value]


def dynamic_type(mapping: Mapping, value: Json, leaf: str) -> tuple[str, str | None]:
    """The JSON type of a value as templates name it, and the date format that fits a text.

    Returns:
        one of ``MATCH_TYPES``; and for ``date`` the format found.
    """
    if isinstance(value, bool):
        return "boolean", None
    if isinstance(value, int):
        return "long", None
    if isinstance(value, float):
        return "double", None
    if isinstance(value, dict):
        return "object", None
    if mapping.date_detection is not False:
        found = _date_format(mapping, value)
        if found is not None:
            return "date", found
    if mapping.numeric_detection:
        if re.fullmatch(r"[+-]?\d{1,19}", value) and -(2**63) <= int(value) < 2**63:
            return "long", None
        from esmock.mapping.coercion import java_double

        try:
            java_double(value)
        except ApiError:
            pass
        else:
            return "double", None
    return "string", None


def _date_format(mapping: Mapping, text: str) -> str | None:
    """The first dynamic date format that reads a text; it must hold a ``:``, ``-`` or ``/``."""
    if not text or not (":" in text or "-" in text or "/" in text):
        return None
    from esmock.mapping.dates.formatter import date_formatter
    from esmock.mapping.mapping import DEFAULT_DATE_FORMATS

    formats = DEFAULT_DATE_FORMATS if mapping.date_formats is None else mapping.date_formats
    for one in formats:
        try:
            date_formatter(one).parse_ns(text)
        except (IllegalArgument, DateTime):
            continue
        return one
    return None


def runtime_type(mapping: Mapping, value: Json, leaf: str) -> str:
    """The type of the runtime field that a value makes where ``dynamic`` is ``runtime``."""
    found, _ = dynamic_type(mapping, value, leaf)
    return "keyword" if found == "string" else found


def dynamic_field(mapping: Mapping, path: str, leaf: str, value: Json) -> Field | ObjectMapper | None:
    """What a new name with a value becomes; None where a template says it is not mapped at all."""
    from esmock.mapping.field import parse_field
    from esmock.mapping.objects import OPTIONS, ObjectMapper, parse_object

    match_type, date_format = dynamic_type(mapping, value, leaf)
    default = _DEFAULTS[match_type]
    context = mapping.context
    for template in mapping.dynamic_templates or ():
        if template.matches(leaf, path, match_type):
            definition = template.definition(leaf, default)
            if definition.get("type") in ("date", "date_nanos"):
                _add_format(definition, date_format, context.behaviour)
            if definition.get("type") in ("object", "nested"):
                known = {key: one for key, one in definition.items() if key in OPTIONS}  # ES: others are passed over here
                return parse_object(path, known, context)
            return parse_field(path, definition, context)
    if match_type == "object":
        return ObjectMapper(path, {})
    if match_type == "string":
        keyword = {"type": "keyword", "ignore_above": 256}
        return parse_field(path, {"type": "text", "fields": {"keyword": keyword}}, context)
    definition = {"type": default}
    _add_format(definition, date_format, context.behaviour)
    return parse_field(path, definition, context)


def _add_format(definition: dict[str, Json], date_format: str | None, behaviour: Behaviour) -> None:
    """The format that detected a date, where it is not the default one and nothing else is said."""
    if date_format is None or date_format == "strict_date_optional_time" or "format" in definition:
        return
    definition["format"] = date_format
    if behaviour.major >= 8:
        definition["locale"] = ""
