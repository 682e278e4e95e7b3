"""Phi-3, Phi-3.5-mini, Phi-4 and Phi-4-mini: fused linear layers, partly turned heads, LongRoPE.

LongRoPE has one set of factors for texts up to the original context and another for longer ones. A
text that grows past that point would need all its cached keys anew, so the context ends there.
"""

from whetstone_engine.model.architectures.architecture import Architecture, Raw
from whetstone_engine.model.architectures.layers import window_size
from whetstone_engine.model.architectures.ropes import (
    build_long_rope,
    build_rope,
    head_size,
    original_context,
    rope_fields,
    rope_kind,
)
from whetstone_engine.model.config import LayerAttention
from whetstone_engine.model.rope import Rope

_LONG = ("longrope", "su", "yarn")
"""Files of the first Phi-3 models call LongRoPE by other names."""


def _rope(raw: Raw) -> Rope:
    fields = rope_fields(raw)
    turned: float = fields.pop("partial_rotary_factor", raw["partial_rotary_factor"])
    size = int(head_size(raw) * turned)
    theta = float(fields["rope_theta"] if "rope_theta" in fields else raw["rope_theta"])
    if rope_kind(fields) in _LONG:
        return build_long_rope(raw, size, theta)
    return build_rope(fields, size, theta)


def _layers(raw: Raw) -> tuple[LayerAttention, ...]:
    return (LayerAttention(_rope(raw), window_size(raw)),) * int(raw["num_hidden_layers"])


def _context_length(raw: Raw) -> int:
    longest = int(raw["max_position_embeddings"])
    if rope_kind(rope_fields(raw)) not in _LONG:
        return longest
    return min(longest, original_context(raw))


PHI3 = Architecture(
    name="Phi3ForCausalLM",
    layers=_layers,
    query_key_value=("self_attn.qkv_proj",),
    gate_up=("mlp.gate_up_proj",),
    context_length=_context_length,
    defaults={
        "rms_norm_eps": 1e-5,
        "max_position_embeddings": 4096,
        "partial_rotary_factor": 1.0,
        "rope_theta": 10000.0,
    },
)
