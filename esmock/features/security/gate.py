"""The rights of one sender, asked where a request turns to an index that its body names.

Source: answers of 6.8.23 and 8.19.21 to bulk, multi get, multi search, multi term vectors and reindex.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from esmock.errors import Security, Unsupported
from esmock.features.security.denial import denied
from esmock.features.security.field_level import FieldGrant
from esmock.features.security.field_level import shown as shown_fields
from esmock.features.security.field_level import visible as fields_of
from esmock.features.security.field_paths import grants_path, shown_mapping
from esmock.state.date_math_name import concrete_name
from esmock.state.resolve import glob, is_all
from esmock.store.reader import Reader
from esmock.store.segment import Segment, StoredDoc
from esmock.xcontent.java_map import map_order

if TYPE_CHECKING:
    from collections.abc import Sequence

    from esmock.features.security.authentication import Authentication
    from esmock.features.security.user import SecurityState
    from esmock.search.request import SearchRequest
    from esmock.state.cluster import Cluster
    from esmock.state.index import Index
    from esmock.state.write_request import WriteRequest

NOTHING = "*,-*"
_BULK = "indices:data/write/bulk[s]"
_WRITES = {
    "index": "indices:data/write/index:op_type/index",
    "create": "indices:data/write/index:op_type/create",
    "update": "indices:data/write/update",
    "delete": "indices:data/write/delete",
}


_SUGGEST = "Suggest isn't supported if document level security is enabled"
_PROFILE = "A search request cannot be profiled if document level security is enabled"
_UPDATE = "Can't execute an update request if field or document level security is enabled"
_BULK_UPDATE = "Can't execute a bulk item request with update requests embedded if field or document level security is enabled"


def _refused(text: str, *, is_bulk: bool = False) -> Security:
    """What document level security does not go with; of an item of a bulk it is said twice."""
    extra = {"suppressed": [{"type": "security_exception", "reason": text}]} if is_bulk else None
    return Security(text, status=400, extra=extra)


class SecurityGate:
    """What one sender may do to which index, of one space."""

    def __init__(self, cluster: Cluster, who: Authentication, state: SecurityState, action: str) -> None:
        self._cluster = cluster
        self._action = action
        self._who = who
        self._state = state

    def permit_write(self, write: WriteRequest) -> None:
        """Ask for the index to be made, for the bulk on its shard and for the write itself, in this order."""
        name = concrete_name(self._cluster, write.index or "")
        if not self._cluster.exists(name):
            if write.op != "delete" or write.version_type != "internal":
                self._require(self._cluster.behaviour.auto_create_action, name)
            return
        self._require(_BULK, name)
        self._require(_WRITES[write.op], name)
        if write.op == "update" and any(self._queries(index) or self._fields(index) for index in self._cluster.concrete(name)):
            raise _refused(_UPDATE) if write.is_alone else _refused(_BULK_UPDATE, is_bulk=True)

    def permit(self, action: str, name: str) -> None:
        """Ask for one index; a missing one is for others to tell."""
        if self._cluster.exists(name):
            self._require(action, name)

    def narrow(
        self, action: str, names: Sequence[str], expand: Sequence[str] = (), *, ignore_unavailable: bool = False
    ) -> list[str]:
        """Names of what the expressions mean and the sender may use.

        Args:
            expand: what wildcards expand to besides open indices: ``closed``, ``hidden``.
            ignore_unavailable: names that are not allowed are left out, as missing ones are.

        Raises:
            Security: a name that is not allowed.
        """
        if ignore_unavailable:
            names = [name for name in names if "*" in name or name == "_all" or self._who.permits(action, name)]
            if not names:
                return NOTHING.split(",")
        if is_all(names):
            names = ["*"]
        elif not any("*" in one for one in names):
            self.require_all(action, names)
            return list(names)
        return self._visible(action, names, expand) or NOTHING.split(",")

    def require_all(self, action: str, names: Sequence[str]) -> None:
        """Raises Security, which tells of all names that are not allowed."""
        refused = [name for name in names if not self._who.permits(action, name)]
        if refused:
            raise self.denied(action, map_order(refused))

    def denied(self, action: str, indices: Sequence[str] = ()) -> Security:
        """The error of an action that is not allowed."""
        return denied(self._who, action, self._state, self._cluster.behaviour, indices=indices)

    def check_search(self, request: SearchRequest, indices: Sequence[Index]) -> None:
        """Refuse to suggest and to profile where documents are kept from the sender. Raises Security (400)."""
        what = _SUGGEST if request.suggest is not None else _PROFILE if request.profile else None
        if what is not None and any(self._queries(index) for index in indices):
            raise _refused(what)

    def visible(self, index: Index, reader: Reader) -> Reader:
        """The documents and fields that the sender's roles leave."""
        groups = self._queries(index)
        shown = fields_of(reader, self._fields(index))
        if not groups:
            return shown
        from esmock.features.security.document_level import hidden

        lost = hidden(self._cluster, index, reader, groups)
        return Reader.of((leaf.segment, leaf.deleted | more) for leaf, more in zip(shown, lost, strict=True))

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

    def _fields(self, index: Index) -> tuple[FieldGrant, ...]:
        return self._who.fields(self._action, self._names(index)) if self._who.is_partial else ()

    def _queries(self, index: Index) -> list[tuple[str, ...]]:
        return self._who.queries(self._action, self._names(index)) if self._who.is_partial else []

    def _names(self, index: Index) -> tuple[str, ...]:
        return (index.name, *index.aliases, *(one.name for one in self._cluster.streams.values() if index.name in one.indices))

    def _require(self, action: str, name: str) -> None:
        if not self._who.permits(action, name):
            raise self.denied(action, [name])

    def _visible(self, action: str, names: Sequence[str], expand: Sequence[str]) -> list[str]:
        who, everything = self._who, self._expandable(action, expand)
        chosen: dict[str, None] = {}
        for name in names:
            if name.startswith("-") and chosen:
                pattern = glob(name[1:])
                chosen = {one: None for one in chosen if not pattern.match(one)}
            elif "*" in name or name == "_all":
                text = "*" if name == "_all" else name
                pattern = glob(text)
                chosen.update(
                    (one, None)
                    for one, is_hidden in everything.items()
                    if pattern.match(one)
                    and (not is_hidden or (text.startswith(".") and one.startswith(".")))
                    and who.permits(action, one)
                )
            else:
                self._require(action, name)
                chosen[name] = None
        return list(chosen)

    def _expandable(self, action: str, expand: Sequence[str]) -> dict[str, bool]:
        """Names that wildcards may mean, and whether each is hidden from those that do not ask for it."""
        cluster = self._cluster
        shows_closed = "closed" in expand or not action.startswith("indices:data/")
        out = {
            name: index.is_hidden and "hidden" not in expand
            for name, index in cluster.indices.items()
            if shows_closed or not index.is_closed
        }
        out.update(dict.fromkeys(cluster.aliases(), False))
        out.update((name, stream.is_hidden and "hidden" not in expand) for name, stream in cluster.streams.items())
        return dict(sorted(out.items()))
