"""The rights of one sender, asked where a request turns to an index that its body names.

Source: answers of 6.8.23 and 8.19.21 to bulk, multi get, multi search, multi term vectors and reindex.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from esmock.errors import IndexNotFound, Security, Unsupported
from esmock.features.security.denial import denied
from esmock.features.security.field_level import FieldGrants
from esmock.features.security.field_level import shown as shown_fields
from esmock.features.security.field_level import visible as fields_of
from esmock.features.security.field_paths import grants_path, shown_mapping
from esmock.features.security.role import PUT_MAPPING
from esmock.state.date_math_name import concrete_name
from esmock.state.resolve import glob, is_all
from esmock.store.reader import Reader
from esmock.store.segment import Segment, StoredDoc
from esmock.xcontent import json_reader
from esmock.xcontent.java_order import hash_order

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from esmock.features.security.authentication import Authentication
    from esmock.features.security.user import SecurityState
    from esmock.search.request import SearchRequest
    from esmock.state.cluster import Cluster
    from esmock.state.index import Index
    from esmock.state.write_request import WriteRequest

NOTHING = "*,-*"
SEARCH = "indices:data/read/search"
SEARCH_TEMPLATE = "indices:data/read/search/template"
Denial = tuple[str, Security]
"""What is refused of a document that a shard should read: the index of the shard, and why."""
_BULK_ALL = "indices:data/write/bulk"
_BULK = "indices:data/write/bulk[s]"
_CREATE = "indices:admin/create"
"""What makes the index of an update that is no item of a bulk."""
_WRITES = {
    "index": "indices:data/write/index:op_type/index",
    "create": "indices:data/write/index:op_type/create",
    "update": "indices:data/write/update",
    "delete": "indices:data/write/delete",
}

_READS = MappingProxyType(
    {
        **dict.fromkeys(
            (
                "indices:data/read/msearch", "indices:data/read/msearch/template", SEARCH_TEMPLATE,
                "indices:data/read/async_search/submit", "indices:data/read/rank_eval",
            ),
            SEARCH,
        ),
        "indices:data/read/mget": "indices:data/read/mget[shard]",
        "indices:data/read/mtv": "indices:data/read/mtv[shard]",
    }
)  # fmt: skip
"""Actions that read by others, whose grants tell which documents and fields are seen."""

REMOTE = frozenset(
    {
        "indices:data/read/search", "indices:data/read/field_caps", "indices:data/read/open_point_in_time",
        "indices:data/read/xpack/termsenum/list", "indices:data/read/eql", "indices:admin/resolve/index",
    }
)  # fmt: skip
"""Actions that could also be about another cluster: names are resolved before it is asked whether they are allowed anywhere."""

_SUGGEST = "Suggest isn't supported if document level security is enabled"
_PROFILE = "A search request cannot be profiled if document level security is enabled"
_REWRITE = "Validate with rewrite isn't supported if document level security is enabled"
_UPDATE = "Can't execute an update request if field or document level security is enabled"
_BULK_UPDATE = "Can't execute a bulk item request with update requests embedded if field or document level security is enabled"


def _refused(text: str) -> Security:
    """What document level security does not go with."""
    return Security(text, status=400)


def _refused_in_bulk(before: Security | None, text: str) -> Security:
    """The same of an item of a bulk, for which it is said twice, after what was said before."""
    first, *more = [_refused(text), _refused(text)] if before is None else [before, _refused(text), _refused(text)]
    first.extra = {**(first.extra or {}), "suppressed": [one.cause_body() for one in more]}
    return first


def _matches_all(query: str) -> bool:
    """Whether a role's query is one for all documents."""
    return list(json_reader.parse_stored(query.encode())) == ["match_all"]


class SecurityGate:
    """What one sender may do to which index, of one space."""

    def __init__(
        self,
        cluster: Cluster,
        who: Authentication,
        state: SecurityState,
        action: str,
        warn: Callable[[str], None],
        asked: Sequence[str] = (),
    ) -> None:
        self._cluster = cluster
        self._action = action
        # what changes documents searches for them first
        self._reading = SEARCH if action.startswith("indices:data/write/") else _READS.get(action, action)
        self._warn = warn
        self._who = who
        self._state = state
        self._asked = set(asked)
        """The names by which the sender asks for indices: whose grants count."""

    def permit_creation(self, write: WriteRequest) -> None:
        """Ask for a bulk at all, and for the index to be made where it is not there."""
        name = concrete_name(self._cluster, write.index or "")
        if not self._who.permits(_BULK_ALL):
            raise self.denied(_BULK_ALL)
        if not self._cluster.exists(name) and (write.op != "delete" or write.version_type != "internal"):
            is_update = write.op == "update" and write.is_alone
            self.permit(_CREATE if is_update else self._cluster.behaviour.auto_create_action, name)

    def permit_write(self, write: WriteRequest) -> None:
        """Ask for the bulk on the shard of its index and for the write itself, in this order."""
        name = concrete_name(self._cluster, write.index or "")
        if any(index.is_closed for index in self._cluster.concrete(name)):
            return  # which is what is told
        self.require_all(_BULK, [name])
        partly = write.op == "update" and any(
            self._is_partial(index, _WRITES["update"] if write.is_alone else _BULK) for index in self._cluster.concrete(name)
        )
        try:
            self.require_all(_WRITES[write.op], [name], is_item=True)
        except Security as error:
            raise _refused_in_bulk(error, _BULK_UPDATE) if partly and not write.is_alone else error from None
        if partly:
            raise _refused(_UPDATE) if write.is_alone else _refused_in_bulk(None, _BULK_UPDATE)

    def permit(self, action: str, *names: str, aliases: Sequence[str] = ()) -> None:
        """Ask for indices, be they there or not, and for aliases of theirs."""
        self.require_all(action, names, aliases)

    def require(self, action: str) -> None:
        """Ask for an action of the cluster."""
        if not self._who.permits_cluster(action, own=True):
            raise self.denied(action)

    def permits(self, action: str, name: str) -> bool:
        """Whether an action is allowed on one index."""
        return self._who.permits(action, name)

    def shard_denials(self, action: str, items: Sequence[tuple[str, str, str | None]]) -> list[Denial | None]:
        """What is refused of documents that are read shard by shard: all those of a shard, if one of their names is.

        Args:
            items: index, document and routing of each.
        """
        shards: dict[tuple[str, int], list[str]] = {}
        places: list[tuple[str, int] | None] = []
        for name, doc_id, routing in items:
            found = self._cluster.concrete(concrete_name(self._cluster, name))
            is_one = len(found) == 1 and not found[0].is_closed
            place = (found[0].name, found[0].shard_for(doc_id, routing).number) if is_one else None
            places.append(place)
            if place is not None:
                shards.setdefault(place, []).append(concrete_name(self._cluster, name))
        errors: dict[tuple[str, int], Denial] = {}
        for place, names in shards.items():
            try:
                self.require_all(action, names)
            except Security as error:
                errors[place] = (place[0], error)
        return [None if place is None else errors.get(place) for place in places]

    def narrow(
        self,
        action: str,
        names: Sequence[str],
        expand: Sequence[str] | None = None,
        *,
        ignore_unavailable: bool = False,
        allow_none: bool = True,
    ) -> list[str]:
        """Names of what the expressions mean and the sender may use.

        Args:
            expand: what wildcards expand to: ``open``, ``closed``, ``hidden``; nothing: they are names like others; None: to what
                the action is for.
            ignore_unavailable: names that are not allowed are left out, as missing ones are.
            allow_none: whether a wildcard may mean nothing.

        Raises:
            Security: a name that is not allowed, or the action is allowed nowhere.
            IndexNotFound: a wildcard that means nothing and may not; of 7.x, date math whose index is not allowed.
        """
        found = self._narrowed(action, names, expand, ignore_unavailable=ignore_unavailable, allow_none=allow_none)
        self._asked = set(found)
        if not found and allow_none and not self._who.permits(action):
            raise self.denied(action)
        return found or NOTHING.split(",")

    def _narrowed(
        self, action: str, names: Sequence[str], expand: Sequence[str] | None, *, ignore_unavailable: bool, allow_none: bool
    ) -> list[str]:
        names = self.evaluated(action, names, ignore_unavailable=ignore_unavailable)
        expands = expand is None or "open" in expand or "closed" in expand
        if is_all(names):
            return self._visible(action, ["*"], expand, allow_none=True) if expands else []
        if ignore_unavailable:
            names = [name for name in names if (expands and "*" in name) or self._is_available(action, name)]
        if expands and any("*" in one for one in names):
            return self._visible(action, names, expand, allow_none=allow_none)
        self.require_all(action, names)
        return list(names)

    def _is_available(self, action: str, name: str) -> bool:
        """Whether a name is allowed; in 7.x it is to be there as well."""
        there = self._cluster.behaviour.major >= 8 or self._cluster.exists(name)
        return there and self._who.permits(action, name)

    def evaluated(self, action: str, names: Sequence[str], *, ignore_unavailable: bool = False) -> list[str]:
        """Names whose date math is done. Raises IndexNotFound where 7.x may not tell what it means."""
        return [self._evaluated(action, name, ignore_unavailable) for name in names]

    def _evaluated(self, action: str, name: str, ignore_unavailable: bool) -> str:
        found = concrete_name(self._cluster, name)
        if found == name or self._who.permits(action, found) or ignore_unavailable or self._cluster.behaviour.major >= 8:
            return found
        raise IndexNotFound(found, resource=None)

    def require_all(self, action: str, names: Sequence[str], aliases: Sequence[str] = (), *, is_item: bool = False) -> None:
        """Raises Security, which tells of all names that are not allowed.

        Args:
            aliases: further names, of aliases that the request is about.
            is_item: it is asked for an item of a bulk.
        """
        asked = [*names, *aliases]
        self._asked.update(names)
        refused = [name for name in asked if not self._who.permits(action, name) and not self._maps(action, name)]
        if not refused:
            return
        if is_item:
            told = refused
        elif self._cluster.behaviour.major >= 8:
            told = [name for name in refused if name in names]
        elif action not in REMOTE and not self._who.permits(action):
            told = []
        else:
            # an alias stands for its indices, which are refused unless they are named and allowed themselves
            behind = [index.name for name in refused for index in self._cluster.concrete(name)]
            told = [*(name for name in behind if name not in asked), *refused]
        raise self.denied(action, hash_order(dict.fromkeys(told)))

    def check_new_names(self, added: Sequence[tuple[Sequence[str], Sequence[str]]], partly: str, more: str) -> None:
        """Refuse other names for what the sender may only see a part of, and those that would give him more rights on it.

        Args:
            added: names, and the new ones for what they mean.
            partly, more: what is said of each.

        Raises:
            Security: 400, 403.
        """
        meant = ((concrete_name(self._cluster, name), new) for names, new in added for name in self._meant(names))
        names = [(name, new) for name, new in meant if self._cluster.exists(name)]
        if any(self._shows_part(name) for name, _ in names):
            raise _refused(partly)
        if any(not self._who.has_no_more(other, name) for name, new in names for other in new):
            raise Security(more, status=403)

    def _meant(self, names: Sequence[str]) -> list[str]:
        wild = [name for name in names if "*" in name]
        plain = [name for name in names if "*" not in name]
        return [*plain, *(self._visible(self._action, wild, None, allow_none=True) if wild else ())]

    def _shows_part(self, name: str) -> bool:
        return self._who.is_partial and bool(self._who.queries(self._action, [name]) or self._who.fields(self._action, [name]))

    def _maps(self, action: str, name: str) -> bool:
        """Whether an old privilege to write allows to change the mapping of an index, and say so."""
        is_stream = name in self._cluster.streams or any(name in stream.indices for stream in self._cluster.streams.values())
        old = self._who.mapping_privileges(name) if action == PUT_MAPPING and not is_stream else ()
        for privilege in old:
            self._warn(
                f"the index privilege [{privilege}] allowed the update mapping action [{action}] on index [{name}], this privilege"
                " will not permit mapping updates in the next major release - users who require access to update mappings must be"
                " granted explicit privileges"
            )
        return bool(old)

    def shows_alias(self, alias: str) -> bool:
        """Whether the sender may know of an alias."""
        return self._who.permits(self._action, alias)

    def denied(self, action: str, indices: Sequence[str] = ()) -> Security:
        """The error of an action that is not allowed."""
        return denied(self._who, action, self._state, self._cluster.behaviour, indices=indices)

    def check_search(self, request: SearchRequest, indices: Sequence[Index]) -> None:
        """Refuse to suggest and to profile where documents are kept from the sender. Raises Security (400)."""
        what = _SUGGEST if request.suggest is not None else _PROFILE if request.profile else None
        if what is not None and any(self._queries(index) for index in indices):
            raise _refused(what)

    def check_rewrite(self, indices: Sequence[Index]) -> None:
        """Refuse to show queries rewritten where documents are kept from the sender. Raises Security (400)."""
        if any(self._queries(index) for index in indices):
            raise _refused(_REWRITE)

    def hides_documents(self, index: Index) -> bool:
        """Whether some documents of an index may be kept from the sender: not where a role's query matches all of them."""
        return any(not any(_matches_all(text) for text in group) for group in self._queries(index))

    def visible(self, index: Index, reader: Reader) -> Reader:
        """The documents and fields that the sender's roles leave."""
        groups = self._queries(index)
        shown = fields_of(reader, self._fields(index))
        if not groups:
            return shown
        from esmock.features.security.document_level import hidden

        lost = hidden(self._cluster, index, reader, groups)
        views = ((leaf.segment, leaf.deleted | more) for leaf, more in zip(shown, lost, strict=True))
        return shown.over(views, keeps_back=self._cluster.behaviour.has((7, 17)))

    def seen(self, index: Index, doc: StoredDoc) -> StoredDoc | None:
        """What is left of one document, searchable or not yet; None: nothing."""
        groups, grants = self._queries(index), self._fields(index)
        if groups:
            from esmock.features.security.document_level import hidden

            alone = Reader.of([(Segment((doc,)), frozenset())])
            if hidden(self._cluster, index, alone, groups)[0]:
                return None
        return shown_fields(doc, grants) if grants else doc

    def mapping(self, index: Index, body: dict[str, Any]) -> dict[str, Any]:
        """What the sender may see of a mapping.

        Raises:
            Unsupported: for fields of the mapping that scripts make.
        """
        grants = self._fields(index)
        if not grants:
            return body
        if "runtime" in body:
            raise Unsupported("runtime fields in a mapping asked for by a user with field level security")
        return shown_mapping(body, grants)

    def shown(self, index: Index, fields: dict[str, Any]) -> dict[str, Any]:
        """Those of an index's fields, by path, that the sender may see."""
        grants = self._fields(index)
        return {path: one for path, one in fields.items() if grants_path(path, grants)} if grants else fields

    def _is_partial(self, index: Index, action: str) -> bool:
        """Whether an action is about some documents or fields of an index only."""
        names = self._names(index)
        return self._who.is_partial and bool(self._who.queries(action, names) or self._who.fields(action, names))

    def _fields(self, index: Index) -> FieldGrants:
        return self._who.fields(self._reading, self._names(index)) if self._who.is_partial else ()

    def _queries(self, index: Index) -> list[tuple[str, ...]]:
        if not self._who.is_partial:
            return []
        groups = self._who.queries(self._reading, self._names(index))
        return [tuple(self._evaluated_query(text) for text in group) for group in groups]

    def _evaluated_query(self, text: str) -> str:
        if '"template"' not in text:
            return text
        from esmock.features.security.document_level import evaluated

        user = self._who.user
        known = {
            "username": user.username,
            "full_name": user.full_name,
            "email": user.email,
            "metadata": user.metadata,
            "roles": list(user.roles),
        }
        return evaluated(text, known, self._cluster)

    def _names(self, index: Index) -> tuple[str, ...]:
        """The names of an index by which it was asked for, those of its data stream always; all, where it was not asked for by name."""
        streams = tuple(one.name for one in self._cluster.streams.values() if index.name in one.indices)
        own = (index.name, *index.aliases)
        return (*(tuple(name for name in own if name in self._asked) or (() if self._asked.intersection(streams) else own)), *streams)

    def _visible(self, action: str, names: Sequence[str], expand: Sequence[str] | None, *, allow_none: bool) -> list[str]:
        who, everything = self._who, self._expandable(action, expand)
        chosen: dict[str, None] = {}
        named: list[str] = []
        after_wildcard = False
        for name in names:
            if name.startswith("-") and after_wildcard:
                pattern = glob(name[1:])
                chosen = {one: None for one in chosen if not pattern.match(one)}
            elif "*" in name:
                after_wildcard = True
                pattern = glob(name)
                found = [
                    one
                    for one, is_hidden in everything.items()
                    if pattern.match(one)
                    and (not is_hidden or (name.startswith(".") and one.startswith(".")))
                    and who.permits(action, one)
                ]
                if not found and not allow_none:
                    raise IndexNotFound(name, resource=None)
                chosen.update(dict.fromkeys(found))
            else:
                named.append(name)
                chosen[name] = None
        if named:
            self.require_all(action, list(chosen))
        return list(chosen)

    def _expandable(self, action: str, expand: Sequence[str] | None) -> dict[str, bool]:
        """Names that wildcards may mean, and whether each is hidden from those that do not ask for it."""
        cluster = self._cluster
        shows = ("open",) if expand is None and action.startswith("indices:data/") else expand or ("open", "closed")
        expand = expand or ()
        out = {
            name: index.is_hidden and "hidden" not in expand
            for name, index in cluster.indices.items()
            if ("closed" if index.is_closed else "open") in shows
        }
        out.update(dict.fromkeys(cluster.aliases(), False))
        out.update((name, stream.is_hidden and "hidden" not in expand) for name, stream in cluster.streams.items())
        return dict(sorted(out.items()))
