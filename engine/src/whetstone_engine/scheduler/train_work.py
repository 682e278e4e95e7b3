"""Training: every pass makes one optimization step of one batch of jobs."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

from whetstone_engine.exceptions import JobCancelledError
from whetstone_engine.jobs import Job, TrainJob, TrainResult
from whetstone_engine.scheduler.job_needs import Need
from whetstone_engine.scheduler.job_queue import JobQueue
from whetstone_engine.scheduler.pass_length import PassLength
from whetstone_engine.scheduler.work import NextPass, WorkContext
from whetstone_engine.sft.batch import SegmentBatch
from whetstone_engine.training.signature import TrainSignature, train_signature
from whetstone_engine.training.train_batch import TrainBatch


class TrainWork:
    """Batches in training. There is one, unless a shortage of memory split it."""

    def __init__(self, context: WorkContext, queue: JobQueue[TrainJob]) -> None:
        self._context = context
        self.queue = queue
        self._batches: deque[TrainBatch | SegmentBatch] = deque()
        self._needs: dict[TrainBatch | SegmentBatch, Need] = {}
        self._length = PassLength(context.config.train_token_budget, context.hurried)

    def passes(self) -> Sequence[NextPass]:
        if self._batches:
            return [NextPass("train", 0.0)]
        left = self.queue.seconds_left()
        if left is None:
            self._context.memory.stop_waiting("train")
            return []
        return [NextPass("train", left)] if left > 0 or self._may_begin() else []

    @property
    def held_bytes(self) -> int:
        """Of the batches in training, between two steps."""
        return sum(need.held for need in self._needs.values())

    def _may_begin(self) -> bool:
        memory = self._context.memory
        head = None if memory.limit is None else self.queue.first()
        if head is None:
            return True
        need = self._context.needs.train([head], (1, 1))
        return memory.may_begin("train", need.held, need.of_pass)

    def run(self, kind: str) -> None:
        if self._batches:
            self._go_on()
            return
        # The first pass also reads the prompts: in a hurry they count as well.
        size = self._all_positions if self._length.hurried else self._positions
        jobs, gone = self.queue.take(
            self._signature, size, self._length.positions(), self._has_room
        )
        for job in gone:
            self._context.finish(job, JobCancelledError())
        if jobs:
            with self._length.timed(sum(map(self._read_positions, jobs))):
                self._context.recovery.run(
                    jobs, self._begin, self._begin_small, give_up=self._defer
                )

    def _has_room(self, jobs: Sequence[TrainJob]) -> bool:
        need = self._context.needs.train(jobs, (1, 1))
        return self._context.memory.has_room(need.held, need.of_pass)

    def _defer(self, job: TrainJob) -> bool:
        """A job that does not fit beside other work waits for it."""
        need = self._context.needs.train([job], (1, 1))
        if not self._context.memory.must_wait(need.held, need.of_pass):
            return False
        job.retried = False
        self.queue.put_back([job])
        return True

    def _begin(self, jobs: Sequence[TrainJob]) -> None:
        """With as long passes for prompts and segments as there is room for."""
        config, memory = self._context.config, self._context.memory
        budgets = config.score_token_budget, config.train_token_budget
        while max(budgets) > 1:
            need = self._context.needs.train(jobs, budgets)
            if memory.has_room(need.held, need.of_pass):
                break
            budgets = max(budgets[0] // 2, 1), max(budgets[1] // 2, 1)
        self._add(jobs, budgets)

    def _begin_small(self, jobs: Sequence[TrainJob]) -> None:
        """After a shortage: passes have one row each."""
        self._add(jobs, (1, 1))

    def _add(self, jobs: Sequence[TrainJob], budgets: tuple[int, int]) -> None:
        """`budgets`: positions of a pass that reads prompts, and of a segment's pass."""
        context = self._context
        need = context.needs.train(jobs, budgets)
        batch: TrainBatch | SegmentBatch
        with context.memory.running(need.held + need.of_pass):
            if jobs[0].segment is not None:
                assert len(jobs) == 1, "a segment shares its batch with no other job"
                batch = SegmentBatch(context.model, context.stacker, jobs[0], budgets[1])
            else:
                batch = TrainBatch(
                    context.model, context.stacker, jobs, context.prefix_cache, budgets[0]
                )
        self._keep(batch, need)

    def _keep(self, batch: TrainBatch | SegmentBatch, need: Need, *, first: bool = False) -> None:
        """The batch goes on later."""
        if first:
            self._batches.appendleft(batch)
        else:
            self._batches.append(batch)
        self._needs[batch] = need
        self._expect_step()

    def _expect_step(self) -> None:
        """Keeps room for the next step."""
        most = max((need.of_pass for need in self._needs.values()), default=0)
        self._context.memory.expect("train", most)

    def _go_on(self) -> None:
        # Only `step` holds the batch: after a failure its tensors must not outlive it.
        holder = [self._batches.popleft()]
        jobs, need = list(holder[0].jobs), self._needs[holder[0]]
        if all(job.cancelled for job in jobs):
            self._forget(holder.pop())
            for job in jobs:
                self._context.finish(job, JobCancelledError())
            return

        def step(_: Sequence[TrainJob]) -> None:
            batch = holder.pop()
            self._forget(batch)
            with self._context.memory.running(need.held + need.of_pass):
                batch.step()
            if batch.done:
                self._finish(batch)
            else:
                self._keep(batch, need, first=True)

        with self._length.timed(sum(map(self._positions, jobs))):
            self._context.recovery.run(jobs, step, self._begin_small, give_up=self._defer)

    def _forget(self, batch: TrainBatch | SegmentBatch) -> None:
        """It is ending, or in a pass that counts what it holds."""
        del self._needs[batch]
        self._expect_step()

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
        self._needs.clear()
        return jobs

    # -- sizes of jobs ---------------------------------------------------------------------

    def _signature(self, job: TrainJob) -> TrainSignature:
        return train_signature(job, self._context.model.answer_multiple)

    def _positions(self, job: TrainJob) -> int:
        return self._signature(job).positions

    def _read_positions(self, job: TrainJob) -> int:
        return self._signature(job).read_positions

    def _all_positions(self, job: TrainJob) -> int:
        return self._positions(job) + self._read_positions(job)
