"""Qwen3, dense: queries and keys are normed, no biases."""

from whetstone_engine.model.architectures.architecture import Architecture, Biases
from whetstone_engine.model.architectures.layers import qwen_layers

QWEN3 = Architecture(
    name="Qwen3ForCausalLM",
    layers=qwen_layers,
    biases=Biases(attention="attention_bias", output="attention_bias"),
    head_norms=True,
    defaults={"head_dim": 128, "sliding_window": 4096, "max_window_layers": 28},
)
