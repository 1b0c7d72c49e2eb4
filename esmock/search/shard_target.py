"""What a search runs on: the shards, and what it needs besides them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from esmock.errors import ApiError
    from esmock.mapping.mapping import Mapping as FieldMapping
    from esmock.search.query.base import Query
    from esmock.store.reader import Reader
    from esmock.version import Behaviour


@dataclass(slots=True)
class ShardTarget:
    """One shard to search.

    Args:
        index, index_uuid, number, node: where it is.
        reader: the point in time.
        settings: flat index settings.
        alias_filters: parsed filters of the aliases through which the index was named; any of them may match.
        type_name: the index's mapping type (7.x).
        load_fielddata: told of fields whose field data the search loads into memory (``Shard.load_fielddata``).
    """

    index: str
    index_uuid: str
    number: int
    reader: Reader
    mapping: FieldMapping
    settings: Any = field(default_factory=dict)
    alias_filters: tuple[Query, ...] = ()
    node: str = ""
    type_name: str = "_doc"
    load_fielddata: Callable[..., None] = lambda *_, **__: None


@dataclass(slots=True)
class Environment:
    """What a search needs besides its targets.

    Args:
        now_ms: the time of the search.
        max_buckets: ``search.max_buckets``.
        resources: ``terms_lookup(lookup) -> list``.
        allow_partial: whether failed shards only cost their hits.
        keep_all: keep every hit in order (scrolls).
        shard_faults: (index, number) to why that shard cannot be searched: a test has made it so, or no node has it.
    """

    behaviour: Behaviour
    now_ms: int = 0
    max_buckets: int = 65535
    resources: Any = None
    scripts: Any = None
    allow_partial: bool = True
    keep_all: bool = False
    typed_keys: bool = False
    warn: Callable[[str], None] = lambda _text: None
    shard_faults: Mapping[tuple[str, int], ApiError] | None = None
