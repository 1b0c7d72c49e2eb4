"""The base of the types whose values are points and shapes."""

from __future__ import annotations

from typing import Any

from esmock.errors import IllegalArgument, QueryShard
from esmock.mapping.field import Field

Json = Any


class GeometryField(Field):
    """Values are objects, arrays or texts; only queries by shapes find them."""

    takes_objects = True
    is_geometry = True
    is_terse = True
    __slots__ = ()

    @property
    def defaults_json(self) -> Any:
        """What ``include_defaults`` shows; None where it is the parameters in their order."""
        return None if self.context.behaviour.shapes_by_one_parser else self._old_defaults

    def to_json(self) -> dict[str, Json]:
        found = super().to_json()
        if self.copy_to and not self.context.behaviour.shapes_by_one_parser:
            # ES: what all fields have in common comes first
            head: dict[str, Json] = {name: found[name] for name in ("type", "index", "doc_values", "store", "copy_to") if name in found}
            return {**head, **found}
        return found

    def _old_defaults(self) -> dict[str, Json]:
        head: dict[str, Json] = {
            "type": self.name, "boost": 1.0, "index": self.is_indexed, "doc_values": self.has_doc_values, "store": self.is_stored,
            "meta": {},
        }  # fmt: skip
        if self.copy_to:
            head = {**{name: head[name] for name in head if name != "meta"}, "copy_to": list(self.copy_to), "meta": {}}
        own = {one.name: self.get(one.name) for one in self.parameter_table(self.context).values() if one.name not in head}
        return {**head, **own}

    def merge(self, other: Field) -> Field:
        try:
            return super().merge(other)
        except IllegalArgument:
            changed = [name for name in ("index", "store", "doc_values") if type(other) is type(self) and self.get(name) != other.get(name)]
            if self.context.behaviour.shapes_by_one_parser or not changed:
                raise
            listed = ", ".join(f"mapper [{self.path}] has different [{name}] values" for name in changed)
            raise IllegalArgument(f"Mapper for [{self.path}] conflicts with existing mapping:\n[{listed}]") from None

    def term(self, value: Json) -> Any:
        text = f"Geometry fields do not support exact searching, use dedicated geometry queries instead: [{self.path}]"
        if self.context.behaviour.shapes_by_one_parser:
            raise IllegalArgument(text)
        raise QueryShard(text)
