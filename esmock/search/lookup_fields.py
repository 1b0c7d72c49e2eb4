"""What runtime fields of type ``lookup`` show: parts of documents of another index, looked for when the hits are known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from esmock.errors import ApiError
from esmock.errors.search_phase import SearchPhaseExecution
from esmock.mapping.mapping import wildcard
from esmock.search.fetch_fields import fetch_fields
from esmock.search.request import FieldAndFormat
from esmock.search.runtime_fields import RuntimeSegment, fetched

if TYPE_CHECKING:
    from esmock.mapping.lookup import Lookup
    from esmock.search.fetch import FetchedHit
    from esmock.search.query.shard import ShardSearch
    from esmock.search.shard_target import Environment

Json = Any


@dataclass(frozen=True, slots=True)
class Asked:
    """What one hit looks for with one of its fields."""

    lookup: Lookup
    values: tuple[Json, ...]


def asked(pattern: str, segment: Any, doc: int, source: Json, shard: ShardSearch) -> dict[str, Asked]:
    """The lookup fields that a pattern of ``fields`` names. Raises QueryShard: an input is no field."""
    if not isinstance(segment, RuntimeSegment):
        return {}
    matches = wildcard(pattern)
    out: dict[str, Asked] = {}
    for name, lookup in segment.lookups.items():
        if matches(name):
            values = _input(lookup.input_field, segment, doc, source, shard)
            if values:
                out[name] = Asked(lookup, tuple(values))
    return out


def _input(name: str, segment: RuntimeSegment, doc: int, source: Json, shard: ShardSearch) -> list[Json]:
    if shard.field(name) is None:
        raise shard.error(f"No field mapping can be found for the field with name [{name}]")
    if name in segment.runtime_names:
        return fetched(name, None, segment, doc).get(name, [])
    return fetch_fields([FieldAndFormat(name)], source, shard.mapping, shard).get(name, [])


def look_up(hits: Sequence[FetchedHit], environment: Environment) -> None:
    """Put what is found into the hits; where nothing is, they lack the field.

    Raises:
        SearchPhaseExecution: a search for it failed.
    """
    known: dict[str, dict[str, list[Json]] | None] = {}
    failed: list[ApiError] = []
    for hit in hits:
        for one in hit.lookups.values():
            for value in one.values:
                key = repr((one.lookup, value))
                if key in known:
                    continue
                known[key] = None
                try:
                    known[key] = environment.resources.looked_up(one.lookup, value)
                except ApiError as error:
                    failed.append(error)
    if failed:
        first, *others = failed
        first.suppressed.extend(others)
        raise SearchPhaseExecution("fetch_lookup_fields", "failed to fetch lookup fields", cause=first)
    for hit in hits:
        for name, one in hit.lookups.items():
            found = [known[repr((one.lookup, value))] for value in one.values]
            hit.fields[name] = [fields for fields in found if fields]
        without_lookups(hit)


def without_lookups(hit: FetchedHit) -> None:
    """Forget the fields of which nothing was found."""
    for name in hit.lookups:
        if not hit.fields[name]:
            del hit.fields[name]
