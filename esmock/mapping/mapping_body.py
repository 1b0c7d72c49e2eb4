"""Reading the body of a mapping: its tree and its options.

Source: recordings of 7.10.2, 7.17.29 and 8.19.21.
"""

from __future__ import annotations

from typing import Any

from esmock.errors import IllegalArgument, MapperParsing, NullPointer
from esmock.mapping.context import MappingContext
from esmock.mapping.dynamic_template import RUNTIME_SINCE, parse_dynamic_templates
from esmock.mapping.field import KEEP
from esmock.mapping.metadata_fields import read_metadata
from esmock.mapping.objects import ObjectMapper, read_options, unsupported_parameters, without_implied_roots
from esmock.mapping.parameter import as_object, java_text, named_boolean
from esmock.xcontent.java_order import hash_order, hash_ordered

Json = Any


def read_mapping(body: dict[str, Json], context: MappingContext) -> tuple[ObjectMapper, dict[str, Any]]:
    """The tree and the options of a mapping. Raises ApiError for definitions that cannot be read.

    ES: a mapping goes through hash maps on its way, and the first error in their order is told: first of the tree and the options,
    then of the metadata fields.
    """
    options: dict[str, Any] = {}
    root: dict[str, Any] = {}
    rest = read_options(
        "", hash_ordered(body), context, root, lambda key, value: _read_root_option(key, value, options, context)
    )
    if KEEP in root:
        raise MapperParsing(f"root object can't be configured with [{KEEP}:{root[KEEP]}]")
    rest = read_metadata(rest, options, context)
    meta = rest.pop("_meta", None)
    if meta is not None:
        options["meta"] = copied_meta(as_object(meta))
    if rest:
        raise unsupported_parameters(None, rest)
    tree = ObjectMapper("", root.pop("properties", {}), **root)
    return (without_implied_roots(tree) if context.behaviour.major >= 8 else tree), options


def _read_root_option(key: str, value: Json, options: dict[str, Any], context: MappingContext) -> bool:
    """Read an option that only roots have; False for anything else."""
    if key in ("dynamic_date_formats", "date_formats"):
        options["date_formats"] = _read_formats(value, context)
    elif key == "dynamic_templates":
        options[key] = parse_dynamic_templates(value, context)
    elif key in ("date_detection", "numeric_detection"):
        options[key] = named_boolean(value, key)
    elif key == "runtime" and context.behaviour.has(RUNTIME_SINCE):
        from esmock.mapping.runtime import read_runtime

        options[key] = read_runtime(value)
        for one in options[key].values():
            context.warn_of_format(str((one or {}).get("format", "")))
    else:
        return False
    return True


def _read_formats(value: Json, context: MappingContext) -> tuple[str, ...]:
    """The formats that dates are found by. Raises IllegalArgument, MapperParsing, NullPointer."""
    from esmock.mapping.dates.formatter import date_formatter

    if value is None:
        raise NullPointer('Cannot invoke "Object.toString()" because "fieldNode" is null')
    if value == "none":
        return ()
    formats = value if isinstance(value, list) else [value]
    for one in formats:
        if isinstance(value, list) and java_text(one).startswith("epoch_"):
            raise MapperParsing(f"Epoch [{one}] is not supported as dynamic date format")
        if not isinstance(one, str):
            raise IllegalArgument(f"Invalid format: [{java_text(one)}]: expected string value")
        context.warn_of_format(one)
        date_formatter(one)
    return tuple(formats)


def copied_meta(meta: Json) -> Json:
    """``_meta`` as Java copies it to a hash map of its size. Source: asked of 7.10.2, 7.17.29 and 8.19.21."""
    if not isinstance(meta, dict):
        return meta
    return {key: meta[key] for key in hash_order(meta, int(len(meta) / 0.75 + 1))}
