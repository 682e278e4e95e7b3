"""Loading: a model must not be resident twice."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
import torch

from support.random_models import make_model
from whetstone_engine.model.read_config import read_model_config
from whetstone_engine.model.weights import load_weights


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
@pytest.mark.parametrize("pack", [True, False])
@pytest.mark.parametrize("family", ["qwen2", "llama", "qwen3", "phi3"])
def test_loaded_weights_do_not_point_into_the_files(
    tmp_path: Path, family: str, pack: bool
) -> None:
    # Stored in the type that is asked for: nothing has to be converted.
    directory = make_model(tmp_path / family, family)
    weights = load_weights(
        directory, read_model_config(directory), torch.device("cpu"), torch.float32, pack
    )
    assert weights.embedding.dtype == torch.float32
    assert str(directory) not in Path("/proc/self/maps").read_text()
