"""The architecture of a Llama or Qwen2 model, read from `config.json`."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from whetstone_engine.exceptions import ModelInvalidError

_ARCHITECTURES = {"LlamaForCausalLM": False, "Qwen2ForCausalLM": True}


@dataclass(frozen=True)
class Llama3Rope:
    """Frequency scaling of Llama 3.1 and later."""

    factor: float
    low_frequency_factor: float
    high_frequency_factor: float
    original_context: int


@dataclass(frozen=True)
class ModelConfig:
    """Shapes and constants of one decoder-only model."""

    architecture: str
    vocabulary_size: int
    hidden_size: int
    intermediate_size: int
    layer_count: int
    head_count: int
    key_value_head_count: int
    head_size: int
    norm_epsilon: float
    rope_theta: float
    rope_linear_factor: float
    rope_llama3: Llama3Rope | None
    context_length: int
    attention_bias: bool
    output_bias: bool
    mlp_bias: bool
    tied_embeddings: bool
    end_token_ids: tuple[int, ...]

    @property
    def query_size(self) -> int:
        return self.head_count * self.head_size

    @property
    def key_value_size(self) -> int:
        return self.key_value_head_count * self.head_size

    @property
    def linear_shapes(self) -> frozenset[tuple[int, int]]:
        """Inputs and outputs of each linear layer, fused as in `weights.py`, and of the head."""
        hidden, inner = self.hidden_size, self.intermediate_size
        return frozenset(
            {
                (hidden, self.query_size + 2 * self.key_value_size),
                (self.query_size, hidden),
                (hidden, 2 * inner),
                (inner, hidden),
                (hidden, self.vocabulary_size),
            }
        )


def _end_tokens(*sources: dict[str, Any]) -> tuple[int, ...]:
    found: list[int] = []
    for source in sources:
        value = source.get("eos_token_id")
        values = value if isinstance(value, list) else [] if value is None else [value]
        found.extend(item for item in values if item not in found)
    return tuple(found)


def _read_json(path: Path) -> dict[str, Any]:
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ModelInvalidError(f"{path} cannot be read: {error}") from error
    if not isinstance(value, dict):
        raise ModelInvalidError(f"{path} is not a JSON object")
    return value


def read_model_config(directory: Path) -> ModelConfig:
    """Reads and checks `config.json`; every unsupported feature is refused by name."""
    if not directory.is_dir():
        raise ModelInvalidError(f"{directory} is not a directory")
    path = directory / "config.json"
    if not path.is_file():
        raise ModelInvalidError(f"{directory} has no config.json")
    raw = _read_json(path)
    generation_path = directory / "generation_config.json"
    generation = _read_json(generation_path) if generation_path.is_file() else {}
    names = raw.get("architectures") or ["(none)"]
    architecture = str(names[0])
    if architecture not in _ARCHITECTURES:
        known = ", ".join(_ARCHITECTURES)
        raise ModelInvalidError(f"architecture {architecture} is not supported (only {known})")
    if raw.get("hidden_act", "silu") != "silu":
        raise ModelInvalidError(f"hidden_act {raw['hidden_act']} is not supported (only silu)")
    if raw.get("use_sliding_window"):
        raise ModelInvalidError("use_sliding_window is not supported")
    if raw.get("quantization_config"):
        raise ModelInvalidError("quantised weights are not supported; save them dequantised")
    try:
        return _build(raw, generation, architecture)
    except (KeyError, TypeError, ValueError) as error:
        raise ModelInvalidError(f"{path}: {type(error).__name__}: {error}") from error


def _build(raw: dict[str, Any], generation: dict[str, Any], architecture: str) -> ModelConfig:
    rope = {**(raw.get("rope_scaling") or {}), **(raw.get("rope_parameters") or {})}
    kind = rope.get("rope_type", rope.get("type", "default"))
    llama3 = None
    if kind == "llama3":
        llama3 = Llama3Rope(
            factor=float(rope["factor"]),
            low_frequency_factor=float(rope["low_freq_factor"]),
            high_frequency_factor=float(rope["high_freq_factor"]),
            original_context=int(rope["original_max_position_embeddings"]),
        )
    elif kind not in ("default", "linear"):
        raise ModelInvalidError(f"rope_type {kind} is not supported (default, linear, llama3)")
    heads = int(raw["num_attention_heads"])
    hidden = int(raw["hidden_size"])
    qwen = _ARCHITECTURES[architecture]
    head_size = int(raw.get("head_dim") or hidden // heads)
    assert math.gcd(head_size, 2) == 2, "head_dim must be even"
    return ModelConfig(
        architecture=architecture,
        vocabulary_size=int(raw["vocab_size"]),
        hidden_size=hidden,
        intermediate_size=int(raw["intermediate_size"]),
        layer_count=int(raw["num_hidden_layers"]),
        head_count=heads,
        key_value_head_count=int(raw.get("num_key_value_heads") or heads),
        head_size=head_size,
        norm_epsilon=float(raw.get("rms_norm_eps", 1e-6)),
        rope_theta=float(rope.get("rope_theta", raw.get("rope_theta", 10000.0))),
        rope_linear_factor=float(rope["factor"]) if kind == "linear" else 1.0,
        rope_llama3=llama3,
        context_length=int(raw.get("max_position_embeddings", 2048)),
        attention_bias=qwen or bool(raw.get("attention_bias", False)),
        output_bias=not qwen and bool(raw.get("attention_bias", False)),
        mlp_bias=not qwen and bool(raw.get("mlp_bias", False)),
        tied_embeddings=bool(raw.get("tie_word_embeddings", False)),
        end_token_ids=_end_tokens(generation, raw),
    )
