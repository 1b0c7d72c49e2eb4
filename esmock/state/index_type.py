"""The one mapping type of an index (7.x)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from esmock.errors import IllegalArgument, InvalidTypeName

if TYPE_CHECKING:
    from esmock.state.index import Index
    from esmock.version import Behaviour


def check_type(index: Index, type_: str | None, behaviour: Behaviour) -> None:
    """Refuse a second type before anything else is looked at, where the version does. Raises IllegalArgument."""
    known = (None, "_doc", index.type_name)
    if behaviour.invalid_types_told and index.type_name is not None and type_ not in known:
        raise IllegalArgument(f"Invalid type: expecting [{index.type_name}] but got [{type_}]")


def settle_type(index: Index, type_: str | None, behaviour: Behaviour) -> None:
    """The first typed write names the index's one type; ``_doc``, or no type, stands for it ever after."""
    if index.type_name is not None and type_ in (None, "_doc", index.type_name):
        return
    check_type(index, type_, behaviour)
    type_ = type_ or "_doc"
    if type_.startswith("_") and type_ != "_doc":
        raise InvalidTypeName(f"mapping type name [{type_}] can't start with '_' unless it is called [_doc]")
    if index.type_name is not None:
        raise IllegalArgument(
            f"Rejecting mapping update to [{index.name}] as the final mapping would have more than 1 type: "
            f"[{index.type_name}, {type_}]"
        )
    index.type_name = type_
