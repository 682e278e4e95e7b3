"""The scheduler's promises: memory shortage is split away, no kind starves, nothing is lost."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from support.collector import Collector, SmallMemory, all_jobs, values
from support.harness import Harness
from support.jobs import NAMES, QUERIES, score_job, train_job
from whetstone_engine.exceptions import (
    JobCancelledError,
    OutOfMemoryError,
    OverloadedError,
    ShuttingDownError,
)
from whetstone_engine.jobs import Job


def test_short_of_memory_batches_are_split_and_give_the_same_results(
    served: Harness, monkeypatch: pytest.MonkeyPatch
) -> None:
    jobs = all_jobs(served)
    collector = Collector(served)
    for number, job in enumerate(jobs):
        collector.submit(number, job)
    plenty = values(collector.wait(len(jobs)))
    SmallMemory(monkeypatch, 260)
    again = Collector(served)
    for number, job in enumerate(all_jobs(served)):
        again.submit(number, job)
    assert values(again.wait(len(jobs))) == plenty
    assert served.engine.metrics.splits._value.get() > 0


def test_a_job_too_large_for_memory_alone_says_so(
    served: Harness, monkeypatch: pytest.MonkeyPatch
) -> None:
    SmallMemory(monkeypatch, 40)
    collector = Collector(served)
    collector.submit(0, score_job(served, QUERIES[0], NAMES))
    collector.submit(1, train_job(served, 0))
    collector.submit(2, served.generate_job(served.prompt(QUERIES[2])))
    for result in collector.wait(3).values():
        assert isinstance(result, OutOfMemoryError)
        assert result.message == "this job alone does not fit in the device's memory"


def test_cancelled_jobs_end_as_cancelled_and_free_their_rows(served: Harness) -> None:
    collector = Collector(served)
    prompt = served.prompt(QUERIES[0])
    jobs: list[Job] = [
        served.generate_job(prompt, maximum_tokens=900, temperature=1.0, n=8),
        train_job(served, 0, epochs=1000),
        score_job(served, QUERIES[0], NAMES),
    ]
    jobs[2].cancelled = True
    for number, job in enumerate(jobs):
        collector.submit(number, job)
    time.sleep(0.3)
    for job in jobs:
        job.cancelled = True
    assert all(isinstance(one, JobCancelledError) for one in collector.wait(3).values())
    assert served.engine.scheduler.active_rows() == 0


def test_training_does_not_starve_scoring(served: Harness) -> None:
    collector = Collector(served)
    collector.submit(0, train_job(served, 0, epochs=400))
    time.sleep(0.2)
    for number in range(1, 11):
        collector.submit(number, score_job(served, QUERIES[0], NAMES))
        collector.wait(number)  # all scores end while the training is still under way
        assert 0 not in collector.results
    collector.wait(11)


def test_a_full_queue_refuses_and_stopping_ends_what_waits(
    model_directories: dict[str, Path],
) -> None:
    harness = Harness(model_directories["qwen2"], dtype="float32", maximum_queued=2)
    collector = Collector(harness)  # not started: nothing leaves the queue
    for number in range(2):
        collector.submit(number, score_job(harness, QUERIES[0], NAMES))
    with pytest.raises(OverloadedError, match="2 score jobs are waiting, the most this engine"):
        collector.submit(2, score_job(harness, QUERIES[0], NAMES))
    collector.submit(3, train_job(harness, 0, epochs=1000))
    harness.engine.start()
    time.sleep(0.2)
    harness.engine.stop()
    results = collector.wait(3)
    assert isinstance(results[3], ShuttingDownError)
    with pytest.raises(ShuttingDownError, match="the engine is shutting down"):
        collector.submit(4, score_job(harness, QUERIES[0], NAMES))
