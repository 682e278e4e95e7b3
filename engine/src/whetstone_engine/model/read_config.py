"""Reads and checks `config.json`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from whetstone_engine.exceptions import ModelInvalidError
from whetstone_engine.model.architectures import ARCHITECTURES
from whetstone_engine.model.architectures.architecture import (
    COMMON_DEFAULTS,
    Architecture,
    Raw,
)
from whetstone_engine.model.architectures.ropes import head_size
from whetstone_engine.model.config import LinearGroup, ModelConfig

_EXPERTS = ("num_local_experts", "num_experts", "n_routed_experts", "moe_num_experts")
_TOWERS = ("vision_config", "audio_config")


def read_model_config(directory: Path) -> ModelConfig:
    """Every unsupported feature is refused by name; raises `ModelInvalidError`."""
    if not directory.is_dir():
        raise ModelInvalidError(f"{directory} is not a directory")
    path = directory / "config.json"
    if not path.is_file():
        raise ModelInvalidError(f"{directory} has no config.json")
    raw = _read_json(path)
    generation_path = directory / "generation_config.json"
    generation = _read_json(generation_path) if generation_path.is_file() else {}
    record = _find_record(raw)
    filled: Raw = {**COMMON_DEFAULTS, **record.defaults, **raw}
    _check_fields(record, filled)
    try:
        return _build(record, filled, _end_tokens(generation, raw))
    except (KeyError, TypeError, ValueError) as error:
        raise ModelInvalidError(f"{path}: {type(error).__name__}: {error}") from error


def _read_json(path: Path) -> dict[str, Any]:
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ModelInvalidError(f"{path} cannot be read: {error}") from error
    if not isinstance(value, dict):
        raise ModelInvalidError(f"{path} is not a JSON object")
    return value


def _find_record(raw: Raw) -> Architecture:
    name = str((raw.get("architectures") or ["(none)"])[0])
    for field in _EXPERTS:
        if raw.get(field):
            raise ModelInvalidError(f"{name} is a mixture of experts ({field}): not supported")
    for field in _TOWERS:
        if raw.get(field):
            raise ModelInvalidError(f"{name} reads more than text ({field}): not supported")
    if name not in ARCHITECTURES:
        known = ", ".join(ARCHITECTURES)
        raise ModelInvalidError(f"architecture {name} is not supported (only {known})")
    return ARCHITECTURES[name]


def _check_fields(record: Architecture, raw: Raw) -> None:
    activation = raw[record.activation_field]
    if activation not in record.activations:
        known = ", ".join(record.activations)
        raise ModelInvalidError(
            f"{record.activation_field} {activation} is not supported (only {known})"
        )
    for field in record.unsupported:
        if raw.get(field):
            raise ModelInvalidError(f"{field} is not supported")
    quantization = raw.get("quantization_config")
    if quantization:
        named = isinstance(quantization, dict) and quantization.get("quant_method")
        kind = named or "unknown method"
        raise ModelInvalidError(
            f"quantized weights ({kind}) are not supported; save them dequantized"
        )


def _end_tokens(*sources: Raw) -> tuple[int, ...]:
    found: list[int] = []
    for source in sources:
        value = source.get("eos_token_id")
        values = value if isinstance(value, list) else [] if value is None else [value]
        found.extend(item for item in values if item not in found)
    return tuple(found)


def _build(record: Architecture, raw: Raw, end_token_ids: tuple[int, ...]) -> ModelConfig:
    heads = int(raw["num_attention_heads"])
    key_value_heads = int(raw.get("num_key_value_heads") or heads)
    if head_size(raw) % 2:
        raise ModelInvalidError(f"head_dim {head_size(raw)} is not even")
    factors = record.multipliers
    layers = record.layers(raw)
    return ModelConfig(
        architecture=record.name,
        vocabulary_size=int(raw["vocab_size"]),
        hidden_size=int(raw["hidden_size"]),
        intermediate_size=int(raw["intermediate_size"]),
        head_count=heads,
        key_value_head_count=key_value_heads,
        head_size=head_size(raw),
        layers=layers,
        groups=_groups(record, raw, heads * head_size(raw), key_value_heads * head_size(raw)),
        norms=record.norms,
        norm_epsilon=float(raw["rms_norm_eps"]),
        norm_adds_one=record.norm_adds_one,
        head_norms=record.head_norms,
        activation=raw[record.activation_field],
        attention_scale=factors.attention and factors.attention(raw),
        embedding_multiplier=1.0 if factors.embedding is None else factors.embedding(raw),
        residual_multiplier=1.0 if factors.residual is None else float(raw[factors.residual]),
        logits_divisor=(
            1.0 if factors.logits_divisor is None else float(raw[factors.logits_divisor])
        ),
        context_length=record.context_length(raw),
        tied_embeddings=bool(raw["tie_word_embeddings"]),
        end_token_ids=end_token_ids,
    )


def _groups(record: Architecture, raw: Raw, query: int, key_value: int) -> dict[str, LinearGroup]:
    hidden, inner = int(raw["hidden_size"]), int(raw["intermediate_size"])

    def group(
        input_size: int, names: tuple[str, ...], sizes: tuple[int, ...], bias: bool | str
    ) -> LinearGroup:
        rows = sizes if len(names) > 1 else (sum(sizes),)
        has_bias = bool(raw[bias]) if isinstance(bias, str) else bias
        return LinearGroup(input_size, tuple(zip(names, rows, strict=True)), has_bias)

    biases = record.biases
    return {
        "query_key_value": group(
            hidden, record.query_key_value, (query, key_value, key_value), biases.attention
        ),
        "output": group(query, ("self_attn.o_proj",), (hidden,), biases.output),
        "gate_up": group(hidden, record.gate_up, (inner, inner), biases.mlp),
        "down": group(inner, ("mlp.down_proj",), (hidden,), biases.mlp),
    }
