"""Training: every pass makes one optimization step of one batch of jobs."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

from whetstone_engine.exceptions import JobCancelledError
from whetstone_engine.jobs import Job, TrainJob, TrainResult
from whetstone_engine.scheduler.job_queue import JobQueue
from whetstone_engine.scheduler.pass_length import PassLength
from whetstone_engine.scheduler.work import NextPass, WorkContext
from whetstone_engine.sft.batch import SegmentBatch
from whetstone_engine.training.signature import train_signature
from whetstone_engine.training.train_batch import TrainBatch


class TrainWork:
    """Batches in training. There is one, unless a shortage of memory split it."""

    def __init__(self, context: WorkContext, queue: JobQueue[TrainJob]) -> None:
        self._context = context
        self.queue = queue
        self._batches: deque[TrainBatch | SegmentBatch] = deque()
        self._length = PassLength(context.config.train_token_budget, context.hurried)

    def passes(self) -> Sequence[NextPass]:
        left = 0.0 if self._batches else self.queue.seconds_left()
        return [] if left is None else [NextPass("train", left)]

    def run(self, kind: str) -> None:
        if self._batches:
            self._go_on()
            return
        # The first pass also reads the prompts: in a hurry they count as well.
        size = _all_positions if self._length.hurried else _positions
        jobs, gone = self.queue.take(train_signature, size, self._length.positions())
        for job in gone:
            self._context.finish(job, JobCancelledError())
        if jobs:
            with self._length.timed(sum(map(_read_positions, jobs))):
                self._context.recovery.run(jobs, self._begin, self._begin_small)

    def _begin(self, jobs: Sequence[TrainJob]) -> None:
        self._add(jobs, self._context.config.train_token_budget)

    def _begin_small(self, jobs: Sequence[TrainJob]) -> None:
        """After a shortage: a segment's passes have one row each."""
        self._add(jobs, 1)

    def _add(self, jobs: Sequence[TrainJob], segment_budget: int) -> None:
        context = self._context
        if jobs[0].segment is not None:
            assert len(jobs) == 1, "a segment shares its batch with no other job"
            self._batches.append(
                SegmentBatch(context.model, context.stacker, jobs[0], segment_budget)
            )
            return
        self._batches.append(
            TrainBatch(
                context.model,
                context.stacker,
                jobs,
                context.prefix_cache,
                context.config.score_token_budget,
            )
        )

    def _go_on(self) -> None:
        # Only `step` holds the batch: after a failure its tensors must not outlive it.
        holder = [self._batches.popleft()]
        jobs = list(holder[0].jobs)
        if all(job.cancelled for job in jobs):
            for job in jobs:
                self._context.finish(job, JobCancelledError())
            return

        def step(_: Sequence[TrainJob]) -> None:
            batch = holder.pop()
            batch.step()
            if batch.done:
                self._finish(batch)
            else:
                self._batches.appendleft(batch)

        with self._length.timed(sum(map(_positions, jobs))):
            self._context.recovery.run(jobs, step, self._begin_small)

    def _finish(self, batch: TrainBatch | SegmentBatch) -> None:
        context = self._context
        context.metrics.batch_size.labels("train").observe(len(batch.jobs))
        for job, trained in zip(batch.jobs, batch.results(), strict=True):
            epochs = job.settings.epochs
            targets = epochs * sum(len(one.completion) for one in job.examples)
            prompts = epochs * sum(len(one.prompt) for one in job.examples)
            context.metrics.tokens.labels("train").inc(targets + prompts)
            context.finish(job, TrainResult(trained, targets, job.timing()))

    def jobs_under_way(self) -> Sequence[Job]:
        jobs = [job for batch in self._batches for job in batch.jobs]
        self._batches.clear()
        return jobs


def _positions(job: TrainJob) -> int:
    """Padded positions of the job's longest pass. With scope "answer" the prompt is not among them:
    the base model reads it before, in passes of their own."""
    return max(shape.length for shape in train_signature(job).shapes)


def _read_positions(job: TrainJob) -> int:
    """Padded positions that the base model reads before the first pass."""
    return sum(shape.past for shape in train_signature(job).shapes)


def _all_positions(job: TrainJob) -> int:
    return _positions(job) + _read_positions(job)
