"""Processors in a pipeline: conditions, failures and what is done about them, and a record of it all for simulations."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from esmock.errors import ApiError, ElasticsearchParse, IngestProcessor, NullPointer, raise_first
from esmock.ingest.configuration import Configuration
from esmock.ingest.document import IngestDocument
from esmock.ingest.java import cast_message, class_name
from esmock.state.failure_place import PROCESSOR
from esmock.xcontent.java_order import hash_order, hash_ordered

if TYPE_CHECKING:
    from esmock.ingest.environment import Environment
    from esmock.script.service import CompiledScript

Json = Any
Kept = TypeVar("Kept")


class Processor:
    """One kind of processor. Its constructor takes its options from the configuration; what is left over is an error."""

    name: ClassVar[str]
    since: ClassVar[tuple[int, int]] = (7, 0)
    """The release that brought it."""
    names_failures: ClassVar[bool] = False
    """Whether handlers of failures are told this processor where one inside it failed."""
    tells_description: ClassVar[bool] = True
    """Whether a simulation shows its description."""

    def __init__(self, config: Configuration) -> None:
        self.environment = config.environment

    def execute(self, document: IngestDocument) -> bool | None:
        """Change the document. Raises ApiError.

        Returns:
            None: the next step follows; False: the document is dropped; True: it may have been told to end here or to go elsewhere.
        """
        raise NotImplementedError


class Condition:
    """The ``if`` of a processor."""

    def __init__(self, script: Any, config: Configuration) -> None:
        from esmock.ingest.read_only import read_only

        self._seen = read_only
        self.source = script.id_or_code
        self._script = script
        self._scripts = config.environment.scripts
        from esmock.script.tree import fixed_params

        self._params = fixed_params(script.params)
        self._compiled: CompiledScript = config.guarded(
            None, lambda: config.environment.scripts.compile(script, "processor_conditional")
        )

    def holds(self, document: IngestDocument) -> bool:
        """Whether the processor is to run. Raises errors.Script."""
        # A stored script may have been replaced by now.
        compiled = self._scripts.compile(self._script, "processor_conditional") if self._script.stored else self._compiled
        return bool(compiled.run(params=self._params, ctx=self._seen(document.fields)))


def read_script(body: Json, config: Configuration) -> Any:
    """The script of an option. Raises its parser's errors."""
    from esmock.script.script import Script
    from esmock.xcontent import json_writer
    from esmock.xcontent.jackson import jackson_for
    from esmock.xcontent.located import located
    from esmock.xcontent.value_reader import Reading

    behaviour = config.environment.behaviour
    if isinstance(body, str):
        return Script(body)
    if not isinstance(body, dict):
        raise ElasticsearchParse(
            f"[script] property isn't a map or string, but of type [{class_name(body)}]",
            metadata={"property_name": "script", "processor_type": "conditional"},
        )
    return Script.parse_root(located(json_writer.dumps(hash_ordered(body)), jackson_for(behaviour)), Reading(behaviour))


@dataclass(slots=True)
class Metric:
    """What node stats tell of a pipeline or a processor.

    Attributes:
        current: runs that have begun and not ended.
        nanos: time of all runs.
    """

    count: int = 0
    current: int = 0
    failed: int = 0
    nanos: int = 0

    def to_json(self) -> dict[str, int]:
        millis = self.nanos // 1_000_000
        return {"count": self.count, "time_in_millis": millis, "current": self.current, "failed": self.failed}

    def measure(self, run: Callable[[IngestDocument], Kept], document: IngestDocument) -> Kept:
        """Run on a document and count it."""
        started = time.perf_counter_ns()
        try:
            kept = run(document)
        except ApiError as error:
            self.fail(error, started)
            raise
        self.count += 1
        self.nanos += time.perf_counter_ns() - started
        return kept

    def fail(self, error: ApiError, started: int) -> None:
        """Count a run that failed. A quirk of 7.10: an error that escapes leaves it current for ever."""
        if isinstance(error, Escaped):
            self.current += 1
            return
        self.failed += 1
        self.count += 1
        self.nanos += time.perf_counter_ns() - started


@dataclass(slots=True)
class Step:
    """A processor with everything around it."""

    processor: Processor
    kind: str
    tag: str | None = None
    description: str | None = None
    condition: Condition | None = None
    ignore_failure: bool = False
    on_failure: list[Step] = field(default_factory=list)
    metric: Metric = field(default_factory=Metric)
    execute: Callable[[IngestDocument], bool | None] = field(init=False)

    def __post_init__(self) -> None:
        self.execute = self.processor.execute

    @property
    def key(self) -> str:
        """How statistics name it: type, the pipeline it calls, tag."""
        called = getattr(self.processor, "called", None)
        return ":".join(part for part in (self.kind, called, self.tag) if part)

    def applies(self, condition: Condition, document: IngestDocument) -> bool:
        """Whether its condition holds. Raises Failure."""
        try:
            return condition.holds(document)
        except ApiError as error:
            raise Failure(error, "conditional", self.tag, _origin(document)) from None

    def failure(self, error: ApiError, document: IngestDocument) -> Failure:
        """An error with the place where it happened."""
        if not isinstance(error, Failure):
            return Failure(error, self.kind, self.tag, _origin(document))
        if self.processor.names_failures and error.cause is not None:
            return Failure(error.cause, self.kind, self.tag, _origin(document))
        return error

    def recover(self, error: ApiError, document: IngestDocument, results: Results | None) -> bool:
        """Do what the step says of failures. False: dropped. Raises the failure where it says nothing; Escaped."""
        if isinstance(error, Escaped):
            raise error
        failure = self.failure(error, document)
        if self.ignore_failure:
            return True
        if not self.on_failure:
            raise failure from None
        return handle(failure, self.on_failure, document, results)


@dataclass(slots=True)
class Result:
    """What a simulation tells of one step."""

    step: Step
    status: str
    condition_held: bool | None = None
    error: ApiError | None = None
    document: IngestDocument | None = None


Results = list[Result]


class Failure(IngestProcessor):
    """A processor's error with its place."""

    java = "IngestProcessorException"

    def __init__(self, cause: ApiError, kind: str, tag: str | None, pipeline: str | None) -> None:
        super().__init__(f"{cause.package}.{cause.java}: {cause.reason}", cause=cause)
        self.kind, self.tag, self.pipeline = kind, tag, pipeline
        told = {} if tag is None else {"processor_tag": tag}
        setattr(self, PROCESSOR, {**told, "processor_type": kind})


class Escaped(ApiError):
    """An error that no handler of failures sees: it ends the whole request. A quirk of loops in 7.10."""

    java = "IngestProcessorException"
    is_wrapper = True

    def __init__(self, cause: ApiError) -> None:
        super().__init__(cause.reason, cause=cause)


def run(
    steps: Sequence[Step], on_failure: Sequence[Step], document: IngestDocument, results: Results | None = None
) -> bool:
    """Run steps until one drops the document or fails. False: dropped. Raises Failure."""
    try:
        return _run_all(steps, document) if results is None else _run_told(steps, document, results)
    except Failure as failure:
        if not on_failure:
            raise
        return handle(failure, on_failure, document, results)


def _run_all(steps: Sequence[Step], document: IngestDocument) -> bool:
    """The way of nearly all documents: as little as can be is done between two steps."""
    begun = time.perf_counter_ns()
    for step in steps:
        if step.condition is not None:
            if not step.applies(step.condition, document):
                continue
            begun = time.perf_counter_ns()
        metric = step.metric
        try:
            kept = step.execute(document)
        except ApiError as error:
            metric.fail(error, begun)
            kept = step.recover(error, document, None)
            begun = time.perf_counter_ns()
        else:
            metric.count += 1
            ended = time.perf_counter_ns()
            metric.nanos += ended - begun
            begun = ended
        if kept is not None and (kept is False or document.terminated or document.rerouted):
            return kept is not False
    return True


def _run_told(steps: Sequence[Step], document: IngestDocument, results: Results) -> bool:
    """The same with a record. Raises also the error of a condition as it is."""
    for step in steps:
        if not _tell(step, document, results):
            return False
        if document.terminated or document.rerouted:
            break
    return True


def _tell(step: Step, document: IngestDocument, results: Results) -> bool:
    held: bool | None = None
    if step.condition is not None:
        held = step.condition.holds(document)
        if not held:
            results.append(Result(step, "skipped", held))
            return True
    try:
        return _execute_told(step, document, results, held)
    except Failure as failure:
        return step.recover(failure, document, results)


def _execute_told(step: Step, document: IngestDocument, results: Results, held: bool | None) -> bool:
    tracked = getattr(step.processor, "execute_tracked", None)
    try:
        if tracked is not None:
            told = lambda one: bool(tracked(one, results, lambda: Result(step, "success", held)))  # noqa: E731
            return step.metric.measure(told, document)
        kept = step.metric.measure(step.processor.execute, document) is not False
    except Escaped:
        raise
    except ApiError as error:
        failure = step.failure(error, document)
        if tracked is None or not isinstance(error, Failure):
            status = "error_ignored" if step.ignore_failure else "error"
            shown = document.copy() if step.ignore_failure else None
            results.append(Result(step, status, held, failure, shown))
        raise failure from None
    results.append(Result(step, "success" if kept else "dropped", held, None, document.copy() if kept else None))
    return kept


def _origin(document: IngestDocument) -> str | None:
    return document.pipelines[-1] if len(document.pipelines) > 1 else None


_ON_FAILURE = ("on_failure_message", "on_failure_processor_type", "on_failure_processor_tag", "on_failure_pipeline")


def handle(failure: Failure, steps: Sequence[Step], document: IngestDocument, results: Results | None) -> bool:
    """Run the steps for a failure; ``_ingest`` tells them about it."""
    message = deepest(failure).reason
    for name, value in zip(_ON_FAILURE, (message, failure.kind, failure.tag, failure.pipeline), strict=True):
        if value is not None or name != "on_failure_pipeline":
            document.metadata[name] = value
    try:
        return run(steps, (), document, results)
    finally:
        for name in _ON_FAILURE:
            document.metadata.pop(name, None)


def deepest(error: ApiError) -> ApiError:
    """The cause of all causes."""
    while error.cause is not None:
        error = error.cause
    return error


def read_steps(configs: Sequence[Json], environment: Environment) -> list[Step]:
    """Read a list of processors. All errors are told: the first, and the others as suppressed."""
    steps: list[Step] = []
    failed: list[ApiError] = []
    for config in configs:
        if not isinstance(config, dict):
            raise _class_cast(config)
        for kind in hash_order(config):
            try:
                steps.append(read_step(kind, config[kind], environment))
            except ApiError as error:
                failed.append(error)
    raise_first(failed)
    return steps


def _class_cast(value: Json) -> ApiError:
    from esmock.errors import ClassCast, NullPointer

    if value is None:
        return NullPointer('Cannot invoke "java.util.Map.entrySet()" because "processorConfigWithKey" is null')
    return ClassCast(cast_message(value, "java.util.Map"))


def read_step(kind: str, body: Json, environment: Environment) -> Step:
    """Read one processor. Raises ElasticsearchParse."""
    from esmock.ingest.registry import PROCESSORS, check_built

    if isinstance(body, str) and kind == "script":
        body = {"source": body}
    if not isinstance(body, dict):
        if body is None:
            raise NullPointer('Cannot invoke "Object.getClass()" because "config" is null')
        raise ElasticsearchParse(
            f"property isn't a map, but of type [{class_name(body)}]", metadata={"processor_type": kind}
        )
    config = Configuration(kind, dict(body), environment)
    made = PROCESSORS.get(kind)
    if made is None or not environment.behaviour.has(made.since):
        check_built(kind, environment.behaviour)
        condition = config.values.pop("if", None)
        config.tag = config.values.get("tag")
        if condition is not None:
            Condition(read_script(condition, config), config)
        raise config.error(None, f"No processor type exists with name [{kind}]")
    condition_body = config.values.pop("if", None)
    outer = Configuration(None, config.values, environment)
    config.tag = tag = outer.string("tag", None)
    description = outer.string("description", None)
    script = read_script(condition_body, config) if condition_body is not None else None
    ignore_failure = outer.boolean("ignore_failure", False)
    on_failure_configs = outer.list("on_failure", None)
    on_failure = read_steps(on_failure_configs, environment) if on_failure_configs is not None else []
    if on_failure_configs is not None and not on_failure:
        raise config.error("on_failure", "processors list cannot be empty")
    processor = config.guarded(None, lambda: made(config))
    if config.values:
        left = ", ".join(hash_order(config.values))
        raise config.error(
            None, f"processor [{kind}] doesn't support one or more provided configuration parameters [{left}]"
        )
    condition = None if script is None else Condition(script, config)
    told = description if processor.tells_description else None
    return Step(processor, kind, tag, told, condition, ignore_failure, on_failure)
