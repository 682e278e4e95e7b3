"""Mistral 7B and its kin: every layer sees a window, unless `sliding_window` is null."""

from whetstone_engine.model.architectures.architecture import Architecture
from whetstone_engine.model.architectures.layers import windowed_layers

MISTRAL = Architecture(
    name="MistralForCausalLM",
    layers=windowed_layers,
    defaults={"sliding_window": 4096, "max_position_embeddings": 131072},
)
