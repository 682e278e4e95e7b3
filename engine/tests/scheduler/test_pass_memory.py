"""The bounds of what passes need hold for real passes, and are not far above them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from benchmarks.random_model import Qwen2Shape, save_random_qwen2

from support.harness import Harness, ignore, sampling, train_settings
from support.live_bytes import live_bytes
from whetstone_engine.adapters.adapter import Adapter
from whetstone_engine.device.ledger import MemoryLedger
from whetstone_engine.generation.decode_batch import DecodeBatch
from whetstone_engine.generation.prompt_plan import plan_prompt
from whetstone_engine.jobs import GenerateJob, ScoreJob, Segment, TrainExample, TrainJob
from whetstone_engine.scheduler.job_needs import JobNeeds
from whetstone_engine.scoring.score_batch import plan_score, score_batch
from whetstone_engine.sft.batch import SegmentBatch
from whetstone_engine.training.train_batch import TrainBatch

LOOSE = 3.5
"""A bound may be so many times what was counted."""
SHAPES = {
    "wide": Qwen2Shape(128, 704, 3, 4, 2, 500, 1024),
    "many words": Qwen2Shape(64, 96, 3, 4, 2, 12000, 1024),
    "many heads": Qwen2Shape(192, 192, 4, 6, 6, 500, 1024),
}


@pytest.fixture(
    scope="module", params=[*((name, "float32") for name in SHAPES), ("wide", "bfloat16")], ids=str
)
def engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Harness:
    name, dtype = request.param
    directory: Path = tmp_path_factory.mktemp("model")
    save_random_qwen2(directory, SHAPES[name], seed=1)
    return Harness(directory, dtype=dtype)


def tokens(count: int, seed: int = 0) -> np.ndarray[Any, Any]:
    return np.random.default_rng(seed).integers(3, 380, count)


def needs_of(harness: Harness) -> JobNeeds:
    return JobNeeds(harness.engine.model, harness.engine.stacker, harness.engine.config)


def adapter(harness: Harness, scope: str = "all") -> Adapter:
    vector = torch.zeros(harness.engine.stacker.layout(8).size)
    return Adapter("a", 8, 16.0, scope, vector, (), "", 0, "", 60.0)


def check(bound: int, counted: int) -> None:
    assert counted <= bound <= LOOSE * counted, f"{bound / counted:.2f} times the bytes counted"


@pytest.mark.parametrize("adapted", [False, True])
@pytest.mark.parametrize(("rows", "length", "tail"), [(1, 300, 5), (6, 100, 30)])
def test_scoring(engine: Harness, rows: int, length: int, tail: int, adapted: bool) -> None:
    own = adapter(engine) if adapted else None
    jobs = [
        ScoreJob(ignore, tokens(length, row), [tokens(tail, n) for n in range(4)], length, own)
        for row in range(rows)
    ]
    planned = [plan_score(job, None, engine.engine.model.candidate_multiple) for job in jobs]
    with torch.no_grad():
        counted, _ = live_bytes(
            lambda: score_batch(engine.engine.model, planned, engine.engine.stacker, None)
        )
    check(needs_of(engine).score(jobs, planned[0].shape).of_pass, counted)


@pytest.mark.parametrize("temperature", [0.0, 0.7])
@pytest.mark.parametrize("adapted", [False, True])
@pytest.mark.parametrize(("rows", "choices", "length"), [(1, 1, 300), (5, 3, 90)])
def test_reading_and_decoding(
    engine: Harness, rows: int, choices: int, length: int, adapted: bool, temperature: float
) -> None:
    model = engine.engine.model
    ledger = MemoryLedger(10**12)
    batch = DecodeBatch(model, engine.engine.tokenizer, engine.engine.stacker, None, 64, ledger)
    settings = sampling(temperature=temperature, top_p=0.9, maximum_tokens=200)
    own = adapter(engine) if adapted else None
    jobs = [
        GenerateJob(ignore, tokens(length, row), length, choices, settings, None, own)
        for row in range(rows)
    ]
    planned = [plan_prompt(job, None) for job in jobs]
    needs = needs_of(engine)
    need = needs.read(jobs, planned[0].shape, batch)
    with torch.no_grad():
        counted, _ = live_bytes(lambda: batch.read(planned))
    # Rows come in sixteens where there is room.
    assert counted <= need.held + need.of_pass + batch.memory_bytes
    assert need.held + need.of_pass <= LOOSE * counted
    step = needs.step(batch)
    with torch.no_grad():
        batch.step()  # stacks the adapters, which are counted as held
        counted, _ = live_bytes(batch.step)
    assert counted <= step


@pytest.mark.parametrize("scope", ["all", "answer"])
@pytest.mark.parametrize(("count", "prompt", "answer"), [(1, 200, 30), (4, 60, 60)])
def test_training(engine: Harness, scope: str, count: int, prompt: int, answer: int) -> None:
    settings = train_settings(scope=scope)
    jobs = [
        TrainJob(ignore, (TrainExample(tokens(prompt, row), tokens(answer)),), settings)
        for row in range(count)
    ]
    need = needs_of(engine).train(jobs, (4096, 2048))
    model, stacker = engine.engine.model, engine.engine.stacker

    def run() -> None:
        batch = TrainBatch(model, stacker, jobs, None, 4096)
        while not batch.done:
            batch.step()

    with torch.no_grad():
        counted, _ = live_bytes(run)
    check(need.held + need.of_pass, counted)


@pytest.mark.parametrize("budget", [100, 4096])
def test_a_segment(engine: Harness, budget: int) -> None:
    examples = tuple(TrainExample(tokens(60, row), tokens(20)) for row in range(8))
    job = TrainJob(ignore, examples, train_settings(epochs=1), Segment(4, 0, 2, None))
    need = needs_of(engine).train([job], (4096, budget))
    model, stacker = engine.engine.model, engine.engine.stacker

    def run() -> None:
        batch = SegmentBatch(model, stacker, job, budget)
        while not batch.done:
            batch.step()

    with torch.no_grad():
        counted, _ = live_bytes(run)
    check(need.held + need.of_pass, counted)


def test_every_architecture_stays_within_the_bounds(single: Harness) -> None:
    """Small sizes: what is constant outweighs the rest, so nothing is said of how far above."""
    needs = needs_of(single)
    model, stacker = single.engine.model, single.engine.stacker
    own = adapter(single)
    score = ScoreJob(ignore, tokens(200), [tokens(6, n) for n in range(5)], 200, own)
    planned = plan_score(score, None, model.candidate_multiple)
    train = TrainJob(ignore, (TrainExample(tokens(150), tokens(30)),), train_settings())
    with torch.no_grad():
        scoring, _ = live_bytes(lambda: score_batch(model, [planned], stacker, None))
        batch = TrainBatch(model, stacker, [train])
        training, _ = live_bytes(batch.step)
    assert scoring <= needs.score([score], planned.shape).of_pass
    assert training <= needs.train([train], (4096, 2048)).of_pass
