"""Exported adapters load in PEFT, whatever the architecture calls its linear layers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from peft import PeftModel

from support.harness import Harness
from support.jobs import adapter_of
from whetstone_engine.adapters.peft_directory import (
    CONFIG_NAME,
    peft_files,
    read_peft_config,
    read_peft_vector,
)
from whetstone_engine.adapters.stacked import StackedAdapters
from whetstone_engine.exceptions import InvalidRequestError


def export(harness: Harness, directory: Path) -> torch.Tensor:
    """Writes a trained adapter as PEFT reads it; its vector."""
    adapter = adapter_of(harness)
    layout = harness.engine.stacker.layout(adapter.rank)
    files = peft_files(adapter.vector, adapter.alpha, adapter.scope, layout, "base")
    for name, content in files.items():
        (directory / name).write_bytes(content)
    return adapter.vector


def test_an_exported_adapter_loads_in_peft(exact: Harness, tmp_path: Path) -> None:
    vector = export(exact, tmp_path)
    model = exact.engine.model
    tokens = torch.from_numpy(np.random.default_rng(2).integers(3, 380, 60))[None]
    layout = exact.engine.stacker.layout(8)
    stacked = vector[None].clone()
    layout.scale_b(stacked, [16.0 / 8])
    with torch.no_grad():
        loaded = PeftModel.from_pretrained(exact.reference(), str(tmp_path))
        expected = loaded(input_ids=tokens).logits
        plain = exact.reference()(input_ids=tokens).logits
        hidden = model.forward(
            tokens,
            torch.arange(60)[None],
            model.attention.whole(60),
            StackedAdapters(layout, stacked),
        )
        mine = model.logits(hidden)
    assert float((plain - expected).abs().max()) > 1e-2
    torch.testing.assert_close(mine, expected, rtol=0, atol=1e-9)


def test_an_exported_adapter_is_read_back(single: Harness, tmp_path: Path) -> None:
    vector = export(single, tmp_path)
    layout = single.engine.stacker.layout(8)
    config = single.engine.model_config
    assert read_peft_config(tmp_path) == (8, 16.0, "all")
    assert torch.equal(read_peft_vector(tmp_path, layout, config, torch.float32), vector)


def test_fused_layers_have_one_adapter(model_directories: dict[str, Path], tmp_path: Path) -> None:
    fused = Harness(model_directories["phi3"], dtype="float32")
    names = fused.engine.stacker.layout(4).module_names
    assert names == ["qkv_proj", "o_proj", "gate_up_proj", "down_proj"]
    export(fused, tmp_path)
    separate = Harness(model_directories["llama"], dtype="float32").engine
    with pytest.raises(InvalidRequestError, match=r"qkv_proj|o_proj|gate_up_proj|down_proj"):
        read_peft_vector(tmp_path, separate.stacker.layout(8), separate.model_config, torch.float32)
    assert b'"qkv_proj"' in (tmp_path / CONFIG_NAME).read_bytes()
