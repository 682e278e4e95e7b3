"""Long trainings in stretches: against PEFT, against one whole training, over a killed process."""

from __future__ import annotations

import dataclasses
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch

from support.harness import Harness, ignore, peft_vector, train_settings
from support.jobs import PAIRS
from support.process import ANSWER, MESSAGES, Process, chat, error
from whetstone_engine.jobs import Segment, TrainJob, TrainState
from whetstone_engine.sft.batch import SegmentBatch
from whetstone_engine.training.examples import example_shape
from whetstone_engine.training.trained import TrainedVector


def long_job(harness: Harness, numbers: list[int], **changes: Any) -> TrainJob:
    examples = tuple(harness.example(*PAIRS[number % len(PAIRS)]) for number in numbers)
    return TrainJob(ignore, examples=examples, settings=train_settings(epochs=1, **changes))


def run(harness: Harness, whole: TrainJob, batch_size: int, cuts: list[int]) -> TrainedVector:
    """Trains the job's examples in stretches that end after so many steps each."""
    total = -(-len(whole.examples) // batch_size)
    state: TrainState | None = None
    losses: tuple[float, ...] = ()
    trained = None
    for first, last in zip([0, *cuts], [*cuts, total], strict=True):
        part = dataclasses.replace(
            whole,
            examples=whole.examples[first * batch_size : last * batch_size],
            segment=Segment(batch_size, first, total, state),
        )
        batch = SegmentBatch(harness.engine.model, harness.engine.stacker, part)
        with torch.no_grad():
            while not batch.done:
                batch.step()
        trained = batch.results()[0]
        losses += trained.losses
        state = trained.state
    assert trained is not None
    return dataclasses.replace(trained, losses=losses)


@pytest.mark.parametrize("batch_size", [1, 2, 3])
def test_batches_equal_peft_with_accumulated_gradients(exact: Harness, batch_size: int) -> None:
    whole = long_job(exact, [0, 1, 2, 3, 1])
    trained = run(exact, whole, batch_size, [])
    model, losses = exact.peft_train(whole, batch_size)
    assert trained.losses == pytest.approx(losses, abs=1e-9)
    torch.testing.assert_close(trained.vector_P, peft_vector(exact, model, 8), rtol=0, atol=1e-9)


@pytest.mark.parametrize("scope", ["all", "answer"])
def test_single_examples_equal_a_temporary_adapters_training(exact: Harness, scope: str) -> None:
    whole = long_job(exact, [0, 1, 2, 3], scope=scope)
    stretched = run(exact, whole, 1, [])
    plain = exact.train([whole])[0]
    assert stretched.losses == pytest.approx(plain.losses, abs=1e-12)
    torch.testing.assert_close(stretched.vector_P, plain.vector_P, rtol=0, atol=1e-12)


@pytest.mark.parametrize("scope", ["all", "answer"])
def test_stretches_give_the_bits_of_the_whole(either: Harness, scope: str) -> None:
    whole = long_job(either, [0, 1, 2, 3, 2, 1, 0], scope=scope)
    together = run(either, whole, 2, [])
    for cuts in ([1], [2, 3]):
        apart = run(either, whole, 2, cuts)
        assert apart.losses == together.losses
        assert apart.weight_hash == together.weight_hash


@pytest.mark.parametrize("scope", ["all", "answer"])
@pytest.mark.parametrize("accumulate", [True, False])
def test_a_step_beyond_the_budget_is_made_of_several_passes(
    exact: Harness, monkeypatch: pytest.MonkeyPatch, scope: str, accumulate: bool
) -> None:
    from whetstone_engine.sft import batch as module

    whole = long_job(exact, [0, 1, 2, 3, 1, 2, 0], scope=scope)
    expected = run(exact, whole, 5, [])
    sizes: list[int] = []
    original = module.gradient  # type: ignore[attr-defined]

    def counted(model: Any, views: Any, anchor: Any, batch: Any) -> list[float]:
        sizes.append(len(batch.counts))
        return original(model, views, anchor, batch)

    monkeypatch.setattr(module, "gradient", counted)
    part = dataclasses.replace(whole, segment=Segment(5, 0, 2, None))
    engine = exact.engine
    multiple = engine.model.answer_multiple
    shapes = [example_shape(example, scope, multiple) for example in part.examples[:5]]
    budget = 2 * (max(one.past for one in shapes) + max(one.length for one in shapes))
    batch = SegmentBatch(engine.model, engine.stacker, part, budget, accumulate=accumulate)
    with torch.no_grad():
        while not batch.done:
            batch.step()
    trained = batch.results()[0]
    assert sizes == [2, 2, 1, 2]
    assert trained.losses == pytest.approx(expected.losses, abs=1e-12)
    torch.testing.assert_close(trained.vector_P, expected.vector_P, rtol=0, atol=1e-12)
    if accumulate:
        assert len(batch._gradients_BP) == 2


def test_on_the_cpu_the_budget_changes_no_bit(either: Harness) -> None:
    whole = long_job(either, [0, 1, 2, 3, 1])
    part = dataclasses.replace(whole, segment=Segment(5, 0, 1, None))
    engine = either.engine
    hashes = set()
    for budget in (None, 1, 200, 10_000):
        batch = SegmentBatch(engine.model, engine.stacker, part, budget)
        with torch.no_grad():
            batch.step()
        hashes.add(batch.results()[0].weight_hash)
    assert len(hashes) == 1


# -- over HTTP ---------------------------------------------------------------------------------


def request(numbers: range, **changes: Any) -> dict[str, Any]:
    return {
        "directory": "sft-1",
        "examples": [
            {"messages": MESSAGES, "completion": ANSWER.replace("Paris", f"Paris {number}")}
            for number in numbers
        ],
        "batchSize": 2,
        "firstStep": numbers.start // 2,
        "totalSteps": 4,
        "rank": 4,
        "alpha": 8,
        "learningRate": 0.01,
        "seed": 3,
        **changes,
    }


@pytest.fixture
def places(model_directories: dict[str, Path], tmp_path: Path) -> Iterator[list[Process]]:
    """Engines that share an artifact folder; a test may kill the first."""
    made: list[Process] = []
    folder = tmp_path / "artifacts"
    folder.mkdir()

    def start() -> Process:
        process = Process(model_directories["qwen2"], "--artifact-dir", str(folder))
        process.artifacts = folder  # type: ignore[attr-defined]
        made.append(process)
        return process

    start()
    made[0].again = start  # type: ignore[attr-defined]
    yield made
    for process in made:
        process.stop()


def test_a_killed_engine_goes_on_from_the_last_state(places: list[Process]) -> None:
    first = places[0]
    folder: Path = first.artifacts / "sft-1"  # type: ignore[attr-defined]
    begun = first.post("/v1/stretches", request(range(4))).json()
    assert begun["lastStep"] == 2
    assert first.client.get("/v1/stretches/sft-1").json()["lastStep"] == 2
    assert first.client.get("/v1/stretches/none").json()["lastStep"] == 0
    assert len(begun["losses"]) == 2
    # The same again is answered from the state, without training.
    again = first.post("/v1/stretches", request(range(4))).json()
    assert again == {**begun, "queueMs": 0, "computeMs": 0}

    first.child.send_signal(signal.SIGKILL)
    first.child.wait(10)
    second: Process = first.again()  # type: ignore[attr-defined]
    assert not (folder / "adapter_model.safetensors").exists()
    ended = second.post("/v1/stretches", request(range(4, 8))).json()
    assert ended["lastStep"] == 4
    kept = sorted(path.name for path in folder.iterdir())
    assert kept == [
        "adapter_config.json",
        "adapter_model.safetensors",
        "step-00000002.safetensors",
        "step-00000004.safetensors",
    ]

    loaded = second.client.put("/v1/adapters/trained", json={"directory": "sft-1"}).json()
    assert loaded["weightHash"] == ended["weightHash"]
    whole = second.post("/v1/stretches", request(range(8), directory="whole")).json()
    assert whole["weightHash"] == ended["weightHash"]
    assert whole["losses"] == begun["losses"] + ended["losses"]
    answers = [
        second.post("/v1/chat/completions", chat(model=name, max_tokens=30)).json()["choices"]
        for name in ("trained", "qwen2")
    ]
    assert answers[0] != answers[1]


def test_an_answer_scoped_adapter_keeps_its_scope(places: list[Process]) -> None:
    engine = places[0]
    body = request(range(8), scope="answer")
    trained = engine.post("/v1/stretches", body).json()
    loaded = engine.client.put("/v1/adapters/a", json={"directory": "sft-1"}).json()
    assert (loaded["scope"], loaded["weightHash"]) == ("answer", trained["weightHash"])


def test_what_cannot_be_gone_on_from_is_refused(places: list[Process]) -> None:
    engine = places[0]
    late = engine.post("/v1/stretches", request(range(4, 8)))
    assert error(late)[:2] == (404, "artifact_not_found")
    engine.post("/v1/stretches", request(range(4))).raise_for_status()
    other = engine.post("/v1/stretches", request(range(4, 8), seed=4))
    assert error(other)[:2] == (409, "adapter_conflict")
    long = engine.post("/v1/stretches", request(range(4, 8), totalSteps=3))
    assert error(long)[:2] == (400, "invalid_request")
    assert "step 4" in error(long)[2]
    outside = engine.post("/v1/stretches", request(range(4), directory=".."))
    assert error(outside)[:2] == (400, "invalid_request")
