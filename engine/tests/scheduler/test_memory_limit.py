"""`--memory-gb`: what is counted never exceeds it, results stay the same, nothing waits forever."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from support.collector import Collector, all_jobs, values
from support.harness import Harness
from support.jobs import NAMES, QUERIES, score_job, train_job
from whetstone_engine.device.ledger import MemoryLedger, Spare
from whetstone_engine.exceptions import MemoryLimitError, StartError

MODEL = Path(__file__).resolve().parents[3] / "models" / "tiny"
MEGABYTE = 10**6


def limited(directory: Path, megabytes: int, **config: Any) -> Harness:
    """An engine with so much beyond what it holds from start to end."""
    config = {"adapter_bytes": MEGABYTE, **config}
    plain = Harness(directory, "float32", **config)
    lasting = plain.engine.memory._lasting()
    # What the process held before the model was loaded differs from start to start.
    limit = lasting + (megabytes + 60) * MEGABYTE
    harness = Harness(directory, "float32", memory_bytes=limit, **config)
    memory = harness.engine.memory
    memory.limit = memory._lasting() + megabytes * MEGABYTE
    return harness


def run(harness: Harness, jobs: list[Any]) -> list[Any]:
    collector = Collector(harness)
    for number, job in enumerate(jobs):
        collector.submit(number, job)
    return values(collector.wait(len(jobs)))


@pytest.mark.parametrize("megabytes", [120, 40, 30])
def test_results_are_the_same_and_the_limit_is_kept(megabytes: int) -> None:
    plenty = Harness(MODEL, "float32")
    plenty.engine.start()
    wanted = run(plenty, all_jobs(plenty))
    plenty.engine.stop()
    assert not any(isinstance(one, BaseException) for one in wanted)
    harness = limited(MODEL, megabytes)
    harness.engine.start()
    memory = harness.engine.memory
    for _ in range(2):
        assert run(harness, all_jobs(harness)) == wanted
    harness.engine.stop()
    assert memory.limit is not None
    assert memory.peak <= memory.limit
    assert memory.peak > memory._lasting()
    used = memory.used()
    assert (used["training"], used["passes"]) == (0, 0)
    assert not memory._waiting


def test_under_a_tight_limit_fewer_jobs_run_at_once() -> None:
    def most_rows(megabytes: int) -> int:
        harness = limited(MODEL, megabytes)
        decode = harness.engine.scheduler._decode
        step, most = decode.step, [0]

        def counted() -> Any:
            most[0] = max(most[0], len(decode.rows))
            return step()

        decode.step = counted  # type: ignore[method-assign]
        jobs: list[Any] = [
            harness.generate_job(harness.prompt(QUERIES[0]), maximum_tokens=100) for _ in range(24)
        ]
        harness.engine.start()
        run(harness, jobs)
        harness.engine.stop()
        return most[0]

    assert most_rows(500) == 24
    assert 1 <= most_rows(24) < 24


@pytest.mark.parametrize("kind", ["score", "generate", "train"])
def test_a_job_that_can_never_fit_is_refused(kind: str) -> None:
    harness = limited(MODEL, 3)
    if kind == "score":
        job: Any = score_job(harness, QUERIES[2] * 3, NAMES)
    elif kind == "generate":
        job = harness.generate_job(harness.prompt(QUERIES[2] * 3), maximum_tokens=300)
    else:
        job = train_job(harness, 0)
    with pytest.raises(MemoryLimitError) as raised:
        harness.engine.scheduler.submit(job)
    limit = -(-(harness.engine.memory.limit or 0) // MEGABYTE)
    assert raised.value.message.startswith(f"this {kind} job alone needs about ")
    assert raised.value.message.endswith(
        f" MB more than the {limit} MB that --memory-gb allows the engine"
    )
    assert (raised.value.status, raised.value.code) == (400, "memory_limit_exceeded")


def test_a_limit_below_the_weights_ends_the_start() -> None:
    with pytest.raises(StartError, match=r"--memory-gb 0.01 leaves nothing to work with: weights"):
        Harness(MODEL, "float32", memory_bytes=10 * MEGABYTE)


def test_a_limit_that_the_engine_chose_refuses_nothing() -> None:
    harness = Harness(MODEL, "float32")
    memory = harness.engine.memory
    assert not memory.strict
    assert memory.limit is not None
    memory.limit = 1
    harness.engine.start()
    jobs = all_jobs(harness)
    found = run(harness, jobs)
    harness.engine.stop()
    assert not any(isinstance(one, BaseException) for one in found)


def test_rest_gives_the_rows_memory_back(model_directories: dict[str, Path]) -> None:
    harness = Harness(model_directories["qwen2"], "float32")
    decode = harness.engine.scheduler._decode
    harness.engine.start()
    run(harness, [harness.generate_job(harness.prompt("hi"), maximum_tokens=5)])
    for _ in range(100):
        if not decode.memory_bytes:
            break
        harness.engine.scheduler._thread.join(0.1)
    harness.engine.stop()
    assert decode.memory_bytes == 0


# -- the ledger ------------------------------------------------------------------------------


class Box:
    """Memory that can be given up."""

    def __init__(self, size: int) -> None:
        self.size = size

    def byte_count(self) -> int:
        return self.size

    def give_up(self, count: int) -> None:
        self.size = max(self.size - count, 0)


def ledger(limit: int, first: Box, second: Box) -> MemoryLedger:
    found = MemoryLedger(limit)
    found.keep("weights", 10)
    for name, box in (("first", first), ("second", second)):
        found.add(name, box.byte_count, Spare(box.byte_count, box.give_up))
    return found


def test_spares_are_given_up_in_their_order_and_only_as_needed() -> None:
    first, second = Box(30), Box(40)
    book = ledger(100, first, second)
    with book.running(20):
        assert (first.size, second.size) == (30, 40)
    with book.running(35):
        assert (first.size, second.size) == (15, 40)
    with book.running(60):
        assert (first.size, second.size) == (0, 30)
    with pytest.raises(MemoryError), book.running(91):
        raise AssertionError("the pass ran")
    assert book.peak == 100
    assert book.used() == {"weights": 10, "first": 0, "second": 0, "passes": 0}


def test_room_for_the_next_pass_of_what_is_under_way_is_kept() -> None:
    book = ledger(100, Box(0), Box(0))
    book.expect("decode", 40)
    assert book.fits(50, 40)
    assert not book.fits(51, 0)
    assert not book.fits(0, 91)
    assert book.spare_room(0) == 50
    book.expect("decode", 0)
    assert book.fits(90, 0)


def test_a_batch_grows_into_half_of_the_room_at_the_prompts_cost() -> None:
    book = ledger(110, Box(0), Box(90))
    assert book.fits(0, 100)
    assert book.has_room(0, 50)
    assert not book.has_room(0, 51)


def test_who_waits_for_room_is_next() -> None:
    book = ledger(100, Box(0), Box(0))
    book.expect("decode", 30)
    assert book.may_begin("generate", 20, 30)
    assert not book.may_begin("train", 70, 10)
    assert not book.may_begin("generate", 20, 30)
    book.stop_waiting("generate")
    book.expect("decode", 0)
    assert book.may_begin("train", 70, 10)
    assert book.may_begin("generate", 20, 30)


def test_without_a_limit_everything_fits() -> None:
    book = MemoryLedger()
    assert book.fits(2**60, 2**60)
    assert book.excess(2**60, 0) == 0
    assert book.unused() is None
    with book.running(2**60):
        pass
