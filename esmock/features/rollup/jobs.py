"""The rollup jobs of a space: create, start, stop, delete, get."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from esmock.errors import (
    ApiError,
    IllegalState,
    ResourceAlreadyExists,
    ResourceNotFound,
    Status,
)
from esmock.features.cron import Cron
from esmock.features.rollup.job import ABORTING, INDEXING, STARTED, STOPPED, STOPPING, RollupJob

if TYPE_CHECKING:
    from esmock.features.rollup.config import RollupJobConfig
    from esmock.features.rollup.rights import Rights
    from esmock.state.cluster import Cluster

Json = Any
SLOT = "rollup"


class RollupJobs:
    """All jobs, in the order of their creation.

    Attributes:
        jobs: those whose task is alive.
        unallocated: jobs whose task no node could build; nor can it build any that comes after them. Source: recordings
            of 6.8.23 (P51).
    """

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self.jobs: dict[str, RollupJob] = {}
        self.unallocated: set[str] = set()
        self._allocations = 0

    def clone(self, cluster: Cluster) -> RollupJobs:
        """The same jobs for a cloned space, with timers of their own."""
        twin = RollupJobs(cluster)
        twin._allocations = self._allocations
        twin.unallocated = set(self.unallocated)
        for name, job in self.jobs.items():
            twin.jobs[name] = job.clone()
            twin._schedule(twin.jobs[name])
        return twin

    def create(self, config: RollupJobConfig, rights: Rights) -> None:
        """Start the job's task, stopped; one with a bad cron vanishes at once. Raises Status (409)."""
        if config.id in self.jobs or config.id in self.unallocated:
            cause = ResourceAlreadyExists(f"task with id {{{config.id}}} already exist")
            raise Status(
                f"Cannot create job [{config.id}] because it has already been created (task exists)",
                cause=cause,
                status=409,
            )
        self._allocations += 1
        if self.unallocated or config.names_metrics_twice:
            self.unallocated.add(config.id)
            return
        try:
            Cron(config.cron)
        except ApiError:
            return
        job = self.jobs[config.id] = RollupJob(config, self._allocations, rights)
        self._schedule(job)

    def _schedule(self, job: RollupJob) -> None:
        def trigger() -> None:
            job.tick(self._cluster)
            job.schedule(self._cluster, trigger)

        job.schedule(self._cluster, trigger)

    def task(self, job_id: str) -> RollupJob:
        """The live job with exactly this id. Raises ResourceNotFound."""
        job = self.jobs.get(job_id)
        if job is None:
            raise ResourceNotFound(f"Task for Rollup Job [{job_id}] not found")
        return job

    def start(self, job_id: str) -> None:
        """Raises ResourceNotFound, or ApiError when the state forbids it."""
        job = self.task(job_id)
        if job.state in (STARTED, INDEXING) and self._cluster.behaviour.rollup.start_is_idempotent:
            return
        if job.state != STOPPED:
            raise ApiError(f"Cannot start task for Rollup Job [{job_id}] because state was [{job.state.upper()}]")
        job.state = STARTED

    def stop(self, job_id: str) -> RollupJob:
        """Raises ResourceNotFound, or ApiError for a job that is being deleted."""
        job = self.task(job_id)
        if job.state == ABORTING:
            raise ApiError(f"Cannot stop task for Rollup Job [{job_id}] because state was [ABORTING]")
        job.stop()
        return job

    def delete(self, job_id: str) -> IllegalState | None:
        """Remove a stopped job; the refusal of one that is not. Raises ResourceNotFound."""
        job = self.jobs.get(job_id)
        if job is None:
            raise ResourceNotFound(f"the task with id [{job_id}] doesn't exist")
        if job.state != STOPPED:
            return IllegalState(
                f"Could not delete job [{job_id}] because indexer state is [{job.state.upper()}].  "
                "Job must be [STOPPED] before deletion."
            )
        job.cancel()
        del self.jobs[job_id]
        return None

    def chosen(self, job_id: str) -> list[RollupJob]:
        """The jobs that a get names: one, or all for ``_all`` and ``*``."""
        if job_id in ("_all", "*"):
            return list(self.jobs.values())
        return [self.jobs[job_id]] if job_id in self.jobs else []

    def hold(self, job_id: str) -> None:
        """Let the job's runs pause before their next step."""
        self.task(job_id).is_held = True

    def release(self, job_id: str) -> None:
        """Let a held run go on."""
        job = self.task(job_id)
        job.is_held = False
        job.proceed()


def rollup_jobs(cluster: Cluster) -> RollupJobs:
    """The jobs of a space."""
    jobs: RollupJobs = cluster.slot(SLOT, lambda: RollupJobs(cluster))
    return jobs


def is_stopped(job: RollupJob) -> bool:
    """Whether the job has come to rest."""
    return job.state not in (STARTED, INDEXING, STOPPING)
