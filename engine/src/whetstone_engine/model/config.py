"""Shapes and constants of one decoder-only model, whatever its architecture.

`read_config.py` builds it from `config.json`; the forward pass, the weights and the adapters read
nothing else. What an architecture lacks is 1, None or False here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from whetstone_engine.model.rope import Rope


@dataclass(frozen=True)
class LinearGroup:
    """Linear layers that read the same input: (name in the checkpoint and in PEFT, rows) each."""

    input_size: int
    modules: tuple[tuple[str, int], ...]
    bias: bool


@dataclass(frozen=True)
class LayerNorms:
    """Names of a layer's norms; "after" ones act on a block's result before it is added."""

    before_attention: str
    before_mlp: str
    after_attention: str | None = None
    after_mlp: str | None = None


@dataclass(frozen=True)
class LayerAttention:
    """How one layer attends."""

    rope: Rope | None
    """None: this layer knows no positions (NoPE)."""
    window: int | None
    """A query sees this many positions, its own included; None: all before it."""


@dataclass(frozen=True)
class ModelConfig:
    """Shapes and constants of one decoder-only model."""

    architecture: str
    vocabulary_size: int
    hidden_size: int
    intermediate_size: int
    head_count: int
    key_value_head_count: int
    head_size: int
    layers: tuple[LayerAttention, ...]
    groups: Mapping[str, LinearGroup]
    """By the names that the forward pass uses: query_key_value, output, gate_up, down."""
    norms: LayerNorms
    norm_epsilon: float
    norm_adds_one: bool
    """The norms multiply by `1 + weight`."""
    head_norms: bool
    """Queries and keys are normed, head by head, before they are turned."""
    activation: str
    attention_scale: float | None
    """Of the products of queries and keys; None: `head_size ** -0.5`."""
    embedding_multiplier: float
    residual_multiplier: float
    logits_divisor: float
    context_length: int
    tied_embeddings: bool
    end_token_ids: tuple[int, ...]

    @property
    def layer_count(self) -> int:
        return len(self.layers)

    @property
    def query_size(self) -> int:
        return self.head_count * self.head_size

    @property
    def key_value_size(self) -> int:
        return self.key_value_head_count * self.head_size

    @property
    def linear_shapes(self) -> frozenset[tuple[int, int]]:
        """Inputs and outputs of each linear layer, fused as in `weights.py`, and of the head."""
        groups = {
            (group.input_size, sum(rows for _, rows in group.modules))
            for group in self.groups.values()
        }
        return frozenset(groups | {(self.hidden_size, self.vocabulary_size)})

    @property
    def windows(self) -> tuple[int | None, ...]:
        """The windows that occur, each once."""
        return tuple(dict.fromkeys(layer.window for layer in self.layers))
