"""What is asked about the parts of a request whose sender may not do everything. Security makes the gates; without it there are none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from esmock.state.write_request import WriteRequest


class Gate(Protocol):
    """The rights of one sender, asked where a request turns to an index that its body names."""

    def permit_write(self, write: WriteRequest) -> None:
        """Raises Security (403) for a write that is not allowed."""

    def permit(self, action: str, name: str) -> None:
        """Raises Security (403) where an action is not allowed on an index that there is."""

    def narrow(self, action: str, names: list[str]) -> list[str]:
        """The names with wildcards narrowed to what is allowed. Raises Security (403) for others."""
