"""One index: settings, mapping, aliases, shards."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from esmock.errors import IllegalArgument, ResourceNotFound
from esmock.mapping.series_id import is_time_series, routing_of_id
from esmock.state.allocation_filters import INDEX, filters_of
from esmock.state.index_sorting import index_sort
from esmock.state.placement import Places, resized
from esmock.state.routing import default_routing_shards, shard_of, shards_of_routing
from esmock.state.shard import Shard
from esmock.state.unassigned import Unassigned
from esmock.store.newest_first import is_timed
from esmock.xcontent.units import parse_time_ms

if TYPE_CHECKING:
    from esmock.analysis.index_analysis import IndexAnalysis
    from esmock.mapping.mapping import Mapping
    from esmock.store.reader import Reader

SEARCH_IDLE_MS = 30_000


@dataclass(frozen=True, slots=True)
class RestoreSource:
    """Where a restored index comes from, the name it had there, and the restore's own id."""

    repository: str
    snapshot: str
    index: str
    uuid: str


class Index:
    """An index and its shards.

    Args:
        name: its name.
        uuid: 22 URL-safe characters.
        settings: flat, every key with its ``index.`` prefix, every value as text (lists as lists of text).
        mapping: immutable snapshot; replaced as a whole.
        analysis: the analyzers that the settings define.
        aliases: alias name to its ``filter``, ``index_routing``, ``search_routing``, ``is_write_index``, ``is_hidden``.
    """

    def __init__(
        self,
        name: str,
        uuid: str,
        settings: dict[str, Any],
        mapping: Mapping,
        analysis: IndexAnalysis,
        aliases: dict[str, dict[str, Any]],
        created_ms: int,
    ) -> None:
        self.name = name
        self.uuid = uuid
        self.mapping = mapping
        self.analysis = analysis
        self.aliases = aliases
        self.is_closed = False
        self.was_closed = False
        self.resized_from: str | None = None
        self.restored_from: RestoreSource | None = None
        self.unassigned: tuple[Unassigned, ...] = (Unassigned(0, "INDEX_CREATED", created_ms),)
        self.places: Places = ()
        self.type_name: str | None = None
        self.created_ms = created_ms
        self.mapping_version = 1
        self.settings_version = 1
        self.aliases_version = 1
        self.last_search_ms = created_ms
        self.unrefreshed_since_ms: int | None = None
        self.settings = settings
        self._settings_changed()
        keeps = settings.get("index.soft_deletes.enabled") != "false"
        sort = index_sort(settings)
        self.shards = [Shard(name, uuid, number, soft_deletes=keeps, sort=sort) for number in range(self.n_shards)]
        self.order_segments()

    def order_segments(self) -> None:
        """Settle in which order segments are read; as on a real node, a mapping that comes later has no say until the index is opened again."""
        timed = is_timed(self.mapping)
        for shard in self.shards:
            if shard.is_newest_first is not timed:
                shard.is_newest_first, shard.reader = timed, None

    def clone(self) -> Index:
        """An index that answers alike and changes alone; containers are replaced, never changed in place."""
        twin = Index.__new__(Index)
        twin.__dict__.update(self.__dict__)
        twin.shards = [shard.clone() for shard in self.shards]
        return twin

    def change_settings(self, settings: dict[str, Any]) -> None:
        """Replace the settings."""
        self.settings = settings
        self.settings_version += 1
        self._settings_changed()

    def _settings_changed(self) -> None:
        get = self.settings.get
        self.n_shards = int(get("index.number_of_shards", "1"))
        self.n_replicas = int(get("index.number_of_replicas", "1"))
        self.routing_shards = int(
            get("index.number_of_routing_shards") or default_routing_shards(self.n_shards)
        )
        self.partition_size = int(get("index.routing_partition_size", "1"))
        self.allocation_filters = filters_of(self.settings, INDEX)
        self.put(resized(self.places, self.n_shards, self.n_replicas))
        interval = get("index.refresh_interval")
        self.has_refresh_interval = interval is not None
        self.refresh_interval_ms = parse_time_ms(interval, "index.refresh_interval") if interval else 1000
        self.is_hidden = get("index.hidden") == "true"
        self.is_time_series = is_time_series(self.settings)
        self.has_blocks = any(key.startswith("index.blocks.") and value == "true" for key, value in self.settings.items())

    def put(self, places: Places) -> None:
        """Say where all copies lie."""
        self.places = places
        self.n_unassigned = sum(held.count(None) for held in places)
        self.lacks_primary = any(held[0] is None for held in places)

    def place(self, shard: int, copy: int, position: int | None) -> None:
        """Put one copy on a node, or on none."""
        held = self.places[shard]
        changed = (*held[:copy], position, *held[copy + 1 :])
        self.put((*self.places[:shard], changed, *self.places[shard + 1 :]))

    @property
    def n_active_copies(self) -> int:
        """How many copies of all shards have a node."""
        return self.n_shards * (1 + self.n_replicas) - self.n_unassigned

    def n_active(self, shard: int) -> int:
        """How many copies of a shard have a node."""
        return sum(position is not None for position in self.places[shard])

    def setting(self, key: str, default: str | None = None) -> Any:
        """A setting by its full key."""
        return self.settings.get(key, default)

    def set_mapping(self, mapping: Mapping) -> None:
        """Publish a new mapping."""
        self.mapping = mapping
        self.mapping_version += 1

    def set_aliases(self, aliases: dict[str, dict[str, Any]]) -> None:
        """Replace the aliases."""
        self.aliases = aliases
        self.aliases_version += 1

    def shard_for(self, doc_id: str, routing: str | None) -> Shard:
        """The shard of a document. Raises ResourceNotFound, IllegalArgument: one of a time series has no such id, or no routing."""
        if self.is_time_series:
            return self.shards[self._shard_of_series(doc_id, routing)]
        if self.n_shards == 1:
            return self.shards[0]
        number = shard_of(
            routing if routing is not None else doc_id,
            doc_id,
            shards=self.n_shards,
            routing_shards=self.routing_shards,
            partition_size=self.partition_size,
        )
        return self.shards[number]

    def no_series(self, what: str) -> IllegalArgument:
        """The error of what an index of mode ``time_series`` does not do."""
        return IllegalArgument(f"{what} is not supported because the destination index [{self.name}] is in time_series mode")

    def _shard_of_series(self, doc_id: str, routing: str | None) -> int:
        if routing is not None:
            raise self.no_series("specifying routing")
        hashed = routing_of_id(doc_id)
        if hashed is None:
            raise ResourceNotFound(f"invalid id [{doc_id}] for index [{self.name}] in time_series mode")
        signed = hashed - (1 << 32) if hashed >> 31 else hashed
        return signed % self.routing_shards // (self.routing_shards // self.n_shards)

    def shards_for(self, routings: list[str] | None) -> list[Shard]:
        """The shards that a search asks: all, or those of some routing values, which may be none."""
        if routings is None or (routings and self.n_shards == 1):
            return self.shards
        numbers: set[int] = set()
        for routing in routings:
            numbers |= shards_of_routing(
                routing,
                shards=self.n_shards,
                routing_shards=self.routing_shards,
                partition_size=self.partition_size,
            )
        return [self.shards[number] for number in sorted(numbers)]

    def refresh(self) -> None:
        """Make everything written so far searchable."""
        for shard in self.shards:
            shard.refresh()
        self.unrefreshed_since_ms = None

    def refresh_asked(self) -> None:
        """The same, as a request asks for."""
        for shard in self.shards:
            shard.refresh_asked()
        self.unrefreshed_since_ms = None

    def wrote(self, now_ms: int) -> None:
        """Remember the oldest write that no refresh has published."""
        if self.unrefreshed_since_ms is None:
            self.unrefreshed_since_ms = now_ms

    def readers(self, now_ms: int) -> list[Reader]:
        """Readers of all shards, after the refresh that has come due by now."""
        self.prepare_search(now_ms)
        return [shard.open_reader() for shard in self.shards]

    def prepare_search(self, now_ms: int) -> None:
        """Run the scheduled refresh if it has come due.

        An index without an explicit interval that nobody searched for 30 seconds is search idle: its scheduled refreshes
        pause, and the next search waits for one. Source: index-modules page, ``index.search.idle.after``.
        """
        since = self.unrefreshed_since_ms
        if since is not None:
            was_idle = not self.has_refresh_interval and now_ms - self.last_search_ms >= SEARCH_IDLE_MS
            due = self.refresh_interval_ms >= 0 and now_ms - since >= self.refresh_interval_ms
            if due or was_idle:
                self.refresh()
        self.last_search_ms = now_ms

    @property
    def n_docs(self) -> int:
        return sum(shard.n_live for shard in self.shards)

    def shard_header(self, shard: int) -> dict[str, int]:
        """The ``_shards`` object of a write: copies that there should be, and copies that have it."""
        return {"total": 1 + self.n_replicas, "successful": self.n_active(shard), "failed": 0}
