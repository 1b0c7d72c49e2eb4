"""Names that Elasticsearch writes twice into one object."""

from __future__ import annotations


class Again(str):
    """A name that its object has already: as a key it equals no other, and is written as any."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        return self is other

    def __hash__(self) -> int:
        return id(self)
