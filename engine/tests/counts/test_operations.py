"""A step takes as many operations for many adapters as for few."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import torch
from torch import Tensor

import whetstone_engine.training.train_batch as train_module
from support.counting import count_operations
from support.harness import Harness
from support.jobs import train_job
from support.typical_passes import rows_in_decoding
from whetstone_engine.training.train_batch import TrainBatch

FEW, MANY = 2, 10
"""Both even: the rows of an odd number are padded, which is an operation more."""


@pytest.fixture(autouse=True)
def no_gradients() -> Iterator[None]:
    with torch.no_grad():
        yield


def training_step(single: Harness, jobs: int, scope: str) -> dict[str, int]:
    engine = single.engine
    batch = TrainBatch(
        engine.model,
        engine.stacker,
        [train_job(single, 1, seed=seed, scope=scope) for seed in range(jobs)],
    )
    batch.step()
    return count_operations(batch.step)


@pytest.mark.parametrize("scope", ["all", "answer"])
def test_a_training_step(single: Harness, scope: str) -> None:
    few = training_step(single, FEW, scope)
    assert sum(few.values()) > 100
    assert training_step(single, MANY, scope) == few
    alone = training_step(single, 1, scope)
    assert sum(alone.values()) <= sum(few.values())


def test_a_decoding_step(single: Harness) -> None:
    few = count_operations(rows_in_decoding(single, FEW, FEW).step)
    assert sum(few.values()) > 50
    assert count_operations(rows_in_decoding(single, MANY, MANY).step) == few


def test_an_optimizer_that_goes_job_by_job_is_found(
    single: Harness, monkeypatch: pytest.MonkeyPatch
) -> None:
    real: Any = train_module.adamw_step  # type: ignore[attr-defined]

    def one_by_one(
        vectors: Tensor, state: tuple[Tensor, Tensor], gradients: Tensor, rates: Tensor, *rest: Any
    ) -> None:
        for row in range(len(vectors)):
            part = slice(row, row + 1)
            moments = state[0][part], state[1][part]
            real(vectors[part], moments, gradients[part], rates[part], *rest)

    monkeypatch.setattr(train_module, "adamw_step", one_by_one)
    assert training_step(single, MANY, "all") != training_step(single, FEW, "all")
