"""A shortage of memory: what is freed, what is tried again, and when a job fails."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from support.collector import Collector
from support.harness import Harness, ignore
from support.jobs import NAMES, QUERIES, score_job, train_job
from whetstone_engine.exceptions import InvalidRequestError, OutOfMemoryError
from whetstone_engine.jobs import Job
from whetstone_engine.metrics import Metrics
from whetstone_engine.scheduler import score_work
from whetstone_engine.scheduler.failures import is_out_of_memory, without_frames
from whetstone_engine.scheduler.recovery import Recovery
from whetstone_engine.training.train_batch import TrainBatch

SHORTAGES = [
    torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB."),
    MemoryError(),
    RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory: you tried to ..."),
    RuntimeError("CUDA error: out of memory\nCUDA kernel errors might be asynchronously reported"),
    RuntimeError("CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`"),
]


@pytest.mark.parametrize("error", SHORTAGES, ids=str)
def test_every_kind_of_shortage_is_one(error: Exception) -> None:
    assert is_out_of_memory(error)


@pytest.mark.parametrize(
    "error",
    [
        RuntimeError("CUDA error: an illegal memory access was encountered"),
        RuntimeError("CUBLAS_STATUS_EXECUTION_FAILED"),
        ValueError("can't allocate memory"),
    ],
    ids=str,
)
def test_other_errors_are_no_shortage(error: Exception) -> None:
    assert not is_out_of_memory(error)


def test_an_exception_without_frames_keeps_no_tensor_alive() -> None:
    held: list[weakref.ref[torch.Tensor]] = []

    def fail() -> None:
        activations = torch.zeros(4)
        held.append(weakref.ref(activations))
        try:
            raise ValueError("inner")
        except ValueError as error:
            raise RuntimeError("outer") from error

    try:
        fail()
    except RuntimeError as error:
        kept = without_frames(error)
    assert str(kept) == "outer"
    assert held[0]() is None


class Bench:
    """A recovery whose ends are recorded."""

    def __init__(self) -> None:
        self.freed = 0
        self.results: dict[int, object] = {}
        self.recovery = Recovery(
            Metrics(), free=self._free, finish=self._finish, diagnose=lambda error: error
        )

    def _free(self) -> None:
        self.freed += 1

    def _finish(self, job: Job, result: object) -> None:
        assert id(job) not in self.results, "a job ended twice"
        job.ended = True
        self.results[id(job)] = result


@given(fits=st.integers(0, 9), count=st.integers(1, 9), unfit=st.sets(st.integers(0, 8)))
def test_jobs_that_fit_end_and_only_those_that_never_fit_fail(
    fits: int, count: int, unfit: set[int]
) -> None:
    """`fits` jobs share a pass; those in `unfit` never succeed."""
    bench = Bench()
    jobs = [Job(ignore) for _ in range(count)]
    never = {id(jobs[number]) for number in unfit if number < count}

    def attempt(part: Sequence[Job]) -> None:
        if len(part) > max(fits, 1) or any(id(job) in never for job in part):
            raise torch.OutOfMemoryError("CUDA out of memory.")
        for job in part:
            bench._finish(job, "done")

    bench.recovery.run(jobs, attempt)
    assert set(bench.results) == {id(job) for job in jobs}
    for job in jobs:
        result = bench.results[id(job)]
        if id(job) in never:
            assert isinstance(result, OutOfMemoryError)
            assert result.message == "this job alone does not fit in the device's memory"
        else:
            assert result == "done"


def test_a_single_job_is_tried_again_with_everything_freed() -> None:
    bench = Bench()
    job = Job(ignore)

    def attempt(part: Sequence[Job]) -> None:
        if not bench.freed:
            raise RuntimeError("CUDA error: out of memory")
        bench._finish(part[0], "done")

    bench.recovery.run([job], attempt)
    assert (bench.results[id(job)], bench.freed) == ("done", 1)


def test_jobs_that_ended_before_the_shortage_are_left_alone() -> None:
    bench = Bench()
    jobs = [Job(ignore) for _ in range(4)]
    passes = []

    def attempt(part: Sequence[Job]) -> None:
        passes.append(len(part))
        for job in part:
            bench._finish(job, "done")
            if len(passes) == 1:
                raise torch.OutOfMemoryError("CUDA out of memory.")

    bench.recovery.run(jobs, attempt)
    assert passes == [4, 1, 2]
    assert list(bench.results.values()) == ["done"] * 4


def test_a_clients_error_is_told_as_it_is_and_frees_nothing() -> None:
    bench = Bench()
    job = Job(ignore)
    wrong = InvalidRequestError("no")

    def attempt(_: Sequence[Job]) -> None:
        raise wrong

    bench.recovery.run([job], attempt)
    assert bench.results[id(job)] is wrong
    assert bench.freed == 0


# -- in a running engine ---------------------------------------------------------------------


@pytest.fixture
def alive() -> Iterator[list[int]]:
    """Of each attempt: how many tensors of failed attempts are still alive."""
    yield []


def test_a_scoring_retry_holds_nothing_of_the_failed_pass(
    served: Harness, monkeypatch: pytest.MonkeyPatch, alive: list[int]
) -> None:
    original = score_work.score_batch  # type: ignore[attr-defined]
    held: list[weakref.ref[torch.Tensor]] = []

    def shaky(model: Any, planned: Any, *rest: Any) -> Any:
        alive.append(sum(one() is not None for one in held))
        activations = torch.zeros(8)
        held.append(weakref.ref(activations))
        if len(planned) > 1:
            raise torch.OutOfMemoryError("CUDA out of memory.")
        return original(model, planned, *rest)

    monkeypatch.setattr(score_work, "score_batch", shaky)
    collector = Collector(served)
    for number in range(4):
        collector.submit(number, score_job(served, QUERIES[0], NAMES))
    results = collector.wait(4)
    assert not any(isinstance(result, BaseException) for result in results.values())
    assert max(alive) == 0
    assert len(alive) >= 4


def test_a_training_retry_holds_nothing_of_the_failed_batch(
    served: Harness, monkeypatch: pytest.MonkeyPatch, alive: list[int]
) -> None:
    original = TrainBatch._gradient
    made = TrainBatch.__init__
    held: list[weakref.ref[TrainBatch]] = []

    def begin(self: TrainBatch, *arguments: Any) -> None:
        alive.append(sum(one() is not None for one in held))
        made(self, *arguments)

    def shaky(self: TrainBatch, batch: Any) -> Any:
        if len(self.jobs) > 2:
            held.append(weakref.ref(self))
            raise RuntimeError("CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling ...")
        return original(self, batch)

    monkeypatch.setattr(TrainBatch, "__init__", begin)
    monkeypatch.setattr(TrainBatch, "_gradient", shaky)
    collector = Collector(served)
    for number in range(6):
        collector.submit(number, train_job(served, 0, seed=number))
    results = collector.wait(6)
    assert not any(isinstance(result, BaseException) for result in results.values())
    assert held
    assert max(alive) == 0


def test_a_prompt_that_does_not_fit_beside_others_waits_for_them(
    served: Harness, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It used to be told that it does not fit, although it fits alone."""
    scheduler = served.engine.scheduler
    decode = scheduler._decode
    original = decode.read

    def crowded(planned: Any) -> Any:
        if decode.rows:
            raise torch.OutOfMemoryError("CUDA out of memory.")
        return original(planned)

    monkeypatch.setattr(decode, "read", crowded)
    collector = Collector(served)
    for number in range(3):
        job = served.generate_job(served.prompt(QUERIES[number]), maximum_tokens=30)
        collector.submit(number, job)
    results = collector.wait(3)
    assert not any(isinstance(result, BaseException) for result in results.values())


def test_a_shortage_frees_captured_passes_and_rest_captures_them_again(served: Harness) -> None:
    scheduler = served.engine.scheduler
    scheduler._decode.warm_up(rank=8, row_bytes=1 << 24, adapter_bytes=1 << 24, graph_bytes=1 << 24)
    passes = weakref.ref(scheduler._decode.captured)
    assert passes() is not None
    scheduler._free()
    gc.collect()
    assert passes() is None
    assert scheduler._decode._memory.row_count == 0


# -- a device that is lost -------------------------------------------------------------------


def test_a_device_that_fails_every_call_ends_the_engine(
    served: Harness, monkeypatch: pytest.MonkeyPatch
) -> None:
    from whetstone_engine.exceptions import ShuttingDownError
    from whetstone_engine.scheduler import scheduler as module

    told: list[str] = []
    scheduler = served.engine.scheduler
    scheduler.on_device_lost = told.append
    monkeypatch.setattr(module, "still_answers", lambda device: False)

    def broken(*_: Any) -> Any:
        raise RuntimeError("CUDA error: an illegal memory access was encountered")

    monkeypatch.setattr(score_work, "score_batch", broken)
    collector = Collector(served)
    collector.submit(0, score_job(served, QUERIES[0], NAMES))
    result = collector.wait(1)[0]
    message = (
        "the device failed and the engine restarts: CUDA error: an illegal memory access was "
        "encountered"
    )
    assert isinstance(result, ShuttingDownError)
    assert result.message == message
    scheduler._thread.join(10)
    assert told == [message]
    with pytest.raises(ShuttingDownError):
        scheduler.submit(score_job(served, QUERIES[0], NAMES))


def test_an_error_after_which_the_device_answers_fails_its_jobs_only(
    served: Harness, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = score_work.score_batch  # type: ignore[attr-defined]
    failed = False

    def once(*arguments: Any) -> Any:
        nonlocal failed
        if not failed:
            failed = True
            raise RuntimeError("CUDA error: invalid argument")
        return original(*arguments)

    monkeypatch.setattr(score_work, "score_batch", once)
    collector = Collector(served)
    collector.submit(0, score_job(served, QUERIES[0], NAMES))
    assert isinstance(collector.wait(1)[0], RuntimeError)
    collector.submit(1, score_job(served, QUERIES[0], NAMES))
    assert not isinstance(collector.wait(2)[1], BaseException)


def test_a_device_without_free_memory_still_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    from whetstone_engine.device.cuda import still_answers

    def failing(error: Exception) -> Any:
        def zeros(*_: Any, **__: Any) -> Any:
            raise error

        return zeros

    cuda = torch.device("cuda", 0)
    monkeypatch.setattr(torch, "zeros", failing(torch.OutOfMemoryError("CUDA out of memory.")))
    assert still_answers(cuda)
    lost = RuntimeError("CUDA error: an illegal memory access was encountered")
    monkeypatch.setattr(torch, "zeros", failing(lost))
    assert not still_answers(cuda)
    assert still_answers(torch.device("cpu"))
