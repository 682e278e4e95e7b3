"""Attention as each layer does it: with the model's scale and the layer's window."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

import torch
from torch import Tensor

from whetstone_engine.model.attention import (
    Causal,
    attention,
    causal_attention,
    causal_mask,
    prompt_attention,
)
from whetstone_engine.model.config import ModelConfig
from whetstone_engine.model.masks import Masks
from whetstone_engine.numerics.shapes import prompt_block

Attend = Callable[[int, Tensor, Tensor, Tensor], Tensor]
"""(layer, query_BHTD, key_BKTD, value_BKTD) -> context_BHTD; may keep the keys and values."""


class LayerAttentions:
    """The attention of one model's layers over keys that the caller holds."""

    def __init__(self, config: ModelConfig, dtype: torch.dtype, device: torch.device) -> None:
        self._config = config
        self._dtype = dtype
        self._device = device

    def causal(self, start: int, end: int) -> Attend:
        """Causal attention of a prompt's positions `[start, end)` over `[0, end)`."""
        config = self._config
        groups = config.head_count // config.key_value_head_count
        block = prompt_block(end)
        assert start % block == 0 and end % block == 0, "positions come in whole blocks"
        scale, like = config.attention_scale, (self._dtype, self._device)
        return self._by_window(
            {
                window: prompt_attention(start, end, block, groups, *like, window, scale)
                for window in config.windows
            }
        )

    def whole(self, length: int) -> Attend:
        """Causal attention of a whole row over itself, in one call."""
        scale = self._config.attention_scale
        calls: dict[int | None, Causal] = {}
        for window in self._config.windows:
            if window is None or window >= length:
                calls[window] = partial(causal_attention, scale=scale)
            else:
                mask = causal_mask(length, 0, length, self._dtype, self._device, window)
                calls[window] = partial(attention, mask_B1TS=mask, scale=scale)
        return self._by_window(calls)

    def masked(self, masks: Masks) -> Attend:
        """Attention under masks, one for each of the model's windows."""
        scale = self._config.attention_scale
        return self._by_window(
            {
                window: partial(attention, mask_B1TS=mask, scale=scale)
                for window, mask in masks.items()
            }
        )

    def _by_window(self, calls: Mapping[int | None, Causal]) -> Attend:
        by_layer = [calls[layer.window] for layer in self._config.layers]

        def attend(layer: int, query: Tensor, key: Tensor, value: Tensor) -> Tensor:
            return by_layer[layer](query, key, value)

        return attend
