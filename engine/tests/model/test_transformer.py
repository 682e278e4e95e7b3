"""The forward pass against transformers."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from support.harness import Harness
from whetstone_engine.adapters.layout import draw_adapter
from whetstone_engine.adapters.stacked import StackedAdapters
from whetstone_engine.numerics.shapes import padded_keys, padded_prompt, prompt_block, round_up
from whetstone_engine.prompts.prefill import PromptRow, read_prompts, read_reusing
from whetstone_engine.prompts.prefix_cache import PrefixCache


def logits(harness: Harness, tokens: np.ndarray) -> torch.Tensor:
    model = harness.engine.model
    ids = torch.from_numpy(tokens)[None]
    positions = torch.arange(len(tokens))[None]
    with torch.no_grad():
        hidden = model.forward(ids, positions, model.attention.whole(len(tokens)))
        return model.logits(hidden)[0]


@pytest.mark.parametrize("length", [1, 7, 64, 200, 700])
def test_logits_equal_transformers(exact: Harness, length: int) -> None:
    tokens = np.random.default_rng(length).integers(3, 380, length)
    with torch.no_grad():
        expected = exact.reference()(input_ids=torch.from_numpy(tokens)[None]).logits[0]
    torch.testing.assert_close(logits(exact, tokens), expected, rtol=0, atol=1e-9)


def test_fp32_logits_are_close_to_transformers(single: Harness) -> None:
    tokens = np.random.default_rng(1).integers(3, 380, 150)
    with torch.no_grad():
        expected = single.reference()(input_ids=torch.from_numpy(tokens)[None]).logits[0]
    torch.testing.assert_close(logits(single, tokens), expected, rtol=0, atol=1e-3)


@pytest.mark.parametrize("length", [70, 190, 300, 800])
def test_a_reused_prefix_gives_bit_equal_states(either: Harness, length: int) -> None:
    generator = np.random.default_rng(length)
    first = generator.integers(3, 380, length)
    second = np.concatenate((first[: length - 5], generator.integers(3, 380, 9)))
    model = either.engine.model
    cache = PrefixCache(1 << 26)
    with torch.no_grad():
        whole = read_prompts(model, [PromptRow(first, None)], 0, padded_prompt(length), None)
        cache.put(first, whole.keys_LBKTD[:, 0, :, :length], whole.values_LBKTD[:, 0, :, :length])
        found = cache.find(second)
        assert found is not None
        entry, cut = found
        assert cut == (length - 5) // prompt_block(length) * prompt_block(length)
        end = padded_prompt(len(second))
        reused = read_prompts(model, [PromptRow(second, entry)], cut, end, None)
        fresh = read_prompts(model, [PromptRow(second, None)], 0, end, None)
    assert torch.equal(reused.last_hidden_Bd, fresh.last_hidden_Bd)
    used = len(second)
    assert torch.equal(reused.keys_LBKTD[:, :, :, :used], fresh.keys_LBKTD[:, :, :, :used])


def test_prompts_with_different_cuts_are_read_as_alone(either: Harness) -> None:
    generator = np.random.default_rng(5)
    known = generator.integers(3, 380, 100)
    prompts = [
        generator.integers(3, 380, 118),
        np.concatenate((known[:96], generator.integers(3, 380, 20))),
        np.concatenate((known[:40], generator.integers(3, 380, 70))),
        np.concatenate((known[:96], generator.integers(3, 380, 25))),
    ]
    model = either.engine.model
    cache = PrefixCache(1 << 26)
    with torch.no_grad():
        read_reusing(model, [known], 128, cache)
        assert [found and found[1] for found in map(cache.find, prompts)] == [None, 96, 32, 96]
        together = read_reusing(model, prompts, 128, cache)
        for row, tokens in enumerate(prompts):
            alone = read_prompts(model, [PromptRow(tokens, None)], 0, 128, None)
            used = len(tokens)
            for mine, expected in (
                (together.keys_LBKTD, alone.keys_LBKTD),
                (together.values_LBKTD, alone.values_LBKTD),
            ):
                assert torch.equal(mine[:, row, :, :used], expected[:, 0, :, :used])
            assert torch.equal(together.last_hidden_Bd[row], alone.last_hidden_Bd[0])
    assert all(cache.find(np.append(tokens, 1)) is not None for tokens in prompts)


def test_base_logits_are_bit_equal_after_an_adapter_was_used(either: Harness) -> None:
    tokens = np.random.default_rng(3).integers(3, 380, 100)
    before = logits(either, tokens)
    layout = either.engine.stacker.layout(4)
    vector = torch.randn(layout.size) * 0.1
    model = either.engine.model
    adapters = StackedAdapters(layout, vector[None])
    ids, positions = torch.from_numpy(tokens)[None], torch.arange(100)[None]
    with torch.no_grad():
        adapted = model.logits(model.forward(ids, positions, model.attention.whole(100), adapters))[
            0
        ]
    assert not torch.equal(adapted, before)
    assert torch.equal(logits(either, tokens), before)


def test_a_fresh_adapter_changes_nothing(single: Harness) -> None:
    layout = single.engine.stacker.layout(8)
    fresh = draw_adapter(layout, 1, torch.float32)
    for name, matrix in layout.matrices(fresh).items():
        if name.endswith("lora_A"):
            assert float(matrix.abs().max()) <= 1 / matrix.shape[1] ** 0.5
            assert float(matrix.abs().max()) > 0.9 / matrix.shape[1] ** 0.5
        else:
            assert not matrix.any()


def test_shapes() -> None:
    assert [round_up(value, 16) for value in (1, 16, 17)] == [16, 16, 32]
    assert [padded_keys(value) for value in (1, 32, 33)] == [32, 32, 64]
    assert [padded_prompt(value) for value in (1, 480, 481, 513)] == [32, 480, 512, 640]
