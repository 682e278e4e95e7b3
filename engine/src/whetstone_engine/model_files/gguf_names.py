"""Names and layout of a GGUF file's tensors, for the architectures that the engine runs."""

from __future__ import annotations

from whetstone_engine.model_files.errors import ModelFilesError

ARCHITECTURES = {"llama": "LlamaForCausalLM", "qwen2": "Qwen2ForCausalLM"}
"""GGUF's `general.architecture` to the class that config.json names."""

_GLOBAL = {
    "token_embd.weight": "model.embed_tokens.weight",
    "output_norm.weight": "model.norm.weight",
    "output.weight": "lm_head.weight",
}
_LAYER = {
    "attn_norm": "input_layernorm",
    "attn_q": "self_attn.q_proj",
    "attn_k": "self_attn.k_proj",
    "attn_v": "self_attn.v_proj",
    "attn_output": "self_attn.o_proj",
    "ffn_norm": "post_attention_layernorm",
    "ffn_gate": "mlp.gate_proj",
    "ffn_up": "mlp.up_proj",
    "ffn_down": "mlp.down_proj",
}


def hugging_face_name(name: str) -> str | None:
    """`blk.3.attn_q.weight` to `model.layers.3.self_attn.q_proj.weight`; None if unknown."""
    if name in _GLOBAL:
        return _GLOBAL[name]
    parts = name.split(".")
    if len(parts) != 4 or parts[0] != "blk" or not parts[1].isdigit():
        return None
    if parts[2] not in _LAYER or parts[3] not in ("weight", "bias"):
        return None
    return f"model.layers.{parts[1]}.{_LAYER[parts[2]]}.{parts[3]}"


def check_architecture(name: str) -> None:
    """Raises `MODEL_UNSUPPORTED` for an architecture that the engine does not run."""
    if name not in ARCHITECTURES:
        raise ModelFilesError(
            "MODEL_UNSUPPORTED",
            f"The GGUF file's architecture is {name}; supported are {', '.join(ARCHITECTURES)}.",
            "use a GGUF file of a Llama or Qwen2 model (Qwen2.5 is Qwen2)",
        )


def expected_names(layers: int, *, qwen: bool) -> set[str]:
    """Tensors that a complete file holds, `lm_head` and optional biases aside."""
    names = {"model.embed_tokens.weight", "model.norm.weight"}
    for layer in range(layers):
        for part in _LAYER.values():
            names.add(f"model.layers.{layer}.{part}.weight")
        if qwen:
            names |= {f"model.layers.{layer}.self_attn.{part}_proj.bias" for part in "qkv"}
    return names
