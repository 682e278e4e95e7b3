"""Runs batches; if memory is short, frees what can be freed and tries again with less.

This is the only place where a shortage is handled, for all kinds of work.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import TypeVar

from whetstone_engine.exceptions import EngineError, OutOfMemoryError
from whetstone_engine.jobs import Job
from whetstone_engine.metrics import Metrics
from whetstone_engine.scheduler.failures import is_out_of_memory, without_frames

_LOG = logging.getLogger("whetstone_engine")
_AnyJob = TypeVar("_AnyJob", bound=Job)


class Recovery:
    """Shared by all kinds of work.

    `free` gives back what can be done without; `finish` ends a job with a result or an exception;
    `diagnose` turns an exception that
    is neither a shortage nor a client's error into the clients' error.
    """

    def __init__(
        self,
        metrics: Metrics,
        *,
        free: Callable[[], None],
        finish: Callable[[Job, object], None],
        diagnose: Callable[[Exception], Exception],
    ) -> None:
        self._metrics = metrics
        self._free = free
        self._finish = finish
        self._diagnose = diagnose

    def run(
        self,
        jobs: Sequence[_AnyJob],
        attempt: Callable[[Sequence[_AnyJob]], None],
        again: Callable[[Sequence[_AnyJob]], None] | None = None,
        give_up: Callable[[_AnyJob], bool] | None = None,
    ) -> None:
        """Runs `attempt(jobs)`. After a shortage, each half runs as `again(half)` (default:
        `attempt`), and so on; a single job gets one more try before it fails.

        `give_up` may keep a single job for later by returning True.
        """
        again = again or attempt
        error = self._try(jobs, attempt)
        waiting = [] if error is None else self._after(jobs, error, give_up)
        while waiting:
            part = waiting.pop(0)
            error = self._try(part, again)
            if error is not None:
                waiting = [*self._after(part, error, give_up), *waiting]

    def _try(
        self, jobs: Sequence[_AnyJob], attempt: Callable[[Sequence[_AnyJob]], None]
    ) -> Exception | None:
        """The exception instead of raising it: a handler that tries again would keep the failed
        pass's tensors alive meanwhile."""
        try:
            attempt(jobs)
        except Exception as error:
            if not is_out_of_memory(error) and not isinstance(error, EngineError):
                _LOG.exception("a batch of %d jobs failed", len(jobs))
            return without_frames(error)
        return None

    def _after(
        self,
        jobs: Sequence[_AnyJob],
        error: Exception,
        give_up: Callable[[_AnyJob], bool] | None,
    ) -> list[Sequence[_AnyJob]]:
        """What to try next."""
        jobs = [job for job in jobs if not job.ended]
        if not is_out_of_memory(error):
            answer = error if isinstance(error, EngineError) else self._diagnose(error)
            for job in jobs:
                self._finish(job, answer)
            return []
        self._free()
        if not jobs:
            return []
        if len(jobs) > 1:
            self._metrics.splits.inc()
            middle = len(jobs) // 2
            return [jobs[:middle], jobs[middle:]]
        if not jobs[0].retried:
            jobs[0].retried = True
            return [jobs]
        if give_up is None or not give_up(jobs[0]):
            self._finish(
                jobs[0], OutOfMemoryError("this job alone does not fit in the device's memory")
            )
        return []
