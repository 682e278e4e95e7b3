"""The forward pass. Knows tensors only: no tokens' text, no requests, no architecture by name.

`notation` explains the suffixes of tensors' names.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from whetstone_engine.adapters.stacked import StackedAdapters
from whetstone_engine.model.activations import ACTIVATIONS
from whetstone_engine.model.config import ModelConfig
from whetstone_engine.model.layer_attention import Attend, LayerAttentions
from whetstone_engine.model.norms import rms_norm, rms_norm_plus_one
from whetstone_engine.model.rope import Rope, rope_table
from whetstone_engine.model.weights import LayerWeights, ModelWeights, Projection
from whetstone_engine.numerics.products import linear
from whetstone_engine.numerics.shapes import (
    ANSWER_MULTIPLE,
    CANDIDATE_MULTIPLE,
    LONG_PROMPT_BLOCK,
    ROW_MULTIPLE,
)

Project = Callable[[Tensor, Projection, int, str, bool], Tensor]
"""(input_BTi, base weights, layer, group, only kept positions) -> output_BTo."""

Activate = Callable[[Tensor], Tensor]
"""gate_and_up_BTf -> act(gate) * up."""


Turn = tuple[Tensor, Tensor]
"""Cosines and signed sines of one rotation at the positions of a pass, `[B, T, 1, size]` each."""


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
        self.candidate_multiple = max(row_multiple, CANDIDATE_MULTIPLE)
        """What a request's candidates are padded to a multiple of."""
        self.answer_multiple = max(row_multiple, ANSWER_MULTIPLE)
        """What a trained answer is padded to a multiple of."""
        self.device = weights.embedding.device
        self.dtype = weights.embedding.dtype
        self.head = weights.head
        self.attention = LayerAttentions(config, self.dtype, self.device)
        self.activation = ACTIVATIONS[config.activation]
        self._scaled_norm = rms_norm_plus_one if config.norm_adds_one else rms_norm
        # Models are trained with a factor of their own type.
        self._embedding_multiplier = torch.tensor(
            config.embedding_multiplier, dtype=self.dtype
        ).item()
        # Padding may exceed the context by less than a block.
        length = config.context_length + LONG_PROMPT_BLOCK
        self._tables: dict[Rope, Turn] = {}
        for rope in dict.fromkeys(layer.rope for layer in config.layers):
            if rope is not None:
                cosine, sine = rope_table(rope, length, self.device)
                self._tables[rope] = cosine.to(self.dtype), sine.to(self.dtype)

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

        return self.run(tokens_BT, positions_BT, attend, project, self.activation.gated, keep_BM)

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
        config = self.config
        turns = {
            rope: (cosine[positions_BT][:, :, None], sine[positions_BT][:, :, None])
            for rope, (cosine, sine) in self._tables.items()
        }
        hidden_BTd = self.weights.embedding[tokens_BT]
        if config.embedding_multiplier != 1:
            hidden_BTd = hidden_BTd * self._embedding_multiplier
        last = len(self.weights.layers) - 1
        for index, layer in enumerate(self.weights.layers):
            kept = index == last and keep_BM is not None
            normed = self._norm(hidden_BTd, layer.attention_norm)
            joined = project(normed, layer.query_key_value, index, "query_key_value", False)
            rope = config.layers[index].rope
            turn = None if rope is None else turns[rope]
            context_BTq = self._attend(index, joined, layer, turn, attend)
            if kept and keep_BM is not None:
                context_BTq = keep_positions(context_BTq, keep_BM)
                hidden_BTd = keep_positions(hidden_BTd, keep_BM)
            update = project(context_BTq, layer.output, index, "output", kept)
            hidden_BTd = self._add(hidden_BTd, update, layer.after_attention_norm)
            normed = self._norm(hidden_BTd, layer.mlp_norm)
            activated = activate(project(normed, layer.gate_up, index, "gate_up", kept))
            update = project(activated, layer.down, index, "down", kept)
            hidden_BTd = self._add(hidden_BTd, update, layer.after_mlp_norm)
        hidden_BTd = self._norm(hidden_BTd, self.weights.norm)
        # The head is linear: dividing its input divides the logits, in training as well.
        return hidden_BTd if config.logits_divisor == 1 else hidden_BTd / config.logits_divisor

    def _add(self, hidden_BTd: Tensor, update_BTd: Tensor, norm: Tensor | None) -> Tensor:
        """A block's result, normed if the architecture norms it, joins the residual stream."""
        if norm is not None:
            update_BTd = self._norm(update_BTd, norm)
        return torch.add(hidden_BTd, update_BTd, alpha=self.config.residual_multiplier)

    def _attend(
        self,
        index: int,
        joined_BTo: Tensor,
        layer: LayerWeights,
        turn: Turn | None,
        attend: Attend,
    ) -> Tensor:
        """Norms queries and keys and turns them by their positions, if the layer does; then
        attends: `[B, T, query size]`."""
        config = self.config
        rows, length, _ = joined_BTo.shape
        heads = joined_BTo.view(rows, length, -1, config.head_size)
        rotated = config.head_count + config.key_value_head_count
        # Splits, not slices: their gradients are put side by side, not added up.
        turned, value_BTKD = torch.split(heads, [rotated, config.key_value_head_count], dim=2)
        if layer.head_norms_HD is not None:
            turned = self._norm(turned, layer.head_norms_HD)
        if turn is not None:
            turned = _rotate(turned, *turn)
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
        return self._scaled_norm(hidden, weight, self.config.norm_epsilon)

    def logits(self, hidden_Nd: Tensor) -> Tensor:
        """Next-token logits in the model's dtype, `[N, V]`."""
        return linear(hidden_Nd, self.head)


def _rotate(heads_BTHD: Tensor, cosine_BT1D: Tensor, sine_BT1D: Tensor) -> Tensor:
    """Turns the first dimensions of each head, as many as the tables have."""
    size, whole = cosine_BT1D.shape[-1], heads_BTHD.shape[-1]
    if size < whole:
        turning, rest = torch.split(heads_BTHD, [size, whole - size], dim=-1)
        return torch.cat((_rotate(turning, cosine_BT1D, sine_BT1D), rest), dim=-1)
    return torch.addcmul(heads_BTHD * cosine_BT1D, heads_BTHD.roll(size // 2, dims=-1), sine_BT1D)
