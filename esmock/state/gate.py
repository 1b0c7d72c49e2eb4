"""What is asked about the parts of a request whose sender may not do everything. Security makes the gates; without it there are none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from esmock.errors import ApiError
    from esmock.state.cluster import Cluster
    from esmock.state.index import Index
    from esmock.state.resolve import IndicesOptions
    from esmock.state.write_request import WriteRequest
    from esmock.store.reader import Reader
    from esmock.store.segment import StoredDoc


class Gate(Protocol):
    """The rights of one sender, asked where a request turns to an index that its body names."""

    def permit_creation(self, write: WriteRequest) -> None:
        """Raises Security (403) for a write for which an index would be made, and may not."""

    def permit_write(self, write: WriteRequest) -> None:
        """Raises Security (403) for a write that is not allowed."""

    def permit(self, action: str, *names: str, aliases: Sequence[str] = ()) -> None:
        """Raises Security (403) where an action is not allowed on some indices, be they there or not, or on aliases of theirs."""

    def require(self, action: str) -> None:
        """Raises Security (403) where an action of the cluster is not allowed."""

    def permits(self, action: str, name: str) -> bool:
        """Whether an action is allowed on an index."""

    def shard_denials(self, action: str, items: Sequence[tuple[str, str, str | None]]) -> Sequence[tuple[str, ApiError] | None]:
        """What is refused of documents that are read shard by shard, by index, id and routing: the index of the shard, and why."""

    def shows_alias(self, alias: str) -> bool:
        """Whether the sender may know of an alias."""

    def narrow(
        self, action: str, names: Sequence[str], expand: Sequence[str] | None, *, ignore_unavailable: bool, allow_none: bool
    ) -> list[str]:
        """The names with wildcards narrowed to what is allowed. Raises Security (403), IndexNotFound for others."""

    def check_search(self, request: Any, indices: Sequence[Index]) -> None:
        """Raises Security (400) for a search that would tell of documents that are kept from the sender."""

    def check_rewrite(self, indices: Sequence[Index]) -> None:
        """Raises Security (400) for a query shown as rewritten by terms of documents that are kept from the sender."""

    def hides_documents(self, index: Index) -> bool:
        """Whether some documents of an index may be kept from the sender."""

    def visible(self, index: Index, reader: Reader) -> Reader:
        """The documents that the sender may see."""

    def mapping(self, index: Index, body: dict[str, Any]) -> dict[str, Any]:
        """What the sender may see of a mapping."""

    def shown(self, index: Index, fields: dict[str, Any]) -> dict[str, Any]:
        """Those of an index's fields, by path, that the sender may see."""

    def seen(self, index: Index, doc: StoredDoc) -> StoredDoc | None:
        """What the sender may see of a document."""


def narrowed(cluster: Cluster, action: str, names: list[str], options: IndicesOptions) -> list[str]:
    """Names that a request turns to, as ``Gate.narrow`` says; without a gate: as they are."""
    if cluster.gate is None:
        return names
    return cluster.gate.narrow(
        action, names, options.expand, ignore_unavailable=options.ignore_unavailable, allow_none=options.allow_no_indices
    )


def shard_denials(
    cluster: Cluster, action: str, items: Sequence[tuple[str, str, str | None]]
) -> Sequence[tuple[str, ApiError] | None]:
    """What a sender is refused of documents that are read shard by shard, as ``Gate.shard_denials`` says; without a gate: nothing."""
    return [None] * len(items) if cluster.gate is None else cluster.gate.shard_denials(action, items)
