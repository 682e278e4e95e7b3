"""Qwen2 and Qwen2.5."""

from whetstone_engine.model.architectures.architecture import Architecture, Biases
from whetstone_engine.model.architectures.layers import qwen_layers

QWEN2 = Architecture(
    name="Qwen2ForCausalLM",
    layers=qwen_layers,
    biases=Biases(attention=True),
    defaults={"sliding_window": 4096, "max_window_layers": 28},
)
