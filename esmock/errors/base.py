"""What an error is, and the one rendering of them all: bodies, root causes and stack traces.

Raise anywhere; ``http/render.py`` turns the exception into a response. Where the protocol puts an error inside a 200 (bulk items,
multi-search, shard failures) the same ``cause_body`` is used. A class is named after Elasticsearch's class without ``Exception``;
its wire ``type`` is derived from the name as Elasticsearch derives it.

Source: recordings of 7.10.2 and 8.19.21 (fixtures/recorded).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, ClassVar

Json = Any

_METADATA_TABLE = 16


def _java_hash(text: str) -> int:
    code = 0
    for char in text:
        code = (31 * code + ord(char)) & 0xFFFFFFFF
    return code


def _bucket(key: str) -> int:
    code = _java_hash("es." + key)
    return (code ^ (code >> 16)) & (_METADATA_TABLE - 1)


def wire_type(name: str) -> str:
    """The wire type of a Java class name: ``IndexNotFoundException`` gives ``index_not_found_exception``."""
    name = name.removeprefix("Elasticsearch")
    return name[:1].lower() + re.sub(r"[A-Z]", lambda m: "_" + m[0].lower(), name[1:])


class ApiError(Exception):
    """An error that Elasticsearch itself would return.

    Args:
        reason: the message; None is rendered as JSON null.
        cause: the error this one wraps, shown as ``caused_by``.
        metadata: ``index``, ``index_uuid``, ``shard``, ``resource.id`` ...; rendered in the order of Java's hash map.
        extra: keys of this one class (``line``, ``col``, ``max_buckets`` ...), rendered after the metadata.
        suppressed: further errors, rendered last.
        headers: HTTP headers that the error adds to the response and to its own body.
        status: HTTP status, where it is not the class's.
    """

    status: int = 500
    java: ClassVar[str] = "ElasticsearchException"
    package: ClassVar[str] = "org.elasticsearch"
    type: str = "exception"
    is_elasticsearch: ClassVar[bool] = True
    """Whether the Java class extends ElasticsearchException: decides about root_cause and the text of stack traces."""
    is_wrapper: ClassVar[bool] = False
    has_frames: ClassVar[bool] = True

    def __init_subclass__(cls) -> None:
        own = cls.__dict__
        if "java" not in own:
            cls.java = cls.__name__ + "Exception"
        if "type" not in own:
            cls.type = wire_type(cls.java)

    def __init__(
        self,
        reason: str | None,
        *,
        cause: ApiError | None = None,
        metadata: Mapping[str, Any] | None = None,
        extra: Mapping[str, Json] | None = None,
        suppressed: Iterable[ApiError] = (),
        headers: Mapping[str, Any] | None = None,
        status: int | None = None,
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.cause = cause
        self.metadata: dict[str, Any] = dict(metadata or {})
        self.extra: dict[str, Json] = dict(extra or {})
        self.suppressed = list(suppressed)
        self.headers: dict[str, Any] = dict(headers or {})
        if status is not None:
            self.status = status

    def peeled(self) -> ApiError:
        """The error behind wrapper classes, as every rendering starts with it."""
        error = self
        while error.is_wrapper and error.cause is not None:
            error = error.cause
        return error

    def roots(self) -> list[ApiError]:
        """The entries of ``root_cause``."""
        return self.peeled()._roots()

    def _roots(self) -> list[ApiError]:
        if self.is_elasticsearch:
            if self.cause is not None and self.cause.is_elasticsearch:
                return self.cause._roots()
            return [self]
        return [StandIn(self)]

    def own_body(self, trace: Trace | None = None, *, causes: bool = True) -> dict[str, Json]:
        """This error as a JSON object, without ``root_cause``; ``trace`` adds a ``stack_trace`` at each level."""
        body: dict[str, Json] = {"type": self.type, "reason": self.reason}
        for key in sorted(self.metadata, key=_bucket):
            body[key] = self.metadata[key]
        body.update(self.extra)
        if causes and self.cause is not None:
            body["caused_by"] = self.cause.cause_body(trace)
        if self.headers:
            body["header"] = dict(self.headers)
        if trace is not None and self.status != 401:
            body["stack_trace"] = trace.text(self)
        if self.suppressed:
            body["suppressed"] = [one.own_body(trace, causes=causes) for one in self.suppressed]
        return body

    def cause_body(self, trace: Trace | None = None) -> dict[str, Json]:
        """This error as it stands in bulk items, shard failures and ``caused_by``."""
        return self.peeled().own_body(trace)

    def error_body(self, trace: Trace | None = None) -> dict[str, Json]:
        """The value of ``error``: ``root_cause`` first, then the error itself."""
        roots = [root.own_body(trace, causes=False) for root in self.roots()]
        return {"root_cause": roots, **self.cause_body(trace)}

    def body(self, trace: Trace | None = None) -> dict[str, Json]:
        """The whole response body."""
        return {"error": self.error_body(trace), "status": self.peeled().status}

    def chain(self) -> Iterator[ApiError]:
        """This error and its causes, outermost first."""
        error: ApiError | None = self
        while error is not None:
            yield error
            error = error.cause


class StandIn(ApiError):
    """What root_cause shows for an error that is not Elasticsearch's own class: same type and reason, nothing else."""

    java = "ElasticsearchException$1"

    def __init__(self, original: ApiError) -> None:
        super().__init__(original.reason, cause=None, status=original.status)
        self.original = original
        self.type = original.type


class SimpleError(ApiError):
    """An answer whose ``error`` is a bare string (405, 406, ...). ``extra`` keys follow ``status``."""

    def __init__(
        self,
        message: str,
        status: int,
        *,
        has_status: bool = True,
        headers: Mapping[str, str] | None = None,
        extra: Mapping[str, Json] | None = None,
    ) -> None:
        super().__init__(message, status=status, extra=extra)
        self.has_status = has_status
        self.response_headers = dict(headers or {})

    def body(self, trace: Trace | None = None) -> dict[str, Json]:
        if not self.has_status:
            return {"error": self.reason, **self.extra}
        return {"error": self.reason, "status": self.status, **self.extra}


class Unsupported(Exception):
    """esmock knows this of Elasticsearch and does not implement it. Answered with 501; never Elasticsearch's own answer."""

    status = 501

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what

    def body(self) -> dict[str, Json]:
        """The response body: an error type of esmock's own."""
        error = {"type": "esmock_unsupported", "reason": f"esmock does not support {self.what}"}
        return {"error": {"root_cause": [dict(error)], **error}, "status": self.status}


class Trace:
    """Renders Java stack traces: exact first lines, a few plausible frames.

    Args:
        qualified: whether errors print their class with package and message only (from 8.0), or as ``Name[message]``.
        module: the module prefix of frames (``org.elasticsearch.server@8.19.21/``), or nothing.
    """

    def __init__(self, *, qualified: bool, module: str = "") -> None:
        self.qualified = qualified
        self.module = module

    def text(self, error: ApiError) -> str:
        lines = [self.first_line(error), *self._frames(error)]
        for cause in list(error.chain())[1:]:
            lines.append("Caused by: " + self.first_line(cause))
            lines.extend(self._frames(cause)[:1])
            lines.append("\t... 3 more")
        return "\n".join(lines) + "\n"

    def first_line(self, error: ApiError) -> str:
        """What Java's ``toString`` gives for the error."""
        if isinstance(error, StandIn):
            if self.qualified:
                return f"org.elasticsearch.ElasticsearchException$1: {error.reason}"
            return f"[{error.reason}]; nested: {error.original.java}[{error.reason}];"
        own = getattr(error, "to_string", None)
        if own is not None:
            return str(own(self))
        return self._place(error) + self._core(error)

    def _core(self, error: ApiError) -> str:
        message = "" if error.reason is None else f": {error.reason}"
        if self.qualified or not error.is_elasticsearch:
            return f"{error.package}.{error.java}{message}"
        parts = [f"{one.java}[{one.reason}]" for one in error.chain()]
        if len(parts) == 1:
            return parts[0]
        return "; nested: ".join(parts) + ";"

    @staticmethod
    def _place(error: ApiError) -> str:
        index, uuid, shard = (error.metadata.get(key) for key in ("index", "index_uuid", "shard"))
        if index is None:
            return ""
        place = f"[{index}]" if uuid in (None, "_na_") else f"[{index}/{uuid}]"
        return place + (f"[[{index}][{shard}]]" if shard is not None else "") + " "

    def _frames(self, error: ApiError) -> list[str]:
        if not error.has_frames:
            return []
        module = self.module
        return [
            f"\tat {module}org.elasticsearch.action.support.TransportAction.execute(TransportAction.java:179)",
            f"\tat {module}org.elasticsearch.rest.RestController.dispatchRequest(RestController.java:236)",
            "\tat java.base/java.lang.Thread.run(Thread.java:840)",
        ]


def raise_first(failures: Sequence[ApiError]) -> None:
    """Raise the first of several failures, with the others as its suppressed ones; nothing where there are none."""
    if failures:
        first, *rest = failures
        first.suppressed.extend(rest)
        raise first
