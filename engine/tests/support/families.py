"""The configurations of small random models, one for each architecture that the engine runs."""

from __future__ import annotations

from typing import Any

import torch

LLAMA3_ROPE = {
    "rope_type": "llama3",
    "rope_theta": 10000.0,
    "factor": 8.0,
    "low_freq_factor": 1.0,
    "high_freq_factor": 4.0,
    "original_max_position_embeddings": 128,
}
LONG_ROPE = {
    "rope_type": "longrope",
    "rope_theta": 10000.0,
    "partial_rotary_factor": 0.75,
    "short_factor": [1.0, 1.1, 1.3, 1.6, 2.0, 2.5],
    "long_factor": [1.0, 2.0, 4.0, 8.0, 16.0, 32.0],
    "original_max_position_embeddings": 1024,
}
WINDOW = 24
"""Small, so that prompts outgrow it."""

FAMILIES: dict[str, tuple[str, dict[str, Any]]] = {
    "qwen2": ("Qwen2", {"tie_word_embeddings": True}),
    "llama": (
        "Llama",
        {"tie_word_embeddings": False, "rope_parameters": LLAMA3_ROPE, "head_dim": 16},
    ),
    "qwen3": ("Qwen3", {"tie_word_embeddings": True, "head_dim": 16}),
    "mistral": ("Mistral", {"tie_word_embeddings": False, "sliding_window": WINDOW}),
    "smollm3": ("SmolLM3", {"no_rope_layer_interval": 2}),
    "granite": (
        "Granite",
        {
            "tie_word_embeddings": True,
            "embedding_multiplier": 12.0,
            "attention_multiplier": 0.25,
            "residual_multiplier": 0.22,
            "logits_scaling": 3.0,
        },
    ),
    "phi3": (
        "Phi3",
        {
            "head_dim": 16,
            "num_attention_heads": 3,
            "num_key_value_heads": 1,
            "rope_parameters": LONG_ROPE,
            "max_position_embeddings": 4096,
            "original_max_position_embeddings": 1024,
        },
    ),
    "gemma3": (
        "Gemma3",
        {
            "head_dim": 16,
            "query_pre_attn_scalar": 20,
            "sliding_window": WINDOW,
            "layer_types": ["sliding_attention", "full_attention", "sliding_attention"],
        },
    ),
}
"""By name: the stem of transformers' classes, and what the configuration says beyond the shape."""


def build_model(family: str, shape: dict[str, Any], spread: float) -> Any:
    """A random model whose norms and biases are not what they begin with."""
    import transformers

    stem, changes = FAMILIES[family]
    configuration = "Gemma3TextConfig" if family == "gemma3" else f"{stem}Config"
    config = getattr(transformers, configuration)(**{**shape, **changes})
    model = getattr(transformers, f"{stem}ForCausalLM")(config)
    center = 0 if family == "gemma3" else 1
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if name.endswith("bias"):
                parameter.normal_(0, spread)
            elif "norm" in name:
                parameter.normal_(center, 0.1)
    return model
