"""The forward pass of a Llama or Qwen2 model. Knows tensors only: no tokens' text, no requests.

Shape suffixes: B rows, T positions, L layers, H query heads, K key/value heads, S key positions,
D head size, d hidden size, N flattened positions, V vocabulary, R rows with adapters.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor

from whetstone_engine.adapters.layout import StackedAdapters
from whetstone_engine.model.config import ModelConfig
from whetstone_engine.model.weights import ModelWeights, Projection
from whetstone_engine.numerics.products import linear
from whetstone_engine.numerics.shapes import LONG_PROMPT_BLOCK

Attend = Callable[[int, Tensor, Tensor, Tensor], Tensor]
"""(layer, query_BHTD, key_BKTD, value_BKTD) -> context_BHTD; may keep the keys and values."""

Project = Callable[[Tensor, Projection, int, str, bool], Tensor]
"""(input_BTi, base weights, layer, group, only kept positions) -> output_BTo."""

Activate = Callable[[Tensor], Tensor]
"""gate_and_up_BTf -> silu(gate) * up."""


def swiglu(gate_up_BTf: Tensor) -> Tensor:
    """The MLP's activation; gate and up lie side by side."""
    gate, up = gate_up_BTf.chunk(2, dim=-1)
    return F.silu(gate) * up


def keep_positions(values_BTd: Tensor, keep_BK: Tensor) -> Tensor:
    """`values[b, keep[b, k]]`, as `[B, K, d]`."""
    rows, length, _ = values_BTd.shape
    offsets = torch.arange(rows, device=keep_BK.device)[:, None] * length
    flat = (keep_BK + offsets).flatten()
    return values_BTd.flatten(0, 1).index_select(0, flat).view(rows, keep_BK.shape[1], -1)


def rope_table(config: ModelConfig, length: int, device: torch.device) -> tuple[Tensor, Tensor]:
    """Cosines and signed sines, `[length, head_size]` in fp32; the sine's first half is negated."""
    size = config.head_size
    exponents = torch.arange(0, size, 2, dtype=torch.float32) / size
    frequencies = 1.0 / (config.rope_theta**exponents)
    scaling = config.rope_llama3
    if scaling is not None:
        wavelengths = 2 * math.pi / frequencies
        low = scaling.original_context / scaling.low_frequency_factor
        high = scaling.original_context / scaling.high_frequency_factor
        smooth = (scaling.original_context / wavelengths - scaling.low_frequency_factor) / (
            scaling.high_frequency_factor - scaling.low_frequency_factor
        )
        blended = (1 - smooth) * frequencies / scaling.factor + smooth * frequencies
        slow = torch.where(wavelengths > low, frequencies / scaling.factor, blended)
        frequencies = torch.where(wavelengths < high, frequencies, slow)
    frequencies = frequencies / config.rope_linear_factor
    angles = torch.arange(length, dtype=torch.float32)[:, None] * frequencies[None]
    cosine, sine = angles.cos(), angles.sin()
    return (
        torch.cat((cosine, cosine), dim=1).to(device),
        torch.cat((-sine, sine), dim=1).to(device),
    )


def attention(query_BHTD: Tensor, key_BKSD: Tensor, value_BKSD: Tensor, mask: Tensor) -> Tensor:
    """Masked attention; `mask` is additive and broadcasts to `[B, 1, T, S]`."""
    return F.scaled_dot_product_attention(
        query_BHTD,
        key_BKSD,
        value_BKSD,
        attn_mask=mask,
        enable_gqa=query_BHTD.shape[1] != key_BKSD.shape[1],
    )


class BlockwiseCausal:
    """Causal attention of positions `[start, end)` over `[0, end)`, one block of queries a time.

    A block attends over exactly the keys up to its own end, so its result is the same bits
    whatever follows it and wherever the pass began. (The library's own causal mode is not:
    its order of summation depends on the whole length.)
    """

    def __init__(self, start: int, end: int, block: int, model: Transformer) -> None:
        assert start % block == 0 and end % block == 0, "positions come in whole blocks"
        self._start = start
        self._block = block
        self._masks = [
            causal_mask(block, first, first + block, model) for first in range(start, end, block)
        ]

    def __call__(self, query_BHTD: Tensor, key_BKSD: Tensor, value_BKSD: Tensor) -> Tensor:
        block = self._block
        parts = []
        for number, mask in enumerate(self._masks):
            stop = self._start + (number + 1) * block
            parts.append(
                attention(
                    query_BHTD[:, :, number * block : (number + 1) * block],
                    key_BKSD[:, :, :stop],
                    value_BKSD[:, :, :stop],
                    mask,
                )
            )
        return parts[0] if len(parts) == 1 else torch.cat(parts, dim=2)


def causal_mask(rows: int, first: int, columns: int, model: Transformer) -> Tensor:
    """Additive mask `[1, 1, rows, columns]`; row i is position `first + i`."""
    allowed = torch.arange(columns)[None] <= torch.arange(first, first + rows)[:, None]
    mask = torch.zeros(rows, columns, dtype=model.dtype)
    return mask.masked_fill_(~allowed, float("-inf"))[None, None].to(model.device)


def causal_attention(query_BHTD: Tensor, key_BKTD: Tensor, value_BKTD: Tensor) -> Tensor:
    """Attention of a whole sequence over itself."""
    return F.scaled_dot_product_attention(
        query_BHTD,
        key_BKTD,
        value_BKTD,
        is_causal=True,
        enable_gqa=query_BHTD.shape[1] != key_BKTD.shape[1],
    )


class Transformer:
    """Base weights and the computation over them; holds no state of any request."""

    def __init__(self, config: ModelConfig, weights: ModelWeights) -> None:
        self.config = config
        self.weights = weights
        self.device = weights.embedding.device
        self.dtype = weights.embedding.dtype
        self.head = Projection(weights.head, None)
        # Padding may reach past the context by less than a block.
        length = config.context_length + LONG_PROMPT_BLOCK
        self._cosine, self._sine = rope_table(config, length, self.device)
        self._cosine = self._cosine.to(self.dtype)
        self._sine = self._sine.to(self.dtype)

    def forward(
        self,
        tokens_BT: Tensor,
        positions_BT: Tensor,
        attend: Attend,
        adapters: StackedAdapters | None = None,
        keep_BK: Tensor | None = None,
    ) -> Tensor:
        """Hidden states after the last norm, `[B, T, d]`.

        With `keep_BK` only these positions, `[B, K, d]`: of the last layer nothing else is
        computed beyond its queries, keys and values.
        """
        if adapters is not None and keep_BK is not None:
            adapters.keep(keep_BK)

        def project(inputs: Tensor, base: Projection, layer: int, group: str, kept: bool) -> Tensor:
            outputs = linear(inputs, base)
            if adapters is not None:
                adapters.add(outputs, inputs, layer, group, kept)
            return outputs

        return self.run(tokens_BT, positions_BT, attend, project, swiglu, keep_BK)

    def run(
        self,
        tokens_BT: Tensor,
        positions_BT: Tensor,
        attend: Attend,
        project: Project,
        activate: Activate,
        keep_BK: Tensor | None,
    ) -> Tensor:
        """The layers; linear layers and activation are given (serving or training)."""
        cosine_BT1D = self._cosine[positions_BT][:, :, None]
        sine_BT1D = self._sine[positions_BT][:, :, None]
        hidden_BTd = self.weights.embedding[tokens_BT]
        last = len(self.weights.layers) - 1
        for index, layer in enumerate(self.weights.layers):
            kept = index == last and keep_BK is not None
            normed = self._norm(hidden_BTd, layer.input_norm)
            joined = project(normed, layer.query_key_value, index, "query_key_value", False)
            context_BTq = self._attend(index, joined, cosine_BT1D, sine_BT1D, attend)
            if kept and keep_BK is not None:
                context_BTq = keep_positions(context_BTq, keep_BK)
                hidden_BTd = keep_positions(hidden_BTd, keep_BK)
            hidden_BTd = hidden_BTd + project(context_BTq, layer.output, index, "output", kept)
            normed = self._norm(hidden_BTd, layer.post_norm)
            activated = activate(project(normed, layer.gate_up, index, "gate_up", kept))
            hidden_BTd = hidden_BTd + project(activated, layer.down, index, "down", kept)
        return self._norm(hidden_BTd, self.weights.norm)

    def _attend(
        self,
        index: int,
        joined_BTo: Tensor,
        cosine_BT1D: Tensor,
        sine_BT1D: Tensor,
        attend: Attend,
    ) -> Tensor:
        """Turns queries and keys by their positions, then attends: `[B, T, query size]`."""
        config = self.config
        rows, length, _ = joined_BTo.shape
        heads = joined_BTo.view(rows, length, -1, config.head_size)
        rotated = config.head_count + config.key_value_head_count
        # Splits, not slices: their gradients are put side by side, not added up.
        turning, value_BTKD = torch.split(heads, [rotated, config.key_value_head_count], dim=2)
        turned = torch.addcmul(
            turning * cosine_BT1D, turning.roll(config.head_size // 2, dims=-1), sine_BT1D
        )
        query_BTHD, key_BTKD = torch.split(
            turned, [config.head_count, config.key_value_head_count], dim=2
        )
        context_BHTD = attend(
            index,
            query_BTHD.transpose(1, 2),
            key_BTKD.transpose(1, 2),
            value_BTKD.transpose(1, 2),
        )
        return context_BHTD.transpose(1, 2).reshape(rows, length, config.query_size)

    def _norm(self, hidden: Tensor, weight: Tensor) -> Tensor:
        return F.rms_norm(hidden, (hidden.shape[-1],), weight, self.config.norm_epsilon)

    def logits(self, hidden_Nd: Tensor) -> Tensor:
        """Next-token logits in the model's dtype, `[N, V]`."""
        return linear(hidden_Nd, self.head)
