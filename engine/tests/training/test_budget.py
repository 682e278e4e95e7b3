"""What a training's budget counts, and what the device thread is spared."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from support.collector import Collector
from support.harness import Harness
from support.jobs import QUERIES, train_job
from whetstone_engine.adapters import layout as layout_module
from whetstone_engine.adapters.layout import draw_adapter
from whetstone_engine.jobs import TrainResult
from whetstone_engine.prompts import prefill
from whetstone_engine.training import trained as trained_module
from whetstone_engine.training.signature import train_signature


def test_a_prompt_that_is_read_once_is_not_in_the_budget_of_the_passes(single: Harness) -> None:
    answer, whole = train_job(single, 0, scope="answer"), train_job(single, 0)
    completion = len(answer.examples[0].completion)
    multiple = single.engine.model.answer_multiple
    signature = train_signature(answer, multiple)
    assert signature.positions == -(-completion // multiple) * multiple
    assert train_signature(whole, multiple).positions > signature.positions


def test_prompts_of_many_jobs_are_read_within_a_budget(
    single: Harness, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = single.engine.model
    prompts = [single.prompt(QUERIES[0] + " again" * number) for number in range(7)]
    sizes: list[int] = []
    original = prefill.read_prompts

    def counted(model: Any, rows: Any, cut: int, end: int, adapters: Any) -> Any:
        sizes.append(len(rows) * (end - cut))
        return original(model, rows, cut, end, adapters)

    monkeypatch.setattr(prefill, "read_prompts", counted)
    with torch.no_grad():
        whole = prefill.read_reusing(model, prompts, 96, None)
        parts = prefill.read_reusing(model, prompts, 96, None, budget=200)
    assert sizes == [7 * 96, 192, 192, 192, 96]
    assert torch.equal(whole.keys_LBKTD, parts.keys_LBKTD)
    assert torch.equal(whole.last_hidden_Bd, parts.last_hidden_Bd)


def test_an_adapter_drawn_ahead_trains_to_the_same_bits(either: Harness) -> None:
    job = train_job(either, 0, seed=7)
    wanted = either.train([job])[0].weight_hash
    job.drawn = draw_adapter(either.engine.stacker.layout(8), 7, torch.float32)
    before = job.drawn.clone()
    assert either.train([job])[0].weight_hash == wanted
    assert torch.equal(job.drawn, before), "a job may have to start again from it"


def test_the_device_thread_hashes_no_adapter(
    served: Harness, monkeypatch: pytest.MonkeyPatch
) -> None:
    def forbidden(_: torch.Tensor) -> str:
        raise AssertionError("hashed on the device thread")

    real = layout_module.weight_hash
    monkeypatch.setattr(trained_module, "weight_hash", forbidden)
    collector = Collector(served)
    collector.submit(0, train_job(served, 0))
    result = collector.wait(1)[0]
    assert isinstance(result, TrainResult)
    monkeypatch.setattr(trained_module, "weight_hash", real)
    assert result.trained.weight_hash == real(result.trained.vector_P)


def test_loading_beyond_the_adapters_bytes_is_refused(
    model_directories: dict[str, Path], tmp_path: Path
) -> None:
    from whetstone_engine.adapters.peft_directory import peft_files
    from whetstone_engine.exceptions import OverloadedError

    directory = model_directories["qwen2"]
    size = Harness(directory, dtype="float32").engine.adapter_bytes(4)
    harness = Harness(directory, dtype="float32", adapter_bytes=2 * size, artifacts=tmp_path)
    engine = harness.engine
    layout = engine.stacker.layout(4)
    folder = tmp_path / "made"
    folder.mkdir()
    for name, content in peft_files(torch.zeros(layout.size), 8.0, "all", layout, "m").items():
        (folder / name).write_bytes(content)
    engine.load_adapter("a", "made", 60)
    engine.load_adapter("b", "made", 60)
    with pytest.raises(OverloadedError):
        engine.load_adapter("c", "made", 60)
    engine.adapters.drop("a")
    loaded = engine.load_adapter("c", "made", 60)
    assert loaded.byte_count == size
    assert np.asarray(loaded.vector).shape == (layout.size,)
