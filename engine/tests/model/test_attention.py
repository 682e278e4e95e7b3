"""Attention as CUDA gets it equals attention as the CPU computes it."""

from __future__ import annotations

import pytest
import torch

from whetstone_engine.model import attention as module
from whetstone_engine.model.attention import (
    CausalSpans,
    attention,
    causal_attention,
    causal_mask,
    prompt_attention,
)

CPU = torch.device("cpu")


def draw(*shape: int) -> torch.Tensor:
    generator = torch.Generator().manual_seed(sum(shape))
    return torch.randn(*shape, generator=generator, dtype=torch.float64)


@pytest.mark.parametrize("heads", [(4, 4), (4, 2), (6, 2), (3, 1)])
@pytest.mark.parametrize(("rows", "length", "keys"), [(3, 1, 16), (2, 5, 16), (1, 16, 16)])
def test_heads_side_by_side_give_the_same_context(
    heads: tuple[int, int], rows: int, length: int, keys: int
) -> None:
    many, few = heads
    query = draw(rows, length, many, 8).transpose(1, 2)
    key, value = draw(rows, few, keys, 8), draw(rows, few, keys, 9)[..., :8]
    mask = causal_mask(length, keys - length, keys, torch.float64, CPU).expand(rows, -1, -1, -1)
    expected = attention(query, key, value, mask)
    torch.testing.assert_close(module._side_by_side(query, key, value, mask), expected)
    one_mask = module._side_by_side(query, key, value, mask[:1])
    torch.testing.assert_close(one_mask, expected)


def test_spans_of_any_size_give_the_causal_context() -> None:
    query, key, value = draw(2, 4, 64, 8), draw(2, 2, 64, 8), draw(2, 2, 64, 8)
    whole = causal_attention(query, key, value)
    for start in (0, 32):
        for span in (16, 20, 64):
            part = CausalSpans(start, 64, span, torch.float64, CPU)(query[:, :, start:], key, value)
            torch.testing.assert_close(part, whole[:, :, start:])


def test_cuda_reads_a_prompt_in_one_call_or_as_few_as_masks_allow(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    cuda = torch.device("cuda", 0)
    assert prompt_attention(0, 640, 128, 6, torch.bfloat16, cuda) is causal_attention
    monkeypatch.setattr(module, "causal_mask", lambda *_: None)
    one = prompt_attention(128, 640, 128, 6, torch.bfloat16, cuda)
    assert isinstance(one, CausalSpans)
    assert one._spans == [(128, 640)]
    many = prompt_attention(8192, 16384, 128, 6, torch.bfloat16, cuda)
    assert isinstance(many, CausalSpans)
    assert len(many._spans) > 1
    assert max((stop - first) * stop * 6 for first, stop in many._spans) <= module._MASK_ELEMENTS
    blocks = prompt_attention(128, 640, 128, 6, torch.bfloat16, CPU)
    assert isinstance(blocks, CausalSpans)
    assert len(blocks._spans) == 4
