"""Faults of the network: the connection misbehaves, whatever the engine says."""

from __future__ import annotations

import random
import threading
from typing import TYPE_CHECKING, Any, ClassVar

from esmock.controls.action import REQUIRED, Action, Option, choice, flag
from esmock.controls.faults.families import stopped
from esmock.controls.gate import Gate
from esmock.controls.refusal import as_count, as_number, as_seconds
from esmock.wire import WireFault

if TYPE_CHECKING:
    from esmock.api.request import Response
    from esmock.controls.controls import Controls
    from esmock.controls.exchange import Exchange
    from esmock.wire import RawResponse

_EXECUTED = Option(flag, False, "whether the request is carried out before its answer is lost")


class Delay(Action):
    """The answer comes late. The request is carried out at once; only the client waits."""

    name = "delay"
    summary = "the answer comes late, by a fixed time and a random one"
    options: ClassVar = {
        "seconds": Option(as_seconds, REQUIRED, "how late, as 0.2 or 200ms"),
        "jitter": Option(as_seconds, 0.0, "up to so much later, by a seeded generator"),
        "seed": Option(lambda v, f: as_count(v, f, least=0), 0, "seed of the jitter"),
    }
    seconds: float
    jitter: float
    seed: int

    def __init__(self, **values: Any) -> None:
        super().__init__(**values)
        self._random = random.Random(self.seed)

    def delay_s(self) -> float:
        return self.seconds + self._random.random() * self.jitter


class Wired(Action):
    """Faults that leave the request alone and spoil the connection."""

    kind: ClassVar[str]
    options: ClassVar = {"executed": _EXECUTED}
    executed: bool

    def before(self, exchange: Exchange) -> Response | None:
        return None if self.executed else stopped()

    def after(self, exchange: Exchange, answer: RawResponse) -> RawResponse:
        answer.wire = WireFault(self.kind)
        return answer


class Reset(Wired):
    """The peer resets the connection."""

    name = kind = "reset"
    summary = "the connection is reset instead of an answer"


class Close(Wired):
    """The server closes the connection in good order, without an answer."""

    name = kind = "close"
    summary = "the connection is closed instead of an answer"


class Hang(Wired):
    """The server never answers; the connection stays open until the client gives up or the fault is released."""

    name = kind = "hang"
    summary = "no answer, until the client gives up"

    def __init__(self, **values: Any) -> None:
        super().__init__(**values)
        self._gate = Gate()

    def after(self, exchange: Exchange, answer: RawResponse) -> RawResponse:
        answer.wire = WireFault("hang", until=self._gate.wait)
        return answer

    def release(self) -> None:
        self._gate.open()


class LostAnswer(Wired):
    """The request was carried out, and nobody learns of it: what makes retries of writes dangerous."""

    name = "lost_answer"
    kind = "reset"
    summary = "the request is carried out and its answer lost: the connection is reset"
    options: ClassVar = {}
    executed = True


class Truncate(Action):
    """The connection breaks in the middle of the body."""

    name = "truncate"
    summary = "the connection breaks within the body"
    options: ClassVar = {"share": Option(lambda v, f: as_number(v, f, most=1), 0.5, "how much of the body arrives, 0 to 1")}
    share: float

    def after(self, exchange: Exchange, answer: RawResponse) -> RawResponse:
        answer.wire = WireFault("truncate", self.share)
        return answer


class Drip(Action):
    """The answer trickles."""

    name = "drip"
    summary = "the answer comes slowly, a few bytes at a time"
    options: ClassVar = {"bytes_per_second": Option(as_count, 1024, "how fast")}
    bytes_per_second: int

    def after(self, exchange: Exchange, answer: RawResponse) -> RawResponse:
        answer.wire = WireFault("drip", self.bytes_per_second)
        return answer


class Garble(Action):
    """Some bytes of the body are not what was sent."""

    name = "garble"
    summary = "some bytes of the body are wrong"
    options: ClassVar = {
        "share": Option(lambda v, f: as_number(v, f, most=1), 0.1, "how many of them, 0 to 1; at least one"),
        "seed": Option(lambda v, f: as_count(v, f, least=0), 0, "seed of the generator that chooses them"),
    }
    share: float
    seed: int

    def __init__(self, **values: Any) -> None:
        super().__init__(**values)
        self._random = random.Random(self.seed)

    def after(self, exchange: Exchange, answer: RawResponse) -> RawResponse:
        if not answer.body:
            return answer
        body = bytearray(answer.body)
        body[0] ^= 0x80
        for at in self._random.sample(range(len(body)), max(1, int(len(body) * self.share)) if self.share else 0):
            body[at] = self._random.choice(b"\x00\x01?\xff}{")
        answer.body = bytes(body)
        return answer


class BadStatusLine(Action):
    """Something answers that does not speak HTTP."""

    name = "not_http"
    summary = "the answer is no HTTP"
    options: ClassVar = {"executed": _EXECUTED}
    executed: bool

    def before(self, exchange: Exchange) -> Response | None:
        return None if self.executed else stopped()

    def after(self, exchange: Exchange, answer: RawResponse) -> RawResponse:
        answer.wire = WireFault("raw", data=b"SSH-2.0-OpenSSH_9.2\r\n")
        return answer


class BadChunk(Action):
    """The body is sent in chunks, and the chunks are broken."""

    name = "broken_chunks"
    summary = "a chunked body whose chunk sizes are nonsense"

    def after(self, exchange: Exchange, answer: RawResponse) -> RawResponse:
        head = f"HTTP/1.1 {answer.status} OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n"
        answer.wire = WireFault("raw", data=head.encode() + b"5\r\n{\"too\r\nZZ\r\n")
        return answer


class WrongLength(Action):
    """More bytes are announced than come."""

    name = "wrong_length"
    summary = "content-length promises more than comes, then the connection is closed"

    def after(self, exchange: Exchange, answer: RawResponse) -> RawResponse:
        answer.headers = [pair for pair in answer.headers if pair[0].lower() not in ("content-length", "transfer-encoding")]
        answer.headers.append(("content-length", str(len(answer.body) + 100)))
        answer.wire = WireFault("as_is")
        return answer


class BadGzip(Action):
    """The body claims to be compressed and is not."""

    name = "broken_gzip"
    summary = "content-encoding says gzip, and the body is none"

    def after(self, exchange: Exchange, answer: RawResponse) -> RawResponse:
        answer.headers = [("content-encoding", "gzip"), *answer.headers]
        answer.wire = WireFault("as_is")
        return answer


class Refuse(Action):
    """Nobody listens any more: connections are refused, open ones reset. Acts on the port, not on requests."""

    name = "refuse"
    summary = "nobody listens: connections are refused"
    is_of_port = True
    options: ClassVar = {
        "seconds": Option(as_seconds, None, "listens again after so long, in real time; by default when released"),
        "node": Option(lambda v, f: as_count(v, f, least=0), None, "position of the node, from 0; by default all nodes"),
    }
    seconds: float | None
    node: int | None

    def __init__(self, **values: Any) -> None:
        super().__init__(**values)
        self._controls: Controls | None = None
        self._timer: threading.Timer | None = None

    def applies(self, exchange: Exchange) -> bool:
        return False

    def installed(self, controls: Controls) -> None:
        self._controls = controls
        controls.go_down(self.node)
        if self.seconds is not None:
            self._timer = threading.Timer(self.seconds, self.release)
            self._timer.daemon = True
            self._timer.start()

    def release(self) -> None:
        controls, self._controls = self._controls, None
        if self._timer is not None:
            self._timer.cancel()
        if controls is not None:
            controls.come_up(self.node)


class NodeDown(Refuse):
    """The node is killed. What it kept in memory is gone when it comes back; what was written is not."""

    name = "node_down"
    summary = "the node is killed: connections are refused, scrolls, points in time and tasks are lost; revived when released"

    def installed(self, controls: Controls) -> None:
        cluster = controls.cluster
        if cluster is not None:
            for name in ("contexts", "tasks"):
                cluster.slots.pop(name, None)
            for index in cluster.indices.values():
                index.refresh()
        super().installed(controls)


class Gateway(Action):
    """Something between client and cluster answers, in HTML."""

    name = "gateway"
    summary = "a proxy answers in the cluster's place, in HTML"
    options: ClassVar = {"status": Option(lambda v, f: int(choice("502", "503", "504")(str(v), f)), 502, "502, 503 or 504")}
    status: int

    def before(self, exchange: Exchange) -> Response | None:
        return stopped()

    def after(self, exchange: Exchange, answer: RawResponse) -> RawResponse:
        from esmock.wire import RawResponse

        title = {502: "502 Bad Gateway", 503: "503 Service Temporarily Unavailable", 504: "504 Gateway Time-out"}[self.status]
        page = f"<html>\r\n<head><title>{title}</title></head>\r\n<body>\r\n<center><h1>{title}</h1></center>\r\n</body>\r\n</html>\r\n"
        body = page.encode()
        headers = [("server", "nginx"), ("content-type", "text/html"), ("content-length", str(len(body)))]
        return RawResponse(self.status, headers, b"" if exchange.raw.method == "HEAD" else body)


class NoProduct(Action):
    """The answer does not say that it is Elasticsearch's, as from a look-alike; clients from 7.14 on check."""

    name = "no_product_header"
    summary = "the answer lacks the X-elastic-product header"

    def after(self, exchange: Exchange, answer: RawResponse) -> RawResponse:
        answer.headers = [pair for pair in answer.headers if pair[0].lower() != "x-elastic-product"]
        return answer


class WrongType(Action):
    """The content type is not the body's."""

    name = "wrong_content_type"
    summary = "the content type says text/html"

    def after(self, exchange: Exchange, answer: RawResponse) -> RawResponse:
        answer.headers = [(k, "text/html" if k.lower() == "content-type" else v) for k, v in answer.headers]
        return answer


class NotJson(Action):
    """The body is cut so that it is no JSON, and its length is right."""

    name = "cut_json"
    summary = "the body is a piece of JSON, of the right content-length"

    def after(self, exchange: Exchange, answer: RawResponse) -> RawResponse:
        return answer.with_body(answer.body[: max(len(answer.body) // 2, 1)]) if answer.body else answer


class Empty(Action):
    """The body is missing."""

    name = "empty_body"
    summary = "the status is right and the body empty"

    def after(self, exchange: Exchange, answer: RawResponse) -> RawResponse:
        return answer.with_body(b"")


NETWORK = (
    Delay,
    Reset,
    Close,
    Hang,
    LostAnswer,
    Truncate,
    Drip,
    Garble,
    BadStatusLine,
    BadChunk,
    WrongLength,
    BadGzip,
    Refuse,
    NodeDown,
    Gateway,
    NoProduct,
    WrongType,
    NotJson,
    Empty,
)
