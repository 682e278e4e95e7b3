"""Gemma 3, text: five layers of six see a window and have a rotation of their own."""

from whetstone_engine.model.architectures.architecture import (
    Architecture,
    Biases,
    Multipliers,
    Raw,
)
from whetstone_engine.model.architectures.layers import layer_types, window_size
from whetstone_engine.model.architectures.ropes import build_rope, head_size
from whetstone_engine.model.config import LayerAttention, LayerNorms


def _layers(raw: Raw) -> tuple[LayerAttention, ...]:
    by_type = raw.get("rope_parameters") or {}
    full = by_type.get("full_attention") or raw.get("rope_scaling") or {}
    size = head_size(raw)
    whole = LayerAttention(build_rope(full, size, float(raw["rope_theta"])), None)
    local = by_type.get("sliding_attention") or {}
    near = LayerAttention(
        build_rope(local, size, float(raw["rope_local_base_freq"])), window_size(raw)
    )
    pattern = int(raw["sliding_window_pattern"])
    sliding = layer_types(raw, lambda index: (index + 1) % pattern != 0)
    return tuple(near if one else whole for one in sliding)


GEMMA3 = Architecture(
    name="Gemma3ForCausalLM",
    layers=_layers,
    biases=Biases(attention="attention_bias", output="attention_bias"),
    norms=LayerNorms(
        before_attention="input_layernorm",
        after_attention="post_attention_layernorm",
        before_mlp="pre_feedforward_layernorm",
        after_mlp="post_feedforward_layernorm",
    ),
    norm_adds_one=True,
    head_norms=True,
    activation_field="hidden_activation",
    activations=("gelu_pytorch_tanh",),
    multipliers=Multipliers(
        embedding=lambda raw: float(raw["hidden_size"] ** 0.5),
        attention=lambda raw: float(raw["query_pre_attn_scalar"]) ** -0.5,
    ),
    unsupported=(
        "final_logit_softcapping",
        "attn_logit_softcapping",
        "use_bidirectional_attention",
    ),
    defaults={
        "hidden_activation": "gelu_pytorch_tanh",
        "head_dim": 256,
        "num_attention_heads": 8,
        "num_key_value_heads": 4,
        "query_pre_attn_scalar": 256,
        "sliding_window": 4096,
        "sliding_window_pattern": 6,
        "rope_theta": 1_000_000.0,
        "rope_local_base_freq": 10_000.0,
        "max_position_embeddings": 131072,
        "vocab_size": 262208,
        "tie_word_embeddings": True,
    },
)
