"""Submits jobs to a running scheduler and gathers their results."""

from __future__ import annotations

import threading
from typing import Any

import pytest
import torch

from support.harness import Harness
from support.jobs import NAMES, QUERIES, mixed_jobs, score_job, train_job
from whetstone_engine.jobs import TrainResult
from whetstone_engine.model.transformer import Transformer


class Collector:
    """Submits jobs and gathers what they end with."""

    def __init__(self, harness: Harness) -> None:
        self._harness = harness
        self._lock = threading.Condition()
        self.results: dict[int, Any] = {}

    def submit(self, number: int, job: Any) -> None:
        def finish(result: Any) -> None:
            with self._lock:
                assert number not in self.results, "a job ended twice"
                self.results[number] = result
                self._lock.notify()

        job.finish = finish
        self._harness.engine.scheduler.submit(job)

    def wait(self, count: int) -> dict[int, Any]:
        with self._lock:
            assert self._lock.wait_for(lambda: len(self.results) >= count, timeout=120)
        return self.results


class SmallMemory:
    """Makes the model run out of memory on passes of more than `limit` positions."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, limit: int) -> None:
        original = Transformer.run

        def run(model: Transformer, tokens_BT: torch.Tensor, *rest: Any) -> torch.Tensor:
            if tokens_BT.numel() > limit:
                raise RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to ...")
            return original(model, tokens_BT, *rest)

        monkeypatch.setattr(Transformer, "run", run)


def all_jobs(harness: Harness) -> list[Any]:
    scores = [score_job(harness, query, NAMES) for query in QUERIES[:2] * 6]
    trainings = [train_job(harness, 0, seed=seed) for seed in range(6)]
    return [*scores, *trainings, *mixed_jobs(harness)]


def values(results: dict[int, Any]) -> list[Any]:
    """Results without their times."""
    found: list[Any] = []
    for number in sorted(results):
        result = results[number]
        if isinstance(result, TrainResult):
            found.append(result.trained.weight_hash)
            continue
        for name in ("scores", "choices"):
            if hasattr(result, name):
                found.append(getattr(result, name))
                break
        else:
            found.append(result)
    return found
