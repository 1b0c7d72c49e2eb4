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

    def _old_defaults(self) -> dict[str, Json]:
        head: dict[str, Json] = {
            "type": self.name, "boost": 1.0, "index": self.is_indexed, "doc_values": self.has_doc_values, "store": self.is_stored,
            "meta": {},
        }  # fmt: skip
        own = {one.name: self.get(one.name) for one in self.parameter_table(self.context).values() if one.name not in head}
        return {**head, **own}

    def term(self, value: Json) -> Any:
        text = f"Geometry fields do not support exact searching, use dedicated geometry queries instead: [{self.path}]"
        if self.context.behaviour.shapes_by_one_parser:
            raise IllegalArgument(text)
        raise QueryShard(text)
