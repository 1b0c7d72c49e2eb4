"""``preference``: which shards, and which copies of them, a request wants to ask. Docs: search-shard-routing.

Source: recordings of 7.10.2.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from esmock.errors import IllegalArgument, StringIndexOutOfBounds
from esmock.state.node_expression import meant
from esmock.xcontent.java_number import parse_int

if TYPE_CHECKING:
    from collections.abc import Sequence

    from esmock.state.cluster import Cluster
    from esmock.state.shard import Shard

_KINDS = ("_shards", "_prefer_nodes", "_local", "_only_local", "_only_nodes")


def preferred(cluster: Cluster, index: str, shards: Sequence[Shard], preference: str | None) -> list[Shard]:
    """The shards of an index that a preference leaves.

    Raises:
        IllegalArgument: no such preference, or no node that it names has a copy.
        NumberFormat: shards that are no numbers.
    """
    if not preference or not preference.startswith("_") or not shards:
        return list(shards)
    kind = _kind(preference)
    if kind == "_shards":
        chosen, bar, rest = _argument(preference, kind).partition("|")
        numbers = {parse_int(one) for one in chosen.split(",")}
        shards = [shard for shard in shards if shard.number in numbers]
        if not bar or not shards:
            return list(shards)
        preference, kind = rest, _kind(rest)
    if kind == "_only_nodes":
        criteria = _argument(preference, kind).split(",")
        if not meant(cluster, criteria):
            shown = ",".join(criteria)
            raise IllegalArgument(f"no data nodes with criteria [{shown}] found for shard: [{index}][{shards[0].number}]")
    return list(shards)


def _kind(preference: str) -> str:
    kind = preference.partition(":")[0]
    if kind not in _KINDS:
        raise IllegalArgument(f"no Preference for [{kind}]")
    return kind


def _argument(preference: str, kind: str) -> str:
    start = len(kind) + 1
    if start > len(preference):
        raise StringIndexOutOfBounds(f"begin {start}, end {len(preference)}, length {len(preference)}")
    return preference[start:]
