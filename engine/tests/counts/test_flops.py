"""Passes compute little more than they must, padding included."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from benchmarks.random_model import Qwen2Shape, save_random_qwen2

import whetstone_engine.training.examples as examples
import whetstone_engine.training.functions as functions
from support import typical_passes
from support.harness import Harness
from support.typical_passes import SCENES, decoding
from whetstone_engine.numerics.products import linear
from whetstone_engine.scoring.score_batch import plan_score

MOST = 1.15
"""Times the formula."""
LEAST = 0.99
"""Less would mean that something is not counted."""
SHAPE = Qwen2Shape(320, 1728, 3, 5, 1, 4096, 2048)
"""Relations of Qwen2.5-0.5B: many heads for each key, layers 5.4 times as wide inside."""


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Harness:
    directory: Path = tmp_path_factory.mktemp("model")
    save_random_qwen2(directory, SHAPE, seed=1)
    harness = Harness(directory, dtype="float32")
    harness.engine.tokenizer.end_token_ids = ()
    return harness


@pytest.fixture(autouse=True)
def no_gradients() -> Iterator[None]:
    with torch.no_grad():
        yield


def times_the_formula(engine: Harness, scene: str) -> float:
    counted, needed = SCENES[scene](engine)
    return counted / needed


@pytest.mark.parametrize("scene", SCENES)
def test_a_pass_computes_little_more_than_it_must(engine: Harness, scene: str) -> None:
    found = times_the_formula(engine, scene)
    print(f"{scene}: {found:.3f} times the formula")
    assert LEAST <= found <= MOST


def test_a_single_row_is_computed_as_two_at_most(engine: Harness) -> None:
    """Products with packed weights take as long for two rows as for one."""
    if engine.engine.model.row_multiple != 2:
        pytest.skip("rows are padded to more than two here")
    counted, needed = decoding(engine, 1, 0)
    assert LEAST <= counted / needed <= 2 * MOST


def _twice(base: Any, *arguments: Any) -> Any:
    linear(base, *arguments)
    return linear(base, *arguments)


def _without_prefix(job: Any, _: Any, multiple: int) -> Any:
    return plan_score(job, None, multiple)


@pytest.mark.parametrize(
    ("scene", "owner", "name", "fault"),
    [
        ("training, whole prompt", examples, "_LENGTH_MULTIPLE", 192),
        ("training, whole prompt", functions, "linear", _twice),
        ("scoring, tools known", typical_passes, "plan_score", _without_prefix),
    ],
    ids=["long padding", "a pass twice", "prefixes forgotten"],
)
def test_waste_is_found(
    engine: Harness,
    monkeypatch: pytest.MonkeyPatch,
    scene: str,
    owner: Any,
    name: str,
    fault: Any,
) -> None:
    monkeypatch.setattr(owner, name, fault)
    assert times_the_formula(engine, scene) > MOST


@pytest.mark.parametrize(
    ("scene", "name"),
    [
        ("decoding, few rows", "row_multiple"),
        ("training, answer", "answer_multiple"),
        ("scoring, tools known", "candidate_multiple"),
    ],
)
def test_padding_to_sixteen_is_found(
    engine: Harness, monkeypatch: pytest.MonkeyPatch, scene: str, name: str
) -> None:
    monkeypatch.setattr(engine.engine.model, name, 16)
    assert times_the_formula(engine, scene) > MOST
