"""The English names of time zones."""

from __future__ import annotations

import functools
import json
from importlib import resources
from types import MappingProxyType
from typing import Any, NamedTuple


class ZoneNames(NamedTuple):
    standard: str
    standard_short: str
    summer: str
    summer_short: str
    generic: str
    generic_short: str


@functools.cache
def zone_table() -> MappingProxyType[str, ZoneNames]:
    """The names by id of the zone."""
    text = resources.files(__package__).joinpath("zone_names.json").read_text("utf-8")
    return MappingProxyType(
        {zone: ZoneNames(*names.split("|")) for names, zones in json.loads(text).items() for zone in zones.split()}
    )


def _short(style: Any) -> bool:
    return bool(style.name.startswith("SHORT"))


def generic_name(zone: Any, style: Any, locale: Any) -> str:
    """ZoneId.getDisplayName."""
    names = zone_table().get(zone.name)
    # ES: Java has no narrow names of zones
    if names is None or style.name.startswith("NARROW"):
        return str(zone.name)
    return names.generic_short if _short(style) else names.generic


def zone_name(zone: Any, style: Any, summer: bool | None) -> str:
    """The name of a zone at a time: with summer time or without, or its generic one."""
    names = zone_table().get(zone.name)
    if names is None:
        return str(zone.name)
    if summer is None:
        return names.generic_short if _short(style) else names.generic
    if summer:
        return names.summer_short if _short(style) else names.summer
    return names.standard_short if _short(style) else names.standard


@functools.cache
def zones_by_name(short: bool) -> MappingProxyType[str, str]:
    """Which zone a name stands for when it is read: a well-known one of those that have it."""
    out: dict[str, str] = {}
    table = zone_table()
    for zone in (*(one for one in _PREFERRED if one in table), *sorted(table)):
        names = table[zone]
        for name in (names.standard_short, names.summer_short) if short else (names.standard, names.summer, names.generic):
            out.setdefault(name, zone)
    return MappingProxyType(out)


_PREFERRED = (
    "America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles", "Europe/Paris", "Europe/London",
    "Europe/Athens", "Asia/Tokyo", "Asia/Shanghai", "Asia/Kolkata", "Australia/Sydney", "UTC",
)
