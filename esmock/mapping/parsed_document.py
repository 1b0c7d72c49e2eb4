"""What the check of a document gives."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from esmock.mapping.mapping import Mapping


class Parsed:
    """A checked document.

    Attributes:
        mapping: the mapping it fits: the one given, or a new one with the fields that it introduced.
        routing: as given.
        ignored: names of the fields of which a value was left out, in the order that answers have.
    """

    __slots__ = ("ignored", "mapping", "routing")

    def __init__(self, mapping: Mapping, routing: str | None, ignored: tuple[str, ...]) -> None:
        self.mapping = mapping
        self.routing = routing
        self.ignored = ignored
