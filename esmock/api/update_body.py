"""The body of an update, alone or in a bulk line."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from esmock.api.source_params import SourceFilter
from esmock.errors import IllegalArgument
from esmock.state.write_request import UpdateBody
from esmock.xcontent.object_parser import Parser, boolean, custom, long_
from esmock.xcontent.value_reader import Key, Reading, copied

if TYPE_CHECKING:
    from esmock.api.request import Request
    from esmock.script.script import Script
    from esmock.state.cluster import Cluster

Json = Any


def _script(body: Json, key: Key, reading: Reading) -> Script:
    from esmock.script.script import Script

    return Script.parse(body, str(key), reading)


def _source(body: Json, key: Key, reading: Reading) -> SourceFilter:
    from esmock.search.request_keys import read_source

    wanted = read_source(body, str(key), reading)
    return SourceFilter(wanted.fetch, wanted.includes, wanted.excludes, wanted.exclude_vectors)


def _seq_no(number: int) -> int:
    if number < 0 and number != -2:
        raise IllegalArgument(f"sequence numbers must be non negative. got [{number}].")
    return number


def _primary_term(number: int) -> int:
    if number < 0:
        raise IllegalArgument(f"primary term must be non negative. got [{number}]")
    return number


def _built(found: dict[str, Any]) -> UpdateBody:
    update = UpdateBody(source_filter=found.pop("_source", None))
    for name, value in found.items():
        setattr(update, name, value)
    return update


_PARSER = Parser(
    "UpdateRequest",
    custom("script", ("VALUE_STRING", "START_OBJECT"), _script),
    boolean("scripted_upsert"),
    custom("upsert", ("START_OBJECT",), copied),
    custom("doc", ("START_OBJECT",), copied),
    boolean("doc_as_upsert"),
    boolean("detect_noop"),
    custom("_source", ("START_OBJECT", "START_ARRAY", "VALUE_BOOLEAN", "VALUE_STRING"), _source),
    long_("if_seq_no", then=_seq_no),
    long_("if_primary_term", then=_primary_term),
    build=_built,
)


def parse_update(request: Request) -> UpdateBody:
    """Body parser of ``update``. An absent body is an empty one: validation says what is missing."""
    if not request.content:
        return UpdateBody()
    return read_update(request, request.content, request.content_format or "json", label="stream")


def read_update(request: Request, content: bytes, kind: str = "json", *, label: str = "bytes") -> UpdateBody:
    """Read the bytes of an update body. Raises XContentParse, and the syntax error of a broken text."""
    update: UpdateBody = _PARSER.parse(request.read(content, kind, label=label), Reading(request.behaviour, request.warn))
    return update


def update_script(cluster: Cluster, script: Script) -> Callable[[dict[str, Json]], None]:
    """What runs an update's script on its ``ctx``. Raises IllegalArgument, when run, for whatever goes wrong."""
    from esmock.errors import ApiError
    from esmock.script.stored import script_service
    from esmock.script.tree import SelfReference, check_self_references, fixed_params, from_script, to_script

    def run(ctx: dict[str, Json]) -> None:
        try:
            compiled = script_service(cluster).compile(script, "update")
            seen = to_script(ctx)
            compiled.run(params=fixed_params(script.params), ctx=seen)
            check_self_references(seen)
        except SelfReference as error:
            raise IllegalArgument(error.reason) from None
        except ApiError as error:
            raise IllegalArgument("failed to execute script", cause=error) from None
        ctx.clear()
        ctx.update(from_script(seen))

    return run
