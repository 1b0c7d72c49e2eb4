"""What a mapping as a whole must keep: aliases and copies that lead somewhere, and its limits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from esmock.errors import IllegalArgument, MapperParsing, NullPointer
from esmock.mapping.field import NOWHERE
from esmock.mapping.metadata_fields import metadata_names
from esmock.mapping.time_series import check_dimensions, check_routing_path

if TYPE_CHECKING:
    from esmock.mapping.mapping import Mapping

def validate(mapping: Mapping) -> None:
    """Refuse aliases and copies that lead nowhere, and mappings over the limits."""
    fields, objects = mapping.all_fields(), mapping.all_objects()
    _check_metadata(mapping)
    for path, field in fields.items():
        if field.is_alias:
            _check_alias(mapping, path, field.target)
        if field.name == "completion":
            field.check_paths(fields)  # type: ignore[attr-defined]
        if field.copy_to and field.source_path != path:
            raise IllegalArgument(f"[copy_to] may not be used to copy from a multi-field: [{path}]")
        for target in field.copy_to:
            if target == NOWHERE:
                raise NullPointer('Cannot invoke "String.lastIndexOf(int)" because "field" is null')
            if target in objects:
                raise IllegalArgument(f"Cannot copy to field [{target}] since it is mapped as an object")
            _check_copy(mapping, path, target)
    limit = mapping.context.limit("total_fields", 1000)
    if mapping.size > limit:
        raise IllegalArgument(f"Limit of total fields [{limit}] has been exceeded")
    depth = mapping.context.limit("depth", 20)
    for path in objects:
        if path.count(".") + 2 > depth:
            raise IllegalArgument(f"Limit of mapping depth [{depth}] has been exceeded due to object field [{path}]")
    _check_names(mapping)
    nested = mapping.context.limit("nested_fields", 50)
    if len(mapping.nested_paths) > nested:
        raise IllegalArgument(f"Limit of nested fields [{nested}] has been exceeded")
    check_dimensions(mapping)
    check_routing_path(mapping)
    _check_settings(mapping)


def _check_names(mapping: Mapping) -> None:
    """ES: the names of metadata fields are held against the limit too."""
    limit = mapping.context.limit("field_name_length", 2**31 - 1)
    if not mapping.size:
        return
    leaves = (path.rsplit(".", 1)[-1] for path in (*mapping.all_objects(), "_ignored", "_field_names", *mapping.all_fields()))
    too_long = next((leaf for leaf in leaves if len(leaf) > limit), None)
    if too_long is not None:
        raise IllegalArgument(f"Field name [{too_long}] is longer than the limit of [{limit}] characters")


def _check_metadata(mapping: Mapping) -> None:
    """Refuse fields that bear the name of a metadata field."""
    names = metadata_names(mapping.behaviour)
    twice = next((name for name in mapping.root.properties if name in names), None)
    if twice is None and sum(field.name == "join" for field in mapping.all_fields().values()) > 1:
        twice = "_parent_join"
    if twice is not None:
        cause = MapperParsing(f"Field [{twice}] is defined more than once")
        if mapping.behaviour.major >= 8 and twice != "_parent_join":
            raise cause
        where = " [_doc]" if mapping.behaviour.major < 8 else ""
        raise MapperParsing(f"Failed to parse mapping{where}: {cause.reason}", cause=cause)
    if "_data_stream_timestamp" in mapping.extra and mapping.own_field("@timestamp") is None:
        raise IllegalArgument("data stream timestamp field [@timestamp] does not exist")


def _check_settings(mapping: Mapping) -> None:
    """What the index's settings ask of a mapping that says anything. Raises IllegalArgument."""
    settings = mapping.context.settings
    if settings.get("index.mapping.synthetic_source_keep") == "all":
        raise IllegalArgument("index.mapping.synthetic_source_keep can't be set to [all]")
    if not mapping.to_json():
        return
    if int(settings.get("index.routing_partition_size") or 1) > 1 and not mapping.routing_required:
        name = settings.get("index.provided_name", "")
        raise IllegalArgument(f"mapping type [_doc] must have routing required for partitioned index [{name}]")
    if mapping.behaviour.mapping_types and settings.get("index.sort.field") and mapping.nested_paths:
        raise IllegalArgument("cannot have nested fields when index sort is activated")


def _check_alias(mapping: Mapping, path: str, target: str) -> None:
    if target == path:
        raise MapperParsing(
            f"Invalid [path] value [{target}] for field alias [{path}]: an alias cannot refer to itself."
        )
    found = mapping.own_field(target)
    if found is not None and found.is_alias:
        raise MapperParsing(
            f"Invalid [path] value [{target}] for field alias [{path}]: an alias cannot refer to another alias."
        )
    if found is None and target not in metadata_names(mapping.behaviour):
        raise MapperParsing(
            f"Invalid [path] value [{target}] for field alias [{path}]: an alias must refer to an existing field in the mappings."
        )
    scope, target_scope = mapping.nested_parent(path), mapping.nested_parent(target)
    if scope != target_scope and not (scope or "").startswith(target_scope or ""):
        there = f"target scope is [{target_scope}]" if target_scope else "the alias is not nested"
        raise IllegalArgument(
            f"Invalid [path] value [{target}] for field alias [{path}]: an alias must have the same nested scope as its target. "
            f"The alias is {'not nested' if scope is None else f'nested: [{scope}]'}, but the {there}."
        )


def _check_copy(mapping: Mapping, path: str, target: str) -> None:
    if any(target == field.path for parent in mapping.all_fields().values() for field in parent.multi.values()):
        raise IllegalArgument(f"[copy_to] may not be used to copy to a multi-field: [{target}]")
    if "." in target and mapping.context.behaviour.major < 8 and mapping.own_field(target.rpartition(".")[0]) is not None:
        raise IllegalArgument(f"[copy_to] may not be used to copy to a multi-field: [{target}]")
    source_scope, target_scope = mapping.nested_parent(path), mapping.nested_parent(target)
    if target_scope is not None and not (source_scope or "").startswith(target_scope):
        raise IllegalArgument(
            f"Illegal combination of [copy_to] and [nested] mappings: [copy_to] may only copy data to the current nested document "
            "or any of its parents, however one [copy_to] directive is trying to copy data from nested object "
            f"[{source_scope}] to [{target_scope}]"
        )
