"""Dynamic templates: the rules of a mapping for new names, read and tried. Docs: dynamic-templates."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from esmock.errors import ApiError, IllegalArgument, MapperParsing, Unsupported
from esmock.mapping.parameter import java_text
from esmock.mapping.runtime import TYPES as RUNTIME_TYPES
from esmock.xcontent.json_writer import dumps

if TYPE_CHECKING:
    from esmock.mapping.context import MappingContext

Json = Any

MATCH_TYPES = ("object", "string", "long", "double", "boolean", "date", "binary")
DEFAULT_TYPES = MappingProxyType({
    "string": "text", "long": "long", "double": "float", "boolean": "boolean", "date": "date", "binary": "binary", "object": "object",
})
"""What a value of each JSON type becomes where nothing else is said."""
_TELLS_TYPES = (7, 11)


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

    @property
    def is_runtime(self) -> bool:
        """Whether it makes runtime fields."""
        return "runtime" in self.node

    @property
    def match_types(self) -> list[str]:
        """The JSON types that fall under the rule, as far as it names any."""
        wanted = self._patterns("match_mapping_type")
        return list(MATCH_TYPES) if not wanted or "*" in wanted else wanted

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
        kind = "runtime" if self.is_runtime else "mapping"
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
_SINCE = MappingProxyType({"runtime": (7, 11), "unmatch_mapping_type": (8, 9)})


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
    is_seven = context.behaviour.major < 8
    for key in node:
        if key not in _KEYS or not context.behaviour.has(_SINCE.get(key, (0, 0))):
            raise IllegalArgument(f"Illegal dynamic template parameter: [{key}]")
    if "mapping" not in node and "runtime" not in node:
        raise MapperParsing(f"template [{name}] must have {'' if is_seven else 'either '}mapping {'' if is_seven else 'or runtime '}set")
    if not any(key in node for key in ("match", "path_match", "match_mapping_type")) and is_seven:
        raise MapperParsing(f"template must have match, path_match or match_mapping_type set {java_text(node)}")
    given = node.get("match_mapping_type")
    for wanted in [java_text(given)] if is_seven and given is not None else _as_list(given):
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


def check_dynamic_templates(templates: Iterable[DynamicTemplate], context: MappingContext) -> None:
    """Try the definition of each template on a made-up name.

    One that no JSON type can use is refused since 8.0; before, a deprecation tells of it each time its mapping is read.

    Raises:
        IllegalArgument: with the error of the last type that was tried.
    Source: asked of 7.10.2 and 8.19.21.
    """
    for template in templates:
        _check(template, context)


def _check(template: DynamicTemplate, context: MappingContext) -> None:
    if b"{name}" in dumps(template.mapping):
        return
    types = template.match_types
    last: ApiError | None = None
    for match_type in types:
        try:
            _try(template, DEFAULT_TYPES[match_type], context)
        except Unsupported:
            return
        except ApiError as error:
            last = error
            continue
        return
    if last is None:
        return
    is_seven = context.behaviour.major < 8
    told = f"dynamic template [{template.name}] has invalid content [{dumps(template.to_json(is_seven=is_seven)).decode()}]"
    if context.behaviour.has(_TELLS_TYPES):
        told += f", attempted to validate it with the following match_mapping_type: [{', '.join(types)}]"
    if not is_seven:
        raise IllegalArgument(told, cause=last)
    context.warn(f"{told}, caused by [{last.reason}]")


def _try(template: DynamicTemplate, default: str, context: MappingContext) -> None:
    """Read what a template makes of a type. Raises ApiError."""
    from esmock.mapping.field import parse_field
    from esmock.mapping.objects import OPTIONS

    path = f"__dynamic__{template.name}"
    definition = template.definition(path, default)
    kind = str(definition["type"])
    if template.is_runtime:
        if kind not in RUNTIME_TYPES:
            raise IllegalArgument(f"No runtime field found for type [{kind}]")
        return
    if kind in ("object", "nested"):
        unknown = ", ".join(f"{key}={java_text(one)}" for key, one in definition.items() if key not in OPTIONS and key != "type")
        if unknown:
            raise IllegalArgument(f"{'Unused' if context.behaviour.major < 8 else 'Unknown'} mapping attributes [{{{unknown}}}]")
        return
    if context.type(kind) is None:
        context.refuse_known_type(kind)
        raise IllegalArgument(f"No mapper found for type [{kind}]")
    try:
        parse_field(path, definition, context.with_warn(None))
    except MapperParsing as error:
        if "type" not in template.mapping and error.reason:
            error.reason = error.reason.replace(f"[{path}] of type [{kind}]", f"[{path}] of type [null]")
        raise
