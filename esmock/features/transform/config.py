"""The configuration of a transform: how it is read, what is wrong with it, how it is printed.

Source: the classes TransformConfig, SourceConfig, DestConfig, SettingsConfig, PivotConfig, LatestConfig and the makers' YAML tests; no
engine that could be asked has them.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from esmock.errors import IllegalArgument, XContentParse
from esmock.xcontent.object_parser import (
    Parser,
    boolean,
    custom,
    float_,
    integer,
    mapping,
    object_,
    objects,
    real,
    scalar,
    string,
    strings,
)
from esmock.xcontent.units import parse_time

if TYPE_CHECKING:
    from esmock.version import Behaviour
    from esmock.xcontent.value_reader import Reading

Json = Any
MATCH_ALL: Json = {"match_all": {}}
MOST_BUCKETS = 65_536
DEFAULT_PAGE = 500
_ID = re.compile(r"[a-z0-9](?:[a-z0-9_\-.]*[a-z0-9])?\Z")
_ID_LENGTH = 64
_GROUP_NAME = re.compile(r"[^\[\]>]+\Z")
_MOST_RETRIES = 100


@dataclass(frozen=True, slots=True)
class Pivot:
    """Groups and what is computed for each.

    Args:
        groups: name of a group to its source, as it was given.
        aggregations: as they were given.
    """

    groups: Mapping[str, Json]
    aggregations: Mapping[str, Json]
    max_page_search_size: int | None = None

    def faults(self) -> Iterator[str]:
        """What is wrong with it."""
        if self.max_page_search_size is not None and not 10 <= self.max_page_search_size <= MOST_BUCKETS:
            yield _page_fault("pivot", self.max_page_search_size)
        names = sorted([*self.groups, *self.aggregations])
        for name, following in itertools.pairwise(names):
            if following.startswith(f"{name}."):
                yield f"field [{name}] cannot be both an object and a field"
            if following == name:
                yield f"duplicate field [{name}] detected"
        for name in names:
            if name.startswith("."):
                yield f"field [{name}] must not start with '.'"
            if name.endswith("."):
                yield f"field [{name}] must not end with '.'"


@dataclass(frozen=True, slots=True)
class Latest:
    """The newest document of each key."""

    unique_key: tuple[str, ...]
    sort: str

    def faults(self) -> Iterator[str]:
        """What is wrong with it."""
        if not self.unique_key:
            yield "latest.unique_key must be non-empty"
        seen: set[str] = set()
        for position, name in enumerate(self.unique_key):
            if not name:
                yield f"latest.unique_key[{position}] element must be non-empty"
            elif name in seen:
                yield f"latest.unique_key elements must be unique, found duplicate element [{name}]"
            seen.add(name)
        if not self.sort:
            yield "latest.sort must be non-empty"


def _page_fault(where: str, size: int) -> str:
    return f"{where}.max_page_search_size [{size}] is out of range. The minimum value is 10 and the maximum is {MOST_BUCKETS}"


@dataclass(frozen=True, slots=True)
class TransformConfig:
    """A transform as its user wants it.

    Args:
        source, dest, settings: as printed, defaults filled in.
        sync, retention: kind and object; None: none.
        roles: of who put it; None without security.
    """

    id: str
    source: Json
    dest: Json
    function: Pivot | Latest
    frequency: str | None = None
    sync: Json = None
    description: str | None = None
    settings: Json = field(default_factory=dict)
    meta: Json = None
    retention: Json = None
    roles: tuple[str, ...] | None = None
    created_ms: int = 0
    version: str = ""

    @property
    def index(self) -> str:
        """Where its documents go."""
        return str(self.dest["index"])

    @property
    def is_continuous(self) -> bool:
        return self.sync is not None

    @property
    def frequency_ms(self) -> int:
        return int(parse_time(self.frequency or "1m", "frequency").millis)

    @property
    def page_size(self) -> int:
        """Buckets of one search."""
        own = self.function.max_page_search_size if isinstance(self.function, Pivot) else None
        return int(self.settings.get("max_page_search_size") or own or DEFAULT_PAGE)

    def faults(self) -> Iterator[str]:
        """Why a request with it is refused before it is looked at any further."""
        if not self.dest["index"]:
            yield "dest.index must not be empty"
        yield from _setting_faults(self.settings)
        yield from self.function.faults()
        yield from retention_faults(self.retention)
        yield from name_faults(self.index)
        if not _ID.match(self.id):
            yield (
                f"Invalid id; '{self.id}' can contain lowercase alphanumeric (a-z and 0-9), hyphens or underscores; must start and "
                "end with alphanumeric"
            )
        if len(self.id) > _ID_LENGTH:
            yield f"The id cannot contain more than {_ID_LENGTH} characters."
        yield from frequency_faults(self.frequency)


def frequency_faults(frequency: str | None) -> Iterator[str]:
    """What is wrong with how often it looks for changes."""
    if frequency is not None:
        millis = parse_time(frequency, "frequency").millis
        if millis < 1000:
            yield "minimum permitted [frequency] is [1s]"
        elif millis > 3_600_000:
            yield "highest permitted [frequency] is [1h]"


def name_faults(index: str) -> Iterator[str]:
    """What is wrong with the name of the destination."""
    if not index:
        return
    for char in (" ", '"', "*", "\\", "<", "|", ",", ">", "/", "?"):
        if char in index:
            yield f"Invalid index name [{index}], must not contain the following characters [' ','\"','*','\\','<','|',',','>','/','?']"
            break
    if "#" in index:
        yield f"Invalid index name [{index}], must not contain '#'"
    if index != index.lower():
        yield f"Destination index [{index}] must be lowercase"


def retention_faults(retention: Json) -> Iterator[str]:
    """What is wrong with how long documents are kept."""
    if retention is not None:
        age = retention["time"]["max_age"]
        if parse_time(age, "max_age").millis < 60_000:
            yield f"retention_policy.time.max_age must be greater than 60s, but was [{age}]"


def _setting_faults(settings: Mapping[str, Json]) -> Iterator[str]:
    size, retries = settings.get("max_page_search_size"), settings.get("num_failure_retries")
    if size is not None and not 10 <= size <= MOST_BUCKETS:
        yield _page_fault("settings", size)
    if retries is not None and not -1 <= retries <= _MOST_RETRIES:
        yield (
            f"settings.num_failure_retries [{retries}] is out of range. The minimum value is -1 (infinity) and the maximum is "
            f"{_MOST_RETRIES}"
        )
    if settings.get("unattended") and retries is not None and retries > 0:
        yield f"settings.num_failure_retries [{retries}] can not be set in unattended mode, unattended retries indefinitely"


def _since(*version: int) -> Callable[[Behaviour], bool]:
    return lambda behaviour: behaviour.has((version[0], version[1]))


def _source(given: dict[str, Json]) -> Json:
    if not given["index"]:
        raise IllegalArgument("must specify at least one index")
    if not all(given["index"]):
        raise IllegalArgument("all indices need to be non-null and non-empty")
    out = {"index": given["index"], "query": given.get("query") or MATCH_ALL}
    return {**out, "runtime_mappings": given["runtime_mappings"]} if given.get("runtime_mappings") else out


def _timed(length: str, default: str = "") -> Callable[[dict[str, Json]], Json]:
    """``{"field": ..., length: ...}`` with the time looked at."""

    def build(given: dict[str, Json]) -> Json:
        text = given.get(length) or default
        parse_time(text, length)
        return {"field": given["field"], length: text}

    return build


_SOURCE = Parser(
    "data_frame_config_source",
    strings("index", required=True),
    mapping("query", argument=True),
    mapping("runtime_mappings", argument=True, in_version=_since(7, 12)),
    build=_source,
)
_ALIAS = Parser("data_frame_config_dest_alias", string("alias", required=True), boolean("move_on_creation", argument=True))
_DEST = Parser(
    "data_frame_config_dest",
    string("index", required=True),
    objects("aliases", _ALIAS, argument=True, in_version=_since(8, 8)),
    string("pipeline", argument=True),
    build=lambda given: {name: given[name] for name in ("index", "aliases", "pipeline") if given.get(name) is not None},
)
_SETTINGS = Parser(
    "transform_config_settings",
    integer("max_page_search_size", nullable=True),
    float_("docs_per_second", nullable=True),
    boolean("dates_as_epoch_millis", nullable=True, in_version=_since(7, 11)),
    boolean("align_checkpoints", nullable=True, in_version=_since(7, 15)),
    boolean("use_point_in_time", nullable=True, in_version=_since(7, 17)),
    boolean("deduce_mappings", nullable=True, in_version=_since(8, 1)),
    integer("num_failure_retries", nullable=True, in_version=_since(8, 4)),
    boolean("unattended", nullable=True, in_version=_since(8, 5)),
)
_SYNC = Parser(
    "data_frame_transform_pivot_sync",
    string("field", required=True),
    string("delay", argument=True),
    build=_timed("delay", "60s"),
)
_RETENTION = Parser(
    "transform_retention_policy_time", string("field", required=True), string("max_age", required=True), build=_timed("max_age")
)
_LATEST = Parser(
    "latest_config",
    strings("unique_key", required=True),
    string("sort", required=True),
    build=lambda given: Latest(tuple(given["unique_key"]), given["sort"]),
)
_GROUP_PARSERS = {
    "terms": Parser("data_frame_terms_group", string("field"), mapping("script"), boolean("missing_bucket"), one_of=[("field", "script")]),
    "histogram": Parser(
        "data_frame_histogram_group", string("field"), mapping("script"), boolean("missing_bucket"), real("interval", required=True)
    ),
    "date_histogram": Parser(
        "data_frame_date_histogram_group",
        string("field"),
        mapping("script"),
        boolean("missing_bucket"),
        string("calendar_interval"),
        string("fixed_interval"),
        string("time_zone"),
        scalar("offset"),
    ),
    "geotile_grid": Parser(
        "data_frame_geo_tile_group", string("field"), boolean("missing_bucket"), integer("precision"), mapping("bounds")
    ),
}


def _groups(body: Json, key: Any, reading: Reading) -> Json:
    from esmock.xcontent.value_reader import anything

    given = body[key]
    if not given:
        raise IllegalArgument("Pivot transform configuration must specify at least 1 group_by")
    for name, group in given.items():
        if not _GROUP_NAME.match(name):
            raise XContentParse(
                f"Invalid group name [{name}]. Group names can contain any character except '[', ']', and '>'", (1, 1)
            )
        kind = next(iter(group), "") if isinstance(group, dict) else ""
        if kind not in _GROUP_PARSERS:
            raise IllegalArgument(
                "No enum constant org.elasticsearch.xpack.core.transform.transforms.pivot.SingleGroupSource.Type." + kind.upper()
            )
        found = _GROUP_PARSERS[kind].read(group, kind, reading)
        if kind == "date_histogram" and ("calendar_interval" in found) == ("fixed_interval" in found):
            raise IllegalArgument(
                "Found two interval definitions for date_histogram"
                if "calendar_interval" in found
                else "Invalid interval, you must specify either [fixed_interval] or [calendar_interval]"
            )
    return anything(body, key, reading)


def _pivot(given: dict[str, Json]) -> Pivot:
    if "aggregations" in given and "aggs" in given:
        raise IllegalArgument("Found two aggregation definitions: [aggs] and [aggregations]")
    found = given.get("aggregations", given.get("aggs"))
    if found is None:
        raise IllegalArgument("Required [aggregations]")
    if not found:
        raise IllegalArgument("Pivot transform configuration must specify at least 1 aggregation")
    return Pivot(given["group_by"], found, given.get("max_page_search_size"))


_PIVOT = Parser(
    "data_frame_transform_pivot",
    custom("group_by", ("START_OBJECT",), _groups, required=True),
    mapping("aggregations", argument=True),
    mapping("aggs", argument=True),
    integer("max_page_search_size", argument=True),
    build=_pivot,
)


def _of_time(parser: Parser, name: str) -> Parser:
    """``{"time": ...}``."""
    return Parser(name, object_("time", parser, required=True))


_COMMON = (
    string("frequency", argument=True),
    object_("sync", _of_time(_SYNC, "sync"), argument=True),
    string("description", argument=True),
    object_("settings", _SETTINGS, argument=True),
    mapping("_meta", argument=True, in_version=_since(7, 16)),
)


def _built(given: dict[str, Json]) -> dict[str, Json]:
    if ("pivot" in given) == ("latest" in given):
        raise IllegalArgument("Transform configuration must specify exactly 1 function")
    return _looked_at(given)


def _looked_at(given: dict[str, Json]) -> dict[str, Json]:
    if given.get("frequency") is not None:
        parse_time(given["frequency"], "frequency")
    if len(given.get("description") or "") > 1000:
        raise IllegalArgument("[description] must be less than 1000 characters in length.")
    return given


_CONFIG = Parser(
    "data_frame_transform_config",
    string("id", argument=True),
    object_("source", _SOURCE, required=True),
    object_("dest", _DEST, required=True),
    *_COMMON,
    object_("retention_policy", _of_time(_RETENTION, "retention_policy"), argument=True, in_version=_since(7, 12)),
    object_("pivot", _PIVOT, argument=True),
    object_("latest", _LATEST, argument=True, in_version=_since(7, 11)),
    build=_built,
)
_UPDATE = Parser(
    "data_frame_transform_config_update",
    object_("source", _SOURCE, argument=True),
    object_("dest", _DEST, argument=True),
    *_COMMON,
    object_(
        "retention_policy", _of_time(_RETENTION, "retention_policy"), argument=True, nullable=True, in_version=_since(7, 12)
    ),
    build=_looked_at,
)


def parse(body: Json, id_: str, reading: Reading) -> TransformConfig:
    """Read a whole configuration. Raises XContentParse, IllegalArgument."""
    given = _CONFIG.parse(body, reading)
    if given.get("id") not in (None, id_):
        raise IllegalArgument(
            f"Inconsistent id; '{given['id']}' specified in the body differs from '{id_}' specified as a URL argument"
        )
    if isinstance(given.get("pivot"), Pivot) and given["pivot"].max_page_search_size is not None:
        reading.warn("[max_page_search_size] is deprecated inside pivot please use settings instead")
    return TransformConfig(
        id_,
        given["source"],
        given["dest"],
        given.get("pivot") or given["latest"],
        given.get("frequency"),
        given.get("sync"),
        given.get("description"),
        given.get("settings") or {},
        given.get("_meta"),
        given.get("retention_policy"),
    )


def parse_update(body: Json, reading: Reading) -> dict[str, Json]:
    """Read what is to be changed."""
    found: dict[str, Json] = _UPDATE.parse(body, reading)
    return found


def update_faults(changes: Mapping[str, Json]) -> Iterator[str]:
    """Why an update is refused before it is looked at any further."""
    if changes.get("dest") is not None:
        yield from name_faults(changes["dest"]["index"])
    yield from frequency_faults(changes.get("frequency"))
    yield from _setting_faults(changes.get("settings") or {})
    yield from retention_faults(changes.get("retention_policy"))


def updated(config: TransformConfig, changes: Mapping[str, Json]) -> TransformConfig:
    """The configuration after an update; a setting that is null goes back to its default."""
    names = {"_meta": "meta", "retention_policy": "retention"}
    taken = {names.get(name, name): value for name, value in changes.items() if value is not None or name == "retention_policy"}
    if "settings" in taken:
        merged = {**config.settings, **taken["settings"]}
        taken["settings"] = {name: value for name, value in merged.items() if value is not None}
    return replace(config, **taken)
