"""Data streams made of what was there: backing indices put in and taken out, aliases turned into streams; templates that streams need."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from esmock.errors import IllegalArgument
from esmock.state.data_streams import TIMESTAMP, DataStream, data_streams, template_for
from esmock.state.templates import ComposableTemplate, Templates
from esmock.xcontent.java_order import hash_order

if TYPE_CHECKING:
    from esmock.mapping.mapping import Mapping
    from esmock.state.cluster import Cluster
    from esmock.state.index import Index



@dataclass(frozen=True, slots=True)
class Change:
    """One index put into a stream or taken out of it.

    Attributes:
        kind: ``add_backing_index`` or ``remove_backing_index``.
        in_failures: the failure store is meant.
    """

    kind: str
    stream: str
    index: str
    in_failures: bool = False


def modify(cluster: Cluster, actions: Sequence[Change]) -> None:
    """Add and remove indices of streams: all or none. Raises IllegalArgument."""
    registry = data_streams(cluster)
    planned = dict(registry.streams)
    hidden: dict[str, bool] = {}
    for change in actions:
        stream = planned.get(change.stream)
        if stream is None:
            raise IllegalArgument(f"data stream [{change.stream}] not found")
        index = cluster.indices.get(change.index)
        if index is None:
            raise IllegalArgument(f"index [{change.index}] not found")
        own = stream.failure_indices if change.in_failures else stream.indices
        if change.kind == "remove_backing_index":
            planned[change.stream] = _without(stream, change)
            hidden[change.index] = False
        elif change.index not in own:
            _check_addition(planned.values(), stream, index)
            planned[change.stream] = _renewed(stream, change, (change.index, *own))
            hidden[change.index] = True
    for stream in planned.values():
        registry.put(stream)
    for name, is_hidden in hidden.items():
        _hide(cluster.indices[name], is_hidden=is_hidden)
    cluster.changed()


def _renewed(stream: DataStream, change: Change, indices: tuple[str, ...]) -> DataStream:
    generation = stream.generation + 1
    if change.in_failures:
        return replace(stream, failure_indices=indices, generation=generation)
    return replace(stream, indices=indices, generation=generation)


def _without(stream: DataStream, change: Change) -> DataStream:
    own = stream.failure_indices if change.in_failures else stream.indices
    if change.index not in own:
        raise IllegalArgument(f"index [{change.index}] not found")
    left = _renewed(stream, change, tuple(one for one in own if one != change.index))
    if change.index != own[-1]:
        return left
    if change.in_failures:
        return replace(left, failure_rollover_on_write=True)
    raise IllegalArgument(
        f"cannot remove backing index [{change.index}] of data stream [{stream.name}] because it is the write index"
    )


def _check_addition(streams: Iterable[DataStream], stream: DataStream, index: Index) -> None:
    for other in streams:
        for kind, names in (("backing", other.indices), ("failure store", other.failure_indices)):
            if index.name in names:
                raise IllegalArgument(
                    f"cannot add index [{index.name}] to data stream [{stream.name}] because it is already a {kind} index on "
                    f"data stream [{other.name}]"
                )
    if index.aliases:
        raise IllegalArgument(
            f"cannot add index [{index.name}] to data stream [{stream.name}] until its "
            f"alias{'es' if len(index.aliases) > 1 else ''} [{', '.join(sorted(index.aliases))}] "
            f"{'are' if len(index.aliases) > 1 else 'is'} removed"
        )
    check_timestamp(index.mapping)


def check_timestamp(mapping: Mapping) -> None:
    """Refuse a mapping without a timestamp. Raises IllegalArgument."""
    field_ = mapping.field(TIMESTAMP)
    if field_ is None:
        raise IllegalArgument(f"data stream timestamp field [{TIMESTAMP}] does not exist")
    if field_.type_name not in ("date", "date_nanos"):
        raise IllegalArgument(
            f"data stream timestamp field [{TIMESTAMP}] is of type [{field_.type_name}], but [date,date_nanos] is expected"
        )


def _hide(index: Index, *, is_hidden: bool) -> None:
    settings = {key: value for key, value in index.settings.items() if key != "index.hidden"}
    index.change_settings({**settings, "index.hidden": "true"} if is_hidden else settings)
    if is_hidden:
        index.set_mapping(index.mapping.merge({"_data_stream_timestamp": {"enabled": True}}))


def migrate(cluster: Cluster, alias: str) -> DataStream:
    """Turn an alias with a write index into a stream of its indices. Raises IllegalArgument."""
    holders = cluster.aliases().get(alias)
    if holders is None:
        raise IllegalArgument(f"alias [{alias}] does not exist")
    marked = [one for one in holders if one.aliases[alias].get("is_write_index")] or (holders if len(holders) == 1 else [])
    if not marked:
        raise IllegalArgument(f"alias [{alias}] must specify a write index")
    if template_for(cluster, alias) is None:
        raise IllegalArgument(f"no matching index template found for data stream [{alias}]")
    for index in holders:
        check_timestamp(index.mapping)
    rest = [one for one in holders if one is not marked[0]]
    for index in holders:
        index.set_aliases({name: body for name, body in index.aliases.items() if name != alias})
        _hide(index, is_hidden=True)
    stream = DataStream(alias, tuple(index.name for index in (*rest, marked[0])))
    cluster.changed()
    data_streams(cluster).put(stream)
    cluster.changed()
    return stream


def check_templates(cluster: Cluster, template: ComposableTemplate, after: dict[str, ComposableTemplate]) -> None:
    """Refuse a template that would leave a stream without one. Raises IllegalArgument."""
    registry = Templates()
    registry.composable = after
    orphaned = []
    for name in data_streams(cluster).streams:
        found = registry.composable_for(name)
        if found is None or found.data_stream is None:
            orphaned.append(name)
    if orphaned:
        more = " and no data stream configuration" if template.data_stream is None else ""
        priority = "null" if template.priority is None else template.priority
        raise IllegalArgument(
            f"composable template [{template.name}] with index patterns [{', '.join(template.index_patterns)}], priority "
            f"[{priority}]{more} would cause data streams [{', '.join(hash_order(orphaned))}] to no longer match a data stream template"
        )


def check_template_removal(cluster: Cluster, names: Iterable[str]) -> None:
    """Refuse to remove templates that make existing streams. Raises IllegalArgument."""
    removed = set(names)
    users = []
    for stream in data_streams(cluster).streams:
        found = template_for(cluster, stream)
        if found is not None and found.name in removed:
            users.append(stream)
    if users:
        raise IllegalArgument(
            f"unable to remove composable templates [{', '.join(sorted(removed))}] as they are in use by a data streams "
            f"[{', '.join(users)}]"
        )
