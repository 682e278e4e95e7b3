"""Scoring: every pass scores the waiting jobs of one shape."""

from __future__ import annotations

from collections.abc import Sequence

from whetstone_engine.exceptions import JobCancelledError
from whetstone_engine.jobs import Job, ScoreJob, ScoreResult
from whetstone_engine.prompts.prefix_cache import PrefixCache, bytes_of
from whetstone_engine.scheduler.job_queue import JobQueue
from whetstone_engine.scheduler.pass_length import PassLength
from whetstone_engine.scheduler.work import NextPass, WorkContext
from whetstone_engine.scoring.score_batch import PlannedScore, ScoreShape, plan_score, score_batch


class ScoreWork:
    """Nothing is ever under way: a pass finishes its jobs."""

    def __init__(self, context: WorkContext, queue: JobQueue[ScoreJob]) -> None:
        self._context = context
        self.queue = queue
        self._length = PassLength(context.config.score_token_budget, context.hurried)
        self._plans: dict[ScoreJob, PlannedScore] = {}

    def passes(self) -> Sequence[NextPass]:
        left = self.queue.seconds_left()
        if left is None:
            self._context.memory.stop_waiting("score")
            return []
        return [NextPass("score", left)] if left > 0 or self._may_begin() else []

    def _may_begin(self) -> bool:
        memory = self._context.memory
        head = None if memory.limit is None else self.queue.first()
        if head is None:
            return True
        need = self._context.needs.score([head], self._plan(head).shape)
        return memory.may_begin("score", need.held, need.of_pass)

    def run(self, kind: str) -> None:
        context = self._context
        self._plans.clear()
        jobs, gone = self.queue.take(
            self._shape,
            lambda job: self._shape(job).positions,
            self._length.positions(),
            lambda jobs: context.memory.has_room(0, self._bytes(self._planned(jobs))),
        )
        for job in gone:
            context.finish(job, JobCancelledError())
        if jobs:
            with self._length.timed(sum(self._shape(job).positions for job in jobs)):
                context.recovery.run(
                    sorted(jobs, key=lambda job: job.adapter is None),
                    self._score,
                    give_up=self._defer,
                )
        self._plans.clear()

    def _bytes(self, planned: Sequence[PlannedScore]) -> int:
        """Of a pass. It keeps the prompts that it reuses, even if the cache drops them."""
        need = self._context.needs.score([one.job for one in planned], planned[0].shape)
        return need.of_pass + bytes_of(one.prefix for one in planned)

    def _defer(self, job: ScoreJob) -> bool:
        """A job that does not fit beside other work waits for it."""
        need = self._context.needs.score([job], self._plan(job).shape)
        if not self._context.memory.must_wait(need.held, need.of_pass):
            return False
        job.retried = False
        self.queue.put_back([job])
        return True

    def _shape(self, job: ScoreJob) -> ScoreShape:
        return self._planned([job])[0].shape

    def _planned(self, jobs: Sequence[ScoreJob]) -> list[PlannedScore]:
        for job in jobs:
            if job not in self._plans:
                self._plans[job] = self._plan(job, self._context.prefix_cache)
        return [self._plans[job] for job in jobs]

    def _plan(self, job: ScoreJob, cache: PrefixCache | None = None) -> PlannedScore:
        return plan_score(job, cache, self._context.model.candidate_multiple)

    def _score(self, jobs: Sequence[ScoreJob]) -> None:
        context = self._context
        # A plan holds cached prompts. It serves once: a second try reads everything.
        planned = [self._plans.pop(job) if job in self._plans else self._plan(job) for job in jobs]
        with context.memory.running(self._bytes(planned)):
            scores = score_batch(context.model, planned, context.stacker, context.prefix_cache)
        context.metrics.batch_size.labels("score").observe(len(planned))
        context.metrics.reused_tokens.inc(sum(one.shape.cut for one in planned))
        for one, found in zip(planned, scores, strict=True):
            job = one.job
            context.metrics.tokens.labels("score").inc(len(job.trunk) + sum(map(len, job.tails)))
            context.finish(job, ScoreResult(tuple(found), job.timing()))

    def jobs_under_way(self) -> Sequence[Job]:
        return ()
