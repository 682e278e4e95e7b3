"""Owns the device: one thread gathers waiting jobs into batches and runs one pass at a time.

Three kinds of work (score, generate, train) share the device by time: the ready kind that has had
the least goes next, so that no kind can starve another. A kind is ready when its oldest job has
waited its window, or a full batch is there, or work of it is under way. Training yields after
every optimisation step and decoding after every token.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from itertools import islice
from typing import Any, TypeVar

import torch

from whetstone_engine.adapters.registry import AdapterStacker
from whetstone_engine.config import EngineConfig
from whetstone_engine.device.memory import bytes_for_prompts, give_back
from whetstone_engine.exceptions import (
    EngineError,
    JobCancelledError,
    OutOfMemoryError,
    OverloadedError,
    ShuttingDownError,
)
from whetstone_engine.generation.decode_batch import DecodeBatch, plan_prompt
from whetstone_engine.jobs import (
    Choice,
    GenerateJob,
    GenerateResult,
    Job,
    ScoreJob,
    ScoreResult,
    TrainJob,
    TrainResult,
)
from whetstone_engine.metrics import Metrics
from whetstone_engine.model.tokenizer import ChatTokenizer
from whetstone_engine.model.transformer import Transformer
from whetstone_engine.prompts.prefix_cache import PrefixCache
from whetstone_engine.scoring.score_batch import PlannedScore, ScoreShape, plan_score, score_batch
from whetstone_engine.sft.batch import StretchBatch
from whetstone_engine.training.train_batch import TrainBatch, train_signature

KINDS = ("score", "generate", "train")
_LOOK_AHEAD = 64
_LOG = logging.getLogger("whetstone_engine")
_REST = "rest"
_REST_SECONDS = 1.0
"""Idle for so long, the engine gives free memory back."""
_AnyJob = TypeVar("_AnyJob", bound=Job)


def is_out_of_memory(error: BaseException) -> bool:
    """Whether the device, or the process, could not allocate."""
    if isinstance(error, MemoryError | torch.OutOfMemoryError):
        return True
    return isinstance(error, RuntimeError) and "can't allocate memory" in str(error)


class Scheduler:
    """Queues and the device thread."""

    def __init__(
        self,
        model: Transformer,
        tokenizer: ChatTokenizer,
        stacker: AdapterStacker,
        config: EngineConfig,
        metrics: Metrics,
    ) -> None:
        self._model = model
        self._stacker = stacker
        self._config = config
        self._metrics = metrics
        kept = config.prefix_cache_bytes
        self.prefix_cache = PrefixCache(bytes_for_prompts(model.device) if kept is None else kept)
        self._decode = DecodeBatch(
            model, tokenizer, stacker, self.prefix_cache, config.maximum_rows
        )
        self._score_queue: deque[ScoreJob] = deque()
        self._generate_queue: deque[GenerateJob] = deque()
        self._train_queue: deque[TrainJob] = deque()
        self._worked = False
        self._training: deque[TrainBatch | StretchBatch] = deque()
        self._choices: dict[GenerateJob, list[Choice]] = {}
        self._spent = dict.fromkeys(KINDS, 0.0)
        self._busy: frozenset[str] = frozenset()
        self._wakeup = threading.Condition()
        self._stopping = False
        self._thread = threading.Thread(target=self._loop, name="device", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Ends the thread after its current pass; waiting jobs fail with `ShuttingDownError`."""
        with self._wakeup:
            self._stopping = True
            self._wakeup.notify()
        if self._thread.is_alive():
            self._thread.join(timeout=1.5)

    # -- submitting ------------------------------------------------------------------------

    def submit(self, job: ScoreJob | GenerateJob | TrainJob) -> None:
        """Queues a job; raises `OverloadedError` when its queue is full."""
        with self._wakeup:
            if self._stopping:
                raise ShuttingDownError("the engine is shutting down")
            if isinstance(job, ScoreJob):
                self._append(self._score_queue, job, "score")
            elif isinstance(job, GenerateJob):
                self._append(self._generate_queue, job, "generate")
            else:
                self._append(self._train_queue, job, "train")
            self._wakeup.notify()

    def _append(self, queue: deque[_AnyJob], job: _AnyJob, kind: str) -> None:
        limit = self._config.maximum_queued
        if len(queue) >= limit:
            self._metrics.jobs.labels(kind, "refused").inc()
            raise OverloadedError(f"{limit} {kind} jobs are waiting, the most this engine queues")
        queue.append(job)

    # -- the loop --------------------------------------------------------------------------

    def _loop(self) -> None:
        torch.set_grad_enabled(False)
        while True:
            kind = self._next_kind()
            if kind is None:
                break
            if kind == _REST:
                give_back()
                continue
            self._worked = True
            started = time.perf_counter()
            try:
                {"score": self._score, "generate": self._generate, "train": self._train}[kind]()
            except Exception:
                _LOG.exception("the %s pass failed outside its jobs", kind)
            elapsed = time.perf_counter() - started
            self._spent[kind] += elapsed
            self._metrics.device_seconds.labels(kind).inc(elapsed)
        self._fail_all(ShuttingDownError("the engine is shutting down"))

    def _next_kind(self) -> str | None:
        """Waits for ready work; once after some, `_REST`; None when the engine stops."""
        with self._wakeup:
            while True:
                if self._stopping:
                    return None
                ready, wait_seconds = self._ready()
                if ready:
                    floor = min(self._spent[kind] for kind in (self._busy & ready) or ready)
                    for kind in ready - self._busy:
                        # Idle time is not saved up.
                        self._spent[kind] = max(self._spent[kind], floor)
                    self._busy = frozenset(ready)
                    return min(ready, key=lambda kind: self._spent[kind])
                self._busy = frozenset()
                if wait_seconds is not None or not self._worked:
                    self._wakeup.wait(wait_seconds)
                elif not self._wakeup.wait(_REST_SECONDS):
                    self._worked = False
                    return _REST

    def _ready(self) -> tuple[set[str], float | None]:
        config = self._config
        now = time.perf_counter()
        ready: set[str] = set()
        waits: list[float] = []

        def consider(kind: str, queue: deque[Any], window: float, full: int) -> None:
            if not queue:
                return
            left = queue[0].submitted + window - now
            if left <= 0 or len(queue) >= full:
                ready.add(kind)
            else:
                waits.append(left)

        consider("score", self._score_queue, config.score_window_seconds, 16)
        if self._decode.rows:
            ready.add("generate")
        else:
            consider("generate", self._generate_queue, config.generate_window_seconds, 16)
        if self._training:
            ready.add("train")
        else:
            consider("train", self._train_queue, config.train_window_seconds, 16)
        return ready, min(waits) if waits else None

    def _take(
        self,
        queue: deque[_AnyJob],
        shape: Callable[[_AnyJob], Any],
        size: Callable[[_AnyJob], int],
        budget: int,
    ) -> list[_AnyJob]:
        """The oldest job and those of its shape that fit the budget; cancelled ones are ended."""
        with self._wakeup:
            waiting = list(islice(queue, _LOOK_AHEAD))
        taken: list[_AnyJob] = []
        gone: list[_AnyJob] = []
        wanted: Any = None
        used = 0
        for job in waiting:
            if job.cancelled:
                gone.append(job)
                continue
            own = shape(job)
            if taken and (own != wanted or used + size(job) > budget):
                continue
            wanted = own
            taken.append(job)
            used += size(job)
        with self._wakeup:
            for job in (*taken, *gone):
                queue.remove(job)
        for job in gone:
            self._finish(job, JobCancelledError())
        for job in taken:
            job.start()
        return taken

    def _finish(self, job: Job, result: Any) -> None:
        kind = (
            "score"
            if isinstance(job, ScoreJob)
            else "generate"
            if isinstance(job, GenerateJob)
            else "train"
        )
        outcome = "failed" if isinstance(result, BaseException) else "done"
        if isinstance(result, JobCancelledError):
            outcome = "cancelled"
        self._metrics.jobs.labels(kind, outcome).inc()
        self._metrics.job_seconds.labels(kind).observe(time.perf_counter() - job.submitted)
        job.finish(result)

    def _guard(self, jobs: Sequence[_AnyJob], run: Callable[[Sequence[_AnyJob]], None]) -> None:
        """Runs a batch. Short of memory, it is split and tried again before anyone sees it."""
        try:
            run(jobs)
        except Exception as error:
            if is_out_of_memory(error):
                self.prefix_cache.clear()
                if len(jobs) > 1:
                    self._metrics.splits.inc()
                    middle = len(jobs) // 2
                    self._guard(jobs[:middle], run)
                    self._guard(jobs[middle:], run)
                    return
                error = OutOfMemoryError("this job alone does not fit in the device's memory")
            elif not isinstance(error, EngineError):
                _LOG.exception("a batch of %d jobs failed", len(jobs))
            for job in jobs:
                self._finish(job, error)

    # -- score -----------------------------------------------------------------------------

    def _score(self) -> None:
        plans: dict[ScoreJob, PlannedScore] = {}

        def plan(job: ScoreJob) -> ScoreShape:
            if job not in plans:
                plans[job] = plan_score(job, self.prefix_cache)
            return plans[job].shape

        jobs = self._take(
            self._score_queue,
            plan,
            lambda job: plan(job).positions,
            self._config.score_token_budget,
        )
        if jobs:
            self._guard(
                sorted(jobs, key=lambda job: job.adapter is None),
                lambda part: self._score_jobs([plans[job] for job in part]),
            )

    def _score_jobs(self, planned: Sequence[PlannedScore]) -> None:
        scores = score_batch(self._model, planned, self._stacker, self.prefix_cache)
        self._metrics.batch_size.labels("score").observe(len(planned))
        self._metrics.reused_tokens.inc(sum(one.shape.cut for one in planned))
        for one, found in zip(planned, scores, strict=True):
            job = one.job
            self._metrics.tokens.labels("score").inc(len(job.trunk) + sum(map(len, job.tails)))
            self._finish(job, ScoreResult(tuple(found), job.timing()))

    # -- generate --------------------------------------------------------------------------

    def _generate(self) -> None:
        self._drop_cancelled_rows()
        if self._generate_queue and self._join_prompts():
            return
        if self._decode.rows:
            self._decode_step()

    def _drop_cancelled_rows(self) -> None:
        gone = {row.job for row in self._decode.rows if row.job.cancelled}
        if gone:
            self._decode.remove_cancelled()
            for job in gone:
                self._choices.pop(job, None)
                self._finish(job, JobCancelledError())

    def _join_prompts(self) -> bool:
        """Reads prompts of one shape for which rows are free; False when none can join."""
        free = self._decode.free_rows
        plans = {}

        def shape(job: GenerateJob) -> Any:
            if job not in plans:
                plans[job] = plan_prompt(job, self.prefix_cache)
            return plans[job].shape

        with self._wakeup:
            head = next((job for job in self._generate_queue if not job.cancelled), None)
        if head is not None and head.choice_count > free:
            return False
        room = free
        longest = shape(head) if head is not None else None
        limit = self._config.score_token_budget
        if longest is not None:
            span = max(longest.end - longest.cut, 1)
            room = min(free, max(limit // span, 1))
        jobs = self._take(self._generate_queue, shape, lambda job: job.choice_count, room)
        if not jobs:
            return False
        self._guard(
            sorted(jobs, key=lambda job: job.adapter is None),
            lambda part: self._read_jobs(part, plans),
        )
        return True

    def _read_jobs(self, jobs: Sequence[GenerateJob], plans: dict[GenerateJob, Any]) -> None:
        try:
            done = self._decode.read([plans[job] for job in jobs])
        except Exception:
            # Plans may hold prompts that were dropped to free memory: read everything next time.
            for job in jobs:
                plans[job] = plan_prompt(job, None)
            raise
        for job in jobs:
            self._choices[job] = []
        self._metrics.batch_size.labels("prompt").observe(len(jobs))
        self._metrics.tokens.labels("prompt").inc(sum(len(job.prompt) for job in jobs))
        self._metrics.reused_tokens.inc(sum(plans[job].shape.cut for job in jobs))
        self._collect(done)

    def _decode_step(self) -> None:
        count = len(self._decode.rows)
        try:
            done = self._decode.step()
        except Exception as error:
            self._decode_failed(error)
            return
        self._metrics.batch_size.labels("decode").observe(count)
        self._metrics.tokens.labels("decode").inc(count)
        self._collect(done)

    def _collect(self, done: Sequence[tuple[GenerateJob, list[Choice]]]) -> None:
        for job, choices in done:
            collected = self._choices[job]
            collected.extend(choices)
            if len(collected) == job.choice_count:
                del self._choices[job]
                ordered = tuple(sorted(collected, key=lambda choice: choice.index))
                self._finish(job, GenerateResult(ordered, job.timing()))
        self._metrics.running_rows.set(len(self._decode.rows))

    def _decode_failed(self, error: Exception) -> None:
        """Short of memory: the newer half of the jobs starts again later; else all fail."""
        jobs = list(dict.fromkeys(row.job for row in self._decode.clear()))
        for job in jobs:
            self._choices.pop(job, None)
        if is_out_of_memory(error) and len(jobs) > 1:
            self.prefix_cache.clear()
            self._metrics.splits.inc()
            jobs.sort(key=lambda job: job.submitted)
            for part in (jobs[: len(jobs) // 2], jobs[len(jobs) // 2 :]):
                self._guard(part, self._run_alone)
            return
        if is_out_of_memory(error):
            error = OutOfMemoryError("this job alone does not fit in the device's memory")
        else:
            _LOG.error("a decoding step failed", exc_info=error)
        for job in jobs:
            self._finish(job, error)

    def _run_alone(self, jobs: Sequence[GenerateJob]) -> None:
        """Generates these jobs from their prompts to their ends, with no one else in the batch."""
        for job in jobs:
            self._choices[job] = []
        try:
            for job in jobs:
                self._collect(self._decode.read([plan_prompt(job, None)]))
            while self._decode.rows:
                self._drop_cancelled_rows()
                if self._decode.rows:
                    self._collect(self._decode.step())
        except Exception:
            self._decode.clear()
            raise

    # -- train -----------------------------------------------------------------------------

    def _begin_training(self, jobs: Sequence[TrainJob]) -> None:
        if jobs[0].stretch is not None:
            self._training.append(StretchBatch(self._model, self._stacker, jobs[0]))
            return
        self._training.append(TrainBatch(self._model, self._stacker, jobs, self.prefix_cache))

    def _train(self) -> None:
        if not self._training:
            jobs = self._take(
                self._train_queue,
                train_signature,
                lambda job: max(shape.past + shape.length for shape in train_signature(job).shapes),
                self._config.train_token_budget,
            )
            if jobs:
                self._guard(jobs, self._begin_training)
            return
        batch = self._training.popleft()
        live = [job for job in batch.jobs if not job.cancelled]
        if not live:
            for job in batch.jobs:
                self._finish(job, JobCancelledError())
            return
        try:
            batch.step()
        except Exception as error:
            if is_out_of_memory(error) and len(batch.jobs) > 1:
                self.prefix_cache.clear()
                self._metrics.splits.inc()
                middle = len(batch.jobs) // 2
                for part in (batch.jobs[:middle], batch.jobs[middle:]):
                    self._guard(part, self._begin_training)
                return
            if is_out_of_memory(error):
                error = OutOfMemoryError("this job alone does not fit in the device's memory")
            else:
                _LOG.exception("a training step failed")
            for job in batch.jobs:
                self._finish(job, error)
            return
        if not batch.done:
            self._training.appendleft(batch)
            return
        self._metrics.batch_size.labels("train").observe(len(batch.jobs))
        for job, trained in zip(batch.jobs, batch.results(), strict=True):
            tokens = job.settings.epochs * sum(
                len(example.prompt) + len(example.completion) for example in job.examples
            )
            self._metrics.tokens.labels("train").inc(tokens)
            targets = job.settings.epochs * sum(len(one.completion) for one in job.examples)
            self._finish(
                job,
                TrainResult(
                    trained.vector_P,
                    trained.losses,
                    trained.weight_hash,
                    targets,
                    job.timing(),
                    trained.state,
                ),
            )

    # -- the end ---------------------------------------------------------------------------

    def depths(self) -> dict[str, int]:
        """Jobs waiting per queue."""
        return {
            "score": len(self._score_queue),
            "generate": len(self._generate_queue),
            "train": len(self._train_queue),
        }

    def active_rows(self) -> int:
        """Answers being decoded."""
        return len(self._decode.rows)

    def _fail_all(self, error: EngineError) -> None:
        jobs: list[Job] = [*self._score_queue, *self._generate_queue, *self._train_queue]
        jobs.extend(dict.fromkeys(row.job for row in self._decode.clear()))
        for batch in self._training:
            jobs.extend(batch.jobs)
        for job in jobs:
            self._finish(job, error)
