"""A values source as the body names it, and how it is settled on a shard.

Docs: search-aggregations, "Values source". Source: recordings of 7.10.2.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from esmock.errors import IllegalArgument, Unsupported
from esmock.search.aggs import parse as p
from esmock.search.aggs.collecting import ShardContext
from esmock.search.aggs.kinds import (
    BYTES,
    IP,
    NUMBER,
    VALUE_TYPE_TEXTS,
    VALUE_TYPES,
    MetaField,
    check_fielddata,
    field_of,
    kind_of,
)
from esmock.search.aggs.scripts import script_field
from esmock.search.aggs.source import Source
from esmock.xcontent import object_parser as o
from esmock.xcontent import value_reader as values
from esmock.xcontent.value_reader import Key, Reading

Json = Any


def read_zone(body: Json, key: Key, reading: Reading) -> Any:
    """``time_zone``: an id, an offset, or a number of hours."""
    from esmock.mapping.dates.zone import zone_id

    if not reading.behaviour.java_time:
        return _joda_zone(body, key)
    if isinstance(body[key], str):
        return zone_id(body[key])
    return zone_id(f"{values.integer(body, key):+03d}:00")


def _joda_zone(body: Json, key: Key) -> Any:
    from esmock.mapping.dates import joda
    from esmock.mapping.dates.zone import zone_of

    return zone_of(joda.id_of(body[key] if isinstance(body[key], str) else values.integer(body, key)))


def read_value_type(value: Json) -> str:
    """``value_type``. Raises IllegalArgument for an unknown one."""
    name = str(value)
    if name not in VALUE_TYPES:
        raise IllegalArgument(f"Unknown value type [{name}]")
    return name


ZONE = o.custom("time_zone", p.NUMBER, read_zone)


def source_fields(*, scripts: bool = True, formats: bool = True, zones: bool = False) -> tuple[o.Field, ...]:
    """The declared fields of a values source."""
    return (
        o.string("field"),
        o.scalar("missing"),
        o.string("value_type", then=read_value_type, deprecated=("valueType",)),
        *((o.string("format"),) if formats else ()),
        *((script_field("script"),) if scripts else ()),
        *((ZONE,) if zones else ()),
    )


@dataclass(frozen=True, slots=True)
class SourceConfig:
    """The source as the body names it."""

    field: str | None = None
    missing: Json = None
    script: Json = None
    format: str | None = None
    zone: Any = None
    value_type: str | None = None

    @classmethod
    def take(cls, given: dict[str, Any]) -> SourceConfig:
        """Take the source's keys out of parsed fields."""
        names = {
            "field": "field",
            "missing": "missing",
            "script": "script",
            "format": "format",
            "time_zone": "zone",
            "value_type": "value_type",
        }
        return cls(**{attribute: given.pop(name) for name, attribute in names.items() if name in given})

    def resolve(self, ctx: ShardContext, aggregation: str, kinds: Iterable[str], default: str) -> Source:
        """The source on a shard.

        Args:
            aggregation: the type's name, for errors.
            kinds: what the aggregation can read.
            default: the kind of an unmapped field.

        Raises:
            IllegalArgument: a kind that the aggregation cannot read, text without fielddata.
        """
        source = self.configured(ctx, default)
        if source.asked in kinds:
            if source.kind not in kinds and not {source.kind, source.asked} <= {BYTES, IP}:
                raise Unsupported(f"[{self.field}] read as [{self.value_type}] in [{aggregation}]")
            return source
        if not source.mapped:
            kind = {NUMBER: "numeric", BYTES: "keyword"}.get(source.kind, source.kind)
            detail = f" with value source type [{kind}]" if ctx.behaviour.major >= 8 else ""
            raise IllegalArgument(f"unmapped field{detail} is not supported for aggregation [{aggregation}]")
        if self.script is not None:
            yields = "unknown type" if source.field is not None else self.value_type or "unknown type"
            raise IllegalArgument(f"Script yielding [{yields}] is not supported for aggregation [{aggregation}]")
        raise IllegalArgument(
            f"Field [{source.field.path}] of type [{source.field.type_name}] is not supported for aggregation [{aggregation}]"
        )

    def one_of_several(self, ctx: ShardContext) -> Source:
        """A source of numbers beside others.

        Raises:
            IllegalArgument: texts and addresses; points and ranges are let through, ``not_numeric`` refuses them later.
        """
        source = self.configured(ctx, NUMBER)
        if source.field is not None and source.kind in (BYTES, IP):
            raise IllegalArgument(
                f"Expected numeric type on field [{source.field.path}], but got [{source.field.type_name}]"
            )
        return source

    def configured(self, ctx: ShardContext, default: str) -> Source:
        """The source whatever aggregation reads it. Raises what format, missing value, script and ``value_type`` are refused with."""
        hint = VALUE_TYPES.get(self.value_type) if self.value_type else None
        found = None if self.field is None else field_of(ctx, self.field)
        if found is None:
            source = Source(hint or default, self, mapped=self.field is None and self.script is not None)
        else:
            check_fielddata(found, kind_of(found), ctx.shard)
            if hint is not None and ctx.behaviour.major >= 8:
                self._check_hint(found, hint)
            if isinstance(found, MetaField) and found.name == "_id":
                from esmock.search.metadata_values import id_fielddata

                id_fielddata(ctx.shard)
            source = Source.of_field(found, self, hint)
        source.prepare(ctx)
        return source

    def _check_hint(self, found: Any, hint: str) -> None:
        """8.x: ``value_type`` must be the kind of the field."""
        if kind_of(found) != hint:
            name = VALUE_TYPE_TEXTS.get(self.value_type or "", hint)
            raise IllegalArgument(f"Field type [{found.type_name}] is incompatible with specified value_type [{name}]")
