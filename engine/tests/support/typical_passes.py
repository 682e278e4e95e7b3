"""Passes of every kind, over lengths as they occur with tool calls: what they count and what the
formula says."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch
from benchmarks.formula import Formula

from support.counting import count_flops
from support.harness import Harness, ignore, sampling, train_settings
from whetstone_engine.adapters.adapter import Adapter
from whetstone_engine.generation.decode_batch import DecodeBatch
from whetstone_engine.generation.prompt_plan import plan_prompt
from whetstone_engine.jobs import GenerateJob, ScoreJob, TrainExample, TrainJob
from whetstone_engine.prompts.prefix_cache import PrefixCache
from whetstone_engine.scoring.score_batch import plan_score, score_batch
from whetstone_engine.training.signature import train_signature
from whetstone_engine.training.train_batch import TrainBatch

RANK = 8
_TOOLS = 250
"""Tokens that all prompts begin with."""

Tokens = np.ndarray[Any, Any]


class Lengths:
    """Draws prompts and answers."""

    def __init__(self, harness: Harness) -> None:
        self._harness = harness
        self._random = np.random.default_rng(5)
        self._tools = self._tokens(_TOOLS, _TOOLS)

    def _tokens(self, least: int, most: int) -> Tokens:
        return self._random.integers(3, 380, self._random.integers(least, most + 1))

    def prompt(self) -> Tokens:
        return np.append(self._tools, self._tokens(10, 200))

    def train_jobs(self, count: int, scope: str) -> list[TrainJob]:
        settings = train_settings(scope=scope, rank=RANK)
        return [
            TrainJob(ignore, (TrainExample(self.prompt(), self._tokens(20, 60)),), settings)
            for _ in range(count)
        ]

    def score_job(self) -> ScoreJob:
        trunk = self.prompt()
        return ScoreJob(ignore, trunk, [self._tokens(2, 8) for _ in range(4)], len(trunk), None)

    def generate_job(self, adapter: Adapter | None = None) -> GenerateJob:
        prompt, settings = self.prompt(), sampling(maximum_tokens=50)
        return GenerateJob(ignore, prompt, len(prompt), 1, settings, None, adapter)


def new_adapter(harness: Harness) -> Adapter:
    """An adapter that no training made."""
    vector = torch.zeros(harness.engine.stacker.layout(RANK).size)
    return Adapter("a", RANK, 16.0, "all", vector, (), "", 0, "", 60.0)


def _formula(harness: Harness) -> Formula:
    return Formula(harness.engine.model_config, RANK)


Counted = tuple[int, float]
"""Operations counted, and those of the formula."""


def training(harness: Harness, scope: str) -> Counted:
    """Trainings of five steps, which are four passes, and the prompts that the base model reads."""
    counted, needed, formula = 0, 0.0, _formula(harness)
    groups: dict[Any, list[TrainJob]] = {}
    multiple = harness.engine.model.answer_multiple
    for job in Lengths(harness).train_jobs(8, scope):
        groups.setdefault(train_signature(job, multiple), []).append(job)
        prompt, answer = len(job.examples[0].prompt), len(job.examples[0].completion)
        needed += 4 * formula.training(prompt, answer, scope)
        needed += formula.reading(prompt - 1) if scope == "answer" else 0
    for jobs in groups.values():
        flops, batch = _begin(harness, jobs)
        counted += flops + 4 * count_flops(batch.step)
    return counted, needed


def _begin(harness: Harness, jobs: Sequence[TrainJob]) -> tuple[int, TrainBatch]:
    engine, made = harness.engine, list[TrainBatch]()

    def begin() -> None:
        made.append(TrainBatch(engine.model, engine.stacker, jobs))

    return count_flops(begin), made[0]


def scoring(harness: Harness, *, known: bool) -> Counted:
    """Each request in a pass of its own; `known`: another one's prompt with the same tools was read
    before."""
    engine, lengths, formula = harness.engine, Lengths(harness), _formula(harness)
    cache = PrefixCache(1 << 28)
    counted, needed = 0, 0.0
    for number in range(7):
        job = lengths.score_job()
        planned = plan_score(job, cache if known else None, engine.model.candidate_multiple)

        def run(planned: Any = planned) -> None:
            score_batch(engine.model, [planned], engine.stacker, cache)

        flops = count_flops(run)
        if number == 0:
            continue
        counted += flops
        # Known are whole blocks only.
        cut = _TOOLS // 32 * 32 if known else 0
        needed += formula.scoring(len(job.trunk), [len(one) - 1 for one in job.tails], known=cut)
    return counted, needed


def reading(harness: Harness) -> Counted:
    """Prompts of answers."""
    batch, lengths, formula = decode_batch(harness), Lengths(harness), _formula(harness)
    counted, needed = 0, 0.0
    for _ in range(6):
        job = lengths.generate_job()
        counted += count_flops(lambda job=job: batch.read([plan_prompt(job, None)]))  # type: ignore[misc]
        needed += formula.reading(len(job.prompt), needed=1)
    return counted, needed


def decode_batch(harness: Harness) -> DecodeBatch:
    engine = harness.engine
    return DecodeBatch(engine.model, engine.tokenizer, engine.stacker, None, 64)


def rows_in_decoding(harness: Harness, rows: int, adapted: int) -> DecodeBatch:
    """So many answers with two tokens each; the first have adapters."""
    batch, lengths = decode_batch(harness), Lengths(harness)
    for row in range(rows):
        job = lengths.generate_job(new_adapter(harness) if row < adapted else None)
        batch.read([plan_prompt(job, None)])
    batch.step()
    assert len(batch.rows) == rows, "an answer ended early"
    return batch


def decoding(harness: Harness, rows: int, adapted: int) -> Counted:
    batch = rows_in_decoding(harness, rows, adapted)
    keys = [row.length + 1 for row in batch.rows]
    return count_flops(batch.step), _formula(harness).decoding(keys, adapted)


Scene = Callable[[Harness], Counted]
SCENES: dict[str, Scene] = {
    "training, whole prompt": lambda harness: training(harness, "all"),
    "training, answer": lambda harness: training(harness, "answer"),
    "scoring": lambda harness: scoring(harness, known=False),
    "scoring, tools known": lambda harness: scoring(harness, known=True),
    "reading prompts": reading,
    "decoding, few rows": lambda harness: decoding(harness, 7, 0),
    "decoding, adapters": lambda harness: decoding(harness, 16, 10),
}
