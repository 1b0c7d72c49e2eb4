"""Dynamic templates: reading, checking, matching and printing. Docs: dynamic-templates.

Source: recordings of 7.10.2, 7.17.29 and 8.19.21 (fixtures/recorded/*/types/dynamic_templates.json).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from esmock.errors import ApiError, IllegalArgument, MapperParsing, NullPointer, Unsupported
from esmock.mapping.parameter import as_object, java_text
from esmock.xcontent import json_writer
from esmock.xcontent.java_order import hash_order, hash_ordered

if TYPE_CHECKING:
    from esmock.mapping.context import MappingContext

Json = Any

DEFAULT_TYPES = {
    "object": "object", "string": "text", "long": "long", "double": "float", "boolean": "boolean", "date": "date", "binary": "binary",
}  # fmt: skip
"""The types that values are told apart by, and what each becomes."""
RUNTIME_TYPES = {"string": "keyword", "long": "long", "double": "double", "boolean": "boolean", "date": "date"}
"""Those that runtime fields can be made of."""
PATTERNS = ("match", "path_match", "unmatch", "path_unmatch")
TYPES = ("match_mapping_type", "unmatch_mapping_type")
LISTS_SINCE = (8, 9)
"""Version that took lists of conditions, and ``unmatch_mapping_type``."""
RUNTIME_SINCE = (7, 11)


@dataclass(frozen=True, slots=True)
class DynamicTemplate:
    """One rule: conditions and the definition it gives.

    Args:
        patterns: of each condition on names the patterns given.
        types: the kinds of values that it is for.
        shown_types: ``match_mapping_type`` and its opposite as printed.
        match_pattern: ``simple`` or ``regex``.
        definition: what it maps to.
        is_runtime: whether that is a runtime field.
    """

    name: str
    patterns: dict[str, list[str]]
    types: tuple[str, ...]
    shown_types: dict[str, Json]
    match_pattern: str
    definition: dict[str, Json]
    is_runtime: bool

    def matches(self, leaf: str, path: str, match_type: str) -> bool:
        """Whether a field of this name and JSON type falls under the rule."""
        if match_type not in self.types:
            return False
        for key, text in (("path_match", path), ("match", leaf)):
            if key in self.patterns and not self._fits(key, text):
                return False
        return not any(self._fits(key, text) for key, text in (("path_unmatch", path), ("unmatch", leaf)))

    def _fits(self, key: str, text: str) -> bool:
        return any(_matches(one, text, self.match_pattern) for one in self.patterns.get(key, ()))

    def type_for(self, default: str) -> str:
        """The type that it gives to a value that would become ``default``."""
        if "type" not in self.definition:
            return default
        if self.definition["type"] is None:
            raise NullPointer('Cannot invoke "Object.toString()" because the return value of "java.util.Map.get(Object)" is null')
        return java_text(self.definition["type"]).replace("{dynamic_type}", default).replace("{dynamicType}", default)

    def definition_for(self, leaf: str, default: str) -> dict[str, Json]:
        """The definition with ``{name}`` and ``{dynamic_type}`` filled in; without ``type`` where none is given."""
        filled: dict[str, Json] = _fill(self.definition, _values(leaf, default))
        return filled

    def to_json(self) -> dict[str, Json]:
        out: dict[str, Json] = {key: values[0] if len(values) == 1 else values for key, values in self.patterns.items() if values}
        out.update(self.shown_types)
        if self.match_pattern != "simple":
            out["match_pattern"] = self.match_pattern
        out["runtime" if self.is_runtime else "mapping"] = _sorted(self.definition)
        return out


def _values(leaf: str, default: str) -> dict[str, str]:
    return {"{name}": leaf, "{dynamic_type}": default, "{dynamicType}": default}


def _sorted(node: Json) -> Json:
    """Definitions inside templates are printed with sorted names."""
    return {key: _sorted(node[key]) for key in sorted(node)} if isinstance(node, dict) else node


def _matches(pattern: str, text: str, kind: str) -> bool:
    if kind == "regex":
        from esmock.analysis.java_pattern import compile_java

        return compile_java(pattern).fullmatch(text) is not None
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


def _has_snippet(node: Json, snippet: str) -> bool:
    if isinstance(node, dict):
        return any(_has_snippet(key, snippet) or _has_snippet(value, snippet) for key, value in node.items())
    if isinstance(node, list):
        return any(_has_snippet(one, snippet) for one in node)
    return isinstance(node, str) and snippet in node


def parse_dynamic_templates(body: Json, context: MappingContext) -> tuple[DynamicTemplate, ...]:
    """Read ``dynamic_templates``. Raises MapperParsing, IllegalArgument, ClassCast, NullPointer."""
    if not isinstance(body, list):
        raise MapperParsing("Dynamic template syntax error. An array of named objects is expected.")
    out = []
    for entry in body:
        if entry is None:
            raise NullPointer('Cannot invoke "java.util.Map.size()" because "tmpl" is null')
        if len(as_object(entry)) != 1:
            raise MapperParsing("A dynamic template must be defined with a name")
        name, node = next(iter(entry.items()))
        template = _read_template(name, as_object(node), context)
        out.append(template)
        check_dynamic_templates([template], context)
    return tuple(out)


def check_dynamic_templates(templates: Iterable[DynamicTemplate], context: MappingContext) -> None:
    """Try the definition of each template on a made-up name.

    One that no kind of value can use is refused since 8.0; before, a deprecation tells of it each time its mapping is read.

    Raises:
        IllegalArgument: with the error of the last kind that was tried.
    """
    for one in templates:
        if not _has_snippet(one.definition, "{name}"):
            _check(one, context)


def _read_template(name: str, node: dict[str, Json], context: MappingContext) -> DynamicTemplate:
    takes_lists = context.behaviour.has(LISTS_SINCE)
    patterns: dict[str, list[str]] = {}
    types: dict[str, list[str]] = {}
    match_pattern = "simple"
    for key, value in node.items():
        if key in PATTERNS or key == "match_mapping_type" or (key == "unmatch_mapping_type" and takes_lists):
            found = _texts(key, value) if takes_lists and isinstance(value, list) else [_text_of(value)]
            (patterns if key in PATTERNS else types)[key] = found
        elif key == "match_pattern":
            match_pattern = _text_of(value)
        elif key == "mapping" or (key == "runtime" and context.behaviour.has(RUNTIME_SINCE)):
            if value is not None and not isinstance(value, dict):
                _definition(name, node, context)
                as_object(value)
        else:
            raise IllegalArgument(f"Illegal dynamic template parameter: [{key}]")
    definition, is_runtime = _definition(name, node, context)
    if not (patterns.keys() | types.keys()) & {"match", "path_match", "match_mapping_type"} and context.behaviour.major < 8:
        raise MapperParsing(f"template must have match, path_match or match_mapping_type set {java_text(hash_ordered(node))}")
    if definition is None:
        if context.behaviour.has(RUNTIME_SINCE):
            raise MapperParsing(f"template [{name}] must have either mapping or runtime set")
        raise MapperParsing("template must have mapping set")
    chosen = _types(types, patterns, is_runtime=is_runtime, name=name)
    if match_pattern not in ("simple", "regex"):
        raise IllegalArgument(f"No matching pattern matched on [{match_pattern}]")
    ordered = {key: patterns[key] for key in PATTERNS if patterns.get(key)}
    _check_patterns(name, ordered, match_pattern, context)
    return DynamicTemplate(name, ordered, chosen, _shown_types(types, ordered, context), match_pattern, definition, is_runtime)


def _texts(key: str, values: list[Json]) -> list[str]:
    for one in values:
        if not isinstance(one, str):
            shown = java_text(values)
            raise MapperParsing(f"[{key}] values must either be a string or list of strings, but was [{shown}]")
    return list(values)


def _text_of(value: Json) -> str:
    if value is None:
        raise NullPointer(
            'Cannot invoke "Object.toString()" because the return value of "java.util.Map$Entry.getValue()" is null'
        )
    return java_text(value)


def _definition(name: str, node: dict[str, Json], context: MappingContext) -> tuple[dict[str, Json] | None, bool]:
    """What the template maps to, and whether that is a runtime field."""
    mapping, runtime = node.get("mapping"), node.get("runtime")
    if mapping is not None and runtime is not None:
        raise MapperParsing(f"mapping and runtime cannot be both specified in the same dynamic template [{name}]")
    return (mapping, False) if runtime is None else (runtime, True)


def _types(
    given: dict[str, list[str]], patterns: dict[str, list[str]], *, is_runtime: bool, name: str
) -> tuple[str, ...]:
    """The kinds of values that a template is for. Raises IllegalArgument, MapperParsing."""
    wanted, unwanted = given.get("match_mapping_type", []), given.get("unmatch_mapping_type", [])
    if wanted == ["*"] or (not wanted and (patterns.get("match") or patterns.get("path_match"))):
        found = tuple(RUNTIME_TYPES if is_runtime else DEFAULT_TYPES)
    else:
        found = tuple(_known_type(one) for one in wanted)
        for one in found if is_runtime else ():
            if one not in RUNTIME_TYPES:
                raise MapperParsing(
                    f"Dynamic template [{name}] defines a runtime field but type [{one}] is not supported as runtime field"
                )
    refused = set(DEFAULT_TYPES) if unwanted == ["*"] else {_known_type(one) for one in unwanted}
    return tuple(one for one in found if one not in refused)


def _known_type(name: str) -> str:
    if name not in DEFAULT_TYPES:
        raise IllegalArgument(f"No field type matched on [{name}], possible values are [{', '.join(DEFAULT_TYPES)}]")
    return name


def _shown_types(types: dict[str, list[str]], patterns: dict[str, list[str]], context: MappingContext) -> dict[str, Json]:
    """The conditions on types as they are printed."""
    is_old = not context.behaviour.has(LISTS_SINCE)
    out = {}
    for key in TYPES:
        values = types.get(key)
        if not values or (is_old and values == ["*"] and ("match" in patterns or "path_match" in patterns)):
            continue
        out[key] = values[0] if len(values) == 1 else values
    return out


def _check_patterns(name: str, patterns: dict[str, list[str]], match_pattern: str, context: MappingContext) -> None:
    if match_pattern != "regex":
        return
    from esmock.analysis.java_pattern import compile_java

    for key in ("path_match", "match", "path_unmatch", "unmatch"):
        for pattern in patterns.get(key, ()):
            try:
                compile_java(pattern)
            except Unsupported:
                raise
            except ApiError as error:
                text = f"Pattern [{pattern}] of type [regex] is invalid. Cannot create dynamic template [{name}]."
                raise (IllegalArgument if context.behaviour.major < 8 else MapperParsing)(text, cause=error) from None


def _check(template: DynamicTemplate, context: MappingContext) -> None:
    last: ApiError | None = None
    for kind in template.types:
        try:
            _try(template, kind, context)
        except Unsupported:
            raise
        except NullPointer as error:
            if "type" in template.definition and template.definition["type"] is None:
                raise
            last = error
        except ApiError as error:
            last = error
        else:
            return
    if last is None:
        return
    shown = json_writer.dumps(template.to_json()).decode()
    message = f"dynamic template [{template.name}] has invalid content [{shown}]"
    if context.behaviour.has(RUNTIME_SINCE):
        message += f", attempted to validate it with the following match_mapping_type: [{', '.join(template.types)}]"
    if context.behaviour.major >= 8:
        raise IllegalArgument(message, cause=last)
    context.warn(f"{message}, caused by [{last.reason}]")


def _try(template: DynamicTemplate, kind: str, context: MappingContext) -> None:
    """Read the definition for one kind of value. Raises ApiError."""
    from esmock.mapping.objects import read_object

    name = f"__dynamic__{template.name}"
    if template.is_runtime:
        _try_runtime(template, name, RUNTIME_TYPES[kind])
        return
    type_ = template.type_for(DEFAULT_TYPES[kind])
    definition = template.definition_for(name, DEFAULT_TYPES[kind])
    if type_ in ("object", "nested"):
        _, rest = read_object(name, {"type": type_, **definition}, context)
        if rest:
            what = "Unused" if context.behaviour.major < 8 else "Unknown"
            raise IllegalArgument(f"{what} mapping attributes [{java_text(rest)}]")
    elif context.type(type_) is None:
        context.refuse_known_type(type_)
        raise IllegalArgument(f"No mapper found for type [{type_}]")
    else:
        _try_field(name, definition, type_, context)


def _try_field(name: str, definition: dict[str, Json], type_: str, context: MappingContext) -> None:
    """Raises ApiError; what the older reader leaves is told as of objects."""
    from esmock.mapping.field_definition import parse_field

    try:
        parse_field(name, definition, context, type_=type_)
    except ApiError as error:
        rest = getattr(error, "left_over", None)
        if rest is None:
            raise
        raise IllegalArgument(f"Unused mapping attributes [{java_text({key: rest[key] for key in hash_order(rest)})}]") from None


def _try_runtime(template: DynamicTemplate, name: str, default: str) -> None:
    from esmock.mapping.runtime import TYPES as KNOWN
    from esmock.mapping.runtime import parse_runtime_fields

    type_ = template.type_for(default)
    if type_ not in KNOWN:
        raise IllegalArgument(f"No runtime field found for type [{type_}]")
    parse_runtime_fields({name: {**template.definition_for(name, default), "type": type_}})
