"""Action lines of a bulk body: reading them, and every way in which they can be malformed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import orjson

from esmock.errors import IllegalArgument
from esmock.state.write_request import UpdateBody, WriteRequest
from esmock.xcontent import reading
from esmock.xcontent.located import token

if TYPE_CHECKING:
    from esmock.version import Behaviour

Json = Any
ReadUpdate = Callable[[bytes], UpdateBody]
_ACTIONS = frozenset(("index", "create", "update", "delete"))
_SIMPLE: dict[str, str] = {
    "_index": "index",
    "_type": "type",
    "_id": "doc_id",
    "routing": "routing",
    "version": "version",
    "version_type": "version_type",
    "if_seq_no": "if_seq_no",
    "if_primary_term": "if_primary_term",
    "retry_on_conflict": "retry_on_conflict",
    "pipeline": "pipeline",
    "require_alias": "require_alias",
    "op_type": "op_type",
    "_source": "_source",
}
_VERSION_TYPES = {
    "internal": "internal",
    "external": "external",
    "external_gt": "external",
    "external_gte": "external_gte",
}


class BulkDefaults:
    """What the URL says for lines that do not say it themselves."""

    __slots__ = ("index", "pipeline", "require_alias", "routing", "source", "type", "typed")

    def __init__(
        self,
        index: str | None,
        type_: str | None,
        routing: str | None,
        pipeline: str | None,
        require_alias: bool,
        typed: bool,
        source: Json = None,
    ) -> None:
        self.index = index
        self.type = type_
        self.routing = routing
        self.pipeline = pipeline
        self.require_alias = require_alias
        self.typed = typed
        self.source = source


def parse_bulk(
    body: bytes,
    defaults: BulkDefaults,
    behaviour: Behaviour,
    read_update: ReadUpdate,
    warn: Callable[[str], None],
) -> list[WriteRequest]:
    """All writes of a bulk body.

    Raises:
        IllegalArgument, JsonParse and what wraps it: the whole request is refused, nothing was done.
    """
    if not body.endswith(b"\n"):
        raise IllegalArgument("The bulk request must be terminated by a newline [\\n]")
    writes: list[WriteRequest] = []
    lines = _lines(body)
    for number, line in lines:
        if not line.strip():
            continue
        op, metadata = _action(line, number, behaviour, warn)
        if op is None:
            next(lines, None)
            continue
        write = _write(op, metadata, number, defaults, behaviour, warn)
        if op != "delete":
            following = next(lines, None)
            if following is None:
                break
            if op == "update":
                own = write.update.source_filter if write.update is not None else defaults.source
                update = read_update(following[1] or b"{}")
                if update.source_filter is None:
                    update.source_filter = own
                write.take(update)
            else:
                write.source = following[1]
        writes.append(write)
    return writes


def _lines(body: bytes) -> Iterator[tuple[int, bytes]]:
    for number, line in enumerate(body[:-1].split(b"\n"), 1):
        yield number, line[:-1] if line.endswith(b"\r") else line


def _action(
    line: bytes, number: int, behaviour: Behaviour, warn: Callable[[str], None]
) -> tuple[str | None, dict[str, Json]]:
    try:
        tree = orjson.loads(line)
    except orjson.JSONDecodeError:
        tree = _read_alone(line, behaviour, warn)
    where = f"Malformed action/metadata line [{number}], expected"
    if not isinstance(tree, dict):
        raise IllegalArgument(f"{where} START_OBJECT but found [{token(tree)}]")
    if not tree:
        raise IllegalArgument(f"{where} FIELD_NAME but found [END_OBJECT]")
    op, metadata = next(iter(tree.items()))
    if op not in _ACTIONS:
        if behaviour.bulk_errors_first:
            raise IllegalArgument(f"{where} field [create], [delete], [index] or [update] but found [{op}]")
        return None, {}
    if metadata is None:
        metadata = {}
    if not isinstance(metadata, dict):
        raise IllegalArgument(f"{where} START_OBJECT or END_OBJECT but found [{token(metadata)}]")
    if len(tree) > 1 and behaviour.bulk_errors_first:
        warn(
            "A bulk action object contained multiple keys. Additional keys are currently ignored but will be rejected "
            "in a future version."
        )
    return op, metadata


def _read_alone(line: bytes, behaviour: Behaviour, warn: Callable[[str], None]) -> Json:
    """A line that has more than one value on it, or is broken; later versions look at what follows the action."""
    tree = reading.read_all(line, "json", behaviour)
    if behaviour.bulk_errors_first and reading.has_more(line, behaviour):
        warn(
            "A bulk action contained trailing data after the closing brace. This is currently ignored but will be rejected "
            "in a future version."
        )
    return tree


def _write(
    op: str,
    metadata: dict[str, Json],
    number: int,
    defaults: BulkDefaults,
    behaviour: Behaviour,
    warn: Callable[[str], None],
) -> WriteRequest:
    write = WriteRequest(
        op,
        defaults.index,
        None,
        defaults.routing,
        pipeline=defaults.pipeline,
        require_alias=defaults.require_alias,
        type=defaults.type,
    )
    source: Json = None
    for key, value in metadata.items():
        name = _SIMPLE.get(key)
        if name is None or (key == "_type" and not defaults.typed):
            if isinstance(value, dict | list) and name is None:
                raise _not_simple(number, key, value)
            raise IllegalArgument(f"Action/metadata line [{number}] contains an unknown parameter [{key}]")
        if isinstance(value, dict | list) and key != "_source":
            raise _not_simple(number, key, value)
        if value is None:
            continue
        if name == "op_type":
            if op == "index" and value == "create":
                write.op = "create"
        elif name == "_source":
            source = value
        elif name == "type" and not behaviour.mapping_types:
            write.type = "_doc"
        else:
            _set(write, name, value)
    if source is not None:
        write.update = UpdateBody(source_filter=source)
    if "_type" in metadata:
        warn("[types removal] Specifying types in bulk requests is deprecated.")
    if op == "update" and (write.version is not None or write.version_type != "internal"):
        raise IllegalArgument(
            "Update requests do not support versioning. Please use `if_seq_no` and `if_primary_term` instead"
        )
    return write


def _not_simple(number: int, key: str, value: Json) -> IllegalArgument:
    return IllegalArgument(
        f"Malformed action/metadata line [{number}], expected a simple value for field [{key}] but found "
        f"[{token(value)}]"
    )


def _set(write: WriteRequest, name: str, value: Json) -> None:
    if name in ("version", "if_seq_no", "if_primary_term", "retry_on_conflict"):
        setattr(write, name, int(value))
        if name.startswith("if_"):
            write.check_numbers()
    elif name == "version_type":
        if str(value).lower() not in _VERSION_TYPES:
            raise IllegalArgument(f"No version type match [{value}]")
        write.version_type = _VERSION_TYPES[str(value).lower()]
    elif name == "require_alias":
        write.require_alias = value in (True, "true")
    elif isinstance(value, bool):
        setattr(write, name, "true" if value else "false")
    else:
        setattr(write, name, str(value))
