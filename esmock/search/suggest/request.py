"""The ``suggest`` part of a search, and what every suggester's body has in common.

Source: recordings of 7.10.2 (errors).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from esmock.errors import ElasticsearchParse, IllegalArgument, NamedObjectNotFound, Parsing
from esmock.search.query.parse import int_value, text
from esmock.search.suggest.terms import suggest_field
from esmock.xcontent.java_order import hash_order
from esmock.xcontent.located import at_value, token

if TYPE_CHECKING:
    from esmock.search.query.base import ParseContext
    from esmock.search.query.shard import ShardSearch

Json = Any
Option = Callable[[Any, str, Any], Any]


@dataclass(slots=True)
class Suggestion:
    """One named suggestion: subclasses read its options, ask a shard, and merge what shards said.

    Attributes:
        text, prefix, regex: what is to be completed or corrected; as given beside the suggester.
    """

    name: ClassVar[str] = ""
    field: str = ""
    text: str | None = None
    prefix: str | None = None
    regex: str | None = None
    analyzer: str | None = None
    size: int = 5
    shard_size: int | None = None

    @classmethod
    def parse(cls, body: Json, ctx: ParseContext) -> Suggestion:
        """Read the object under the suggester's name."""
        raise NotImplementedError(cls.__name__)

    def collect(self, shard: ShardSearch, targets: Any) -> Any:
        """What one shard suggests. Raises ApiError."""
        raise NotImplementedError(type(self).__name__)

    def reduce(self, parts: list[Any]) -> list[Json]:
        """The entries of all shards as JSON."""
        raise NotImplementedError(type(self).__name__)

    def check(self, shard: ShardSearch) -> None:
        """Raise IllegalArgument for what only a shard finds wrong, before any suggestion is collected."""
        self.asked()
        suggest_field(shard, self.field)
        if self.shard_size is not None and self.shard_size <= 0:
            raise IllegalArgument(f"ShardSize must be positive but was: {self.shard_size}")
        if self.analyzer is not None and shard.mapping.analysis.analyzer(self.analyzer) is None:
            raise IllegalArgument(f"analyzer [{self.analyzer}] doesn't exists")

    def asked(self) -> str:
        """The text to work on. Raises IllegalArgument where none was given."""
        found = self.text if self.text is not None else self.prefix if self.prefix is not None else self.regex
        if found is None:
            raise IllegalArgument("The required text option is missing")
        return found

    @property
    def per_shard(self) -> int:
        return max(self.size, 5) if self.shard_size is None else self.shard_size


@dataclass(slots=True)
class SuggestRequest:
    """All suggestions of a search by name."""

    suggestions: dict[str, Suggestion] = field(default_factory=dict)

    @classmethod
    def parse(cls, body: Json, ctx: ParseContext) -> SuggestRequest:
        """Read ``suggest``. Raises IllegalArgument, Parsing, ElasticsearchParse, NamedObjectNotFound."""
        out = cls()
        shared = None
        for key in body:
            value = body[key]
            if isinstance(value, dict):
                out.suggestions[key] = _suggestion(value, ctx)
            elif isinstance(value, list) or value is None:
                raise Parsing(f"unexpected token [{token(value)}] after [{key}]", at_value(body, key))
            elif key == "text":
                shared = text(body, key, ctx)
            else:
                raise IllegalArgument(f"[suggest] does not support [{key}]")
        for one in out.suggestions.values():
            if one.text is None and one.prefix is None and one.regex is None:
                one.text = shared
        return out

    def check(self, shard: ShardSearch) -> None:
        """Raises ApiError for what a shard finds wrong with a suggestion. ES: they are looked at in the order of a hash map."""
        for name in hash_order(self.suggestions):
            self.suggestions[name].check(shard)

    def collect(self, shard: ShardSearch, targets: Any = None) -> dict[str, Any]:
        """What a shard suggests, by name."""
        return {name: self.suggestions[name].collect(shard, targets) for name in hash_order(self.suggestions)}

    def reduce(self, parts: list[dict[str, Any]], *, typed_keys: bool = False) -> dict[str, Json]:
        """``suggest`` of the answer: in the order of their names."""
        out = {}
        for name in sorted(self.suggestions):
            one = self.suggestions[name]
            found = one.reduce([part[name] for part in parts])
            out[f"{one.name}#{name}" if typed_keys else name] = found
        return out


def _members(body: Json) -> Iterator[tuple[Json, Any, str]]:
    """Where the values of an object stand, and under which name. ES: brackets of arrays are passed over."""

    def inside(holder: Json, at: Any, key: str) -> Iterator[tuple[Json, Any, str]]:
        if isinstance(holder[at], list):
            for place in range(len(holder[at])):
                yield from inside(holder[at], place, key)
        else:
            yield holder, at, key

    for key in body:
        yield from inside(body, key, key)


def _suggestion(body: Json, ctx: ParseContext) -> Suggestion:
    from esmock.search.suggest.registry import SUGGESTERS

    found: Suggestion | None = None
    given: dict[str, str] = {}
    for holder, at, key in _members(body):
        value = holder[at]
        if isinstance(value, dict):
            cls: Any = SUGGESTERS.get(key)
            if cls is None:
                raise NamedObjectNotFound(f"unknown field [{key}]", at_value(holder, at))
            found = cls.parse(value, ctx)
        elif value is None:
            continue
        elif key in ("text", "prefix", "regex"):
            given[key] = text(holder, at, ctx)
        else:
            raise Parsing(f"suggestion does not support [{key}]", at_value(holder, at))
    if found is None:
        raise ElasticsearchParse("missing suggestion object")
    for key, one in given.items():
        setattr(found, key, one)
    return found


def _size(body: Json, key: str, ctx: ParseContext) -> int:
    number = int_value(body, key)
    if number <= 0:
        raise IllegalArgument("size must be positive")
    return number


def _shard_size(body: Json, key: str, ctx: ParseContext) -> int:
    return int_value(body, key)


COMMON: dict[str, Option] = {
    "analyzer": text,
    "field": text,
    "size": _size,
    "shard_size": _shard_size,
}


def read_options(suggester: str, body: Json, ctx: ParseContext, known: Mapping[str, Option]) -> dict[str, Any]:
    """Read a suggester's scalar options. Raises Parsing for others, ElasticsearchParse without a field."""
    out: dict[str, Any] = {}
    readers = {**COMMON, **known}
    for key in body:
        value = body[key]
        if isinstance(value, dict | list) or value is None:
            raise Parsing(f"suggester[{suggester}] parsing failed on [{key}]", at_value(body, key))
        reader = readers.get(key)
        if reader is None:
            raise Parsing(f"suggester[{suggester}] doesn't support field [{key}]", at_value(body, key))
        out[key] = reader(body, key, ctx)
    check_field(out)
    return out


def check_field(found: dict[str, Any]) -> None:
    """A suggester names its field. Raises ElasticsearchParse, IllegalArgument."""
    if "field" not in found:
        raise ElasticsearchParse("the required field option [field] is missing")
    if not found["field"]:
        raise IllegalArgument("suggestion field name is empty")
