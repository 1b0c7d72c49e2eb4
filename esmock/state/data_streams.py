"""Data streams: names that stand for hidden indices, of which the last one is written to.

Source: answers of 8.19.21 to writes, rollovers and reads of data streams; docs page data-streams.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from esmock.errors import IllegalArgument, IllegalState, IndexNotFound, ResourceAlreadyExists, Unsupported
from esmock.state.aliases import name_problem
from esmock.state.create import build_index, chooses_nodes
from esmock.state.graveyard import bury
from esmock.state.resolve import glob
from esmock.state.stream_aliases import StreamAlias
from esmock.state.templates import Applied, ComposableTemplate, apply_composable, templates

if TYPE_CHECKING:
    from esmock.state.cluster import Cluster
    from esmock.state.index import Index
    from esmock.state.write_request import WriteRequest

Json = Any
Warn = Callable[[str], None]
SLOT = "data_streams"
TIMESTAMP = "@timestamp"
TIER = "index.routing.allocation.include._tier_preference"
TIMESTAMP_MAPPING: dict[str, Json] = {
    "_data_stream_timestamp": {"enabled": True},
    "properties": {TIMESTAMP: {"type": "date"}},
}
BACKING_PREFIX = ".ds-"
_ONLY_CREATE = "only write ops with an op_type of create are allowed in data streams"


@dataclass(frozen=True, slots=True)
class DataStream:
    """One data stream.

    Args:
        indices: its backing indices, the oldest first; the last one is the write index.
        generation: how many write indices it has had.
        meta: ``_meta`` of the template it was made from.
        lifecycle, options: as put; None: never.
        settings, mappings: what is laid over the template's.
        rollover_on_write: a lazy rollover waits for the next write.
        failure_indices: where documents are kept that could not be taken; ``failure_rollover_on_write``: the next one goes into a new one.
    """

    name: str
    indices: tuple[str, ...]
    generation: int = 1
    is_hidden: bool = False
    allow_custom_routing: bool = False
    meta: dict[str, Json] | None = None
    lifecycle: dict[str, Json] | None = None
    options: dict[str, Json] | None = None
    settings: dict[str, Any] = field(default_factory=dict)
    mappings: dict[str, Json] = field(default_factory=dict)
    rollover_on_write: bool = False
    is_replicated: bool = False
    failure_indices: tuple[str, ...] = ()
    failure_rollover_on_write: bool = True

    def to_json(self) -> dict[str, Json]:
        """Everything of it, as ``from_json`` reads it."""
        return {**asdict(self), "indices": list(self.indices), "failure_indices": list(self.failure_indices)}

    @classmethod
    def from_json(cls, tree: dict[str, Json]) -> DataStream:
        """The stream that ``to_json`` wrote."""
        return cls(**{**tree, "indices": tuple(tree["indices"]), "failure_indices": tuple(tree.get("failure_indices", ()))})

    @property
    def write_index(self) -> str:
        """The name of the index that is written to."""
        return self.indices[-1]


class DataStreams:
    """The slot ``data_streams`` of a cluster. Never changed in place: ``put`` and ``remove`` replace the maps."""

    def __init__(self) -> None:
        self.streams: dict[str, DataStream] = {}
        self.owners: dict[str, str] = {}
        """Backing index to the stream it belongs to."""
        self.aliases: dict[str, StreamAlias] = {}

    def clone(self, cluster: Cluster) -> DataStreams:
        """The same streams for another cluster."""
        twin = DataStreams()
        twin.__dict__.update(self.__dict__)
        return twin

    def put_alias(self, alias: StreamAlias) -> None:
        """Add an alias, or what it has become; one of no stream is gone."""
        rest = {name: one for name, one in self.aliases.items() if name != alias.name}
        joined = {**rest, alias.name: alias} if alias.streams else rest
        self.aliases = {name: joined[name] for name in sorted(joined)}

    def put(self, stream: DataStream) -> None:
        """Add a stream, or what it has become."""
        self._set({**self.streams, stream.name: stream})

    def remove(self, name: str) -> None:
        """Forget a stream; its indices are the caller's business."""
        for alias in list(self.aliases.values()):
            if name in alias.streams:
                self.put_alias(alias.without([name]))
        self._set({one: stream for one, stream in self.streams.items() if one != name})

    def _set(self, streams: dict[str, DataStream]) -> None:
        self.streams = {name: streams[name] for name in sorted(streams)}
        self.owners = {index: stream.name for stream in streams.values() for index in stream.indices}


def data_streams(cluster: Cluster) -> DataStreams:
    """The cluster's data streams."""
    found: DataStreams = cluster.slot(SLOT, DataStreams)
    return found


def stream_of(cluster: Cluster, index: str) -> DataStream | None:
    """The stream that a backing index belongs to."""
    registry = data_streams(cluster)
    owner = registry.owners.get(index)
    return None if owner is None else registry.streams[owner]


def find(cluster: Cluster, names: Sequence[str], expand: Sequence[str] = ("open",)) -> list[DataStream]:
    """The streams that names and wildcards mean, by name. Raises IndexNotFound for a plain name that is none."""
    registry = data_streams(cluster)
    chosen: dict[str, DataStream] = {}
    for one in names or ("*",):
        if one == "_all" or "*" in one:
            regex = glob("*" if one == "_all" else one)
            for name, stream in registry.streams.items():
                if regex.match(name) and (not stream.is_hidden or "hidden" in expand or one.startswith(".")):
                    chosen[name] = stream
        elif one in registry.streams:
            chosen[one] = registry.streams[one]
        else:
            raise IndexNotFound(one)
    return [chosen[name] for name in sorted(chosen)]


def backing_name(cluster: Cluster, stream: str, generation: int, *, prefix: str = BACKING_PREFIX) -> str:
    """The name of a write index, or of one of the failure store: with the day since 7.11."""
    if not cluster.behaviour.data_stream_days:
        return f"{prefix}{stream}-{generation:06d}"
    day = datetime.fromtimestamp(cluster.clock.now_ms() / 1000, UTC).strftime("%Y.%m.%d")
    return f"{prefix}{stream}-{day}-{generation:06d}"


def template_for(cluster: Cluster, name: str) -> ComposableTemplate | None:
    """The template that makes a name a data stream; None: it makes an index, or there is none."""
    found = templates(cluster).composable_for(name)
    return found if found is not None and found.data_stream is not None else None


def create(cluster: Cluster, name: str, *, warn: Warn = lambda text: None) -> DataStream:
    """Make a stream with its first index. Raises IllegalArgument, ResourceAlreadyExists."""
    check_name(cluster, name)
    if name in data_streams(cluster).streams:
        raise ResourceAlreadyExists(f"data_stream [{name}] already exists")
    template = template_for(cluster, name)
    if template is None:
        other = templates(cluster).composable_for(name)
        if other is None:
            raise IllegalArgument(f"no matching index template found for data stream [{name}]")
        raise IllegalArgument(f"matching index template [{other.name}] for data stream [{name}] has no data stream template")
    if cluster.exists(name):
        raise IllegalState(f"data stream [{name}] conflicts with {'index' if name in cluster.indices else 'alias'}")
    options = template.data_stream or {}
    index = _backing_index(cluster, DataStream(name, ()), template, warn)
    stream = DataStream(
        name,
        (index.name,),
        is_hidden=bool(options.get("hidden")),
        allow_custom_routing=bool(options.get("allow_custom_routing")),
        meta=template.meta,
        lifecycle=said_of(cluster, template, "lifecycle"),
        options=said_of(cluster, template, "data_stream_options"),
    )
    registry = data_streams(cluster)
    registry.put(stream)
    for alias, body in applied_to(cluster, template).aliases.items():
        registry.put_alias(registry.aliases.get(alias, StreamAlias(alias)).with_stream(name, body))
    cluster.changed()
    return stream


def check_name(cluster: Cluster, name: str) -> None:
    """Raises IllegalArgument for a name that no stream can have."""
    problem = name_problem(name, cluster.behaviour)
    if problem is not None:
        raise IllegalArgument(f"data_stream [{name}] {problem}")
    if name.lower() != name:
        raise IllegalArgument(f"data_stream [{name}] must be lowercase")
    if name.startswith(BACKING_PREFIX):
        raise IllegalArgument(f"data_stream [{name}] must not start with '{BACKING_PREFIX}'")


def said_of(cluster: Cluster, template: ComposableTemplate, what: str) -> dict[str, Json] | None:
    """What the parts of a template say of a stream, the last one before the others; None: nothing."""
    found: dict[str, Json] | None = None
    for part in templates(cluster).parts_of(template):
        if what in part.extra:
            found = {**(found or {}), **part.extra[what]}
    return found


def applied_to(cluster: Cluster, template: ComposableTemplate, stream: DataStream | None = None) -> Applied:
    """What a template gives to a backing index: the timestamp first, what the stream itself says last."""
    applied = apply_composable(templates(cluster), template)
    applied.mappings = [TIMESTAMP_MAPPING, *applied.mappings]
    if stream is not None:
        applied.settings.update(stream.settings)
        if stream.mappings:
            applied.mappings.append(stream.mappings)
    return applied


def _backing_index(cluster: Cluster, stream: DataStream, template: ComposableTemplate, warn: Warn) -> Index:
    """The stream's next write index."""
    own: dict[str, Any] = {"index.hidden": "true"}
    applied = applied_to(cluster, template, stream)
    if applied.aliases:
        if not cluster.behaviour.has((7, 14)):
            raise Unsupported("aliases of data streams")
        applied.aliases = {}
    if cluster.behaviour.newer_jackson and not chooses_nodes(applied.settings):
        own[TIER] = "data_hot"
    from esmock.state.stream_time import part_settings

    own |= part_settings(cluster, applied, cluster.indices[stream.write_index] if stream.indices else None)
    name = backing_name(cluster, stream.name, stream.generation + len(stream.indices and (1,)))
    return build_index(cluster, name, own, {}, {}, applied, warn)


def write_target(cluster: Cluster, stream: DataStream, request: WriteRequest) -> Index:
    """The index that a write to a stream, or to an alias of it, goes to. Raises IllegalArgument for all but creates."""
    if request.op != "create":
        error = IllegalArgument(_ONLY_CREATE)
        if not (request.op == "update" and request.is_alone):
            error.cause = no_such_stream_index(cluster, request.index or stream.name)
        raise error
    if request.routing is not None and not stream.allow_custom_routing:
        raise IllegalArgument(
            f"index request targeting data stream [{stream.name}] specifies a custom routing but the [allow_custom_routing] "
            "setting was not enabled in the data stream's template."
        )
    if stream.rollover_on_write:
        stream = next_generation(cluster, stream)
    from esmock.state.stream_time import index_for

    return index_for(cluster, stream.indices, request)


def check_backing(cluster: Cluster, index: Index, request: WriteRequest) -> None:
    """Refuse to write to a backing index by its own name. Raises IllegalArgument."""
    stream = stream_of(cluster, index.name)
    if stream is None:
        return
    if request.op == "create":
        what = "op_type=create"
    elif request.op == "index" and request.if_seq_no is None:
        what = "op_type=index and no if_primary_term and if_seq_no set"
    else:
        return
    raise IllegalArgument(
        f"index request with {what} targeting backing indices is disallowed, target corresponding data stream "
        f"[{stream.name}] instead"
    )


def no_such_stream_index(cluster: Cluster, name: str) -> IndexNotFound:
    """The error of an API that does not look at data streams."""
    resource = "index_expression" if cluster.behaviour.mapping_types else "index_or_alias"
    return IndexNotFound(name, resource=resource, excluded_ds=True)


def next_generation(cluster: Cluster, stream: DataStream, *, warn: Warn = lambda text: None) -> DataStream:
    """The stream with a new write index. Raises IllegalArgument where no template makes it one any more."""
    template = template_for(cluster, stream.name)
    if template is None:
        raise IllegalArgument(f"no matching index template found for data stream [{stream.name}]")
    index = _backing_index(cluster, stream, template, warn)
    grown = replace(
        stream, indices=(*stream.indices, index.name), generation=stream.generation + 1, rollover_on_write=False
    )
    data_streams(cluster).put(grown)
    cluster.changed()
    return grown


def delete(cluster: Cluster, streams: Iterable[DataStream]) -> None:
    """Remove streams with their indices."""
    for stream in streams:
        own = (*stream.indices, *stream.failure_indices)
        bury(cluster, [cluster.indices[name] for name in own if name in cluster.indices])
        data_streams(cluster).remove(stream.name)
    cluster.changed()


def check_delete(cluster: Cluster, names: Iterable[str]) -> None:
    """Raises IllegalArgument where an index is the one that a stream writes to."""
    for name in names:
        stream = stream_of(cluster, name)
        if stream is not None and stream.write_index == name:
            raise IllegalArgument(f"index [{name}] is the write index for data stream [{stream.name}] and cannot be deleted")


def forget_indices(cluster: Cluster, names: Iterable[str]) -> None:
    """Take deleted indices out of their streams."""
    registry = data_streams(cluster)
    for name in names:
        stream = stream_of(cluster, name)
        if stream is not None:
            registry.put(replace(stream, indices=tuple(one for one in stream.indices if one != name)))
        for other in [one for one in registry.streams.values() if name in one.failure_indices]:
            left = tuple(one for one in other.failure_indices if one != name)
            fresh = other.failure_rollover_on_write or name == other.failure_indices[-1]
            registry.put(replace(other, failure_indices=left, failure_rollover_on_write=fresh))


