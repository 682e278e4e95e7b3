"""SmolLM3: some layers know no positions (NoPE), every fourth unless the file says which."""

from whetstone_engine.model.architectures.architecture import Architecture, Biases, Raw
from whetstone_engine.model.architectures.layers import layer_types, window_size
from whetstone_engine.model.architectures.ropes import read_rope
from whetstone_engine.model.config import LayerAttention


def _layers(raw: Raw) -> tuple[LayerAttention, ...]:
    count, interval = int(raw["num_hidden_layers"]), int(raw["no_rope_layer_interval"])
    turned = raw.get("no_rope_layers") or [(index + 1) % interval for index in range(count)]
    rope = read_rope(raw, theta=2_000_000.0)
    window = window_size(raw) if raw.get("use_sliding_window") else None
    sliding = layer_types(raw, lambda index: not turned[index])
    return tuple(
        LayerAttention(rope if turned[index] else None, window if sliding[index] else None)
        for index in range(count)
    )


SMOLLM3 = Architecture(
    name="SmolLM3ForCausalLM",
    layers=_layers,
    biases=Biases(attention="attention_bias", output="attention_bias", mlp="mlp_bias"),
    defaults={
        "no_rope_layer_interval": 4,
        "max_position_embeddings": 32768,
        "tie_word_embeddings": True,
    },
)
