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

    def term(self, value: Json) -> Any:
        text = f"Geometry fields do not support exact searching, use dedicated geometry queries instead: [{self.path}]"
        if self.context.behaviour.shapes_by_one_parser:
            raise IllegalArgument(text)
        raise QueryShard(text)
