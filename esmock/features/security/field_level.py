"""Field level security: documents without the fields that are kept from a user.

Of several roles' grants on one index, one must show a field. Segments are built from sources, so that what is not in them is nowhere:
not in queries, sorts, aggregations or doc values, though the mapping still knows the field.
Source: answers of 6.8.23. Differs: a field's subfields go with it, as do copies of its values.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from esmock.errors import Execution, IllegalArgument, Security
from esmock.features.security.name_pattern import check_expression, covers_all
from esmock.mapping.values import raw_values, wrapped_at
from esmock.store.reader import Reader
from esmock.store.segment import Segment, StoredDoc
from esmock.xcontent import json_reader, json_writer
from esmock.xcontent.java_order import hash_ordered
from esmock.xcontent.source_filter import filter_source

_METADATA = "_*"
"""Fields that every document has are granted with any others."""


@dataclass(frozen=True, slots=True)
class FieldGrant:
    """``field_security`` of a role: patterns of fields that may be seen, but for others."""

    grant: tuple[str, ...] = ("*",)
    excepted: tuple[str, ...] | None = None
    """None: nothing was said of them."""

    @property
    def is_total(self) -> bool:
        """Whether it is about all fields."""
        return "*" in self.grant and not self.excepted

    def body(self) -> dict[str, list[str]]:
        """As roles show it."""
        return {"grant": list(self.grant), **({} if self.excepted is None else {"except": list(self.excepted)})}

    def check(self) -> None:
        """Raises Security where what is excepted is not granted before, and for an expression that does not end."""
        try:
            for pattern in (*self.grant, *(self.excepted or ())):
                check_expression(pattern)
        except IllegalArgument as error:
            cause = Execution(f"java.lang.IllegalArgumentException: {error.reason}", cause=error)
            raise Security("unable to compute field permissions", cause=cause) from None
        if "*" not in self.grant and self.excepted and not covers_all((*self.grant, _METADATA), self.excepted):
            excepted, granted = ",".join(self.excepted), ",".join(self.grant)
            raise Security(
                f"Exceptions for field permissions must be a subset of the granted fields but {excepted} is not a subset of {granted}"
            )


def are_total(grants: Sequence[FieldGrant]) -> bool:
    """Whether grants of which one must show a field show all fields together: ``* but n``, and ``n``."""
    if len(grants) < 2:
        return any(one.is_total for one in grants)
    from esmock.analysis.language import ANYTHING, both, complement, either, is_within, of_patterns

    shown = (both(of_patterns((*one.grant, _METADATA)), complement(of_patterns(one.excepted or ()))) for one in grants)
    return is_within(ANYTHING, either(*shown))


FieldGrants = tuple[tuple[FieldGrant, ...], ...]
"""Groups of grants: of each group one must show a field."""


def shown(doc: StoredDoc, groups: FieldGrants) -> StoredDoc:
    """A document as somebody sees it who holds the grants: its nested objects are there, be there nothing left of them."""
    tree = json_reader.parse_stored(doc.source)
    left = _left(tree, groups)
    told = json_writer.dumps(left)
    if not doc.mapping.nested_paths:
        return doc._replace(source=told)
    _add_objects(left, tree, groups, sorted(doc.mapping.nested_paths))
    return doc._replace(source=json_writer.dumps(left), told=told)


def _add_objects(left: dict[str, Any], tree: dict[str, Any], groups: FieldGrants, paths: Sequence[str]) -> None:
    """Put what is left of each nested object of a tree in its place."""
    for path in paths:
        inner = [one for one in paths if one.startswith(path + ".")]
        if any(path.startswith(one + ".") for one in paths) or not raw_values(tree, path):
            continue
        objects = []
        for one in raw_values(tree, path):
            whole = wrapped_at(one, path)
            part = _left(whole, groups)
            _add_objects(part, whole, groups, inner)
            objects += raw_values(part, path) or [{}]
        *way, last = path.split(".")
        place: Any = left
        for name in way:
            place = place.setdefault(name, {})
            if not isinstance(place, dict):
                break
        else:
            place[last] = objects


def _left(tree: dict[str, Any], groups: FieldGrants) -> dict[str, Any]:
    """What the grants leave of a source."""
    for group in groups:
        parts = [filter_source(tree, one.grant, one.excepted or (), streamed=False) if one.grant else {} for one in group]
        tree = _pruned(parts[0] if len(parts) == 1 else hash_ordered(_joined(tree, parts)))
    return tree


def _pruned(tree: dict[str, Any]) -> dict[str, Any]:
    """ES: objects and arrays of which nothing is left are not shown, nor those that were empty."""
    inner = {name: _pruned(value) if isinstance(value, dict) else value for name, value in tree.items()}
    return {name: value for name, value in inner.items() if value not in ({}, [])}


def _joined(whole: Any, parts: Sequence[Any]) -> Any:
    """What is in any of some parts of a tree, in its order. Differs: of arrays of which parts lost elements the longest is taken."""
    if isinstance(whole, dict):
        held = [one for one in parts if isinstance(one, dict)]
        names = (name for name in whole if any(name in one for one in held))
        return {name: _joined(whole[name], [one[name] for one in held if name in one]) for name in names}
    if isinstance(whole, list) and all(isinstance(one, list) and len(one) == len(whole) for one in parts):
        return [_joined(whole[at], [one[at] for one in parts]) for at in range(len(whole))]
    return max(parts, key=len) if isinstance(whole, list) else whole


def visible(reader: Reader, groups: FieldGrants) -> Reader:
    """A reader of such documents; made once for all who see the same."""

    def build() -> Reader:
        return reader.over((Segment(tuple(shown(doc, groups) for doc in leaf.segment.docs)), leaf.deleted) for leaf in reader)

    if not groups:
        return reader
    found: Reader = reader.cached(("fields", groups), build)
    return found
