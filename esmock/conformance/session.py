"""What steps share while a test runs: server, API description, stash, and the current response."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from esmock.conformance import content
from esmock.conformance.apispec import ApiDescription
from esmock.conformance.dialect import E9, Dialect
from esmock.conformance.facts import Facts
from esmock.conformance.place import StepError, Where
from esmock.conformance.stash import Stash, is_mark
from esmock.conformance.target import Answer, Request, Target

Json = Any


@dataclass(frozen=True, slots=True)
class Mismatch:
    """Why a step failed.

    Attributes:
        at: the step.
        step: its kind.
        reason: one line.
        kind: ``fail`` for an expectation that does not hold, ``error`` for a step that could not be carried out.
        path: where an assertion looked.
        expected, actual: both sides of an assertion, marks filled in.
    """

    at: Where
    step: str
    reason: str
    kind: str = "fail"
    path: str | None = None
    expected: Json = None
    actual: Json = None

    def __str__(self) -> str:
        target = f" [{self.path}]" if self.path is not None else ""
        return f"{self.at}: {self.step}{target}: {self.reason}"


@dataclass(frozen=True, slots=True)
class Response:
    """An answer as assertions see it.

    Attributes:
        answer: the bytes and headers.
        tree: the parsed body, None when there is none or its type is not parsed.
        text: the body of an unparsed type, None otherwise.
        root: what the path '' finds.
    """

    answer: Answer
    tree: Json
    text: str | None
    root: Json

    @property
    def body(self) -> Json:
        """What is stashed as ``body``."""
        return self.tree if self.text is None else self.text

    @property
    def is_error(self) -> bool:
        return self.answer.status >= 300

    @staticmethod
    def read(method: str, answer: Answer) -> Response:
        """Parse an answer.

        Raises:
            StepError: the body is not what its content type says.
        """
        if method == "HEAD" or answer.status == 204:
            return Response(answer, None, None, answer.status < 400 if method == "HEAD" else None)
        kind = content.format_of(answer.header("content-type"))
        if kind is None:
            return Response(answer, None, answer.body.decode("utf-8", "replace"), None)
        if not answer.body.strip():
            return Response(answer, {}, None, {})  # the makers' runner reads an object there
        try:
            tree = content.parse(answer.body, kind)
        except content.ContentError as error:
            raise StepError(f"the response cannot be parsed: {error}") from None
        return Response(answer, tree, None, tree)


@dataclass(slots=True)
class Session:
    """One test against one server.

    Attributes:
        target: the server.
        api: checks parameters and builds requests; not needed when only ``raw`` is called.
        dialect: the era whose rules hold.
        facts: asked by conditions and node selectors.
        raw: whether the pseudo API ``raw`` of documentation tests is known.
        stash: named values.
        response: of the last call that was answered, None before the first.
        last: the last request and its answer, for reports.
        calls: number of requests that steps have sent.
        watch: told of every exchange of a step.
    """

    target: Target
    api: ApiDescription | None = None
    dialect: Dialect = E9
    facts: Facts = field(default=None)  # type: ignore[assignment]
    raw: bool = True
    stash: Stash = field(default=None)  # type: ignore[assignment]
    response: Response | None = None
    last: tuple[Request, Answer] | None = None
    calls: int = 0
    watch: Callable[[Request, Answer], None] | None = None

    def __post_init__(self) -> None:
        self.facts = self.facts or Facts(self.target)
        self.stash = self.stash or Stash(self.dialect)

    def clear(self) -> None:
        """Forget stash and response; done before ``setup`` and again before the body of a test."""
        self.stash.clear()
        self.response = None

    def send(self, request: Request) -> Answer:
        """Send a request of a step and remember the exchange."""
        answer = self.target.send(request.method, request.target, request.body, request.headers)
        if self.watch is not None:
            self.watch(request, answer)
        self.last = request, answer
        self.calls += 1
        return answer

    def actual(self, path: str) -> Json:
        """What an assertion looks at: a stash value when the whole path is a mark, else a value of the response.

        Raises:
            StepError: no response yet, or a path error.
        """
        return self.stash.mark(path) if is_mark(path) else self.from_response(path)

    def from_response(self, path: str) -> Json:
        """The value at a path of the current response, whose pieces may be marks."""
        if self.response is None:
            raise StepError("there is no response yet")
        if self.response.tree is None:
            return self.response.root if path == "" else None
        return self.stash.lookup(self.response.tree, path)
