"""A job that nobody waits for, as a task: it goes on by timers, can be told another rate, can be cancelled, and leaves its result.

Source: answers of 7.10.2. Differs: a job without a limit on requests per second has ended when its request is answered.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from esmock.addition import in_order
from esmock.errors import ApiError
from esmock.features.by_query.job import ACTIONS, Job, Status
from esmock.features.by_query.run import Done, Worker, finish, start
from esmock.state.task_index import keep_in_index
from esmock.state.tasks import Task, tasks

if TYPE_CHECKING:
    from esmock.clock import Timer
    from esmock.state.cluster import Cluster

Json = Any
_UNLIMITED = float("inf")


class Slice:
    """A worker with its timer.

    Attributes:
        due_ms: when the next batch begins, while it waits.
        error: what its script threw.
    """

    def __init__(self, worker: Worker, number: int) -> None:
        self.worker = worker
        self.number = number
        self.timer: Timer | None = None
        self.due_ms: int | None = None
        self.delay_ms = 0
        self.has_ended = False
        self.error: Json = None

    @property
    def status(self) -> Status:
        return self.worker.status

    def wait(self, cluster: Cluster, millis: int, resume: Callable[[], None]) -> None:
        """Go on after so long."""
        self.delay_ms = millis
        self.due_ms = cluster.clock.now_ms() + millis
        self.timer = cluster.clock.call_at(self.due_ms, resume)

    def interrupt(self) -> None:
        """Forget the timer."""
        if self.timer is not None:
            self.timer.cancel()
        self.timer = None


class RunningJob:
    """What goes on. Make it with ``begin``."""

    def __init__(self, cluster: Cluster, job: Job, number: int, check: Callable[[], None], warn: Callable[[str], None]) -> None:
        self.cluster = cluster
        self.job = job
        self.number = number
        self._gate = cluster.gate
        self.started_ms = cluster.clock.now_ms()
        self.started_ns = cluster.clock.monotonic_ns()
        self.done = Done(Status(job.kind, requests_per_second=job.requests_per_second))
        self.error: Json = None
        self.slices: list[Slice] = []
        self.is_sliced = False
        try:
            check()
            workers = start(cluster, job, warn)
        except ApiError as failure:
            self.error = failure.cause_body()
            self._end()
            return
        self.is_sliced = len(workers) > 1
        numbers = tasks(cluster)
        self.slices = [Slice(worker, numbers.next_id() if self.is_sliced else number) for worker in workers]
        if self.is_sliced:
            self.done.status.requests_per_second = 0.0
        numbers.running[number] = self
        for one in self.slices:
            self._go_on(one)

    def _go_on(self, one: Slice) -> None:
        """Do batches until a limit makes it wait or nothing is left."""
        one.timer, one.due_ms = None, None
        while True:
            try:
                written = 0 if one.status.cancelled else one.worker.step(self.cluster, self.done)
            except ApiError as failure:
                one.error = failure.cause_body()
                self.error = self.error or one.error
                written = 0
            if not written:
                break
            if one.status.requests_per_second != _UNLIMITED:
                self._wait(one, int(1000 * written / one.status.requests_per_second))
                return
        one.has_ended = True
        if all(other.has_ended for other in self.slices):
            self._end()

    def _wait(self, one: Slice, millis: int) -> None:
        one.wait(self.cluster, millis, lambda: self._resume(one))

    def _resume(self, one: Slice) -> None:
        one.status.throttled_ms += one.delay_ms
        with self.cluster.acting_for(self._gate):
            self._go_on(one)

    def rethrottle(self, rate: float) -> None:
        """Another limit: a lower one holds from the next batch on, a higher one at once."""
        each = rate / len(self.slices) if self.slices else rate
        for one in self.slices:
            before, one.status.requests_per_second = one.status.requests_per_second, each
            if one.due_ms is not None and each > before:
                left = max(0, one.due_ms - self.cluster.clock.now_ms())
                one.interrupt()
                self._wait(one, 0 if each == _UNLIMITED else round(left * before / each))

    def cancel(self) -> None:
        """End now."""
        for one in self.slices:
            if one.due_ms is None:
                continue
            one.interrupt()
            one.has_ended = True
            one.status.waits_ms = max(0, one.due_ms - self.cluster.clock.now_ms())
            one.status.cancelled = True
            one.status.requests_per_second = _UNLIMITED
        self.done.status.cancelled = True
        self.done.status.requests_per_second = _UNLIMITED
        self._end()

    def _end(self) -> None:
        if self.slices:
            whole = [one for one in self.slices if one.error is None or not self.is_sliced]
            if self.is_sliced and not self.done.status.cancelled:
                self.done.status.requests_per_second = in_order(one.status.requests_per_second for one in whole)
            finish(self.cluster, self.job, [one.worker for one in whole], self.done, is_sliced=self.is_sliced)
        registry = tasks(self.cluster)
        registry.running.pop(self.number, None)
        response = None if self.error is not None else self._response()
        task = replace(self.task(), response=response, error=self.error, status=self._status())
        registry.keep(task)
        keep_in_index(self.cluster, task)

    def _status(self, *, with_slices: bool = True, human: bool = False) -> Json:
        status = self.done.status.to_json(whole=True, human=human)
        if self.is_sliced and with_slices:
            status["slices"] = [one.error or one.status.to_json(whole=True, human=human) for one in self.slices]
        return status

    def _response(self) -> Json:
        took = self._running_ns() // 1_000_000
        return {"took": took, "timed_out": False, **self._status(human=True), "failures": self.done.failures}

    def _running_ns(self) -> int:
        # never 0: a task that has begun has run
        return max(1000, self.cluster.clock.monotonic_ns() - self.started_ns)

    def _shown(self, one: Slice) -> Json:
        waits = 0 if one.due_ms is None else max(0, one.due_ms - self.cluster.clock.now_ms())
        return replace(one.status, waits_ms=waits).to_json(whole=True)

    def task(self, *, joined: bool = False) -> Task:
        """The job's own task. ``joined``: with what its slices have counted so far, as a rethrottle answers."""
        if not self.is_sliced:
            status = self._shown(self.slices[0]) if self.slices else self.done.status.to_json(whole=True)
        elif joined:
            whole = Status(self.job.kind, requests_per_second=in_order(one.status.requests_per_second for one in self.slices))
            for one in self.slices:
                whole.add(one.status)
            status = {**whole.to_json(whole=True), "slices": [self._shown(one) for one in self.slices]}
        else:
            whole = Status(self.job.kind, requests_per_second=0.0)
            ended = [one for one in self.slices if one.has_ended]
            for one in ended:
                whole.add(one.status)
                whole.requests_per_second += one.status.requests_per_second
            parts = [self._shown(one) if one in ended else None for one in self.slices]
            status = {**whole.to_json(whole=True), "slices": parts}
        return self._task(self.number, status)

    def children(self) -> list[Task]:
        """The tasks of slices that run."""
        if not self.is_sliced:
            return []
        parent = f"{self.cluster.node_id}:{self.number}"
        running = [one for one in self.slices if not one.has_ended]
        return [replace(self._task(one.number, self._shown(one)), parent=parent) for one in running]

    def _task(self, number: int, status: Json) -> Task:
        return Task(
            number,
            ACTIONS[self.job.kind],
            "transport",
            self.started_ms,
            description=self.job.description,
            status=status,
            cancellable=True,
            running_ns=self._running_ns(),
        )


def begin(cluster: Cluster, job: Job, check: Callable[[], None], warn: Callable[[str], None]) -> int:
    """Start a job that nobody waits for. Returns the number of its task.

    Args:
        check: raises what forbids the job.
    """
    number = tasks(cluster).next_id()
    RunningJob(cluster, job, number, check, warn)
    return number
