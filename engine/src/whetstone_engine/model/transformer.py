"""The forward pass of a Llama or Qwen2 model. Knows tensors only: no tokens' text, no requests.

`notation` explains the suffixes of tensors' names.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor

from whetstone_engine.adapters.stacked import StackedAdapters
from whetstone_engine.model.attention import Causal, prompt_attention
from whetstone_engine.model.config import ModelConfig
from whetstone_engine.model.rope import rope_table
from whetstone_engine.model.weights import ModelWeights, Projection
from whetstone_engine.numerics.products import linear
from whetstone_engine.numerics.shapes import LONG_PROMPT_BLOCK, ROW_MULTIPLE, prompt_block

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


def keep_positions(values_BTd: Tensor, keep_BM: Tensor) -> Tensor:
    """`values[b, keep[b, k]]`, as `[B, M, d]`."""
    rows, length, _ = values_BTd.shape
    offsets = torch.arange(rows, device=keep_BM.device)[:, None] * length
    flat = (keep_BM + offsets).flatten()
    return values_BTd.flatten(0, 1).index_select(0, flat).view(rows, keep_BM.shape[1], -1)


class Transformer:
    """Base weights and the computation over them; holds no state of any request."""

    def __init__(
        self, config: ModelConfig, weights: ModelWeights, row_multiple: int = ROW_MULTIPLE
    ) -> None:
        """`row_multiple`: what a decoding step's rows are padded to a multiple of."""
        self.config = config
        self.weights = weights
        self.row_multiple = row_multiple
        self.device = weights.embedding.device
        self.dtype = weights.embedding.dtype
        self.head = weights.head
        # Padding may exceed the context by less than a block.
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
        keep_BM: Tensor | None = None,
    ) -> Tensor:
        """Hidden states after the last norm, `[B, T, d]`.

        With `keep_BM` only these positions, `[B, M, d]`: of the last layer nothing else is
        computed beyond its queries, keys and values.
        """
        if adapters is not None and keep_BM is not None:
            adapters.keep(keep_BM)

        def project(inputs: Tensor, base: Projection, layer: int, group: str, kept: bool) -> Tensor:
            outputs = linear(inputs, base)
            if adapters is not None:
                adapters.add(outputs, inputs, layer, group, kept)
            return outputs

        return self.run(tokens_BT, positions_BT, attend, project, swiglu, keep_BM)

    def run(
        self,
        tokens_BT: Tensor,
        positions_BT: Tensor,
        attend: Attend,
        project: Project,
        activate: Activate,
        keep_BM: Tensor | None,
    ) -> Tensor:
        """The layers; linear layers and activation are given (serving or training)."""
        cosine_BT1D = self._cosine[positions_BT][:, :, None]
        sine_BT1D = self._sine[positions_BT][:, :, None]
        hidden_BTd = self.weights.embedding[tokens_BT]
        last = len(self.weights.layers) - 1
        for index, layer in enumerate(self.weights.layers):
            kept = index == last and keep_BM is not None
            normed = self._norm(hidden_BTd, layer.input_norm)
            joined = project(normed, layer.query_key_value, index, "query_key_value", False)
            context_BTq = self._attend(index, joined, cosine_BT1D, sine_BT1D, attend)
            if kept and keep_BM is not None:
                context_BTq = keep_positions(context_BTq, keep_BM)
                hidden_BTd = keep_positions(hidden_BTd, keep_BM)
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

    def causal(self, start: int, end: int) -> Causal:
        """Causal attention of a prompt's positions `[start, end)` over `[0, end)`."""
        config = self.config
        groups = config.head_count // config.key_value_head_count
        block = prompt_block(end)
        assert start % block == 0 and end % block == 0, "positions come in whole blocks"
        return prompt_attention(start, end, block, groups, self.dtype, self.device)

    def _norm(self, hidden: Tensor, weight: Tensor) -> Tensor:
        return F.rms_norm(hidden, (hidden.shape[-1],), weight, self.config.norm_epsilon)

    def logits(self, hidden_Nd: Tensor) -> Tensor:
        """Next-token logits in the model's dtype, `[N, V]`."""
        return linear(hidden_Nd, self.head)
