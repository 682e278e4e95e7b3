"""Fixtures: random models of every family, and engines over them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from support.families import FAMILIES
from support.harness import Harness
from support.random_models import make_model

torch.set_num_threads(1)


@pytest.fixture(scope="session")
def model_directories(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    root = tmp_path_factory.mktemp("models")
    return {family: make_model(root / family, family) for family in FAMILIES}


@pytest.fixture(scope="session", params=list(FAMILIES))
def model_directory(request: pytest.FixtureRequest, model_directories: dict[str, Path]) -> Path:
    return model_directories[request.param]


@pytest.fixture(scope="session")
def exact(model_directory: Path) -> Harness:
    """A model in fp64, for comparison with transformers and PEFT to 1e-9."""
    return Harness(model_directory, dtype="float64")


@pytest.fixture(scope="session")
def single(model_directory: Path) -> Harness:
    """A model in fp32, as it is served on a CPU."""
    return Harness(model_directory, dtype="float32")


@pytest.fixture(scope="session", params=["float32", "bfloat16"])
def either(request: pytest.FixtureRequest, model_directory: Path) -> Harness:
    """A model in each type that is served on a CPU; adapters are fp32 in both."""
    return Harness(model_directory, dtype=request.param)


@pytest.fixture()
def served(model_directories: dict[str, Path]) -> Iterator[Harness]:
    """An engine with its device thread running."""
    harness = Harness(model_directories["qwen2"], dtype="float32")
    harness.engine.start()
    yield harness
    harness.engine.stop()
