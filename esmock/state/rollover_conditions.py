"""Conditions of a rollover, as requests and lifecycle policies write them. Docs: indices-rollover-index."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from esmock.xcontent import value_reader as values
from esmock.xcontent.object_parser import Field, custom, long_
from esmock.xcontent.units import parse_byte_size, parse_time, print_byte_size

if TYPE_CHECKING:
    from esmock.version import Behaviour
    from esmock.xcontent.value_reader import Reading

Json = Any
_STRING = ("VALUE_STRING",)


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition.

    Args:
        name: ``max_age`` ...
        shown: its value as printed.
        value: milliseconds, bytes or documents.
    """

    name: str
    shown: str
    value: int

    def __str__(self) -> str:
        return f"[{self.name}: {self.shown}]"


def _age(name: str, **more: Any) -> Field:
    def read(body: Json, key: Any, reading: Reading) -> Condition:
        value = parse_time(values.text(body, key, reading), name)
        return Condition(name, value.string_rep, value.millis)

    return custom(name, _STRING, read, **more)


def _size(name: str, **more: Any) -> Field:
    def read(body: Json, key: Any, reading: Reading) -> Condition:
        value = parse_byte_size(values.text(body, key, reading), name)
        return Condition(name, print_byte_size(value), value)

    return custom(name, _STRING, read, **more)


def _docs(name: str, **more: Any) -> Field:
    return long_(name, then=lambda value: Condition(name, str(value), value), **more)


def _since_eight(behaviour: Behaviour) -> bool:
    return behaviour.newer_jackson


def _late(behaviour: Behaviour) -> bool:
    return behaviour.document_parsing_exception


CONDITIONS = (
    _age("max_age"),
    _docs("max_docs"),
    _size("max_size"),
    _size("max_primary_shard_size", in_version=_since_eight),
    _docs("max_primary_shard_docs", in_version=_late),
    _age("min_age", in_version=_late),
    _docs("min_docs", in_version=_late),
    _size("min_size", in_version=_late),
    _size("min_primary_shard_size", in_version=_late),
    _docs("min_primary_shard_docs", in_version=_late),
)
"""The fields of an object of conditions; each gives a ``Condition``."""
