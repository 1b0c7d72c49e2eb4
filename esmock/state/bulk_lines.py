"""Action lines of a bulk body: reading them, and every way in which they can be malformed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from esmock.errors import ApiError, IllegalArgument, JsonEOF
from esmock.state.write_request import UpdateBody, WriteRequest
from esmock.xcontent import json_reader
from esmock.xcontent.jackson import jackson_for
from esmock.xcontent.located import LocatedObject, located, token
from esmock.xcontent.value_reader import Reading, boolean, integer, long_, text

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
    "dynamic_templates": "dynamic_templates",
    "list_executed_pipelines": "list_executed_pipelines",
    "require_data_stream": "require_data_stream",
}
_SINCE = {
    "require_alias": (7, 10),
    "dynamic_templates": (7, 13),
    "list_executed_pipelines": (8, 11),
    "require_data_stream": (8, 13),
}
_OBJECTS = ("_source", "dynamic_templates")
_VERSION_TYPES = {
    "internal": "internal",
    "external": "external",
    "external_gt": "external",
    "external_gte": "external_gte",
}


class BulkDefaults:
    """What the URL says for lines that do not say it themselves."""

    __slots__ = ("index", "pipeline", "require_alias", "require_data_stream", "routing", "source", "type", "typed")

    def __init__(
        self,
        index: str | None,
        type_: str | None,
        routing: str | None,
        pipeline: str | None,
        require_alias: bool,
        typed: bool,
        source: Json = None,
        *,
        require_data_stream: bool = False,
    ) -> None:
        self.index = index
        self.type = type_
        self.routing = routing
        self.pipeline = pipeline
        self.require_alias = require_alias
        self.typed = typed
        self.require_data_stream = require_data_stream
        self.source = source


class BulkReader:
    """Reads the lines of a bulk body.

    Args:
        read_update: reads the body of an update.
        warn: told of every deprecation.
        is_located: lines are read with positions, for the errors that need them.
        is_strict: what is wrong behind an action is an error, not a deprecation.
    """

    def __init__(
        self,
        defaults: BulkDefaults,
        behaviour: Behaviour,
        read_update: ReadUpdate,
        warn: Callable[[str], None],
        *,
        is_located: bool = False,
        is_strict: bool = False,
    ) -> None:
        self.defaults = defaults
        self.behaviour = behaviour
        self.read_update = read_update
        self.reading = Reading(behaviour, warn)
        self.is_located = is_located
        self.is_strict = is_strict
        self.jackson = jackson_for(behaviour)

    def read(self, body: bytes) -> list[WriteRequest]:
        """All writes of a body.

        Raises:
            IllegalArgument, JsonParse and what wraps it: the whole request is refused, nothing was done.
        """
        writes: list[WriteRequest] = []
        lines = _lines(body)
        for number, line in lines:
            if not line.strip():
                continue
            op, metadata = self._action(line, number)
            write = self._write(op, metadata, number)
            if op not in _ACTIONS:
                next(lines, None)
                continue
            if op != "delete":
                following = next(lines, None)
                if following is None:
                    break
                self._take(write, op, following[1])
            writes.append(write)
        return writes

    def _take(self, write: WriteRequest, op: str, line: bytes) -> None:
        if op != "update":
            write.source = line
            return
        own = write.update.source_filter if write.update is not None else self.defaults.source
        update = self.read_update(line or b"{}")
        if own is not None:
            update.source_filter = own  # ES: the action, and the URL of the bulk, win over what the update itself says
        write.take(update)

    def _action(self, line: bytes, number: int) -> tuple[str, dict[str, Json]]:
        """The action of a line and its metadata; 7.x reads those of an unknown one too, and passes over it."""
        tree = self._tree(line, number)
        where = f"Malformed action/metadata line [{number}], expected"
        if not isinstance(tree, dict):
            raise IllegalArgument(f"{where} START_OBJECT but found [{token(tree)}]")
        if not tree:
            raise IllegalArgument(f"{where} FIELD_NAME but found [END_OBJECT]")
        op = next(iter(tree))
        metadata = tree[op]
        if op not in _ACTIONS and self.behaviour.bulk_errors_first:
            raise IllegalArgument(f"{where} field [create], [delete], [index] or [update] but found [{op}]")
        if not isinstance(metadata, dict):
            raise IllegalArgument(f"{where} START_OBJECT or END_OBJECT but found [{token(metadata)}]")
        if self.behaviour.bulk_errors_first and len(tree) > 1:
            self._complain(
                "A bulk action object contained multiple keys. Additional keys are currently ignored but will be rejected "
                "in a future version.",
                f"{where} END_OBJECT but found [FIELD_NAME]",
            )
        return op, metadata

    def _complain(self, warning: str, error: str) -> None:
        """Say what stands behind an action. Raises IllegalArgument where that is an error."""
        if self.is_strict:
            raise IllegalArgument(error)
        self.reading.warn(warning)

    def _tree(self, line: bytes, number: int) -> Json:
        """A line's first value; older versions read no further than the action's own object."""
        if self.is_located:
            return located(line, self.jackson)
        try:
            tree = json_reader.parse(line, jackson=self.jackson, extra=lambda *_: _More())
        except _More:
            if self.behaviour.bulk_errors_first:
                self._complain(
                    "A bulk action contained trailing data after the closing brace. This is currently ignored but will be "
                    "rejected in a future version.",
                    f"Malformed action/metadata line [{number}], unexpected data after the closing brace",
                )
            return json_reader.parse(line, jackson=self.jackson)
        except ApiError as error:
            if self.behaviour.bulk_errors_first and isinstance(error, JsonEOF):
                return self._unclosed(line)
            tree = located(line, self.jackson)
            if self.behaviour.bulk_errors_first and isinstance(getattr(tree, "after", None), ApiError):
                raise tree.after from None
            return tree
        return tree

    def _unclosed(self, line: bytes) -> Json:
        """An action whose own object is whole, and only the one around it has no end. Raises XContentEOF for anything else."""
        tree = located(line, self.jackson)
        first = next(iter(tree.values()), None) if isinstance(tree, LocatedObject) else None
        if self.is_strict or not isinstance(first, LocatedObject) or first.error is not None or dict.__len__(tree) > 1:
            tree.check()
        self.reading.warn(
            "A bulk action wasn't closed properly with the closing brace. Malformed objects are currently accepted but will be "
            "rejected in a future version."
        )
        return dict(dict.items(tree))

    def _write(self, op: str, metadata: dict[str, Json], number: int) -> WriteRequest:
        defaults, behaviour = self.defaults, self.behaviour
        write = WriteRequest(
            op,
            defaults.index,
            None,
            defaults.routing,
            pipeline=defaults.pipeline,
            require_alias=defaults.require_alias and op != "delete",
            require_data_stream=defaults.require_data_stream and op not in ("delete", "update"),
            type=defaults.type,
        )
        source: Json = None
        for key in metadata:
            value = metadata[key]
            if value is None:
                continue
            name = _SIMPLE.get(key) if behaviour.has(_SINCE.get(key, (0, 0))) else None
            self._check(key, value, name, number)
            if name == "op_type":
                if op == "index" and value == "create":
                    write.op = "create"
            elif name == "_source":
                source = value
            elif name == "type":
                self.reading.warn("[types removal] Specifying types in bulk requests is deprecated.")
                write.type = text(metadata, key, self.reading) if behaviour.mapping_types else "_doc"
            elif name is not None:
                self._set(write, name, metadata, key)
        if source is not None:
            write.update = UpdateBody(source_filter=source)
        if write.dynamic_templates and op in ("update", "delete"):
            raise IllegalArgument(f"{op.capitalize()} request in line [{number}] does not accept dynamic_templates")
        if op == "update" and (write.version is not None or write.version_type != "internal"):
            raise IllegalArgument(
                "Update requests do not support versioning. Please use `if_seq_no` and `if_primary_term` instead"
            )
        return write

    def _check(self, key: str, value: Json, name: str | None, number: int) -> None:
        is_simple = not isinstance(value, dict | list) or (name in _OBJECTS and isinstance(value, dict))
        if not is_simple:
            raise IllegalArgument(
                f"Malformed action/metadata line [{number}], expected a simple value for field [{key}] but found "
                f"[{token(value)}]"
            )
        is_unfit = name == "dynamic_templates" and not isinstance(value, dict | None)
        if name is None or is_unfit or (key == "_type" and not self.defaults.typed):
            raise IllegalArgument(f"Action/metadata line [{number}] contains an unknown parameter [{key}]")

    def _set(self, write: WriteRequest, name: str, metadata: dict[str, Json], key: str) -> None:
        if name in ("version", "if_seq_no", "if_primary_term"):
            setattr(write, name, long_(metadata, key))
            if name.startswith("if_"):
                write.check_numbers()
        elif name == "retry_on_conflict":
            write.retry_on_conflict = integer(metadata, key)
        elif name == "version_type":
            given = text(metadata, key, self.reading)
            if given.lower() not in _VERSION_TYPES:
                raise IllegalArgument(f"No version type match [{given}]")
            write.version_type = _VERSION_TYPES[given.lower()]
        elif name == "require_alias":
            write.require_alias = boolean(metadata, key) and write.op != "delete"
        elif name == "require_data_stream":
            write.require_data_stream = boolean(metadata, key) and write.op != "delete"
            if write.require_data_stream and write.op == "update":
                raise IllegalArgument(
                    "Update requests do not support the `require_data_stream` flag, as data streams do not support update "
                    "operations"
                )
        elif name == "list_executed_pipelines":
            boolean(metadata, key)
        elif name == "dynamic_templates":
            write.dynamic_templates = {field: text(metadata[key], field, self.reading) for field in metadata[key] or {}}
        else:
            setattr(write, name, text(metadata, key, self.reading))


class _More(Exception):
    """Something follows the first value of a line."""


def _lines(body: bytes) -> Iterator[tuple[int, bytes]]:
    """The lines with their numbers from 1. Raises IllegalArgument when it comes to one that has no end."""
    *lines, rest = body.split(b"\n")
    for number, line in enumerate(lines, 1):
        yield number, line[:-1] if line.endswith(b"\r") else line
    if rest:
        raise IllegalArgument("The bulk request must be terminated by a newline [\\n]")
