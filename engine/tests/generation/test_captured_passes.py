"""Decoding over memory set aside: the way of CUDA, without the capture."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import pytest
import torch

from support.harness import Harness
from support.jobs import QUERIES, adapter_of, mixed_jobs
from whetstone_engine.generation.captured_passes import CapturedPasses, PassShape
from whetstone_engine.generation.decode_batch import DecodeBatch, Finished
from whetstone_engine.generation.prompt_plan import plan_prompt
from whetstone_engine.generation.row_memory import RowMemory
from whetstone_engine.jobs import Choice, GenerateJob

PLENTY = 1 << 28


def decode_batch(harness: Harness, rows: int) -> DecodeBatch:
    engine = harness.engine
    return DecodeBatch(engine.model, engine.tokenizer, engine.stacker, None, rows)


def count_replays(passes: CapturedPasses) -> Counter[PassShape]:
    """Counts how often each captured pass is replayed from now on."""
    counts: Counter[PassShape] = Counter()
    for shape, replay in list(passes._replays.items()):

        def counted(shape: PassShape = shape, replay: Callable[[], None] = replay) -> None:
            counts[shape] += 1
            replay()

        passes._replays[shape] = counted
    return counts


def test_steps_over_fixed_buffers_give_the_same_answers(single: Harness) -> None:
    plain = single.generate(mixed_jobs(single))
    fixed = decode_batch(single, 32)
    with torch.no_grad():
        fixed.warm_up(rank=8, row_bytes=PLENTY, adapter_bytes=PLENTY, graph_bytes=PLENTY)
    assert fixed.captured is not None
    replays = count_replays(fixed.captured)
    captured = fixed.captured.shapes
    jobs = mixed_jobs(single)
    found: dict[GenerateJob, list[Choice]] = {job: [] for job in jobs}
    with torch.no_grad():
        # Joined one by one, while others are under way: rows move and change their adapters.
        waiting = list(jobs)
        while waiting or fixed.rows:
            done = fixed.read([plan_prompt(waiting.pop(0), None)]) if waiting else []
            if fixed.rows:
                done = [*done, *fixed.step()]
            for job, choice in done:
                found[job].append(choice)
    for job, other in zip(jobs, plain, strict=True):
        ordered = sorted(found[job], key=lambda choice: choice.index)
        assert [one.tokens for one in ordered] == [one.tokens for one in other]
    assert sum(replays.values()) > 50
    assert {shape.rank for shape in replays} == {0, 8}
    assert fixed.captured.shapes == captured, "a shape was captured after the warm-up"


def test_rows_beyond_the_memory_set_aside_decode_without_captured_passes(single: Harness) -> None:
    """A long row moves the batch to larger memory. Once empty, captured passes serve again."""
    batch = decode_batch(single, 16)
    with torch.no_grad():
        # Room for 64 positions of 16 rows.
        row_bytes = 64 * batch._memory.bytes_per_position()
        batch.warm_up(rank=4, row_bytes=row_bytes, adapter_bytes=PLENTY, graph_bytes=PLENTY)
    assert batch.captured is not None
    replays = count_replays(batch.captured)

    def run(*jobs: GenerateJob) -> list[tuple[int, ...]]:
        found: dict[GenerateJob, tuple[int, ...]] = {}
        with torch.no_grad():
            for job in jobs:
                found.update(
                    (one, choice.tokens) for one, choice in batch.read([plan_prompt(job, None)])
                )
            while batch.rows:
                found.update((one, choice.tokens) for one, choice in batch.step())
        return [found[job] for job in jobs]

    adapter = adapter_of(single, 1)
    short = single.generate_job(single.prompt("x"), maximum_tokens=6)
    long = single.generate_job(single.prompt(QUERIES[2]), maximum_tokens=6)
    wide = single.generate_job(single.prompt("x"), maximum_tokens=6, adapter=adapter)
    alone = [single.generate([job])[0][0].tokens for job in (short, long, wide)]
    assert run(short) == alone[:1]
    assert sum(replays.values()) == 5
    assert run(short, long) == alone[:2]
    assert sum(replays.values()) == 5, "the long row lies outside the memory set aside"
    assert run(short) == alone[:1]
    assert sum(replays.values()) == 10
    assert run(wide) == alone[2:], "an adapter of a higher rank than the captured one"
    assert sum(replays.values()) == 10


def test_a_shortage_while_memory_grows_leaves_the_rows_as_they_were(
    single: Harness, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Keys and values are both taken before either replaces the old."""
    first = single.generate_job(single.prompt(QUERIES[0]), maximum_tokens=40)
    wanted = single.generate([first])[0][0].tokens
    batch = decode_batch(single, 16)
    calls = 0
    empty = batch._memory._empty

    def failing(rows: int, length: int) -> torch.Tensor:
        nonlocal calls
        calls += 1
        if calls == 2:
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB")
        return empty(rows, length)

    with torch.no_grad():
        batch.read([plan_prompt(first, None)])
        batch.step()
        keys, values = batch._memory.keys_LRKSD, batch._memory.values_LRKSD
        monkeypatch.setattr(batch._memory, "_empty", failing)
        long = single.generate_job(single.prompt(QUERIES[2]), maximum_tokens=3)
        with pytest.raises(torch.OutOfMemoryError):
            batch.read([plan_prompt(long, None)])
        assert batch._memory.keys_LRKSD is keys
        assert batch._memory.values_LRKSD is values
        done: Finished = []
        while not done:
            done = batch.step()
        assert done[0][1].tokens == wanted
        assert batch.read([plan_prompt(long, None)]) == []
        assert len(batch.rows) == 1


def test_memory_doubles(single: Harness) -> None:
    memory = RowMemory(single.engine.model, 64)
    sizes = set()
    for length in range(1, 1025):
        memory.reserve(1 + length // 100, length)
        sizes.add((memory.row_count, memory.length))
    assert sizes == {(16, 128), (16, 256), (16, 512), (16, 1024)}
    memory.reserve(17, 1)
    assert (memory.row_count, memory.length) == (32, 1024)


def test_dropped_adapters_are_kept_by_no_captured_pass(single: Harness) -> None:
    import gc
    import weakref

    batch = decode_batch(single, 16)
    with torch.no_grad():
        batch.warm_up(rank=8, row_bytes=PLENTY, adapter_bytes=PLENTY, graph_bytes=PLENTY)
        adapter = adapter_of(single, 1)
        gone = weakref.ref(adapter)
        job = single.generate_job(single.prompt("x"), maximum_tokens=4, adapter=adapter)
        batch.read([plan_prompt(job, None)])
        while batch.rows:
            batch.step()
    del adapter, job
    gc.collect()
    assert gone() is None
