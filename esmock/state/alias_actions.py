"""The actions of ``POST /_aliases``: read, resolved to indices, applied together or not at all.

Source: recordings of 7.10.2 and 8.19.21; docs page aliases.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from esmock.errors import (
    AliasesNotFound,
    ApiError,
    IllegalArgument,
    IndexNotFound,
    JsonParse,
    NullPointer,
    Parsing,
    ResourceNotFound,
)
from esmock.mapping.time_series import ROUTING_FORBIDDEN
from esmock.state import admin, stream_aliases
from esmock.state.aliases import (
    AliasBody,
    Bearer,
    CheckFilter,
    check_alias_name,
    check_write_marks,
    ordered,
    write_marks,
)
from esmock.state.blocks import check_blocks
from esmock.state.data_streams import data_streams, stream_of
from esmock.state.graveyard import bury
from esmock.state.resolve import IndicesOptions, glob, resolve
from esmock.state.stream_aliases import StreamAlias
from esmock.xcontent import value_reader as values
from esmock.xcontent.java_order import hash_order
from esmock.xcontent.located import finish, standing
from esmock.xcontent.object_parser import Field, Parser, boolean, custom, objects
from esmock.xcontent.object_parser import object_ as object_field
from esmock.xcontent.value_reader import Key, Reading

if TYPE_CHECKING:
    from esmock.state.cluster import Cluster
    from esmock.state.index import Index

Json = Any

CONCRETE = IndicesOptions(
    expand=("open",), forbid_closed=False, allow_no_indices=False, allow_aliases=False, selectors=False
)
CONCRETE_HIDDEN = IndicesOptions(
    expand=("open", "hidden"), forbid_closed=False, allow_no_indices=False, allow_aliases=False, selectors=False
)


@dataclass(slots=True)
class AliasAction:
    """One action.

    Args:
        kind: ``add``, ``remove`` or ``remove_index``.
        must_exist: of ``remove``: a missing alias is an error (True), is none (False), or is one unless others match.
    """

    kind: str
    indices: list[str]
    aliases: list[str] = field(default_factory=list)
    body: AliasBody = field(default_factory=dict)
    must_exist: bool | None = None


def _names(name: str, other: str, wrong: str, *, many: bool) -> Field:
    """A field of names, which excludes its twin of the other number."""
    first, second = (other, name) if many else (name, other)

    def read(body: Json, key: Key, reading: Reading) -> list[str]:
        if other in itertools.takewhile(lambda one: one != key, body):
            raise IllegalArgument(f"Only one of [{first}] and [{second}] is supported")
        found = values.array_of(values.text)(body, key, reading) if many else [values.text(body, key, reading)]
        if not found or any(not one for one in found):
            raise IllegalArgument(wrong)
        return found

    return custom(name, ("START_ARRAY", "VALUE_STRING") if many else ("VALUE_STRING",), read)


def _filter(body: Json, key: Key, reading: Reading) -> dict[str, Json]:
    found: dict[str, Json] = body[key]
    try:
        finish(found)
    except JsonParse as error:
        at = error.parser_at  # type: ignore[attr-defined]
        raise standing(Parsing("Problems parsing [filter]", at, cause=error), at) from None
    return found


def _fields(*, aliases: bool, adds: bool) -> list[Field]:
    out = [
        _names("index", "indices", "[index] can't be empty string", many=False),
        _names("indices", "index", "[indices] can't be empty", many=True),
    ]
    if aliases:
        out += [
            _names("alias", "aliases", "[alias] can't be empty string", many=False),
            _names("aliases", "alias", "[aliases] can't be empty", many=True),
        ]
    if adds:
        routing = ("VALUE_STRING", "VALUE_NUMBER")
        out += [
            custom("filter", ("START_OBJECT",), _filter),
            custom("routing", routing, values.text),
            custom("index_routing", routing, values.text, deprecated=("indexRouting", "index-routing")),
            custom("search_routing", routing, values.text, deprecated=("searchRouting", "search-routing")),
            boolean("is_write_index"),
            boolean("is_hidden"),
        ]
    return out


def _refuse_must_exist(found: bool) -> bool:
    raise IllegalArgument("[must_exist] is unsupported for [ADD]")


def _of_additions(behaviour: Any) -> bool:
    return not behaviour.newer_jackson


def _of_removals(behaviour: Any) -> bool:
    return bool(behaviour.newer_jackson)


_ADD = Parser(
    "add",
    *_fields(aliases=True, adds=True),
    boolean("must_exist", then=_refuse_must_exist, in_version=_of_additions),
)
_REMOVE = Parser(
    "remove",
    *_fields(aliases=True, adds=False),
    boolean("must_exist", in_version=_of_removals),
)
_REMOVE_INDEX = Parser("remove_index", *_fields(aliases=False, adds=False))


def _action(found: dict[str, Any]) -> AliasAction:
    kind, body = next(iter(found.items()))
    indices = body.get("indices") or body.get("index")
    if indices is None:
        raise IllegalArgument("One of [index] or [indices] is required")
    aliases = body.get("aliases") or body.get("alias")
    if aliases is None and kind != "remove_index":
        raise IllegalArgument("One of [alias] or [aliases] is required")
    return AliasAction(kind, indices, aliases or [], alias_body(body), body.get("must_exist"))


def alias_body(body: dict[str, Json]) -> AliasBody:
    """What an action says of the alias itself."""
    routing = body.get("routing")
    return ordered(
        {
            "filter": body.get("filter") or None,
            "index_routing": body.get("index_routing", routing),
            "search_routing": body.get("search_routing", routing),
            "is_write_index": body.get("is_write_index"),
            "is_hidden": body.get("is_hidden"),
        }
    )


_ALIAS_ACTION = Parser(
    "alias_action",
    object_field("add", _ADD),
    object_field("remove", _REMOVE),
    object_field("remove_index", _REMOVE_INDEX),
)


_NO_ACTION = (
    'Cannot invoke "org.elasticsearch.action.admin.indices.alias.IndicesAliasesRequest$AliasActions.validate()" because "aliasAction" '
    "is null"
)


def _all_actions(found: list[dict[str, Any]]) -> list[AliasAction]:
    if not all(found):
        raise NullPointer(_NO_ACTION)
    return [_action(one) for one in found]


_ALIASES = Parser("aliases", objects("actions", _ALIAS_ACTION, then=_all_actions))


def parse_actions(body: Json, reading: Reading) -> list[AliasAction]:
    """Read the body of ``POST /_aliases``. Raises XContentParse, IllegalArgument."""
    actions: list[AliasAction] = _ALIASES.parse(body, reading).get("actions") or []
    if not actions:
        raise IllegalArgument("No action specified")
    return actions


@dataclass(slots=True)
class ActionResult:
    """What comes of an action.

    Args:
        targets: its indices.
        removals: (index or stream, alias) that a removal finds.
        streams: the data streams that it is about, in place of indices.
    """

    action: AliasAction
    targets: list[Index]
    removals: list[tuple[str, str]] = field(default_factory=list)
    streams: list[str] = field(default_factory=list)

    @property
    def names(self) -> list[str]:
        """What it is about, by name."""
        return sorted(self.streams or [index.name for index in self.targets])

    @property
    def is_done(self) -> bool:
        """Whether it changes anything: a removal may find nothing."""
        return self.action.kind != "remove" or bool(self.removals)


def apply(cluster: Cluster, actions: list[AliasAction], check_filter: CheckFilter) -> list[ActionResult]:
    """Carry out actions in order, all or none; removals that find nothing are passed over while there is anything else to do.

    Raises:
        IndexNotFound, AliasesNotFound, InvalidAliasName, IllegalArgument, IllegalState.
    """
    results = [_resolved(cluster, action) for action in actions]
    changed = [one for one in results if one.action.kind != "remove_index"]
    for one in changed:
        check_blocks(cluster, one.targets, "metadata_write", releases=not cluster.behaviour.mapping_types)
        if not one.is_done and one.action.must_exist:
            if cluster.behaviour.announces_eight:
                raise ResourceNotFound(f"required alias [{','.join(one.action.aliases)}] does not exist")
            raise aliases_missing(one.action.aliases)
    if not any(one.is_done for one in results):
        named = [name for one in results if not one.streams for name in one.action.aliases]
        raise aliases_missing(named)
    removed = [index for one in results if one.action.kind == "remove_index" for index in one.targets]
    gone = {index.name for index in removed}
    planned: dict[str, dict[str, AliasBody]] = {}
    for one in changed:
        for index in one.targets:
            if index.name in gone and one.is_done:
                raise IndexNotFound(index.name, resource=None)
            planned.setdefault(index.name, dict(index.aliases))
            if one.action.kind == "add":
                _add(cluster, index, planned[index.name], one.action, gone, check_filter)
        for name, alias in one.removals:
            if name in planned:
                planned[name].pop(alias, None)
    of_streams = _of_streams(cluster, results, check_filter)
    after = {name: dict(index.aliases) for name, index in cluster.indices.items()} | planned
    for name in gone:
        after.pop(name, None)
    check_write_marks(write_marks(after))
    for name in sorted({alias for aliases in after.values() for alias in aliases}):
        if name in of_streams and of_streams[name].streams:
            raise stream_aliases.clash(name)
    admin.check_metadata_blocks(cluster, removed)
    for name, aliases in planned.items():
        index = cluster.indices[name]
        if aliases != index.aliases and index.is_time_series and any(_ROUTINGS & set(one) for one in aliases.values()):
            raise IllegalArgument(ROUTING_FORBIDDEN)
        if aliases != index.aliases:
            index.set_aliases({one: aliases[one] for one in sorted(aliases)})
    bury(cluster, removed)
    for changed_alias in of_streams.values():
        if changed_alias != cluster.stream_aliases.get(changed_alias.name):
            data_streams(cluster).put_alias(changed_alias)
    cluster.changed()
    return results


def _resolved(cluster: Cluster, action: AliasAction) -> ActionResult:
    targets = resolve(cluster, action.indices, CONCRETE_HIDDEN if action.kind == "remove" else CONCRETE)
    streams = stream_aliases.meant(cluster, action.indices) if cluster.streams else []
    if streams:
        stream_aliases.check_targets(cluster, action.kind, action.indices, streams, targets)
        targets = [one for one in targets if stream_of(cluster, one.name) is None]
    for index in targets if cluster.streams else ():
        owner = stream_of(cluster, index.name)
        if owner is not None:
            raise IllegalArgument(
                f"The provided expressions [{', '.join(action.indices)}] match a backing index belonging to data stream "
                f"[{owner.name}]. Data stream backing indices don't support aliases."
            )
    result = ActionResult(action, targets, streams=streams)
    if action.kind == "remove":
        known = {index.name: list(index.aliases) for index in targets}
        known |= {name: list(stream_aliases.aliases_of(cluster, name)) for name in streams}
        patterns = [glob("*" if one == "_all" else one) for one in action.aliases]
        result.removals = [
            (holder, name)
            for holder, names in known.items()
            for name in names
            if any(pattern.match(name) for pattern in patterns)
        ]
    return result


def _of_streams(cluster: Cluster, results: list[ActionResult], check_filter: CheckFilter) -> dict[str, StreamAlias]:
    """What becomes of the aliases of data streams. Raises IllegalArgument, InvalidAliasName."""
    planned = dict(cluster.stream_aliases)
    for one in results:
        if one.action.kind == "add" and one.streams:
            stream_aliases.check_body(one.action.body)
            for name in one.action.aliases:
                check_alias_name(name, cluster.behaviour)
                if name in cluster.indices or name in cluster.streams:
                    raise _taken(cluster, name)
                check_filter(name, one.action.body, None)
                for stream in one.streams:
                    planned[name] = planned.get(name, StreamAlias(name)).with_stream(stream, one.action.body)
        for holder, name in one.removals:
            if holder in cluster.streams:
                planned[name] = planned[name].without([holder])
    return planned


_ROUTINGS = {"index_routing", "search_routing"}


def _add(
    cluster: Cluster,
    index: Index,
    aliases: dict[str, AliasBody],
    action: AliasAction,
    gone: set[str],
    check_filter: CheckFilter,
) -> None:
    from esmock.state.aliases import check_alias

    for name in action.aliases:
        check_alias_name(name, cluster.behaviour)
        if (name in cluster.indices and name not in gone) or name in cluster.streams:
            raise _taken(cluster, name)
        check_alias(cluster, name, action.body, None)
        check_filter(name, action.body, Bearer(index.name, index.uuid, index.mapping))
        aliases[name] = dict(action.body)


def _taken(cluster: Cluster, name: str) -> ApiError:
    from esmock.errors import InvalidAliasName

    if not cluster.behaviour.mapping_types:
        return InvalidAliasName(
            f"Invalid alias name [{name}]: an index or data stream exists with the same name as the alias"
        )
    return InvalidAliasName(
        f"Invalid alias name [{name}], an index exists with the same name as the alias",
        metadata={"index_uuid": cluster.indices[name].uuid if name in cluster.indices else "_na_", "index": name},
    )


def aliases_missing(names: list[str]) -> AliasesNotFound:
    """The error of a removal that found nothing."""
    if not names:
        return AliasesNotFound("aliases [] missing", metadata={"resource.type": "aliases"})
    ordered_names = hash_order(dict.fromkeys(names))
    resource = ordered_names[0] if len(ordered_names) == 1 else ordered_names
    return AliasesNotFound(
        f"aliases [{', '.join(ordered_names)}] missing", metadata={"resource.type": "aliases", "resource.id": resource}
    )
