"""A whole object as one field of keywords. Docs: flattened. Source: recordings of 8.19.21."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from esmock.errors import IllegalArgument, MapperParsing, Unsupported
from esmock.mapping.exact import NotAnObject, ignore_above
from esmock.mapping.field import ORDINALS, Field
from esmock.mapping.parameter import (
    Parameter,
    Place,
    as_list,
    boolean,
    choice,
    integer,
    java_text,
    meta,
    similarity,
    string,
)
from esmock.mapping.values import raw_values
from esmock.xcontent.java_length import is_longer

Json = Any
SEPARATOR = "\0"
KEYED = "_keyed"
SHARED = frozenset({"index", "doc_values", "similarity", "ignore_above", "split_queries_on_whitespace"})
"""Parameters that the keys take from the whole."""


def _index_options(text: str, place: Place) -> MapperParsing:
    return MapperParsing(f"Unknown value [{text}] for field [index_options] - accepted values are [docs, freqs]")


def _dimensions(value: Json, place: Place) -> tuple[str, ...]:
    return tuple(map(java_text, as_list(value)))


def _properties(value: Json, place: Place) -> Json:
    raise Unsupported("[properties] of a field of type [flattened]")


def _not_negative(number: int) -> None:
    if number < 0:
        raise IllegalArgument(f"[depth_limit] must be positive, got [{number}]")


class Flattened(Field):
    """The leaves of an object as keywords; each key can be searched by itself. Docs: flattened."""

    name = "flattened"
    column_kind = ORDINALS
    takes_objects = True
    allows_multi_fields = False
    takes_copies = False
    takes_patterns = True
    scores_terms = True
    parameters = (
        boolean("index", True),
        boolean("doc_values", True),
        integer("depth_limit", 20, updateable=True, check=_not_negative),
        string("null_value", None, allows_null=True),
        boolean("eager_global_ordinals", False, updateable=True),
        ignore_above(),
        choice("index_options", "docs", ("docs", "freqs"), _index_options),
        similarity(),
        boolean("split_queries_on_whitespace", False, updateable=True),
        meta(),
        Parameter("properties", None, _properties),
        Parameter("time_series_dimensions", (), _dimensions, print=list, updateable=True),
    )
    __slots__ = ()

    @property
    def null_value(self) -> Any:
        """A null that stands for the whole object is nothing; those within become the parameter."""
        return None

    def check(self, value: Json) -> None:
        if not isinstance(value, dict):
            raise NotAnObject
        for _ in self.leaves(value):
            pass

    def leaves(self, value: dict[str, Json], depth: int = 1, path: str = "") -> Iterator[tuple[str, str]]:
        """Pairs of key (with dots) and text that are indexed. Raises IllegalArgument for an object too deep or a key that cannot be."""
        longest = self.get("ignore_above")
        return ((key, text) for key, text in self.all_leaves(value, depth, path) if len(text) <= longest)

    def all_leaves(self, value: dict[str, Json], depth: int = 1, path: str = "") -> Iterator[tuple[str, str]]:
        """The same with the texts that are too long to be indexed."""
        limit = self.get("depth_limit")
        if depth > limit:
            raise IllegalArgument(f"The provided [flattened] field [{self.path}] exceeds the maximum depth limit of [{limit}].")
        for key, one in value.items():
            if SEPARATOR in key:
                raise IllegalArgument(
                    f"Keys in [flattened] fields cannot contain the reserved character \\0. Offending key: [{key}]."
                )
            yield from self._leaf(one, f"{path}.{key}" if path else key, depth)

    def _leaf(self, value: Json, path: str, depth: int) -> Iterator[tuple[str, str]]:
        if isinstance(value, dict):
            yield from self.all_leaves(value, depth + 1, path)
        elif isinstance(value, list):
            for one in value:
                yield from self._leaf(one, path, depth)
        else:
            found = self.get("null_value") if value is None else value
            text = None if found is None else found if isinstance(found, str) else java_text(found)
            if text is not None:
                yield path, text

    def column_values(self, values: list[Json]) -> list[str]:
        return [text for value in values if isinstance(value, dict) for _, text in self.leaves(value)]

    def fetched_values(self, values: list[Json]) -> list[Json] | None:
        if self.context.behaviour.major < 8:
            return values
        kept = [self._kept(value) for value in values]
        return [value for value in kept if value is not None]

    def left_out(self, value: Json) -> bool:
        return self._kept(value) is None

    def _kept(self, value: Json) -> Json:
        """The object without what was too long to be indexed; None where nothing is left. ES: objects within are kept whole."""
        if not isinstance(value, dict):
            return value
        inner = {key: self._kept_of_key(one) for key, one in value.items()}
        return {key: one for key, one in inner.items() if one is not None} or None

    def _kept_of_key(self, value: Json) -> Json:
        longest = self.get("ignore_above")
        given = value if isinstance(value, list) else [value]
        kept = [one for one in given if one is not None and not (isinstance(one, str) and is_longer(one, longest))]
        return kept if len(kept) > 1 else kept[0] if kept else None

    def term(self, value: Json) -> str:
        return java_text(value)

    def key(self, key: str) -> FlattenedKey:
        """The field that one key is."""
        given = {name: value for name, value in self.given.items() if name in SHARED}
        found = FlattenedKey(f"{self.path}.{key}", given, self.context, source_path=self.source_path)
        found.owner, found.searched = self, key
        return found


class FlattenedKey(Flattened):
    """One key of a flattened field."""

    __slots__ = ("owner", "searched")
    owner: Flattened
    searched: str

    @property
    def statistics_path(self) -> str:
        """The field whose statistics count: all keys with their values."""
        return f"{self.owner.path}.{KEYED}"

    @property
    def shown_path(self) -> str:
        """The field as errors name it."""
        return self.statistics_path

    def refuses(self, query: str) -> str | None:
        """Why a kind of query cannot be had on one key."""
        if query in ("wildcard", "regexp", "fuzzy"):
            return f"[{query}] queries are not currently supported on keyed [flattened] fields."
        return None

    def fetched_values(self, values: list[Json]) -> list[Json] | None:
        if self.context.behaviour.major < 8:
            return None
        return [one for value in values for one in raw_values(value, self.searched)]

    def left_out(self, value: Json) -> bool:
        return False

    def column_values(self, values: list[Json]) -> list[str]:
        pairs = [pair for value in values if isinstance(value, dict) for pair in self.owner.leaves(value)]
        if self.searched == KEYED:
            return [key + SEPARATOR + text for key, text in pairs]
        return [text for key, text in pairs if key == self.searched]


FIELDS = (Flattened,)
"""Only the field that a mapping can declare."""
