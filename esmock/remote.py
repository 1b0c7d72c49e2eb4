"""A thin client of the control API, for tests that talk to a server in another process or container.

    from esmock.remote import Remote

    esmock = Remote("http://127.0.0.1:9200")
    with esmock.fault("queue_full", endpoint="search", first=2):
        ...
    esmock.assert_called("search", times=3)

Standard library only. Fields are those of ``faults.add``, ``calls`` and so on of the server's own Python interface.
"""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Mapping
from types import TracebackType
from typing import Any
from urllib.parse import quote

Json = Any
_WHEN = frozenset({"first", "every", "after", "probability", "seconds"})
_MATCH = frozenset({"method", "path", "endpoint", "index", "body", "query", "param", "header", "client"})


class RemoteError(Exception):
    """What the server refused: ``field`` and ``status`` say more."""

    def __init__(self, field: str, reason: str, status: int) -> None:
        super().__init__(f"{field}: {reason}" if field else reason)
        self.field = field
        self.status = status


class RemoteRule:
    """A fault or stub at work; released at the end of a ``with``."""

    def __init__(self, remote: Remote, kind: str, spec: dict[str, Json]) -> None:
        self._remote = remote
        self._path = f"/v1/{kind}s/{spec['id']}"
        self.spec = spec

    def release(self) -> None:
        self._remote.call("DELETE", self._path)

    def __enter__(self) -> RemoteRule:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.release()


class Remote:
    """A server's control API.

    Args:
        url: of the server.
        token: where it demands one.
        space: which space is meant; None: the default one.
    """

    def __init__(self, url: str, *, token: str | None = None, space: str | None = None) -> None:
        self.root = url.rstrip("/")
        self.token = token
        self.space = space

    @property
    def url(self) -> str:
        """Where Elasticsearch clients go."""
        return self.root if self.space is None else f"{self.root}/_esmock/in/{self.space}"

    def call(self, method: str, path: str, body: Json = None) -> Json:
        """One call. Raises RemoteError, OSError."""
        mark = "&" if "?" in path else "?"
        url = f"{self.root}/_esmock{path}" + (f"{mark}space={quote(self.space)}" if self.space is not None else "")
        headers = {"content-type": "application/json"} if body is not None else {}
        if self.token is not None:
            headers["x-esmock-token"] = self.token
        data = json.dumps(body).encode() if body is not None else None
        request = urllib.request.Request(url, data, headers, method=method)
        try:
            with urllib.request.urlopen(request) as response:
                return json.load(response)
        except urllib.error.HTTPError as error:
            with error:
                told = json.load(error).get("error", {})
            raise RemoteError(told.get("field", ""), told.get("reason", str(error)), error.code) from None

    def health(self) -> Json:
        return self.call("GET", "/health")

    def fault(self, name: str, **fields: Any) -> RemoteRule:
        """Put a fault to work. Raises RemoteError naming the field."""
        return self._rule("fault", name, fields)

    def stub(self, name: str, **fields: Any) -> RemoteRule:
        """Put a stub to work. Raises RemoteError naming the field."""
        return self._rule("stub", name, fields)

    def _rule(self, kind: str, name: str, fields: Mapping[str, Any]) -> RemoteRule:
        tree: dict[str, Any] = {kind: name, "match": dict(fields.get("match") or {}), "when": dict(fields.get("when") or {})}
        for key, value in fields.items():
            if key not in ("match", "when"):
                (tree["when"] if key in _WHEN else tree["match"] if key in _MATCH and key != "body" else tree)[key] = value
        return RemoteRule(self, kind, self.call("POST", f"/v1/{kind}s", tree)[f"{kind}s"][0])

    def scenario(self, name: str, **match: Any) -> Json:
        return self.call("POST", f"/v1/scenarios/{name}", match)["faults"]

    def clear(self) -> None:
        """Release all faults and stubs."""
        self.call("DELETE", "/v1/faults")
        self.call("DELETE", "/v1/stubs")

    def calls(self, endpoint: str | None = None, **match: Any) -> list[Json]:
        """The calls that match, oldest first."""
        found: list[Json] = self.call("POST", "/v1/journal/search", _match(endpoint, match))["exchanges"]
        return found

    def assert_called(self, endpoint: str | None = None, *, times: int | None = None, **match: Any) -> None:
        """Raise AssertionError, with the nearest misses, unless a call that matches came; or came so often."""
        bounds = {"times": times} if times is not None else {}
        self._assert({"called": _match(endpoint, match), **bounds})

    def assert_not_called(self, endpoint: str | None = None, **match: Any) -> None:
        self._assert({"called": _match(endpoint, match), "times": 0})

    def assert_order(self, *steps: Any) -> None:
        self._assert({"order": list(steps)})

    def _assert(self, claim: Json) -> None:
        told = self.call("POST", "/v1/assertions", claim)
        if not told["holds"]:
            raise AssertionError(told["reason"])

    def findings(self) -> list[Json]:
        found: list[Json] = self.call("GET", "/v1/findings")["findings"]
        return found

    def clock(self, **change: Any) -> Json:
        """What time it is; ``freeze``, ``resume``, ``advance`` or ``travel`` change it."""
        return self.call("PUT", "/v1/clock", change) if change else self.call("GET", "/v1/clock")

    def reset(self) -> None:
        """Back to the seed."""
        self.call("POST", "/v1/reset")

    def seed(self, tree: Json) -> None:
        self.call("POST", "/v1/seed", tree)

    def keep(self) -> None:
        """What is here is what ``reset`` returns to."""
        self.call("POST", "/v1/freeze")

    def state(self) -> Json:
        return self.call("GET", "/v1/state")

    def restore(self, tree: Json) -> None:
        self.call("PUT", "/v1/state", tree)

    def make_space(self, **fields: Any) -> Remote:
        """A further isolated cluster of the same server."""
        made = Remote(self.root, token=self.token).call("POST", "/v1/spaces", fields)
        return Remote(self.root, token=self.token, space=made["name"])

    def drop(self) -> None:
        """Drop the space that ``make_space`` made."""
        Remote(self.root, token=self.token).call("DELETE", f"/v1/spaces/{self.space}")


def _match(endpoint: str | None, match: Mapping[str, Any]) -> dict[str, Any]:
    return {**({"endpoint": endpoint} if endpoint is not None else {}), **match}
