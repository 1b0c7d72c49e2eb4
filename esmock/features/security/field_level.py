"""Field level security: documents without the fields that are kept from a user.

Segments are built from sources, so that what is not in them is nowhere: not in queries, sorts, aggregations or doc values, though
the mapping still knows the field. Source: answers of 6.8.23. Differs: a field's subfields go with it, as do copies of its values.
"""

from __future__ import annotations

from dataclasses import dataclass

from esmock.store.reader import Reader
from esmock.store.segment import Segment, StoredDoc
from esmock.xcontent import json_reader, json_writer
from esmock.xcontent.source_filter import filter_source


@dataclass(frozen=True, slots=True)
class FieldGrant:
    """``field_security`` of a role: patterns of fields that may be seen, but for others."""

    grant: tuple[str, ...] = ("*",)
    excepted: tuple[str, ...] = ()

    def body(self) -> dict[str, list[str]]:
        """As roles show it."""
        return {"grant": list(self.grant), **({"except": list(self.excepted)} if self.excepted else {})}


def shown(doc: StoredDoc, grants: tuple[FieldGrant, ...]) -> StoredDoc:
    """A document as somebody sees it who holds all the grants only together, so that a field must be in each."""
    tree = json_reader.parse_stored(doc.source)
    for one in grants:
        tree = filter_source(tree, one.grant, one.excepted, streamed=False) if one.grant else {}
    return doc._replace(source=json_writer.dumps(tree))


def visible(reader: Reader, grants: tuple[FieldGrant, ...]) -> Reader:
    """A reader of such documents; made once for all who see the same."""

    def build() -> Reader:
        return Reader.of((Segment(tuple(shown(doc, grants) for doc in leaf.segment.docs)), leaf.deleted) for leaf in reader)

    if not grants:
        return reader
    found: Reader = reader.cached(("fields", grants), build)
    return found
