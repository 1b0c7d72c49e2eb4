"""Emptying the server between tests, as the test framework of Elasticsearch does it.

Which steps apply is found out from the server: what it does not know is asked once and then left alone.

Source: behaviour of ESRestTestCase (7.14 and 8), by observation of its requests.
Differs: tasks still running are not logged; data streams are deleted from 7.9 on also where 7.x left that to the tests.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import quote

from esmock.conformance import content
from esmock.conformance.facts import Facts, Version
from esmock.conformance.target import Answer, Target

Json = Any

_UNKNOWN = frozenset({400, 404, 405, 501})
_PATIENCE_S = 30.0
_BUILT_IN_TEMPLATES = (
    ".monitoring-",
    ".watch",
    ".triggered_watches",
    ".data-frame-",
    ".ml-",
    ".transform-",
    ".deprecation-",
    ".fleet-",
    ".logs-",
    ".metrics-",
    ".alerts-",
    ".kibana-",
    ".slm-history",
    ".async-search",
    "logstash-index-template",
    "security_audit_log",
    "security-index-template",
    "saml-service-provider",
    "ilm-history",
    "logs",
    "metrics",
    "synthetics",
    "traces",
    "profiling",
    "apm-",
    "data-streams",
    "data-streams-mappings",
    "ecs@",
    "behavioral_analytics-",
    "elastic-connectors",
    "search-acl-filter",
    "entities_",
    "agentless",
    "otel@",
    "semconv-",
    "kibana-reporting@",
    ".kibana-reporting",
)
_BUILT_IN_POLICIES = (
    "ilm-history-ilm-policy",
    "slm-history-ilm-policy",
    "watch-history-ilm-policy",
    "ml-size-based-ilm-policy",
    "logs",
    "metrics",
    "synthetics",
    "traces",
    "profiling",
    "7-days-default",
    "30-days-default",
    "90-days-default",
    "180-days-default",
    "365-days-default",
    ".",
    "behavioral_analytics-",
    "apm",
)


class Cleaner:
    """Empties one server.

    Args:
        target: the server.
        facts: its version and modules.
        wipe_path: a path that empties everything at one POST; used instead of all steps when given.
    """

    def __init__(self, target: Target, facts: Facts, wipe_path: str | None = None) -> None:
        self.target, self.facts, self.wipe_path = target, facts, wipe_path
        self._absent: set[str] = set()
        self._problems: list[str] = []

    def clean(self) -> list[str]:
        """Empty the server; what could not be done, one line each."""
        self._problems = []
        if self.wipe_path:
            self.expect("POST", self.wipe_path)
            return self._problems
        for since, step in STEPS:
            if self.facts.version >= since:
                step(self)
        return self._problems

    def ask(self, path: str) -> Json:
        """The parsed answer to a GET, None when the server does not know the path (which is remembered)."""
        if path in self._absent:
            return None
        answer = self.target.send("GET", path)
        if answer.status >= 300:
            if answer.status in _UNKNOWN:
                self._absent.add(path)
            else:
                self._problems.append(f"GET {path}: {answer.status} {_excerpt(answer)}")
            return None
        return content.parse(answer.body, "json")

    def expect(self, method: str, path: str, body: Json = None, *, fine: Iterable[int] = ()) -> Answer:
        """Send a request that must succeed."""
        headers = [("Content-Type", "application/json")] if body is not None else []
        data = json.dumps(body).encode() if body is not None else b""
        answer = self.target.send(method, path, data, headers)
        if answer.status >= 300 and answer.status not in fine:
            self._problems.append(f"{method} {path}: {answer.status} {_excerpt(answer)}")
        return answer

    def wait(self, is_done: Callable[[], bool], what: str) -> None:
        end, pause_s = time.monotonic() + _PATIENCE_S, 0.005
        while not is_done():
            if time.monotonic() > end:
                self._problems.append(f"still there after {_PATIENCE_S:.0f}s: {what}")
                return
            time.sleep(pause_s)
            pause_s = min(pause_s * 2, 0.25)

    def wait_for_shards(self) -> None:
        self.expect("GET", "/_cluster/health?wait_for_no_initializing_shards=true&timeout=70s", fine=(408,))

    def delete_rollup_jobs(self) -> None:
        jobs = (self.ask("/_rollup/job/_all") or {}).get("jobs", [])
        for job in jobs:
            name = _quoted(job["config"]["id"])
            self.expect("POST", f"/_rollup/job/{name}/_stop?wait_for_completion=true&timeout=10s", fine=(404,))
            self.expect("DELETE", f"/_rollup/job/{name}", fine=(404,))
        if jobs:
            self.wait(lambda: not _tasks(self.ask("/_tasks?actions=xpack/rollup/*")), "rollup tasks")

    def delete_snapshot_policies(self) -> None:
        for name in self.ask("/_slm/policy") or {}:
            self.expect("DELETE", f"/_slm/policy/{_quoted(name)}")

    def delete_searchable_snapshots(self) -> None:
        state = self.ask("/_cluster/state/metadata?filter_path=metadata.indices.*.settings.index.store.snapshot") or {}
        for name in state.get("metadata", {}).get("indices", {}):
            self.expect("DELETE", f"/{_quoted(name)}", fine=(404,))

    def delete_repositories(self) -> None:
        for name, about in (self.ask("/_snapshot/_all") or {}).items():
            repository = f"/_snapshot/{_quoted(name)}"
            if about.get("type") == "fs":
                self._delete_snapshots(repository)
            self.expect("DELETE", repository)

    def _delete_snapshots(self, repository: str) -> None:
        found = self.target.send("GET", f"{repository}/_all?ignore_unavailable=true")
        listed = content.parse(found.body, "json") if found.status == 200 else {}
        for snapshot in listed.get("snapshots", []):
            if snapshot.get("state") == "IN_PROGRESS" and self.facts.version < (8,):
                self._problems.append(f"unfinished snapshot [{snapshot['snapshot']}] in {repository}")
            self.expect("DELETE", f"{repository}/{_quoted(snapshot['snapshot'])}", fine=(404,))

    def reset_features(self) -> None:
        self._try_once("POST", "/_features/_reset")

    def delete_data_streams(self) -> None:
        self._try_once("DELETE", "/_data_stream/*?expand_wildcards=all")

    def _try_once(self, method: str, path: str) -> None:
        """A request that servers without the feature refuse, after which it is not sent again."""
        if path not in self._absent and self.target.send(method, path).status in _UNKNOWN:
            self._absent.add(path)

    def delete_indices(self) -> None:
        """Every index except histories of lifecycle management; one by one where wildcards may not delete."""
        version = self.facts.version
        names = "*" if version < (7, 7) else "*,-.ds-ilm-history-*,-.ds-.slm-history-*"
        states = "open,closed" if version < (7, 7) else "open,closed,hidden"
        path = f"/{names}?expand_wildcards={states}"
        if path not in self._absent:
            answer = self.target.send("DELETE", path)
            if answer.status == 404 or (answer.status == 200 and b'"acknowledged":true' in answer.body):
                return
            if answer.status not in _UNKNOWN:
                self._problems.append(f"DELETE {path}: {answer.status} {_excerpt(answer)}")
                return
            self._absent.add(path)
        for name in self.ask(f"/_all/_settings?expand_wildcards={states}&flat_settings=true") or {}:
            if not name.startswith((".ds-ilm-history-", ".ds-.slm-history-", ".security")):
                self.expect("DELETE", f"/{_quoted(name)}", fine=(404,))

    def delete_templates(self) -> None:
        for kind, key in (("_index_template", "index_templates"), ("_component_template", "component_templates")):
            if not self.facts.has_xpack:
                self._try_once("DELETE", f"/{kind}/*")
                continue
            for item in (self.ask(f"/{kind}") or {}).get(key, []):
                if not item["name"].startswith(_BUILT_IN_TEMPLATES) and "@" not in item["name"]:
                    self.target.send("DELETE", f"/{kind}/{_quoted(item['name'])}")
        if not self.facts.has_xpack:
            self.expect("DELETE", "/_template/*", fine=(404,))
            return
        for name in self.ask("/_template") or {}:
            if not name.startswith(_BUILT_IN_TEMPLATES):
                self.target.send("DELETE", f"/_template/{_quoted(name)}")

    def reset_settings(self) -> None:
        settings = self.ask("/_cluster/settings") or {}
        for kind in ("persistent", "transient"):
            if settings.get(kind):
                cleared = {f"{key}.*": None for key in settings[kind]}
                self.expect("PUT", "/_cluster/settings", {kind: cleared})

    def delete_lifecycle_policies(self) -> None:
        for name in self.ask("/_ilm/policy") or {}:
            if not name.startswith(_BUILT_IN_POLICIES) and "@" not in name:
                self.expect("DELETE", f"/_ilm/policy/{_quoted(name)}", fine=(404,))

    def delete_follow_patterns(self) -> None:
        for pattern in (self.ask("/_ccr/auto_follow") or {}).get("patterns", []):
            self.expect("DELETE", f"/_ccr/auto_follow/{_quoted(pattern['name'])}")

    def delete_shutdowns(self) -> None:
        found = (self.ask("/_nodes/shutdown") or {}).get("nodes", [])
        # servers without the feature read "shutdown" as a node id, and answer with a map
        for entry in found if isinstance(found, list) else []:
            self.expect("DELETE", f"/_nodes/{_quoted(entry['node_id'])}/shutdown")

    def wait_for_pending_tasks(self) -> None:
        self.wait(lambda: not (self.ask("/_cluster/pending_tasks") or {}).get("tasks"), "pending cluster tasks")


def _tasks(found: Json) -> bool:
    return any(node.get("tasks") for node in ((found or {}).get("nodes") or {}).values())


def _quoted(name: str) -> str:
    return quote(name, safe="")


def _excerpt(answer: Answer) -> str:
    return answer.body.decode("utf-8", "replace")[:500]


_ALWAYS: Version = (0, 0, 0)
STEPS: tuple[tuple[Version, Callable[[Cleaner], None]], ...] = (
    ((6, 2, 0), Cleaner.wait_for_shards),
    ((6, 3, 0), Cleaner.delete_rollup_jobs),
    ((7, 4, 0), Cleaner.delete_snapshot_policies),
    ((7, 10, 0), Cleaner.delete_searchable_snapshots),
    (_ALWAYS, Cleaner.delete_repositories),
    ((8, 0, 0), Cleaner.reset_features),
    ((7, 9, 0), Cleaner.delete_data_streams),
    (_ALWAYS, Cleaner.delete_indices),
    (_ALWAYS, Cleaner.delete_templates),
    (_ALWAYS, Cleaner.reset_settings),
    ((6, 6, 0), Cleaner.delete_lifecycle_policies),
    ((6, 5, 0), Cleaner.delete_follow_patterns),
    ((7, 13, 0), Cleaner.delete_shutdowns),
    (_ALWAYS, Cleaner.wait_for_pending_tasks),
)
"""The steps in order, each with the first version that knows it."""
