"""One request on its way through the controls, and afterwards what the journal keeps of it."""

from __future__ import annotations

import fnmatch
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from time import perf_counter_ns
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from esmock.clock import instant_ms

if TYPE_CHECKING:
    from esmock.api.request import Request
    from esmock.controls.controls import Controls
    from esmock.controls.rule import Rule
    from esmock.features.security.authentication import Authentication
    from esmock.state.cluster import Cluster
    from esmock.wire import RawRequest, RawResponse

Json = Any
_NOTHING: Mapping[str, str] = MappingProxyType({})
LINES = frozenset({"bulk", "msearch", "msearch_template", "monitoring.bulk"})


class Exchange:
    """A request, and the answer once there is one.

    Attributes:
        number: counts the requests of a space from 1.
        at_ms: when it came, on the space's clock.
        took_ns: real time from request to answer.
        endpoint: its name in the published specification; None where no route took it.
        action: the transport action that it asks for.
        sender: who sent it, where security told; None without security, and for who was not let in.
        parts: the captured parts of the path.
        warnings: deprecations that the answer announced.
        fired: the rules that had a hand in it.
        unrefreshed: indices that it searched while writes to them were not yet visible.
        carried_out: the body that the handler got, where rules looked at the request; None: it never got to the handler.
        answer: what was sent; None while it is under way.
    """

    # What most exchanges never set stands on the class: making one is on the path of every request.
    took_ns = 0
    endpoint: str | None = None
    action: str = ""
    sender: Authentication | None = None
    parts: Mapping[str, str] = _NOTHING
    warnings: list[str] | tuple[str, ...] = ()
    fired: Sequence[Rule] = ()
    unrefreshed: tuple[str, ...] = ()
    request: Request | None = None
    carried_out: bytes | None = None
    answer: RawResponse | None = None

    def __init__(
        self, raw: RawRequest, number: int, started_ns: int, clock: tuple[int | None, int], controls: Controls
    ) -> None:
        self.raw = raw
        self.number = number
        self._started_ns = started_ns
        self._clock = clock
        self.controls: Controls | None = controls

    @property
    def at_ms(self) -> int:
        return instant_ms(self._clock, self._started_ns)

    def ended(self, answer: RawResponse) -> None:
        """Take over the answer, now; let go of what the engine needs."""
        self.took_ns = perf_counter_ns() - self._started_ns
        self.answer = answer
        self.request = self.controls = None

    def run(self, request: Request, proceed: Callable[[Request], Any]) -> Any:
        """Let a routed request go on to its handler, with whatever the rules do to it."""
        self.endpoint = request.endpoint.name
        self.parts = request.parts
        if request.authentication is not None:
            self.sender, self.action = request.authentication, request.endpoint.action
        self.warnings = request.warnings
        controls = self.controls
        assert controls is not None
        return controls.run(self, request, proceed) if controls.is_watching else proceed(request)

    def kept(self, raw: RawRequest) -> RawRequest | None:
        """The request as it was carried out, for who repeats it; None where it was not."""
        if not self.fired:
            return raw
        return None if self.carried_out is None else replace(raw, body=self.carried_out)

    def unrouted(self, error: Exception) -> Any:
        """A request that no route takes: a stub may answer it. Raises the error otherwise."""
        assert self.controls is not None
        return self.controls.unrouted(self, error)

    @property
    def cluster(self) -> Cluster | None:
        """The state behind an exchange that is under way; None in front of a real cluster."""
        return self.controls.cluster if self.controls is not None else None

    @property
    def path(self) -> str:
        return self.raw.target.partition("?")[0]

    @property
    def indices(self) -> list[str]:
        """The index names and patterns that the request names: in its path, and in the lines of a bulk or multi-search."""
        named = self.parts.get("index")
        found = [one for one in named.split(",") if one] if named else []
        if self.endpoint in LINES:
            found += [name for name in self._line_indices() if name not in found]
        return found

    def _line_indices(self) -> list[str]:
        out = []
        for line in self.documents:
            if not isinstance(line, dict):
                continue
            inner = next(iter(line.values()), None) if len(line) == 1 else None
            names = line.get("index") if not isinstance(inner, dict) else inner.get("_index")
            out += [name for name in (names if isinstance(names, list) else [names]) if isinstance(name, str)]
        return out

    @property
    def documents(self) -> list[Json]:
        """The body as trees: one, or one per line of an NDJSON body; empty where it is no JSON."""
        try:
            return self._tree
        except AttributeError:
            self._tree: list[Json] = read_body(self.raw.body)
            return self._tree

    @property
    def body(self) -> Json:
        """The request's body as a tree, a list of trees for NDJSON, None where there is none."""
        trees = self.documents
        return trees[0] if len(trees) == 1 else trees or None

    @property
    def status(self) -> int | None:
        return self.answer.status if self.answer is not None else None

    @property
    def response(self) -> Json:
        """The answer's body as a tree; text where it is no JSON."""
        if self.answer is None:
            return None
        trees = read_body(self.answer.body)
        return trees[0] if len(trees) == 1 else self.answer.body.decode("utf-8", "replace")

    @property
    def took_ms(self) -> float:
        return round(self.took_ns / 1_000_000, 3)

    def names_index(self, pattern: str) -> bool:
        """Whether the request names an index that the pattern covers, or a pattern that covers it."""
        return any(
            fnmatch.fnmatchcase(name, pattern) or ("*" in name and fnmatch.fnmatchcase(pattern, name))
            for name in self.indices
        )

    @property
    def audit(self) -> list[dict[str, Json]]:
        """What an audit log would tell of it; nothing without security."""
        from esmock.controls.audit import audit_lines

        return audit_lines(self)

    def __repr__(self) -> str:
        status = f" -> {self.status}" if self.answer is not None else ""
        return f"<{self.number}: {self.raw.method} {self.raw.target}{status}>"

    def summary(self) -> dict[str, Json]:
        """One line of the journal as JSON."""
        answer = self.answer
        out: dict[str, Json] = {
            "number": self.number,
            "at_ms": self.at_ms,
            "method": self.raw.method,
            "target": self.raw.target,
            "endpoint": self.endpoint,
            "status": self.status,
            "took_ms": self.took_ms,
            "request_bytes": len(self.raw.body),
            "response_bytes": len(answer.body) if answer is not None else 0,
        }
        if self.fired:
            out["rules"] = [rule.label for rule in self.fired]
        if answer is not None and answer.wire is not None:
            out["wire"] = answer.wire.kind
        if self.warnings:
            out["warnings"] = list(self.warnings)
        return out

    def details(self) -> dict[str, Json]:
        """The whole exchange as JSON; bodies as text."""
        answer = self.answer
        out = self.summary()
        out["request"] = {
            "headers": [list(pair) for pair in self.raw.headers],
            "body": self.raw.body.decode("utf-8", "replace"),
        }
        if answer is not None:
            out["response"] = {
                "headers": [list(pair) for pair in answer.headers],
                "body": answer.body.decode("utf-8", "replace"),
            }
        audit = self.audit
        return {**out, "audit": audit} if audit else out


def read_body(content: bytes) -> list[Json]:
    """A body's trees: one for JSON, one per line for NDJSON, none for anything else."""
    import orjson

    if not content:
        return []
    try:
        return [orjson.loads(content)]
    except ValueError:
        pass
    try:
        return [orjson.loads(line) for line in content.split(b"\n") if line.strip()]
    except ValueError:
        return []
