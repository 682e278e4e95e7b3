"""One kind's waiting jobs."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from itertools import islice
from typing import Any, Generic, TypeVar

from whetstone_engine.exceptions import OverloadedError
from whetstone_engine.jobs import Job

_LOOK_AHEAD = 64
"""Waiting jobs among which a batch is gathered."""
FULL_BATCH = 16
"""So many waiting jobs do not wait for more."""
AnyJob = TypeVar("AnyJob", bound=Job)


class JobQueue(Generic[AnyJob]):
    """First in, first out, but for jobs of another shape, which wait for their own batch.

    `lock` is shared by the scheduler's queues.
    """

    def __init__(self, kind: str, maximum: int, window_seconds: float, lock: Any) -> None:
        self.kind = kind
        self._maximum = maximum
        self._window_seconds = window_seconds
        self._lock: threading.Condition = lock
        self._jobs: deque[AnyJob] = deque()

    def __len__(self) -> int:
        return len(self._jobs)

    def append(self, job: AnyJob) -> None:
        """Queues a job; `OverloadedError` if the queue is full. The caller holds the lock."""
        if len(self._jobs) >= self._maximum:
            raise OverloadedError(
                f"{self._maximum} {self.kind} jobs are waiting, the most this engine queues"
            )
        self._jobs.append(job)

    def put_back(self, jobs: Iterable[AnyJob]) -> None:
        """Puts taken jobs in front of all others."""
        with self._lock:
            self._jobs.extendleft(reversed(list(jobs)))

    def seconds_left(self) -> float | None:
        """How long the oldest job waits for others; 0 or less: ready; None: the queue is empty."""
        if not self._jobs:
            return None
        if len(self._jobs) >= FULL_BATCH:
            return 0.0
        return self._jobs[0].submitted + self._window_seconds - time.perf_counter()

    def count(self, size: Callable[[AnyJob], int]) -> int:
        """The summed size of the jobs among which the next batch is gathered."""
        with self._lock:
            return sum(size(job) for job in islice(self._jobs, _LOOK_AHEAD))

    def first(self) -> AnyJob | None:
        """The oldest job whose client still waits."""
        with self._lock:
            return next((job for job in self._jobs if not job.cancelled), None)

    def take(
        self,
        shape: Callable[[AnyJob], Any],
        size: Callable[[AnyJob], int],
        budget: int,
        fits: Callable[[list[AnyJob]], bool] = lambda jobs: True,
    ) -> tuple[list[AnyJob], list[AnyJob]]:
        """The oldest job and those of its shape that fit the budget, and that `fits` says may join
        it; and cancelled ones."""
        with self._lock:
            waiting = list(islice(self._jobs, _LOOK_AHEAD))
        taken: list[AnyJob] = []
        gone: list[AnyJob] = []
        wanted: Any = None
        used = 0
        for job in waiting:
            if job.cancelled:
                gone.append(job)
                continue
            own = shape(job)
            if taken and (own != wanted or used + size(job) > budget or not fits([*taken, job])):
                continue
            wanted = own
            taken.append(job)
            used += size(job)
        with self._lock:
            for job in (*taken, *gone):
                self._jobs.remove(job)
        for job in taken:
            job.start()
        return taken, gone

    def drain(self) -> list[AnyJob]:
        """Empties the queue."""
        with self._lock:
            jobs = list(self._jobs)
            self._jobs.clear()
        return jobs
