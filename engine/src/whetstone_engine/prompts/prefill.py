"""Reads prompts: one pass over several prompts of one padded length, from a shared cut on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from whetstone_engine.adapters.adapter import Adapter
from whetstone_engine.adapters.stacked import StackedAdapters
from whetstone_engine.model.transformer import Transformer
from whetstone_engine.numerics.shapes import ROW_MULTIPLE
from whetstone_engine.prompts.prefix_cache import CachedPrompt, PrefixCache, known_prefix


def base_tokens(tokens: NDArray[np.int64], prompt_length: int, adapter: Adapter | None) -> int:
    """How many of the first tokens are read by the base model alone: what can be reused."""
    if adapter is None:
        return len(tokens)
    return prompt_length - 1 if adapter.scope == "answer" else 0


@dataclass(frozen=True)
class PromptRow:
    """One prompt to read, `tokens[:cut]` of which come from `prefix`."""

    tokens: NDArray[np.int64]
    prefix: CachedPrompt | None


@dataclass(frozen=True)
class PromptStates:
    """Keys and values of a batch of prompts (padded), and each prompt's last hidden state."""

    keys_LBKTD: Tensor
    values_LBKTD: Tensor
    last_hidden_Bd: Tensor


def read_prompts(
    model: Transformer,
    rows: Sequence[PromptRow],
    cut: int,
    end: int,
    adapters: StackedAdapters | None,
) -> PromptStates:
    """Runs positions `[cut, end)` of each prompt; all prompts fit in `end` positions."""
    config = model.config
    device = model.device
    count = len(rows)
    tokens = np.zeros((count, end - cut), dtype=np.int64)
    for index, row in enumerate(rows):
        tokens[index, : len(row.tokens) - cut] = row.tokens[cut:]
    shape = (config.layer_count, count, config.key_value_head_count, end, config.head_size)
    keys = torch.empty(shape, dtype=model.dtype, device=device)
    values = torch.empty(shape, dtype=model.dtype, device=device)
    for index, row in enumerate(rows):
        if cut:
            assert row.prefix is not None, "a cut needs a cached prefix"
            keys[:, index, :, :cut] = row.prefix.keys_LKTD[:, :, :cut]
            values[:, index, :, :cut] = row.prefix.values_LKTD[:, :, :cut]
    causal = model.attention.causal(cut, end)

    def attend(layer: int, query: Tensor, key: Tensor, value: Tensor) -> Tensor:
        keys[layer, :, :, cut:] = key
        values[layer, :, :, cut:] = value
        return causal(layer, query, keys[layer], values[layer])

    positions = torch.arange(cut, end, device=device).expand(count, -1)
    keep = torch.zeros(count, ROW_MULTIPLE, dtype=torch.long)
    keep[:, 0] = torch.tensor([len(row.tokens) - 1 - cut for row in rows])
    hidden_BMd = model.forward(
        torch.from_numpy(tokens).to(device), positions, attend, adapters, keep.to(device)
    )
    return PromptStates(keys, values, hidden_BMd[:, 0])


def read_reusing(
    model: Transformer,
    prompts: Sequence[NDArray[np.int64]],
    end: int,
    cache: PrefixCache | None,
    budget: int | None = None,
) -> PromptStates:
    """Reads prompts that occupy `end` positions each with the base model, each from what the cache
    has of it on. The cache keeps them.

    Those with equal cuts share passes of at most `budget` positions.
    """
    by_cut: dict[int, list[tuple[int, PromptRow]]] = {}
    for number, tokens in enumerate(prompts):
        prefix, cut = known_prefix(cache, tokens)
        by_cut.setdefault(cut, []).append((number, PromptRow(tokens, prefix)))
    order: list[int] = []
    parts: list[PromptStates] = []
    for cut, members in by_cut.items():
        size = len(members) if budget is None else max(budget // (end - cut), 1)
        for start in range(0, len(members), size):
            part = members[start : start + size]
            order.extend(number for number, _ in part)
            parts.append(read_prompts(model, [row for _, row in part], cut, end, None))
    states = parts[0] if len(parts) == 1 else _joined(parts, order)
    if cache is not None:
        for row, tokens in enumerate(prompts):
            length = len(tokens)
            cache.put(
                tokens,
                states.keys_LBKTD[:, row, :, :length],
                states.values_LBKTD[:, row, :, :length],
            )
    return states


def _joined(parts: Sequence[PromptStates], order: Sequence[int]) -> PromptStates:
    """Several passes' prompts in one batch; `order` gives each row's place in it."""
    places = torch.tensor(order, device=parts[0].last_hidden_Bd.device).argsort()
    return PromptStates(
        torch.cat([part.keys_LBKTD for part in parts], dim=1)[:, places],
        torch.cat([part.values_LBKTD for part in parts], dim=1)[:, places],
        torch.cat([part.last_hidden_Bd for part in parts])[places],
    )
