"""What one architecture says about itself: the record that each file of this folder holds.

A record is data about `config.json` and the checkpoint. Fields of `config.json` have the names that
transformers gives them; a field that a file leaves out takes the value in `defaults`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from whetstone_engine.model.config import LayerAttention, LayerNorms

Raw = Mapping[str, Any]
"""`config.json`, over the architecture's defaults."""

SEPARATE_ATTENTION = ("self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj")
SEPARATE_MLP = ("mlp.gate_proj", "mlp.up_proj")
TWO_NORMS = LayerNorms("input_layernorm", "post_attention_layernorm")


@dataclass(frozen=True)
class Biases:
    """Which linear layers have a bias: always, never, or as a field of `config.json` says."""

    attention: bool | str = False
    output: bool | str = False
    mlp: bool | str = False


@dataclass(frozen=True)
class Multipliers:
    """Fields of `config.json` that hold constant factors; None: no such factor."""

    embedding: Callable[[Raw], float] | None = None
    residual: str | None = None
    logits_divisor: str | None = None
    attention: Callable[[Raw], float] | None = None


@dataclass(frozen=True)
class Architecture:
    """How one architecture differs from the others."""

    name: str
    """The class that `config.json` names."""
    layers: Callable[[Raw], tuple[LayerAttention, ...]]
    """Rotation and window of every layer."""
    biases: Biases = Biases()
    query_key_value: tuple[str, ...] = SEPARATE_ATTENTION
    """Names of these linear layers; a single name is a fused one, in this order of rows."""
    gate_up: tuple[str, ...] = SEPARATE_MLP
    norms: LayerNorms = TWO_NORMS
    norm_adds_one: bool = False
    head_norms: bool = False
    activation_field: str = "hidden_act"
    activations: tuple[str, ...] = ("silu",)
    multipliers: Multipliers = Multipliers()
    context_length: Callable[[Raw], int] = lambda raw: int(raw["max_position_embeddings"])
    unsupported: tuple[str, ...] = ()
    """Fields of `config.json` that must be absent, null or false."""
    defaults: Raw = field(default_factory=dict)


COMMON_DEFAULTS: Raw = {
    "rms_norm_eps": 1e-6,
    "max_position_embeddings": 2048,
    "tie_word_embeddings": False,
    "attention_bias": False,
    "mlp_bias": False,
    "hidden_act": "silu",
}
"""What most architectures take if `config.json` leaves a field out."""
