"""What jobs need of the device's memory: what they hold until they are done, and their passes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from whetstone_engine.adapters.layout import parameter_dtype
from whetstone_engine.adapters.stacking import AdapterStacker
from whetstone_engine.config import EngineConfig
from whetstone_engine.generation.decode_batch import DecodeBatch, expected_length
from whetstone_engine.generation.prompt_plan import PromptShape
from whetstone_engine.jobs import GenerateJob, Job, ScoreJob, TrainJob
from whetstone_engine.model.transformer import Transformer
from whetstone_engine.numerics.shapes import ROW_MULTIPLE, padded_prompt, round_up
from whetstone_engine.scheduler.pass_memory import PassMemory
from whetstone_engine.scoring.score_batch import ScoreShape, plan_score
from whetstone_engine.training.examples import ExampleShape
from whetstone_engine.training.signature import train_signature


@dataclass(frozen=True)
class Need:
    """Bytes."""

    held: int
    """From a job's first pass to its last."""
    of_pass: int
    """While one of its passes runs, beside what is held."""


class JobNeeds:
    """Of jobs on one model."""

    def __init__(self, model: Transformer, stacker: AdapterStacker, config: EngineConfig) -> None:
        self._config = config
        self._stacker = stacker
        self._number = parameter_dtype(model.dtype).itemsize
        self._candidate_multiple = model.candidate_multiple
        self._answer_multiple = model.answer_multiple
        self._on_cpu = model.device.type == "cpu"
        self.passes = PassMemory(model.config, model.dtype)

    def _stacked(self, jobs: Sequence[ScoreJob | GenerateJob]) -> int:
        """Bytes of the jobs' adapters, stacked for a pass."""
        ranks = [job.adapter.rank for job in jobs if job.adapter is not None]
        return self.adapter_rows(len(ranks), max(ranks)) if ranks else 0

    def adapter_rows(self, rows: int, rank: int) -> int:
        return rows * self._stacker.layout(rank).size * self._number

    # -- scoring ---------------------------------------------------------------------------

    def score(self, jobs: Sequence[ScoreJob], shape: ScoreShape) -> Need:
        """`shape`: of each of them."""
        return Need(
            0,
            self.passes.score(
                len(jobs),
                cut=shape.cut,
                trunk=shape.trunk,
                tail=shape.tail,
                kept=shape.kept,
                adapters=self._stacked(jobs),
            ),
        )

    # -- generating ------------------------------------------------------------------------

    def read(self, jobs: Sequence[GenerateJob], shape: PromptShape, decode: DecodeBatch) -> Need:
        """Reading these prompts and decoding them beside the rows that there are."""
        answers = sum(job.choice_count for job in jobs)
        sampled = sum(job.choice_count for job in jobs if job.sampling.temperature > 0)
        rows = len(decode.rows) + answers
        longest = max(map(expected_length, jobs))
        reading = self.passes.read(
            len(jobs),
            cut=shape.cut,
            end=shape.end,
            answers=answers,
            sampled=sampled,
            adapters=self._stacked(jobs),
        )
        everyone = [*{row.job: None for row in decode.rows}, *jobs]
        new, old = decode.memory_for(rows, longest), decode.memory_in_use
        adapters = max(self._decode_adapters(everyone) - decode.adapter_bytes, 0)
        return Need(
            new - old + adapters,
            # While rows move, the old memory is there beside the new.
            max(reading + (old if new > old else 0), self._step(everyone, rows, longest)),
        )

    def step(self, decode: DecodeBatch) -> int:
        """The next decoding step of the rows that there are."""
        jobs = list({row.job: None for row in decode.rows})
        if not jobs:
            return 0
        longest = max(row.length + 1 for row in decode.rows)
        new, old = decode.memory_for(len(decode.rows), longest), decode.memory_in_use
        adapters = max(self._decode_adapters(jobs) - decode.adapter_bytes, 0)
        return self._step(jobs, len(decode.rows), longest) + adapters + (new if new > old else 0)

    def _step(self, jobs: Sequence[GenerateJob], rows: int, keys: int) -> int:
        adapted = any(job.adapter is not None for job in jobs)
        sampled = sum(job.choice_count for job in jobs if job.sampling.temperature > 0)
        return self.passes.decode(rows, keys=keys, sampled=min(sampled, rows), adapted=adapted)

    def _decode_adapters(self, jobs: Sequence[GenerateJob]) -> int:
        adapted = [job for job in jobs if job.adapter is not None]
        rows = sum(job.choice_count for job in adapted)
        ranks = [job.adapter.rank for job in adapted if job.adapter is not None]
        # Of the old and the new stack one is alive at a time.
        return self.adapter_rows(round_up(rows, ROW_MULTIPLE), max(ranks)) if ranks else 0

    # -- training --------------------------------------------------------------------------

    def train(self, jobs: Sequence[TrainJob], budgets: tuple[int, int]) -> Need:
        """Jobs of one signature. `budgets`: positions of a pass that reads prompts, and of a
        segment's pass."""
        job = jobs[0]
        signature = train_signature(job, self._answer_multiple)
        rank = signature.rank
        parameters = self._stacker.layout(rank).size
        if job.segment is not None:
            return self._segment(job, parameters, signature.shapes, budgets[1])
        held = self.passes.train_held(
            len(jobs),
            parameters=parameters,
            shapes=[(shape.past, shape.length) for shape in signature.shapes],
        )
        step = max(
            self.passes.train_step(
                len(jobs),
                parameters=parameters,
                rank=rank,
                past=shape.past,
                length=shape.length,
                targets=shape.targets,
            )
            for shape in signature.shapes
        )
        past = max(shape.past for shape in signature.shapes)
        return Need(held, max(step, self._reading(len(jobs), past, budgets[0])))

    def _reading(self, jobs: int, past: int, budget: int) -> int:
        """Reading prompts before the first step; the parts are joined once all are there."""
        if not past:
            return 0
        at_once = min(max(budget // past, 1), jobs)
        read = self.passes.read(at_once, cut=0, end=past, answers=0, sampled=0, adapters=0)
        return read + 2 * jobs * past * self.passes.keys

    def _segment(
        self, job: TrainJob, parameters: int, shapes: Sequence[ExampleShape], budget: int
    ) -> Need:
        assert job.segment is not None, "the job is no segment"
        past = max(shape.past for shape in shapes)
        length = max(shape.length for shape in shapes)
        targets = max(shape.targets for shape in shapes)
        batch = min(job.segment.batch_size, len(job.examples))
        rows = min(max(budget // (past + length), 1), batch)
        kept = batch if self._on_cpu else rows
        step = self.passes.train_step(
            rows,
            parameters=parameters,
            rank=job.settings.rank,
            past=past,
            length=length,
            targets=targets,
        )
        batches = self.passes.train_held(rows, parameters=0, shapes=[(past, length)])
        return Need(
            (6 + rows + kept) * parameters * self._number,
            step + batches + self._reading(rows, past, rows * past) if past else step + batches,
        )

    # -- a job alone -----------------------------------------------------------------------

    def alone(self, job: Job, decode: DecodeBatch) -> Need:
        """The least that a job needs, with nothing known of its prompt."""
        if isinstance(job, ScoreJob):
            return self.score([job], plan_score(job, None, self._candidate_multiple).shape)
        if isinstance(job, GenerateJob):
            return self._generate_alone(job, decode)
        assert isinstance(job, TrainJob), "there is no other kind of job"
        return self.train([job], (1, 1))

    def _generate_alone(self, job: GenerateJob, decode: DecodeBatch) -> Need:
        end = padded_prompt(len(job.prompt))
        rows, longest = job.choice_count, expected_length(job)
        sampled = rows if job.sampling.temperature > 0 else 0
        reading = self.passes.read(
            1, cut=0, end=end, answers=rows, sampled=sampled, adapters=self._stacked([job])
        )
        return Need(
            decode.memory_alone(rows, longest) + self._decode_adapters([job]),
            max(reading, self._step([job], rows, longest)),
        )
