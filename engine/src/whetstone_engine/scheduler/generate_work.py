"""Generating: a pass of kind "prompt" reads prompts that join, one of kind "decode" makes one token
of every row.

The longer a row waits for others to join, the more rows share its passes; so decoding gets less
time than other kinds while more answers could join than are running, but never less than a quarter.
"""

from __future__ import annotations

from collections.abc import Sequence

from whetstone_engine.exceptions import JobCancelledError
from whetstone_engine.generation.decode_batch import DecodeBatch, Finished
from whetstone_engine.generation.prompt_plan import PlannedPrompt, PromptShape, plan_prompt
from whetstone_engine.jobs import Choice, GenerateJob, GenerateResult, Job
from whetstone_engine.prompts.prefix_cache import bytes_of
from whetstone_engine.scheduler.job_needs import Need
from whetstone_engine.scheduler.job_queue import JobQueue
from whetstone_engine.scheduler.pass_length import PassLength
from whetstone_engine.scheduler.work import NextPass, WorkContext

_LEAST_WEIGHT = 0.25


class GenerateWork:
    """Rows in decoding and the jobs whose answers they are."""

    def __init__(
        self, context: WorkContext, queue: JobQueue[GenerateJob], decode: DecodeBatch
    ) -> None:
        self._context = context
        self.queue = queue
        self.decode = decode
        self._length = PassLength(context.config.score_token_budget, context.hurried)
        self._choices: dict[GenerateJob, list[Choice]] = {}
        self._plans: dict[GenerateJob, PlannedPrompt] = {}
        self._crowded = False
        """A prompt did not fit beside the rows in decoding: nothing joins until they are done."""

    def passes(self) -> Sequence[NextPass]:
        found: list[NextPass] = []
        left = self.queue.seconds_left()
        if left is None:
            self._context.memory.stop_waiting("generate")
        joins = left is not None and self._can_join()
        if left is not None and joins:
            found.append(NextPass("prompt", left))
        running = len(self.decode.rows)
        if running:
            joining = min(self.queue.count(_answers), self.decode.free_rows) if joins else 0
            weight = max(running / (running + joining), _LEAST_WEIGHT)
            found.append(NextPass("decode", 0.0, weight))
        return found

    def run(self, kind: str) -> None:
        self._drop_cancelled_rows()
        if kind == "prompt":
            self._join_prompts()
        elif self.decode.rows:
            jobs = list(dict.fromkeys(row.job for row in self.decode.rows))
            jobs.sort(key=lambda job: job.submitted)
            self._context.recovery.run(jobs, self._step, self._run_alone)

    def _drop_cancelled_rows(self) -> None:
        gone = {row.job for row in self.decode.rows if row.job.cancelled}
        if gone:
            self.decode.remove_cancelled()
            self._expect_step()
            for job in gone:
                self._choices.pop(job, None)
                self._context.finish(job, JobCancelledError())

    # -- joining ---------------------------------------------------------------------------

    def _can_join(self) -> bool:
        """Whether rows are free for the oldest waiting job."""
        memory = self._context.memory
        self._crowded = self._crowded and bool(self.decode.rows)
        head = self.queue.first()
        blocked = head is not None and head.choice_count > self.decode.free_rows
        if self._crowded or blocked:
            memory.stop_waiting("generate")
            return False
        if head is None or memory.limit is None:
            return True
        need = self._need([head], plan_prompt(head, None).shape)
        return memory.may_begin("generate", need.held, need.of_pass)

    def _need(self, jobs: Sequence[GenerateJob], shape: PromptShape) -> Need:
        return self._context.needs.read(jobs, shape, self.decode)

    def _join_prompts(self) -> None:
        """Reads prompts of one shape for which rows are free."""
        if not self._can_join():
            return
        room = self.decode.free_rows
        head = self.queue.first()
        self._plans.clear()
        if head is not None:
            span = max(self._shape(head).positions, 1)
            room = min(room, max(self._length.positions() // span, 1))
        jobs, gone = self.queue.take(self._shape, _answers, room, self._has_room)
        for job in gone:
            self._context.finish(job, JobCancelledError())
        if jobs:
            with self._length.timed(sum(self._shape(job).positions for job in jobs)):
                self._context.recovery.run(
                    sorted(jobs, key=lambda job: job.adapter is None),
                    self._read,
                    give_up=self._defer,
                )
        self._plans.clear()

    def _has_room(self, jobs: Sequence[GenerateJob]) -> bool:
        planned = self._planned(jobs)
        need = self._need(jobs, planned[0].shape)
        reused = bytes_of(one.prefix for one in planned)
        return self._context.memory.has_room(need.held, need.of_pass + reused)

    def _shape(self, job: GenerateJob) -> PromptShape:
        return self._planned([job])[0].shape

    def _planned(self, jobs: Sequence[GenerateJob]) -> list[PlannedPrompt]:
        for job in jobs:
            if job not in self._plans:
                self._plans[job] = plan_prompt(job, self._context.prefix_cache)
        return [self._plans[job] for job in jobs]

    def _read(self, jobs: Sequence[GenerateJob]) -> None:
        # A plan holds cached prompts. It serves once: a second try reads everything.
        planned = [
            self._plans.pop(job) if job in self._plans else plan_prompt(job, None) for job in jobs
        ]
        need = self._need(jobs, planned[0].shape)
        # It keeps the prompts that it reuses, even if the cache drops them.
        reused = bytes_of(one.prefix for one in planned)
        with self._context.memory.running(need.held + need.of_pass + reused):
            done = self.decode.read(planned)
        for job in jobs:
            self._choices[job] = []
        metrics = self._context.metrics
        metrics.batch_size.labels("prompt").observe(len(jobs))
        metrics.tokens.labels("prompt").inc(sum(len(job.prompt) for job in jobs))
        metrics.reused_tokens.inc(sum(one.shape.cut for one in planned))
        self._collect(done)

    def _defer(self, job: GenerateJob) -> bool:
        """A prompt that does not fit beside the rows in decoding waits for them."""
        need = self._need([job], plan_prompt(job, None).shape)
        waits = self._context.memory.must_wait(need.held, need.of_pass)
        if not waits and not self.decode.rows:
            return False
        self._crowded = bool(self.decode.rows)
        job.retried = False
        self.queue.put_back([job])
        return True

    # -- decoding --------------------------------------------------------------------------

    def _step(self, jobs: Sequence[GenerateJob]) -> None:
        count = len(self.decode.rows)
        try:
            with self._context.memory.running(self._context.needs.step(self.decode)):
                done = self.decode.step()
        except Exception:
            self._forget(jobs)
            raise
        self._context.metrics.batch_size.labels("decode").observe(count)
        self._context.metrics.tokens.labels("decode").inc(count)
        self._collect(done)

    def _run_alone(self, jobs: Sequence[GenerateJob]) -> None:
        """Generates these jobs from prompt to end, without other jobs in the batch."""
        for job in jobs:
            self._choices[job] = []
        try:
            for job in jobs:
                planned = plan_prompt(job, None)
                need = self._need([job], planned.shape)
                with self._context.memory.running(need.held + need.of_pass):
                    done = self.decode.read([planned])
                self._collect(done)
            while self.decode.rows:
                self._drop_cancelled_rows()
                if self.decode.rows:
                    with self._context.memory.running(self._context.needs.step(self.decode)):
                        done = self.decode.step()
                    self._collect(done)
        except Exception:
            self._forget(jobs)
            raise

    def _expect_step(self) -> None:
        """Keeps room for the next step."""
        self._context.memory.expect("decode", self._context.needs.step(self.decode))

    def _forget(self, jobs: Sequence[GenerateJob]) -> None:
        self.decode.clear()
        self._expect_step()
        for job in jobs:
            self._choices.pop(job, None)

    def _collect(self, done: Finished) -> None:
        for job, choice in done:
            collected = self._choices[job]
            collected.append(choice)
            if len(collected) == job.choice_count:
                del self._choices[job]
                ordered = tuple(sorted(collected, key=lambda one: one.index))
                self._context.finish(job, GenerateResult(ordered, job.timing()))
        self._context.metrics.running_rows.set(len(self.decode.rows))
        self._expect_step()

    def jobs_under_way(self) -> Sequence[Job]:
        jobs = list(dict.fromkeys(row.job for row in self.decode.clear()))
        self._choices.clear()
        return jobs


def _answers(job: GenerateJob) -> int:
    return job.choice_count
