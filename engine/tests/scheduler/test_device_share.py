"""Who gets the device next, and how long passes may be, counted in passes and made-up seconds."""

from __future__ import annotations

import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from support.harness import Harness
from support.jobs import NAMES, QUERIES, score_job, train_job
from whetstone_engine.jobs import Job
from whetstone_engine.scheduler.device_share import DeviceShare
from whetstone_engine.scheduler.pass_length import LEAST_POSITIONS, PassLength

KINDS = ("decode", "score", "prompt", "train")
_COSTS = st.fixed_dictionaries({kind: st.integers(1, 200) for kind in KINDS})


@settings(deadline=None)
@given(costs=_COSTS, weight=st.sampled_from([0.25, 0.5, 1.0]))
def test_rows_wait_at_most_one_pass_of_each_other_kind_beyond_their_share(
    costs: dict[str, int], weight: float
) -> None:
    share = DeviceShare(KINDS)
    waited, longest = 0, 0
    spent: Counter[str] = Counter()
    for _ in range(400):
        kind = share.next(set(KINDS))
        share.charge(kind, costs[kind], weight if kind == "decode" else 1.0)
        spent[kind] += costs[kind]
        waited = 0 if kind == "decode" else waited + costs[kind]
        longest = max(longest, waited)
    due = costs["decode"] / weight
    others = [kind for kind in KINDS if kind != "decode"]
    assert longest <= sum(costs[kind] + due for kind in others)
    for kind in others:
        assert abs(spent["decode"] / weight - spent[kind]) <= due + costs[kind]


def test_time_without_work_is_not_saved_up() -> None:
    share = DeviceShare(KINDS)
    for _ in range(100):
        assert share.next({"train"}) == "train"
        share.charge("train", 10, 1)
    order = []
    for _ in range(12):
        order.append(share.next({"train", "score"}))
        share.charge(order[-1], 10, 1)
    assert Counter(order) == {"train": 6, "score": 6}


def test_equal_kinds_go_in_their_order() -> None:
    share = DeviceShare(KINDS)
    assert share.next({"train", "prompt", "decode"}) == "decode"


# -- in an engine ----------------------------------------------------------------------------


@pytest.fixture()
def still(model_directories: dict[str, Path]) -> Harness:
    """An engine whose passes the test runs."""
    return Harness(model_directories["qwen2"], dtype="float32")


def submit(harness: Harness, jobs: list[Any]) -> list[Any]:
    """Queues jobs that have waited long enough; returns where their results will be."""
    results: list[Any] = [None] * len(jobs)
    for number, job in enumerate(jobs):
        job.finish = lambda result, number=number: results.__setitem__(number, result)
        job.submitted = time.perf_counter() - 60
        harness.engine.scheduler.submit(job)
    return results


def run_passes(harness: Harness, results: list[Any], costs: dict[str, float]) -> list[str]:
    """The kinds of the passes in their order, each charged what `costs` says."""
    scheduler = harness.engine.scheduler
    order = []
    with torch.no_grad():
        while any(result is None for result in results):
            found = scheduler._next_pass()
            assert found is not None
            scheduler.run_pass(found.kind)
            scheduler._share.charge(found.kind, costs[found.kind], found.weight)
            order.append(found.kind)
    assert not any(isinstance(result, BaseException) for result in results)
    return order


def prompts(harness: Harness, count: int) -> list[Job]:
    """Answers whose prompts are of different shapes: each is read in a pass of its own."""
    return [
        harness.generate_job(harness.prompt("again " * 20 * number), maximum_tokens=40)
        for number in range(1, count + 1)
    ]


COSTS = {"decode": 1.0, "score": 5.0, "prompt": 8.0, "train": 12.0}


def test_rows_get_tokens_while_prompts_are_read_and_adapters_trained(still: Harness) -> None:
    """Waiting prompts used to be read before any row got its next token."""
    jobs = [*prompts(still, 8), train_job(still, 0, epochs=40), train_job(still, 1, epochs=40)]
    order = run_passes(still, submit(still, jobs), COSTS)
    assert order.count("prompt") == 8
    first = order.index("prompt") + 1
    last = len(order) - order[::-1].index("decode") - 1
    gaps = "".join(kind[0] for kind in order[first:last]).split("d")
    assert max(map(len, gaps)) <= 2, gaps
    before_last_prompt = order[: len(order) - order[::-1].index("prompt") - 1]
    assert before_last_prompt.count("decode") >= 10


def test_rows_alone_with_training_get_as_much_time_as_it(still: Harness) -> None:
    same = still.prompt(QUERIES[0])
    jobs: list[Job] = [still.generate_job(same, maximum_tokens=120) for _ in range(4)]
    jobs.append(train_job(still, 0, epochs=60))
    order = run_passes(still, submit(still, jobs), COSTS)
    part = order[: len(order) - order[::-1].index("decode")]
    assert part.count("train") > 5
    decoding = part.count("decode") * COSTS["decode"]
    assert decoding == pytest.approx(part.count("train") * COSTS["train"], abs=2 * COSTS["train"])


def test_other_answers_do_not_wait_for_long_ones(still: Harness) -> None:
    """While rows decode, waiting prompts are still read."""
    long = still.generate_job(still.prompt(QUERIES[0]), maximum_tokens=400)
    results = submit(still, [long])
    with torch.no_grad():
        for _ in range(5):
            found = still.engine.scheduler._next_pass()
            assert found is not None
            still.engine.scheduler.run_pass(found.kind)
    short = submit(still, prompts(still, 3))
    run_passes(still, short, COSTS)
    assert results == [None]


# -- lengths of passes -----------------------------------------------------------------------


class Clock:
    """Moved by hand."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.mark.parametrize(
    ("seconds", "positions"), [(0.0001, 4096), (0.0005, 2000), (0.001, 1000), (1.0, 512)]
)
def test_passes_are_short_while_rows_wait(seconds: float, positions: int) -> None:
    clock, rows = Clock(), [True]
    length = PassLength(4096, lambda: bool(rows), clock)
    assert length.positions() == 4096
    with length.timed(100):
        clock.now += 100 * seconds
    assert length.positions() == positions
    rows.clear()
    assert length.positions() == 4096


def test_a_smaller_budget_stays(still: Harness) -> None:
    clock = Clock()
    length = PassLength(100, lambda: True, clock)
    with length.timed(1):
        clock.now += 9
    assert length.positions() == 100


@pytest.mark.parametrize("kind", ["score", "train"])
def test_fewer_jobs_share_a_pass_while_rows_wait(still: Harness, kind: str) -> None:
    scheduler = still.engine.scheduler

    def sizes(hurried: bool) -> list[int]:
        """Jobs that leave the queue together."""
        scheduler.prefix_cache.clear()
        if kind == "score":
            jobs: list[Job] = [score_job(still, QUERIES[2], NAMES) for _ in range(8)]
        else:
            jobs = [train_job(still, 0, seed=number) for number in range(16)]
        work = scheduler._work[kind]
        work._length._seconds_per_position = 1.0  # type: ignore[attr-defined]
        rows = submit(still, [still.generate_job(still.prompt("hi"), maximum_tokens=9)])
        with torch.no_grad():
            if hurried:
                scheduler.run_pass("prompt")
            results = submit(still, jobs)
            found = []
            while len(work.queue):
                before = len(work.queue)
                scheduler.run_pass(kind)
                found.append(before - len(work.queue))
            while None in results or None in rows:
                for one in scheduler.ready()[0]:
                    scheduler.run_pass(one)
        return [size for size in found if size]

    relaxed, hurried = sizes(False), sizes(True)
    assert len(relaxed) == 1
    assert len(hurried) > 1
    assert sum(hurried) == sum(relaxed)


def test_a_job_longer_than_a_short_pass_has_its_pass(still: Harness) -> None:
    scheduler = still.engine.scheduler
    scheduler._work["score"]._length._seconds_per_position = 9.0  # type: ignore[attr-defined]
    submit(still, [still.generate_job(still.prompt("hi"), maximum_tokens=30)])
    with torch.no_grad():
        scheduler.run_pass("prompt")
    long = score_job(still, QUERIES[2] * 3, NAMES)
    assert len(long.trunk) > LEAST_POSITIONS
    results = submit(still, [long, score_job(still, QUERIES[0], NAMES)])
    run_passes(still, results, COSTS)
