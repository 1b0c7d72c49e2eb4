"""Kills a server with a data folder at random moments under a load of writes, and looks for what it had acknowledged.

    python tests/benchmarks/kills.py [KILLS] [SEED]

After each SIGKILL the server is started anew on the same folder, and everything acknowledged so far must be there exactly
once: documents of bulk requests (own ids and made ones), index settings, cluster settings, aliases, templates.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

_LONGEST_LIFE_SECONDS = 0.4


class Lost(Exception):
    """Something acknowledged is not there, or is there twice."""


@dataclass
class Ledger:
    """What was acknowledged; ``unsure`` may or may not have been done when the server died."""

    documents: set[str] = field(default_factory=set)
    made_ids: set[str] = field(default_factory=set)
    setting: int = 0
    unsure_settings: set[int] = field(default_factory=set)
    indices: set[str] = field(default_factory=set)
    templates: set[str] = field(default_factory=set)


class Running:
    """A server in a process of its own."""

    def __init__(self, folder: Path) -> None:
        command = [sys.executable, "-m", "esmock", "serve", "--port", "0", "--json", "--data", str(folder)]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE)
        assert self.process.stdout is not None
        ready = self.process.stdout.readline()
        if not ready:
            raise Lost("the server does not start on what the kill left")
        self.port = int(json.loads(ready)["url"].rpartition(":")[2])

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        assert self.process.stdout is not None
        self.process.stdout.close()


class Caller:
    """A connection that sends JSON."""

    def __init__(self, port: int) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)

    def __call__(self, method: str, target: str, body: Any = None) -> Any:
        data = body if body is None or isinstance(body, str) else json.dumps(body)
        kind = "application/x-ndjson" if isinstance(body, str) else "application/json"
        self.connection.request(method, target, data, {} if data is None else {"Content-Type": kind})
        answer = self.connection.getresponse()
        text = answer.read()
        if answer.status >= 300:
            raise Lost(f"{method} {target}: {answer.status} {text[:300]!r}")
        return json.loads(text)

    def close(self) -> None:
        self.connection.close()


def _write(port: int, ledger: Ledger, chance: random.Random, counter: list[int]) -> None:
    """Write until the server dies."""
    with contextlib.suppress(OSError, http.client.HTTPException), contextlib.closing(Caller(port)) as call:
        while True:
            counter[0] += 1
            number = counter[0]
            kind = chance.random()
            if kind < 0.6:
                names = [f"d{number}-{n}" for n in range(chance.randint(1, 20))]
                lines = "".join(f'{{"index":{{"_id":"{name}"}}}}\n{{"name":"{name}","n":{number}}}\n' for name in names)
                made = chance.randint(0, 3)
                lines += "".join(f'{{"index":{{}}}}\n{{"name":"made","n":{number}}}\n' for _ in range(made))
                items = call("POST", "/load/_bulk", lines)["items"]
                ledger.documents.update(names)
                ledger.made_ids.update(item["index"]["_id"] for item in items[len(names) :])
            elif kind < 0.85:
                ledger.unsure_settings.add(number)
                call("PUT", "/load/_settings", {"index.max_result_window": 10_000 + number})
                ledger.setting = number
                ledger.unsure_settings.clear()
            elif kind < 0.95:
                call("PUT", f"/_index_template/t{number}", {"index_patterns": [f"t{number}-*"], "priority": number})
                ledger.templates.add(f"t{number}")
            else:
                call("PUT", f"/i{number}", {"aliases": {f"a{number}": {}}, "settings": {"number_of_replicas": 0}})
                ledger.indices.add(f"i{number}")


def _check(port: int, ledger: Ledger) -> None:
    """Raises Lost for whatever is missing or double."""
    with contextlib.closing(Caller(port)) as call:
        _compare(call, ledger)


def _ids(call: Caller) -> Iterator[str]:
    """The ids of all documents; there may be more than one page holds."""
    page = call("POST", "/load/_search?scroll=1m&size=5000&sort=_doc&_source=false")
    while page["hits"]["hits"]:
        yield from (hit["_id"] for hit in page["hits"]["hits"])
        page = call("POST", "/_search/scroll", {"scroll": "1m", "scroll_id": page["_scroll_id"]})


def _compare(call: Caller, ledger: Ledger) -> None:
    call("POST", "/load/_refresh")
    found = list(_ids(call))
    if len(found) != len(set(found)):
        raise Lost("a document is there twice")
    missing = (ledger.documents | ledger.made_ids) - set(found)
    if missing:
        raise Lost(f"{len(missing)} acknowledged documents are gone, such as {sorted(missing)[0]}")
    settings = call("GET", "/load/_settings?flat_settings")["load"]["settings"]
    value = int(settings.get("index.max_result_window", 10_000)) - 10_000
    if value != ledger.setting and value not in ledger.unsure_settings:
        raise Lost(f"the setting {ledger.setting} is gone, {value} is there")
    ledger.setting = value
    ledger.unsure_settings.clear()
    indices = {row["index"] for row in call("GET", "/_cat/indices?format=json")}
    aliases = {row["alias"] for row in call("GET", "/_cat/aliases?format=json")}
    templates = {one["name"] for one in call("GET", "/_index_template").get("index_templates", [])}
    for kind, there, wanted in (
        ("indices", indices, ledger.indices),
        ("aliases", aliases, {f"a{name[1:]}" for name in ledger.indices}),
        ("templates", templates, ledger.templates),
    ):
        if wanted - there:
            raise Lost(f"{kind} are gone: {sorted(wanted - there)[:3]}")


def run(folder: Path, kills: int, seed: int = 0) -> tuple[Ledger, int]:
    """Kill so many times; what was acknowledged in all, and when a folder was begun anew. Raises Lost."""
    chance = random.Random(seed)
    ledger, counter = Ledger(), [0]
    folders, acknowledged = 1, 0
    place = folder / "0"
    for _ in range(kills):
        server = Running(place)
        try:
            with contextlib.closing(Caller(server.port)) as call:
                if not any(row["index"] == "load" for row in call("GET", "/_cat/indices?format=json")):
                    call("PUT", "/load")
            writer = threading.Thread(target=_write, args=(server.port, ledger, chance, counter))
            begun = counter[0]
            writer.start()
            while counter[0] < begun + 2 and writer.is_alive():
                time.sleep(0.001)
            time.sleep(chance.uniform(0.01, _LONGEST_LIFE_SECONDS))
        finally:
            server.kill()
        writer.join()
        server = Running(place)
        try:
            _check(server.port, ledger)
        finally:
            server.kill()
        if len(ledger.documents) > 5_000:
            acknowledged += len(ledger.documents) + len(ledger.made_ids)
            ledger, place, folders = Ledger(), folder / str(folders), folders + 1
    ledger.documents.update(f"earlier-{n}" for n in range(acknowledged))
    return ledger, folders


def main(kills: str = "200", seed: str = "0") -> None:
    with tempfile.TemporaryDirectory() as folder:
        started = time.monotonic()
        ledger, folders = run(Path(folder), int(kills), int(seed))
    documents = len(ledger.documents) + len(ledger.made_ids)
    print(f"{kills} kills, {folders} folders, {documents} documents acknowledged, none lost, none twice, {time.monotonic() - started:.0f} s")


if __name__ == "__main__":
    main(*sys.argv[1:])
