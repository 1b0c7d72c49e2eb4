"""``include`` and ``exclude`` of terms: lists, regular expressions, partitions.

Docs: search-aggregations-bucket-terms-aggregation, "Filtering values". Source: recordings of 7.10.2.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from esmock.analysis.lucene_regex import compile_regex
from esmock.errors import ApiError, ElasticsearchParse, IllegalArgument
from esmock.search.aggs import parse as p
from esmock.search.aggs.internal import misuse
from esmock.version import Behaviour
from esmock.xcontent import located
from esmock.xcontent import value_reader as values
from esmock.xcontent.value_reader import Key, Reading

Json = Any
Array = Any

_SEED = 31


@dataclass(frozen=True, slots=True)
class Partition:
    """The terms whose hash falls into one of several parts."""

    number: int
    count: int


@dataclass(frozen=True, slots=True)
class Regexp:
    """The terms that a regular expression matches."""

    matches: Callable[[str], bool]


Rule = Regexp | tuple[str, ...] | Partition
"""A regular expression, a list of values, or a partition."""


def read_include(holder: Json, key: Key, reading: Reading) -> Rule:
    """The ``include`` parameter."""
    body = holder[key]
    if isinstance(body, str):
        return _regexp(body, reading)
    if isinstance(body, list):
        return _values(body)
    if isinstance(body, dict):
        return _partition(body)
    raise ElasticsearchParse(f"Unrecognized token for an include [{located.token(body)}]")


def _partition(body: dict[str, Json]) -> Partition:
    found: dict[str, int | None] = {"partition": None, "num_partitions": None}
    for key in body:
        if key not in found:
            refused = ElasticsearchParse(f"Unknown parameter in Include/Exclude clause: {key}")
            raise located.standing(refused, located.at_value(body, key))
        try:
            found[key] = values.integer(body, key)
        except ApiError as error:
            raise located.standing(error, located.at_value(body, key)) from None
    number, count = found["partition"], found["num_partitions"]
    if number is None:
        raise IllegalArgument("Missing [partition] parameter for partition-based include")
    if count is None:
        raise IllegalArgument("Missing [num_partitions] parameter for partition-based include")
    if not 0 <= number < count:
        raise IllegalArgument(f"Partition must be >=0 and < numPartition which is {count}")
    return Partition(number, count)


def read_exclude(holder: Json, key: Key, reading: Reading) -> Rule:
    """The ``exclude`` parameter."""
    body = holder[key]
    if isinstance(body, str):
        return _regexp(body, reading)
    if isinstance(body, list):
        return _values(body)
    raise ElasticsearchParse(f"Unrecognized token for an exclude [{located.token(body)}]")


def _values(body: list[Json]) -> tuple[str, ...]:
    for place, one in enumerate(body):
        if not isinstance(one, str | int | float):
            refused = ElasticsearchParse("Array elements in include/exclude clauses should be string values")
            raise located.standing(refused, located.at_value(body, place))
    return tuple(p.text(one) for one in body)


def _regexp(pattern: str, reading: Reading) -> Regexp:
    return Regexp(compile_regex(pattern, has_classes=reading.behaviour.major >= 8))


def utf8(term: str) -> bytes:
    """A text term's bytes in the index."""
    return term.encode("utf-8", "surrogatepass")


@dataclass(frozen=True, slots=True)
class IncludeExclude:
    """Which keys of a terms aggregation become buckets."""

    include: Rule | None = None
    exclude: Rule | None = None

    @property
    def is_regexp(self) -> bool:
        return isinstance(self.include, Regexp) or isinstance(self.exclude, Regexp)

    @property
    def is_partition(self) -> bool:
        return isinstance(self.include, Partition)

    def check(self, behaviour: Behaviour) -> None:
        """Refuse what cannot stand together. Raises IllegalArgument."""
        if self.is_partition and self.exclude is not None:
            raise IllegalArgument("Cannot specify any excludes when using a partition-based include")
        if behaviour.major >= 8:
            return
        if (isinstance(self.include, Regexp) and isinstance(self.exclude, tuple)) or (
            isinstance(self.include, tuple) and isinstance(self.exclude, Regexp)
        ):
            raise IllegalArgument(
                "Cannot mix a set-based include with a regex-based method"
                if isinstance(self.include, tuple)
                else "Cannot mix a regex-based include with a set-based method"
            )

    def terms(
        self, dictionary: Sequence[str], read: Callable[[str], str], encode: Callable[[str], bytes] = utf8
    ) -> Array:
        """bool[n]: which terms of a dictionary are taken.

        Args:
            read: a listed value as the dictionary holds it.
            encode: a term's bytes in the index, which say what partition it is of.
        """
        if isinstance(self.include, Partition):
            part = self.include
            hashes = (murmur3_x86_32(encode(term)) for term in dictionary)
            return np.fromiter((one % part.count == part.number for one in hashes), bool, len(dictionary))
        out = np.ones(len(dictionary), bool)
        if self.include is not None:
            out &= self._matches(self.include, dictionary, read)
        if self.exclude is not None:
            out &= ~self._matches(self.exclude, dictionary, read)
        return out

    @staticmethod
    def _matches(rule: Rule, dictionary: Sequence[str], read: Callable[[str], str]) -> Array:
        if isinstance(rule, Regexp):
            return np.fromiter((rule.matches(term) for term in dictionary), bool, len(dictionary))
        wanted = {read(one) for one in rule}  # type: ignore[union-attr]
        return np.fromiter((term in wanted for term in dictionary), bool, len(dictionary))

    def numbers(self, values: Array, aggregation: str, read: Callable[[str], Any], behaviour: Behaviour) -> Array:
        """bool[n]: which numbers are taken. Raises AggregationExecution (7.x), IllegalArgument for a regular expression."""
        if self.is_regexp:
            raise misuse(
                f"Aggregation [{aggregation}] cannot support regular expression style include/exclude settings as they can only be applied to "
                "string fields. Use an array of numeric values for include/exclude clauses used to filter numeric fields",
                behaviour,
            )
        if isinstance(self.include, Partition):
            part = self.include
            bits = values.astype(np.int64) if values.dtype != np.float64 else sortable_bits(values)
            return np.mod(mix64(bits), part.count) == part.number
        out = np.ones(len(values), bool)
        if self.include is not None:
            out &= np.isin(values, [read(one) for one in sorted(self.include)])  # type: ignore[arg-type]
        if self.exclude is not None:
            out &= ~np.isin(values, [read(one) for one in sorted(self.exclude)])  # type: ignore[arg-type]
        return out


def rule_checks(behaviour: Behaviour) -> dict[str, Callable[[Any], None]]:
    """Checks of ``include`` and ``exclude``: whichever stands second must fit the first."""
    seen: dict[str, Rule] = {}

    def check(name: str) -> Callable[[Any], None]:
        def take(rule: Rule) -> None:
            seen[name] = rule
            IncludeExclude(**seen).check(behaviour)

        return take

    return {"include": check("include"), "exclude": check("exclude")}


def sortable_bits(values: Array) -> Array:
    """int64[n] that ascend as float64[n] do: Lucene's form of doubles."""
    bits = np.ascontiguousarray(values).view(np.int64)
    return bits ^ ((bits >> 63) & 0x7FFFFFFFFFFFFFFF)


def mix64(values: Array) -> Array:
    """BitMixer.mix64 of int64 values, as int64."""
    with np.errstate(over="ignore"):
        z = values.view(np.uint64) if values.dtype == np.int64 else values.astype(np.int64).view(np.uint64)
        z = (z ^ (z >> np.uint64(32))) * np.uint64(0x4CD6944C5CC20B6D)
        z = (z ^ (z >> np.uint64(29))) * np.uint64(0xFC12C5B19D3259E9)
        return (z ^ (z >> np.uint64(32))).view(np.int64)


def murmur3_x86_32(data: bytes, seed: int = _SEED) -> int:
    """Lucene's 32-bit hash of a term, signed."""
    mask = 0xFFFFFFFF
    code = seed
    whole = len(data) & ~3
    for start in range(0, whole, 4):
        block = int.from_bytes(data[start : start + 4], "little") * 0xCC9E2D51 & mask
        block = (block << 15 | block >> 17) & mask
        code ^= block * 0x1B873593 & mask
        code = (code << 13 | code >> 19) & mask
        code = (code * 5 + 0xE6546B64) & mask
    tail = int.from_bytes(data[whole:], "little")
    if len(data) & 3:
        tail = tail * 0xCC9E2D51 & mask
        tail = (tail << 15 | tail >> 17) & mask
        code ^= tail * 0x1B873593 & mask
    code ^= len(data)
    code = (code ^ code >> 16) * 0x85EBCA6B & mask
    code = (code ^ code >> 13) * 0xC2B2AE35 & mask
    code ^= code >> 16
    return code - (1 << 32) if code >> 31 else code


__all__ = ["IncludeExclude", "Partition", "Rule", "murmur3_x86_32", "read_exclude", "read_include", "utf8"]
