"""Data streams made ready for the next version, and indices made like another. Docs: migrate-data-stream.

Source: the classes of the module migrate of 8.18 to 9.x and the client tests; no engine that could be asked has it.
Differs: no index is of an older version, so that nothing is ever reindexed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from esmock.api.declare import Endpoints
from esmock.api.indices import acknowledged
from esmock.api.request import Request, Response
from esmock.errors import ResourceAlreadyExists, ResourceNotFound
from esmock.shape.index import instant
from esmock.state.create import create_index
from esmock.state.index_settings import flatten
from esmock.state.resolve import single
from esmock.xcontent.object_parser import Parser, boolean, custom, mapping, object_, string
from esmock.xcontent.value_reader import Reading

if TYPE_CHECKING:
    from esmock.state.cluster import Cluster

endpoint = Endpoints()
Json = Any
_SINCE = (8, 18)


def _upgrade(body: Json, key: Any, reading: Reading) -> str:
    from esmock.errors import IllegalArgument

    if str(body[key]).upper() != "UPGRADE":
        raise IllegalArgument(
            f"No enum constant org.elasticsearch.xpack.migrate.action.ReindexDataStreamAction.Mode.{str(body[key]).upper()}"
        )
    return "upgrade"


_SOURCE = Parser("source", string("index", required=True))
_REINDEX = Parser(
    "migrate_reindex",
    custom("mode", ("VALUE_STRING",), _upgrade, required=True),
    object_("source", _SOURCE, required=True),
)
_CREATE = Parser(
    "create_index_from_source",
    mapping("settings_override"),
    mapping("mappings_override"),
    boolean("remove_index_blocks"),
)


class Migrations:
    """The slot ``migrations`` of a cluster: data stream to when its migration began and how many indices it had."""

    def __init__(self, begun: Mapping[str, tuple[int, int]] | None = None) -> None:
        self.begun = dict(begun or {})

    def clone(self, cluster: Cluster) -> Migrations:
        return Migrations(self.begun)

    def one(self, name: str) -> tuple[int, int]:
        """Raises ResourceNotFound."""
        if name not in self.begun:
            raise ResourceNotFound(f"No migration reindex status found for [{name}]")
        return self.begun[name]


def _migrations(cluster: Cluster) -> Migrations:
    found: Migrations = cluster.slot("migrations", Migrations)
    return found


@endpoint(
    "indices.migrate_reindex",
    "POST /_migration/reindex",
    docs="data-stream-reindex-api",
    body=lambda request: _REINDEX.parse(request.required_json(), Reading(request.behaviour, request.warn))["source"][
        "index"
    ],
    action="indices:admin/data_stream/reindex",
    since=_SINCE,
)
def migrate_reindex(cluster: Cluster, request: Request) -> Response:
    """Make the old indices of a data stream anew: none is."""
    name, known = request.parsed, _migrations(cluster).begun
    stream = cluster.streams.get(name)
    if stream is None:
        raise ResourceNotFound(f"Data stream named [{name}] does not exist")
    if name in known:
        raise ResourceAlreadyExists(f"Reindex task for data stream [{name}] already exists")
    known[name] = (cluster.clock.now_ms(), len(stream.indices))
    return acknowledged()


@endpoint(
    "indices.get_migrate_reindex_status",
    "GET /_migration/reindex/{index}/_status",
    docs="data-stream-reindex-status-api",
    action="indices:admin/migration/reindex_status",
    since=_SINCE,
)
def get_migrate_reindex_status(cluster: Cluster, request: Request) -> Response:
    """How a migration stands: it is done."""
    started, total = _migrations(cluster).one(request.part("index"))
    return Response(
        200,
        {
            **({"start_time": instant(started)} if request.human else {}),
            "start_time_millis": started,
            "complete": True,
            "total_indices_in_data_stream": total,
            "total_indices_requiring_upgrade": 0,
            "successes": 0,
            "in_progress": [],
            "pending": 0,
            "errors": [],
        },
    )


@endpoint(
    "indices.cancel_migrate_reindex",
    "POST /_migration/reindex/{index}/_cancel",
    docs="data-stream-reindex-cancel-api",
    action="indices:admin/data_stream/reindex_cancel",
    since=_SINCE,
)
def cancel_migrate_reindex(cluster: Cluster, request: Request) -> Response:
    """Forget a migration."""
    known, name = _migrations(cluster), request.part("index")
    known.one(name)
    del known.begun[name]
    return acknowledged()


@endpoint(
    "indices.create_from",
    "PUT,POST /_create_from/{source}/{dest}",
    docs="indices-create-index-from-source",
    body=lambda request: (
        _CREATE.parse(request.required_json(), Reading(request.behaviour, request.warn)) if request.content else {}
    ),
    action="indices:admin/index/create_from_source",
    since=_SINCE,
)
def create_from(cluster: Cluster, request: Request) -> Response:
    """Make an index with the settings and mappings of another."""
    source, asked = single(cluster, request.part("source")), request.parsed
    no_blocks = asked.get("remove_index_blocks", True)
    settings = {
        name: value
        for name, value in source.settings.items()
        if name not in _OWN and not (no_blocks and name.startswith("index.blocks."))
    }
    override = flatten(asked.get("settings_override") or {})
    override = {name if name.startswith("index.") else f"index.{name}": value for name, value in override.items()}
    settings = {name: value for name, value in {**settings, **override}.items() if value is not None}
    mappings = _merged(source.mapping.to_json(), asked.get("mappings_override") or {})
    made = create_index(cluster, request.part("dest"), {"settings": settings, "mappings": mappings}, warn=request.warn)
    return acknowledged(shards_acknowledged=True, index=made.name)


_OWN = (
    "index.uuid", "index.creation_date", "index.provided_name", "index.version.created", "index.version.upgraded",
    "index.resize.source.uuid", "index.resize.source.name",
)  # fmt: skip


def _merged(one: Json, other: Json) -> Json:
    """Objects put together, the second winning."""
    if not isinstance(one, dict) or not isinstance(other, dict):
        return other
    return {**one, **{key: _merged(one[key], value) if key in one else value for key, value in other.items()}}
