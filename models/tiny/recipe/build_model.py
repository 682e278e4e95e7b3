"""The tiny model's architecture, and its serialization."""

from pathlib import Path

import torch
from safetensors.torch import save_file
from tokenizers import Tokenizer
from transformers import GenerationConfig, Qwen2Config, Qwen2ForCausalLM


def build_model(tokenizer: Tokenizer) -> Qwen2ForCausalLM:
    config = Qwen2Config(
        vocab_size=tokenizer.get_vocab_size(),
        hidden_size=192,
        intermediate_size=512,
        num_hidden_layers=4,
        num_attention_heads=6,
        num_key_value_heads=6,
        max_position_embeddings=4096,
        tie_word_embeddings=True,
        initializer_range=0.04,
        bos_token_id=None,
        eos_token_id=tokenizer.token_to_id("<|end|>"),
        pad_token_id=tokenizer.token_to_id("<|pad|>"),
        architectures=["Qwen2ForCausalLM"],
        dtype="bfloat16",
    )
    return Qwen2ForCausalLM(config).to(torch.float32)


def save_model(model: Qwen2ForCausalLM, tokenizer: Tokenizer, directory: Path) -> None:
    """Writes weights in bfloat16 (without the tied head) and the two config files; replaces each file atomically."""
    weights = {
        name: tensor.detach().to(torch.bfloat16).contiguous()
        for name, tensor in model.state_dict().items()
        if name != "lm_head.weight"
    }
    temporary = directory / "model.safetensors.tmp"
    save_file(weights, temporary, metadata={"format": "pt"})
    temporary.replace(directory / "model.safetensors")
    model.config.save_pretrained(directory)
    GenerationConfig(
        eos_token_id=tokenizer.token_to_id("<|end|>"),
        pad_token_id=tokenizer.token_to_id("<|pad|>"),
        do_sample=False,
    ).save_pretrained(directory)
