"""Which type of numbers a process computes in."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from whetstone_engine.model.config import ModelConfig
from whetstone_engine.model.read_config import read_model_config
from whetstone_engine.model.weights import stored_dtype
from whetstone_engine.numerics import arithmetic
from whetstone_engine.numerics.arithmetic import Speeds, choose_arithmetic, measure_speeds
from whetstone_engine.numerics.summation import PlainRules

CPU, CUDA = torch.device("cpu"), torch.device("cuda", 0)


@pytest.fixture
def config(model_directories: dict[str, Path]) -> ModelConfig:
    return replace(read_model_config(model_directories["qwen2"]), hidden_size=896)


def measured(
    monkeypatch: pytest.MonkeyPatch, many: float, few: float, invariant: bool = True
) -> None:
    """A processor on which bf16 is this many times as fast as fp32."""
    speeds = {"float32": Speeds(100.0, 10.0), "bfloat16": Speeds(100.0 * many, 10.0 * few)}
    monkeypatch.setattr(arithmetic, "measure_speeds", lambda: speeds)
    monkeypatch.setattr(
        arithmetic,
        "packed_rows",
        lambda dtype, *_: 2 if invariant or dtype == torch.float32 else None,
    )
    monkeypatch.setattr(arithmetic, "plain_rules", lambda *_: PlainRules(None, 16, invariant))


@pytest.mark.parametrize(
    ("many", "few", "chosen"),
    [(2.1, 1.9, "bfloat16"), (1.31, 0.95, "bfloat16"), (1.2, 2.0, "float32"), (3, 0.5, "float32")],
)
def test_auto_takes_bf16_if_it_is_clearly_faster_and_no_step_is_slower(
    monkeypatch: pytest.MonkeyPatch, config: ModelConfig, many: float, few: float, chosen: str
) -> None:
    measured(monkeypatch, many, few)
    found = choose_arithmetic("auto", CPU, config, "BF16")
    assert found.dtype == chosen
    assert found.reason == (
        f"bf16 multiplies {many:.1f} times as fast as fp32, few rows {few:.1f} times"
    )
    assert set(found.measured) == {"float32", "bfloat16"}


def test_auto_stays_in_fp32_where_bf16_depends_on_the_batch(
    monkeypatch: pytest.MonkeyPatch, config: ModelConfig
) -> None:
    measured(monkeypatch, 4.0, 4.0, invariant=False)
    found = choose_arithmetic("auto", CPU, config, "BF16")
    assert (found.dtype, found.invariant) == ("float32", True)
    assert found.reason.endswith(", but its results depend on the batch")


def test_auto_measures_nothing_where_the_type_is_clear(
    monkeypatch: pytest.MonkeyPatch, config: ModelConfig, model_directories: dict[str, Path]
) -> None:
    def never() -> dict[str, Speeds]:
        raise AssertionError("measured")

    monkeypatch.setattr(arithmetic, "measure_speeds", never)
    small = read_model_config(model_directories["qwen2"])
    assert choose_arithmetic("auto", CPU, small, "BF16").dtype == "float32"
    stored = choose_arithmetic("auto", CPU, config, "F32")
    assert (stored.dtype, stored.reason) == ("float32", "the weights are stored as F32")
    assert choose_arithmetic("auto", CUDA, config, "F32").dtype == "bfloat16"
    assert choose_arithmetic("float64", CPU, config, "BF16").dtype == "float64"
    assert choose_arithmetic("bfloat16", CPU, small, "F32").dtype == "bfloat16"


def test_both_types_are_measured() -> None:
    speeds = measure_speeds()
    assert set(speeds) == {"float32", "bfloat16"}
    assert all(one.many_rows > 0 and one.few_rows > 0 for one in speeds.values())


def test_the_stored_type_is_that_of_the_embedding(model_directories: dict[str, Path]) -> None:
    assert stored_dtype(model_directories["qwen2"]) == "F32"
