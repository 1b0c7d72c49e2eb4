"""Reading the body of a mapping: its tree, its options, its metadata fields."""

from __future__ import annotations

from typing import Any

from esmock.errors import IllegalArgument, MapperParsing
from esmock.mapping.context import MappingContext
from esmock.mapping.dynamic_template import check_dynamic_templates, parse_dynamic_templates
from esmock.mapping.field import KEEP, KEEP_SINCE
from esmock.mapping.flat import SINCE, read_subobjects
from esmock.mapping.objects import ObjectMapper, parse_properties, read_dynamic, unsupported_parameters
from esmock.mapping.parameter import java_text, named_boolean, read_boolean
from esmock.xcontent.java_order import hash_order, hash_ordered

Json = Any
SYNTHETIC = (8, 15)
"""The first version of which synthetic sources are built: older ones refuse fields that they cannot put together."""


def read_mapping(body: dict[str, Json], context: MappingContext) -> tuple[ObjectMapper, dict[str, Any]]:
    """The tree and the options of a mapping. Raises ApiError for definitions that cannot be read."""
    node = dict(body)
    options: dict[str, Any] = {}
    root: dict[str, Any] = {}
    if "dynamic" in node:
        root["dynamic"] = read_dynamic(node.pop("dynamic"), "dynamic", context)
    if "enabled" in node:
        root["enabled"] = named_boolean(node.pop("enabled"), "_doc.enabled")
    if "subobjects" in node and context.behaviour.has(SINCE):
        root["subobjects"] = read_subobjects(node.pop("subobjects"))
    if KEEP in node and context.behaviour.has(KEEP_SINCE):
        raise MapperParsing(f"root object can't be configured with [{KEEP}:{java_text(node[KEEP])}]")
    properties = parse_properties("", node.pop("properties", {}), context, flat=root.get("subobjects") is False)
    _read_root_options(node, options, context)
    _read_metadata(node, options, context)
    if node:
        raise unsupported_parameters(None, node)
    return ObjectMapper("", properties, **root), options


def _read_root_options(node: dict[str, Json], options: dict[str, Any], context: MappingContext) -> None:
    for name in ("dynamic_date_formats", "date_formats"):
        if name in node:
            value = node.pop(name)
            formats = value if isinstance(value, list) else [value]
            options["date_formats"] = tuple(java_text(one) for one in formats if one != "none")
            _check_formats(options["date_formats"])
    if "dynamic_templates" in node:
        options["dynamic_templates"] = parse_dynamic_templates(node.pop("dynamic_templates"), context)
        check_dynamic_templates(options["dynamic_templates"], context)
    for name in ("date_detection", "numeric_detection"):
        if name in node:
            options[name] = named_boolean(node.pop(name), name)
    if "runtime" in node and context.behaviour.has((7, 11)):
        from esmock.mapping.runtime import read_runtime

        options["runtime"] = read_runtime(node.pop("runtime"))


def _check_formats(formats: tuple[str, ...]) -> None:
    from esmock.mapping.dates.formatter import date_formatter

    for one in formats:
        if one.startswith("epoch_"):
            raise MapperParsing(f"Epoch [{one}] is not supported as dynamic date format")
        date_formatter(one)


def copied_meta(meta: Json) -> Json:
    """``_meta`` as Java copies it to a hash map of its size. Source: asked of 7.10.2, 7.17.29 and 8.19.21."""
    if not isinstance(meta, dict):
        return meta
    return {key: meta[key] for key in hash_order(meta, int(len(meta) / 0.75 + 1))}


def _read_metadata(node: dict[str, Json], options: dict[str, Any], context: MappingContext) -> None:
    if "_meta" in node:
        options["meta"] = copied_meta(hash_ordered(node.pop("_meta")))
    if "_routing" in node:
        routing = dict(node.pop("_routing"))
        if "required" in routing:
            options["routing_required"] = read_boolean(routing.pop("required"))
        _refuse_rest("_routing", routing)
    if "_source" in node:
        source = dict(node.pop("_source"))
        options["source_given"] = dict(source)
        if "mode" in source and context.behaviour.has(SYNTHETIC):
            _read_mode(source, options)
        options["source_switch"] = read_boolean(source.pop("enabled", True))
        for name in ("includes", "excludes"):
            value = source.pop(name, ())
            options[f"source_{name}"] = (value,) if isinstance(value, str) else tuple(map(java_text, value))
        if mode_of_source(options.get("source_mode"), context) == "synthetic" and (options["source_includes"] or options["source_excludes"]):
            raise IllegalArgument("filtering the stored _source is incompatible with synthetic source")
        _refuse_rest("_source", source)
    extra: dict[str, Json] = {}
    for name in ("_field_names", "_size", "_data_stream_timestamp"):
        if name in node:
            value = node.pop(name)
            if name == "_size":
                from esmock.errors import Unsupported

                raise Unsupported("metadata field [_size]")
            if name == "_data_stream_timestamp":
                if not isinstance(value, dict) or read_boolean(value.get("enabled", True)):
                    extra[name] = value
            elif isinstance(value, dict) and "enabled" in value:
                context.warn(
                    "Index [_doc] uses the deprecated `enabled` setting for `_field_names`. Disabling _field_names is not necessary "
                    "because it no longer carries a large index overhead. Support for the `enabled` setting will be removed in a future "
                    "major version. Please remove it from your mappings and templates."
                )
                extra[name] = {"enabled": read_boolean(value["enabled"])}
    options["extra"] = extra


def _read_mode(source: dict[str, Json], options: dict[str, Any]) -> None:
    mode = java_text(source.pop("mode"))
    if mode.upper() not in ("STORED", "SYNTHETIC", "DISABLED"):
        raise IllegalArgument(f"No enum constant org.elasticsearch.index.mapper.SourceFieldMapper.Mode.{mode.upper()}")
    if "enabled" in source:
        raise MapperParsing("Cannot set both [mode] and [enabled] parameters")
    options["source_mode"] = mode.lower()


def mode_of_source(mode: str | None, context: MappingContext) -> str:
    """How ``_source`` is kept: what the index settings say goes before the mapping's ``mode``."""
    return str(context.settings.get("index.mapping.source.mode", mode or "stored")).lower()


def _refuse_rest(name: str, rest: dict[str, Json]) -> None:
    if rest:
        key = next(iter(rest))
        raise MapperParsing(f"unknown parameter [{key}] on metadata field [{name}]")
