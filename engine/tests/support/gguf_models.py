"""Small random models as GGUF files, written with the `gguf` package as llama.cpp writes them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
from gguf import GGMLQuantizationType, GGUFWriter, quants

from support.random_models import make_model

TOOL_TEMPLATE = (
    "{% if tools %}<|im_start|>system\n{% for tool in tools %}{{ tool | tojson }}\n{% endfor %}"
    "<|im_end|>\n{% endif %}"
    "{% for m in messages %}<|im_start|>{{ m['role'] }}\n{{ m['content'] }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
_LAYER = {
    "input_layernorm": "attn_norm",
    "self_attn.q_proj": "attn_q",
    "self_attn.k_proj": "attn_k",
    "self_attn.v_proj": "attn_v",
    "self_attn.o_proj": "attn_output",
    "post_attention_layernorm": "ffn_norm",
    "mlp.gate_proj": "ffn_gate",
    "mlp.up_proj": "ffn_up",
    "mlp.down_proj": "ffn_down",
}
_GLOBAL = {
    "model.embed_tokens": "token_embd",
    "model.norm": "output_norm",
    "lm_head": "output",
}


def write_gguf(
    path: Path,
    family: str,
    *,
    kind: GGMLQuantizationType = GGMLQuantizationType.Q8_0,
    architecture: str | None = None,
    leave_out: str | None = None,
    extra: str | None = None,
    rope_scaling: str | None = None,
    source: Path | None = None,
) -> Path:
    """The model of a directory, default a random one; the options damage it in one place each."""
    from safetensors.numpy import load_file

    directory = source or make_model(path.parent / f"{path.stem}-source", family)
    config = json.loads((directory / "config.json").read_text())
    tokenizer = json.loads((directory / "tokenizer.json").read_text())
    name = architecture or family
    writer = GGUFWriter(str(path), name)
    writer.add_block_count(config["num_hidden_layers"])
    writer.add_context_length(config["max_position_embeddings"])
    writer.add_embedding_length(config["hidden_size"])
    writer.add_feed_forward_length(config["intermediate_size"])
    writer.add_head_count(config["num_attention_heads"])
    writer.add_head_count_kv(config["num_key_value_heads"])
    if config.get("head_dim"):
        writer.add_key_length(config["head_dim"])
        writer.add_value_length(config["head_dim"])
    writer.add_layer_norm_rms_eps(config["rms_norm_eps"])
    writer.add_rope_freq_base(config["rope_parameters"]["rope_theta"])
    writer.add_vocab_size(config["vocab_size"])
    if rope_scaling is not None:
        writer.add_string(f"{name}.rope.scaling.type", rope_scaling)
    _add_tokenizer(writer, tokenizer, config["vocab_size"])
    heads = {"attn_q": config["num_attention_heads"], "attn_k": config["num_key_value_heads"]}
    for own, values in load_file(directory / "model.safetensors").items():
        target = _gguf_name(own)
        if target == leave_out:
            continue
        part = target.split(".")[-2]
        if family == "llama" and part in heads:
            values = _interleave(values, heads[part])
        values = np.ascontiguousarray(values, dtype=np.float32)
        if values.ndim == 1 or values.shape[-1] % 32 != 0:
            writer.add_tensor(target, values)
        else:
            writer.add_tensor(target, quants.quantize(values, kind), raw_dtype=kind)
    if extra is not None:
        writer.add_tensor(extra, np.ones(4, dtype=np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def _gguf_name(name: str) -> str:
    stem, _, suffix = name.rpartition(".")
    if stem in _GLOBAL:
        return f"{_GLOBAL[stem]}.{suffix}"
    _, _, layer, part = stem.split(".", 3)
    return f"blk.{layer}.{_LAYER[part]}.{suffix}"


def _interleave(values: np.ndarray, heads: int) -> np.ndarray:
    shape = values.shape
    half = shape[0] // heads // 2
    return values.reshape(heads, 2, half, *shape[1:]).swapaxes(1, 2).reshape(shape)


def _add_tokenizer(writer: GGUFWriter, tokenizer: dict[str, Any], size: int) -> None:
    vocabulary = tokenizer["model"]["vocab"]
    tokens = [""] * size
    for text, token in vocabulary.items():
        tokens[token] = text
    tokens = [text or f"[PAD{index}]" for index, text in enumerate(tokens)]
    special = {entry["content"] for entry in tokenizer["added_tokens"]}
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("qwen2")
    writer.add_token_list(tokens)
    writer.add_token_types([3 if text in special else 1 for text in tokens])
    writer.add_token_merges([" ".join(pair) for pair in tokenizer["model"]["merges"]])
    writer.add_eos_token_id(vocabulary["<|im_end|>"])
    writer.add_pad_token_id(vocabulary["<|endoftext|>"])
    writer.add_bos_token_id(vocabulary["<|endoftext|>"])
    writer.add_chat_template(TOOL_TEMPLATE)
