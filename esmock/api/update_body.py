"""The body of an update, alone or in a bulk line."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from esmock.api.source_params import of_body
from esmock.errors import XContentParse
from esmock.state.write_request import UpdateBody
from esmock.xcontent.located import at_name, at_start, at_value, token
from esmock.xcontent.similar import suggestion

if TYPE_CHECKING:
    from esmock.api.request import Request
    from esmock.state.cluster import Cluster

Json = Any

_NAMES = (
    "script",
    "scripted_upsert",
    "upsert",
    "doc",
    "doc_as_upsert",
    "detect_noop",
    "_source",
    "if_seq_no",
    "if_primary_term",
)


def parse_update(request: Request) -> UpdateBody:
    """Body parser of ``update``. An absent body is an empty one: validation says what is missing."""
    if not request.content:
        return UpdateBody()
    tree = request.read(request.content, request.content_format or "json")
    update = read_update(tree)
    if update.script is not None:
        update.script = read_script(tree, request)
    return update


def read_script(tree: Json, request: Request) -> Any:
    """The script of an update body. Raises XContentParse with the place where it went wrong."""
    from esmock.errors import ApiError
    from esmock.script.script import Script
    from esmock.xcontent.object_parser import stand
    from esmock.xcontent.value_reader import Reading

    try:
        return Script.parse(tree, "script", Reading(request.behaviour, request.warn))
    except ApiError as error:
        at = stand(error, tree, "script")
        raise XContentParse("[UpdateRequest] failed to parse field [script]", at, cause=error) from None


def update_script(cluster: Cluster, script: Any) -> Callable[[dict[str, Json]], None]:
    """What runs an update's script on its ``ctx``. Raises IllegalArgument, when run, for whatever goes wrong."""
    from esmock.errors import ApiError, IllegalArgument
    from esmock.script.script import Script
    from esmock.script.stored import script_service
    from esmock.script.tree import SelfReference, check_self_references, from_script, to_script

    def run(ctx: dict[str, Json]) -> None:
        try:
            compiled = script_service(cluster).compile(script, "update")
            seen = to_script(ctx)
            compiled.run(params=script.params, ctx=seen)
            check_self_references(seen)
        except SelfReference as error:
            raise IllegalArgument(error.reason) from None
        except ApiError as error:
            raise IllegalArgument("failed to execute script", cause=error) from None
        ctx.clear()
        ctx.update(from_script(seen))

    if not isinstance(script, Script):
        script = Script(script) if isinstance(script, str) else Script(**_plain_script(script))
    return run


def _plain_script(body: dict[str, Json]) -> dict[str, Any]:
    """A script's object whose errors need no place."""
    stored = "id" in body
    return {
        "id_or_code": str(body["id"] if stored else body.get("source", "")),
        "lang": None if stored else body.get("lang", "painless"),
        "stored": stored,
        "params": body.get("params") or {},
    }


def read_update(body: Json) -> UpdateBody:
    """Read the tree of an update body.

    Raises:
        XContentParse: unknown fields and values of a wrong kind, with their place.
    """
    if not isinstance(body, dict):
        raise XContentParse(f"[UpdateRequest] Expected START_OBJECT but was: {token(body)}", at_start(body))
    update = UpdateBody()
    for key, value in body.items():
        if key not in _NAMES:
            raise XContentParse(
                f"[UpdateRequest] unknown field [{key}]{suggestion(key, _NAMES)}", at_name(body, key)
            )
        if key in ("doc", "upsert"):
            _require(body, key, isinstance(value, dict))
            setattr(update, key, value)
        elif key in ("scripted_upsert", "doc_as_upsert", "detect_noop"):
            _require(body, key, isinstance(value, bool) or value in ("true", "false"))
            setattr(update, key, value in (True, "true"))
        elif key == "script":
            _require(body, key, isinstance(value, dict | str))
            update.script = value
        elif key == "_source":
            update.source_filter = of_body(value)
    return update


def _require(body: Json, key: str, is_right: bool) -> None:
    if not is_right:
        kind = token(body[key])
        raise XContentParse(f"[UpdateRequest] {key} doesn't support values of type: {kind}", at_value(body, key))
