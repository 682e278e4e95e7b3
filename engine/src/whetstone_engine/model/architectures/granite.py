"""Granite 3.x, dense: constant factors on embeddings, attention, residuals and logits."""

from whetstone_engine.model.architectures.architecture import Architecture, Biases, Multipliers
from whetstone_engine.model.architectures.layers import uniform_layers

GRANITE = Architecture(
    name="GraniteForCausalLM",
    layers=uniform_layers,
    biases=Biases(attention="attention_bias", output="attention_bias", mlp="mlp_bias"),
    multipliers=Multipliers(
        embedding=lambda raw: float(raw["embedding_multiplier"]),
        residual="residual_multiplier",
        logits_divisor="logits_scaling",
        attention=lambda raw: float(raw["attention_multiplier"]),
    ),
    defaults={
        "embedding_multiplier": 1.0,
        "attention_multiplier": 1.0,
        "residual_multiplier": 1.0,
        "logits_scaling": 1.0,
    },
)
