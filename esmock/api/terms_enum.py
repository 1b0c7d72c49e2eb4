"""Terms that begin with a text. Docs: search-terms-enum."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from esmock.api.declare import Endpoints
from esmock.api.index_filter import index_filter
from esmock.api.request import Request, Response
from esmock.errors import ActionRequestValidation, ApiError
from esmock.state.resolve import OPEN, resolve
from esmock.store.column import utf8_order
from esmock.xcontent.object_parser import Parser, boolean, custom, integer, string
from esmock.xcontent.units import parse_time_ms
from esmock.xcontent.value_reader import Key, Reading

if TYPE_CHECKING:
    from esmock.mapping.field import Field
    from esmock.search.query.shard import ShardSearch
    from esmock.state.cluster import Cluster

endpoint = Endpoints()
Json = Any
_MINUTE_MS = 60_000
_TYPES = ("keyword", "constant_keyword", "flattened", "version", "ip", "wildcard")


def _timeout(body: Json, key: Key, reading: Reading) -> int:
    return parse_time_ms(str(body[key]), str(key))


_BODY = Parser(
    "terms_enum_request",
    string("field"),
    string("string"),
    string("search_after"),
    integer("size"),
    boolean("case_insensitive"),
    custom("timeout", ("VALUE_STRING",), _timeout),
    index_filter(),
)


def _parse(request: Request) -> dict[str, Any]:
    content, kind = request.content_or_source()
    found: dict[str, Any] = _BODY.parse(request.read(content, kind), Reading(request.behaviour, request.warn))
    return found


@endpoint(
    "terms_enum",
    "GET,POST /{index}/_terms_enum",
    docs="search-terms-enum",
    body=_parse,
    since=(7, 14),
    action="indices:data/read/xpack/termsenum/list",
)
def terms_enum(cluster: Cluster, request: Request) -> Response:
    """The terms of a field in the order of their bytes."""
    from esmock.search.asked_shards import shard_targets
    from esmock.search.binding import shard_search
    from esmock.search.service import environment

    asked = request.parsed
    if asked.get("field") is None:
        raise ActionRequestValidation("field cannot be null")
    if asked.get("timeout", 0) > _MINUTE_MS:
        raise ActionRequestValidation("Timeout cannot be > 1 minute")
    names = request.part_list("index")
    found = resolve(cluster, names, request.indices_options(OPEN))
    if cluster.gate is not None:
        found = [index for index in found if not cluster.gate.hides_documents(index)]
    env = environment(cluster, warn=request.warn)
    shards = [shard_search(None, target, env) for target in shard_targets(cluster, found, names)]  # type: ignore[arg-type]
    only = asked.get("index_filter")
    shards = [shard for shard in shards if only is None or not only.matches_none(shard)]
    terms = sorted({term for shard in shards for term in _terms(shard, asked)}, key=lambda pair: pair[0])
    counts = {"total": len(shards), "successful": len(shards), "failed": 0}
    size = max(asked.get("size", 10), 1)
    return Response(200, {"_shards": counts, "terms": [shown for _, shown in terms[:size]], "complete": True})


def _terms(shard: ShardSearch, asked: dict[str, Any]) -> set[tuple[Any, str]]:
    """The terms of one shard that begin with the text and come after the given one, with what they are sorted by."""
    from esmock.search.lucene.expansion import all_terms

    one = shard.field(asked["field"])
    if one is None or one.name not in _TYPES:
        return set()
    prefix, after = asked.get("string", ""), asked.get("search_after")
    least = None if after is None else utf8_order(_sorted_as(one, after))
    folds = asked.get("case_insensitive", False)
    out = set()
    for term in all_terms(shard, one):
        shown = str(one.format_value(term))
        head = shown[: len(prefix)]
        if head != prefix and not (folds and head.lower() == prefix.lower()):
            continue
        place = utf8_order(term)
        if least is None or place > least:
            out.add((place, shown))
    return out


def _sorted_as(one: Field, shown: str) -> str:
    """The term that a text stands for; a text that is no address comes behind all addresses."""
    if one.name != "ip":
        return shown
    try:
        return str(one.term(shown))
    except ApiError:
        return "g"
