"""What is asked about the parts of a request whose sender may not do everything. Security makes the gates; without it there are none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from esmock.state.index import Index
    from esmock.state.write_request import WriteRequest
    from esmock.store.reader import Reader
    from esmock.store.segment import StoredDoc


class Gate(Protocol):
    """The rights of one sender, asked where a request turns to an index that its body names."""

    def permit_write(self, write: WriteRequest) -> None:
        """Raises Security (403) for a write that is not allowed."""

    def permit(self, action: str, name: str) -> None:
        """Raises Security (403) where an action is not allowed on an index that there is."""

    def narrow(self, action: str, names: list[str]) -> list[str]:
        """The names with wildcards narrowed to what is allowed. Raises Security (403) for others."""

    def check_search(self, request: Any, indices: Sequence[Index]) -> None:
        """Raises Security (400) for a search that would tell of documents that are kept from the sender."""

    def visible(self, index: Index, reader: Reader) -> Reader:
        """The documents that the sender may see."""

    def mapping(self, index: Index, body: dict[str, Any]) -> dict[str, Any]:
        """What the sender may see of a mapping."""

    def shown(self, index: Index, fields: dict[str, Any]) -> dict[str, Any]:
        """Those of an index's fields, by path, that the sender may see."""

    def seen(self, index: Index, doc: StoredDoc) -> StoredDoc | None:
        """What the sender may see of a document."""
