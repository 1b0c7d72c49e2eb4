"""Aliases of data streams: names for several streams, of which one may be written to.

Source: answers of 8.19.21 to adds, removes, reads and writes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from esmock.errors import IllegalArgument, IllegalState, Unsupported
from esmock.state.resolve import glob, no_write_index

if TYPE_CHECKING:
    from esmock.state.aliases import AliasBody
    from esmock.state.cluster import Cluster
    from esmock.state.data_streams import DataStream
    from esmock.state.index import Index

Json = Any


@dataclass(frozen=True, slots=True)
class StreamAlias:
    """One alias.

    Args:
        streams: names of those it stands for.
        write_stream: the one that is written to.
        filters: stream to the filter through which it is seen.
    """

    name: str
    streams: tuple[str, ...] = ()
    write_stream: str | None = None
    filters: dict[str, Json] = field(default_factory=dict)

    def with_stream(self, stream: str, body: AliasBody) -> StreamAlias:
        """The alias with a stream, added or described anew."""
        filters = {name: one for name, one in self.filters.items() if name != stream}
        if body.get("filter"):
            filters[stream] = body["filter"]
        write = self.write_stream
        if body.get("is_write_index"):
            write = stream
        elif body.get("is_write_index") is False and write == stream:
            write = None
        streams = self.streams if stream in self.streams else (*self.streams, stream)
        return StreamAlias(self.name, streams, write, filters)

    def without(self, gone: Iterable[str]) -> StreamAlias:
        """The alias without some streams."""
        lost = set(gone)
        return replace(
            self,
            streams=tuple(one for one in self.streams if one not in lost),
            write_stream=None if self.write_stream in lost else self.write_stream,
            filters={name: one for name, one in self.filters.items() if name not in lost},
        )

    def body_for(self, stream: str) -> AliasBody:
        """What is said of the alias at one of its streams."""
        out: AliasBody = {}
        if self.write_stream == stream:
            out["is_write_index"] = True
        if stream in self.filters:
            out["filter"] = self.filters[stream]
        return out


def aliases_of(cluster: Cluster, stream: str) -> dict[str, AliasBody]:
    """The aliases of a stream, by name."""
    return {name: one.body_for(stream) for name, one in cluster.stream_aliases.items() if stream in one.streams}


def writes_to(cluster: Cluster, alias: str) -> DataStream:
    """The stream that writes to an alias go to. Raises IllegalArgument where none is marked."""
    name = cluster.stream_aliases[alias].write_stream
    if name is None:
        raise no_write_index(alias)
    return cluster.streams[name]


def meant(cluster: Cluster, expressions: Sequence[str]) -> list[str]:
    """The streams that expressions of an alias action mean by their own names."""
    chosen: dict[str, None] = {}
    for one in expressions:
        regex = glob("*" if one == "_all" else one)
        for name, stream in cluster.streams.items():
            if name == one or (("*" in one or one == "_all") and regex.match(name) and not stream.is_hidden):
                chosen[name] = None
    return list(chosen)


def check_targets(
    cluster: Cluster, kind: str, expressions: Sequence[str], streams: list[str], indices: list[Index]
) -> None:
    """Refuse what an action on streams cannot be. Raises IllegalArgument, Unsupported (before 7.14).

    What is removed may be of both streams and indices (7.16+).
    """
    if not cluster.behaviour.has((7, 14)):
        raise Unsupported("aliases of data streams")
    if kind == "remove_index":
        raise IllegalArgument("Unsupported action [REMOVE_INDEX]")
    if kind == "remove" and cluster.behaviour.has((7, 16)):
        return
    backing = {name for stream in streams for name in cluster.streams[stream].indices}
    if any(index.name not in backing for index in indices):
        raise IllegalArgument(
            f"expressions [{', '.join(expressions)}] that match with both data streams and regular indices are disallowed"
        )


def check_body(body: AliasBody) -> None:
    """Raises IllegalArgument for what an alias of streams cannot have."""
    for keys, what in ((("index_routing", "search_routing"), "routing"), (("is_hidden",), "is_hidden")):
        if any(body.get(key) is not None for key in keys):
            raise IllegalArgument(f"aliases that point to data streams don't support {what}")


def clash(name: str) -> IllegalState:
    """One name for an alias of indices and one of data streams."""
    return IllegalState(
        "index, alias, and data stream names need to be unique, but the following duplicates were found [data stream alias "
        f"and indices alias have the same name ({name})]"
    )
