"""Llama 2, 3 and 3.x, and the many models that share their architecture."""

from whetstone_engine.model.architectures.architecture import Architecture, Biases
from whetstone_engine.model.architectures.layers import uniform_layers

LLAMA = Architecture(
    name="LlamaForCausalLM",
    layers=uniform_layers,
    biases=Biases(attention="attention_bias", output="attention_bias", mlp="mlp_bias"),
)
