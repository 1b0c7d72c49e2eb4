"""The file of a recording: one JSON object per line, first what it is of, then the exchanges in order."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from esmock.controls.journal import Journal
from esmock.controls.recording import redact
from esmock.controls.recording.normalise import NORMALISATIONS, Normaliser

if TYPE_CHECKING:
    from esmock.controls.exchange import Exchange

Json = Any
FORMAT = 1
SUFFIX = ".recording.jsonl"
_READS = ("_search", "_msearch", "_count", "_mget", "_analyze", "_validate", "_explain", "_field_caps", "_refresh", "_flush", "_pit", "scroll")


class RecordingError(Exception):
    """A file that is no recording."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """One exchange as it was recorded: normalised, and without credentials."""

    method: str
    target: str
    body: str
    status: int
    headers: tuple[tuple[str, str], ...]
    response: str

    @property
    def is_read(self) -> bool:
        """Whether it left the data as it was."""
        path = self.target.partition("?")[0]
        return self.method in ("GET", "HEAD") or any(piece in path for piece in _READS)

    @property
    def key(self) -> tuple[str, str, str]:
        """What a request is known again by: the spelling of JSON does not count."""
        return self.method, self.target, canonical(self.body)


@dataclass(frozen=True, slots=True)
class Recording:
    """A file's content."""

    head: Mapping[str, Json]
    exchanges: tuple[Recorded, ...]


def canonical(body: str) -> str:
    """A body without its spelling, one tree per line."""
    out = []
    for text in [body] if _is_json(body) else body.split("\n"):
        if text.strip():
            out.append(json.dumps(json.loads(text), sort_keys=True) if _is_json(text) else text)
    return "\n".join(out)


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


def read_recording(path: str | Path) -> Recording:
    """Read a file. Raises RecordingError naming the line, OSError."""
    lines = Path(path).read_text("utf-8").splitlines()
    if not lines:
        raise RecordingError("the file is empty")
    try:
        head = json.loads(lines[0])
    except ValueError:
        head = None
    if not isinstance(head, dict) or head.get("esmock_recording") != FORMAT:
        raise RecordingError(f"line 1: expected a recording of format {FORMAT}, as esmock record writes it")
    exchanges = []
    for number, line in enumerate(lines[1:], 2):
        try:
            one = json.loads(line)
            headers = tuple((str(name), str(value)) for name, value in one["headers"])
            exchanges.append(Recorded(one["method"], one["target"], one["body"], one["status"], headers, one["response"]))
        except (ValueError, KeyError, TypeError) as error:
            raise RecordingError(f"line {number}: no exchange ({error})") from None
    return Recording(head, tuple(exchanges))


class Recorder(Journal):
    """A journal that also writes what it keeps into a file, normalised and without credentials.

    Args:
        path: of the file, which is begun anew.
        of: what is recorded (version, build ...).
        names: the normalisations.
    """

    def __init__(self, path: str | Path, of: Mapping[str, Json], names: frozenset[str] = frozenset(NORMALISATIONS)) -> None:
        super().__init__()
        self._normaliser = Normaliser(names)
        self._write_lock = threading.Lock()
        self._file: IO[str] = Path(path).open("w", encoding="utf-8")  # noqa: SIM115 - open as long as the server runs
        self._line({"esmock_recording": FORMAT, "of": dict(of), "normalised": sorted(names)})

    def add(self, exchange: Exchange) -> None:
        super().add(exchange)
        with self._write_lock:
            if not self._file.closed:
                self._line(recorded(exchange, self._normaliser))

    def _line(self, tree: Json) -> None:
        self._file.write(json.dumps(tree, ensure_ascii=False, separators=(",", ":")) + "\n")
        self._file.flush()

    def close(self) -> None:
        """The file is complete."""
        self._file.close()


def recorded(exchange: Exchange, normaliser: Normaliser) -> dict[str, Json]:
    """An exchange as a line of a recording."""
    raw, answer = exchange.raw, exchange.answer
    assert answer is not None
    is_security = "_security" in raw.target or "_xpack" in raw.target
    request = normaliser.request_text(redact.body(raw.body.decode("utf-8", "replace"), is_security))
    response = redact.body(answer.body.decode("utf-8", "replace"), is_security)
    target = normaliser.target(redact.target(raw.target))
    return {
        "method": raw.method,
        "target": target,
        "body": request,
        "status": answer.status,
        "headers": normaliser.headers(redact.headers(answer.headers)),
        "response": normalised_text(response, normaliser),
    }


def normalised_text(text: str, normaliser: Normaliser) -> str:
    """An answer's body, normalised; as it came where nothing of it is to be."""
    try:
        tree = json.loads(text, parse_float=Spelled)
    except ValueError:
        return normaliser.text(text)
    changed = normaliser.body(tree)
    return text if changed == tree else _dumps(changed)


class Spelled(float):
    """A fraction that remembers how it was written."""

    text: str

    def __new__(cls, text: str) -> Spelled:
        made = super().__new__(cls, text)
        made.text = text
        return made


def _dumps(tree: Json) -> str:
    """Compact JSON in which fractions keep their spelling."""
    if isinstance(tree, dict):
        return "{" + ",".join(f"{json.dumps(key, ensure_ascii=False)}:{_dumps(value)}" for key, value in tree.items()) + "}"
    if isinstance(tree, list):
        return "[" + ",".join(map(_dumps, tree)) + "]"
    return tree.text if isinstance(tree, Spelled) else json.dumps(tree, ensure_ascii=False)
