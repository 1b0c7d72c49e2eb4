"""Seeds: data that a space starts with, from folders, console files and bulk files.

A folder holds ``INDEX.mapping.json`` (the body of a create-index request, or a bare mapping) and ``INDEX.ndjson``
(documents, one per line; or bulk lines). A ``.console`` or ``.es`` file holds requests as the documentation writes them.
A file ``NAME.ndjson`` of its own holds bulk lines that name their index; a ``NAME.recording.jsonl`` what ``esmock record`` wrote.
"""

from __future__ import annotations

import inspect
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

from esmock.controls.refusal import ControlError
from esmock.wire import RawRequest

_METHODS = frozenset(("GET", "POST", "PUT", "DELETE", "HEAD"))
_BULK_ACTIONS = frozenset(("index", "create", "update", "delete"))


class SeedError(ControlError):
    """A seed that cannot be read or that the server refuses; says where and what to do."""

    def __init__(self, reason: str) -> None:
        super().__init__("", reason)


class Door(Protocol):
    """What seeds are sent through."""

    def handle(self, raw: RawRequest) -> Any:
        """Answer a request."""


def load(server: Door, path: str) -> None:
    """Load one file or folder. Raises SeedError."""
    where = Path(path)
    if not where.exists():
        raise SeedError(f"seed {path} does not exist; give a folder, a console file or an .ndjson file")
    if where.is_dir():
        _load_folder(server, where)
    elif where.name.endswith(".recording.jsonl"):
        _load_recording(server, where)
    elif where.suffix == ".ndjson":
        _load_bulk(server, where, where.stem)
    else:
        _load_console(server, where)
    _send(server, "POST", "/_refresh", b"", path)


def load_object(server: Door, tree: dict[str, Any]) -> None:
    """Load a seed that is an object: index name to a list of documents, or to an object of ``mappings``, ``settings``,
    ``aliases`` and ``documents``. A document's ``_id`` is its id, and no part of it. Raises SeedError."""
    for index, content in tree.items():
        where = f"[{index}]"
        if isinstance(content, list):
            content = {"documents": content}
        if not isinstance(content, dict):
            raise SeedError(f"seed {where}: expected a list of documents or an object, found {type(content).__name__}")
        unknown = content.keys() - {"mappings", "settings", "aliases", "documents"}
        if unknown:
            raise SeedError(f"seed {where}: unknown field [{min(unknown)}]; known are mappings, settings, aliases, documents")
        body = {key: value for key, value in content.items() if key != "documents"}
        if body:
            _send(server, "PUT", f"/{index}", json.dumps(body).encode(), where)
        _index_documents(server, index, content.get("documents", []), where)
    _send(server, "POST", "/_refresh", b"", "object")


def _index_documents(server: Door, index: str, documents: Any, where: str) -> None:
    if not isinstance(documents, list) or not all(isinstance(one, dict) for one in documents):
        raise SeedError(f"seed {where}: documents are a list of objects")
    if not documents:
        return
    lines = []
    for document in documents:
        source = {key: value for key, value in document.items() if key != "_id"}
        action = {"index": {"_id": str(document["_id"])} if "_id" in document else {}}
        lines += [json.dumps(action), json.dumps(source, ensure_ascii=False)]
    body = "".join(line + "\n" for line in lines).encode()
    _check_items(json.loads(_send(server, "POST", f"/{index}/_bulk", body, where, kind="ndjson")), where)


def _check_items(answer: Any, where: str) -> None:
    if answer["errors"]:
        failed = next(item for item in answer["items"] if "error" in next(iter(item.values())))
        raise SeedError(f"seed {where}: a document was refused: {json.dumps(failed)[:400]}")


def _load_recording(server: Door, path: Path) -> None:
    """Repeat what changed something in a recording, as far as it was accepted then."""
    from esmock.controls.recording.file import RecordingError, read_recording

    try:
        recorded = read_recording(path)
    except RecordingError as error:
        raise SeedError(f"seed {path}: {error}") from None
    for one in recorded.exchanges:
        if one.method != "GET" and one.method != "HEAD" and one.status < 400 and not one.is_read:
            kind = "ndjson" if "_bulk" in one.target else "json"
            _send(server, one.method, one.target, one.body.encode(), str(path), kind=kind)


def _send(server: Door, method: str, target: str, body: bytes, origin: str, *, kind: str = "json") -> bytes:
    headers = [("content-type", "application/x-ndjson" if kind == "ndjson" else "application/json")] if body else []
    answer = server.handle(RawRequest(method, target, headers, body))
    if inspect.isawaitable(answer):
        raise SeedError(f"seed {origin}: {method} {target} waits for something; seeds cannot wait")
    if answer.status >= 400:
        raise SeedError(f"seed {origin}: {method} {target} was refused with {answer.status}: {answer.body.decode()[:300]}")
    return bytes(answer.body)


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SeedError(f"seed {path} cannot be read: {error}") from None


def _load_folder(server: Door, folder: Path) -> None:
    mappings = sorted(folder.glob("*.mapping.json"))
    documents = sorted(folder.glob("*.ndjson"))
    scripts = sorted([*folder.glob("*.console"), *folder.glob("*.es")])
    if not mappings and not documents and not scripts:
        raise SeedError(f"seed {folder} has no INDEX.mapping.json, INDEX.ndjson or .console file")
    for file in mappings:
        body = _json(file, _read(file), 0)
        if not {"mappings", "settings", "aliases"} & body.keys():
            body = {"mappings": body}
        _send(server, "PUT", f"/{file.name.removesuffix('.mapping.json')}", json.dumps(body).encode(), str(file))
    for file in documents:
        _load_bulk(server, file, file.stem)
    for file in scripts:
        _load_console(server, file)


def _json(path: Path, text: str, line: int) -> dict[str, Any]:
    try:
        tree = json.loads(text)
    except ValueError as error:
        raise SeedError(f"seed {path}, line {line + getattr(error, 'lineno', 1)}: not JSON: {error}") from None
    if not isinstance(tree, dict):
        raise SeedError(f"seed {path}, line {line + 1}: expected a JSON object")
    return tree


def _load_bulk(server: Door, path: Path, index: str) -> None:
    lines = [line for line in _read(path).splitlines() if line.strip()]
    if not lines:
        return
    first = _json(path, lines[0], 0)
    is_bulk = len(first) == 1 and next(iter(first)) in _BULK_ACTIONS and isinstance(next(iter(first.values())), dict)
    if not is_bulk:
        lines = [line for text in lines for line in ('{"index":{}}', text)]
    body = "".join(line + "\n" for line in lines).encode()
    _check_items(json.loads(_send(server, "POST", f"/{index}/_bulk", body, str(path), kind="ndjson")), str(path))


def _load_console(server: Door, path: Path) -> None:
    for line, method, target, body in console_requests(path, _read(path)):
        kind = "ndjson" if "_bulk" in target or "_msearch" in target else "json"
        _send(server, method, target, body, f"{path}, line {line}", kind=kind)


def console_requests(path: Path, text: str) -> Iterator[tuple[int, str, str, bytes]]:
    """(line, method, target, body) of each request. Raises SeedError for a line that belongs to none."""
    current: tuple[int, str, str] | None = None
    body: list[str] = []
    for number, line in enumerate(text.splitlines(), 1):
        method, _, target = line.partition(" ")
        if method in _METHODS and target.strip():
            if current is not None:
                yield (*current, _body(body))
            target = target.strip()
            current, body = (number, method, target if target.startswith("/") else f"/{target}"), []
        elif line.strip() and not line.startswith("#"):
            if current is None:
                raise SeedError(f"seed {path}, line {number}: expected a request such as PUT /index, found {line[:60]!r}")
            body.append(line)
    if current is not None:
        yield (*current, _body(body))


def _body(lines: list[str]) -> bytes:
    return "".join(line + "\n" for line in lines).encode()
