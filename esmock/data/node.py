"""A node whose state outlives it: every request that can change something is in the log before it is answered.

A restart runs the requests of the log again, each at its own instant and with the random numbers that it had, so it makes
the same ids and the same timestamps. Requests that only read are told by their action name and not kept.
"""

from __future__ import annotations

import asyncio
import base64
import inspect
import json
import random
from collections.abc import Awaitable
from typing import TYPE_CHECKING, Any

from esmock.clock import Clock
from esmock.data import image
from esmock.data.folder import Folder, FolderError
from esmock.node import Node
from esmock.state.cluster import Cluster
from esmock.wire import Answer, RawRequest

if TYPE_CHECKING:
    from esmock.controls.exchange import Exchange
    from esmock.http.router import Router
    from esmock.settings import ServerSettings

_UNCHANGING = ("GET", "HEAD", "OPTIONS")
_READING_ACTIONS = ("indices:data/read/", "cluster:monitor/", "indices:monitor/")
_WAIT_SECONDS = 1
COMPACT_AT = 64 * 1024**2
"""A log of so many bytes is replaced by an image."""


class DurableNode(Node):
    """A node over a data folder.

    Args:
        folder: where the state is; what it holds is restored first.
        settings: of a cluster that begins with an empty folder.
        compact_at: bytes of log after which an image is taken.

    Raises:
        FolderError: the folder's image cannot be read by this esmock.
    """

    def __init__(
        self, folder: Folder, settings: ServerSettings, router: Router, *, compact_at: int = COMPACT_AT
    ) -> None:
        data = folder.image()
        clock = Clock(settings.frozen_at_ms)
        try:
            cluster = Cluster(settings, clock) if data is None else image.load(data, clock)
        except Exception as error:
            folder.close()
            raise FolderError(
                f"data folder {folder.path} was written by another esmock and cannot be read ({error}); choose another folder"
            ) from error
        super().__init__(cluster, router)
        self._folder = folder
        self._compact_at = compact_at
        self._seed = settings.seed
        self._number = folder.generation << 40
        self.can_compact = True
        self._replay()

    def answer(self, raw: RawRequest, exchange: Exchange | None = None) -> Answer:
        """Answer a request; keep it first when it can change something."""
        with self.lock:
            self._run_timers()
            if not self._changes(raw):
                return super().answer(raw, exchange)
            at_ms = self.cluster.clock.now_ms()
            with self.cluster.clock.standing_at(at_ms):
                answer = self._run_numbered(raw, exchange)
            kept = raw if exchange is None else exchange.kept(raw)
            if kept is not None:
                self._keep(kept, at_ms)
            else:
                self._number -= 1  # a fault stood before the engine: a restart knows nothing of it
            return answer

    def _changes(self, raw: RawRequest) -> bool:
        if raw.method in _UNCHANGING:
            return False
        try:
            match = self.router.match(raw.method, raw.target.partition("?")[0], raw.target, compatible=True)
        except Exception:
            return False  # refused before it reaches anything
        return not match.endpoint.action.startswith(_READING_ACTIONS)

    def _run_numbered(self, raw: RawRequest, exchange: Exchange | None = None) -> Answer:
        """Answer with the random numbers that belong to the record's number."""
        self._number += 1
        self.cluster.random.seed(f"{self._seed}/{self._number}")
        return super().answer(raw, exchange)

    def _run_timers(self) -> None:
        """Let due timers do their work; a record of its own, since no request may follow that is kept."""
        due = self.cluster.clock.next_due_ms()
        now_ms = self.cluster.clock.now_ms()
        if due is not None and due <= now_ms:
            self._append({"at": now_ms})
            self._tick()

    def _tick(self) -> None:
        self._number += 1
        self.cluster.random.seed(f"{self._seed}/{self._number}")
        self.cluster.clock.run_due()

    def _keep(self, raw: RawRequest, at_ms: int) -> None:
        record: dict[str, Any] = {"at": at_ms, "method": raw.method, "target": raw.target}
        if self.guard is None and self.cluster.server_settings.security:
            record["trusted"] = True
        if raw.headers:
            record["headers"] = raw.headers
        try:
            record["body"] = raw.body.decode()
        except UnicodeDecodeError:
            record["base64"] = base64.b64encode(raw.body).decode()
        self._append(record)
        if self.can_compact and self._folder.log_size > self._compact_at:
            self.compact()

    def _append(self, record: dict[str, Any]) -> None:
        self._folder.append(json.dumps(record, separators=(",", ":"), ensure_ascii=False).encode("utf-8", "surrogatepass"))

    def compact(self) -> bool:
        """Replace the log by an image of the state; False where a feature's state cannot be written: the log goes on."""
        try:
            data = image.dump(self.cluster)
        except Exception:
            self.can_compact = False
            return False
        self._folder.replace(data)
        self._number = self._folder.generation << 40
        return True

    def _replay(self) -> None:
        clock = self.cluster.clock
        for data in self._folder.records():
            record = json.loads(data.decode("utf-8", "surrogatepass"))
            clock.freeze(record["at"])
            if "method" not in record:
                self._tick()
                continue
            body = base64.b64decode(record["base64"]) if "base64" in record else record["body"].encode("utf-8", "surrogatepass")
            headers = [(name, value) for name, value in record.get("headers", ())]
            guard, self.guard = self.guard, None if record.get("trusted") else self.guard
            with clock.standing_at(record["at"]):
                answer = self._run_numbered(RawRequest(record["method"], record["target"], headers, body))
            self.guard = guard
            if inspect.isawaitable(answer):
                asyncio.run(_waited(answer))
        self.failures.clear()
        if self.cluster.server_settings.frozen_at_ms is None:
            clock.follow_machine()
        self.cluster.random = random.Random(f"{self._seed}/{self._number}/after")

    def close(self) -> None:
        """Leave the folder in the form that starts fastest."""
        if self.can_compact and self._folder.log_size:
            self.compact()
        self._folder.close()


async def _waited(answer: Awaitable[Any]) -> None:
    """Run what goes on behind an answer, for a moment: on a clock that stands a wait has no end."""
    try:
        await asyncio.wait_for(answer, _WAIT_SECONDS)
    except TimeoutError:
        return
