"""Reads the rotation that `config.json` describes, in the form of transformers 4 or 5."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from whetstone_engine.exceptions import ModelInvalidError
from whetstone_engine.model.architectures.architecture import Raw
from whetstone_engine.model.rope import Llama3Scaling, Rope

_KINDS = ("default", "linear", "llama3")


def head_size(raw: Raw) -> int:
    """Dimensions of one attention head."""
    return int(raw.get("head_dim") or int(raw["hidden_size"]) // int(raw["num_attention_heads"]))


def rope_fields(raw: Raw) -> dict[str, Any]:
    """The fields of the model's one rotation."""
    return {**(raw.get("rope_scaling") or {}), **(raw.get("rope_parameters") or {})}


def rope_kind(fields: Mapping[str, Any]) -> str:
    """`rope_type`, or `type` as older files call it."""
    return str(fields.get("rope_type", fields.get("type", "default")))


def read_rope(raw: Raw, theta: float = 10000.0) -> Rope:
    """The model's one rotation; `theta` is the architecture's own if the file states none."""
    fields = rope_fields(raw)
    return build_rope(fields, head_size(raw), float(raw.get("rope_theta", theta)))


def build_rope(fields: Mapping[str, Any], size: int, theta: float) -> Rope:
    """Raises `ModelInvalidError` for a kind that is not supported."""
    kind = rope_kind(fields)
    if kind not in _KINDS:
        raise ModelInvalidError(f"rope_type {kind} is not supported ({', '.join(_KINDS)})")
    turned = fields.get("partial_rotary_factor", 1.0)
    if turned != 1.0:
        raise ModelInvalidError(f"partial_rotary_factor {turned} is not supported")
    llama3 = None
    if kind == "llama3":
        llama3 = Llama3Scaling(
            factor=float(fields["factor"]),
            low_frequency_factor=float(fields["low_freq_factor"]),
            high_frequency_factor=float(fields["high_freq_factor"]),
            original_context=int(fields["original_max_position_embeddings"]),
        )
    return Rope(
        size=size,
        theta=float(fields.get("rope_theta", theta)),
        linear_factor=float(fields["factor"]) if kind == "linear" else 1.0,
        llama3=llama3,
    )


def build_long_rope(raw: Raw, size: int, theta: float) -> Rope:
    """LongRoPE with its short factors, which hold up to the original context."""
    fields = rope_fields(raw)
    original = original_context(raw)
    factor = fields.get("factor")
    factor = raw["max_position_embeddings"] / original if factor is None else float(factor)
    magnitude = fields.get("attention_factor")
    if magnitude is None:
        magnitude = 1.0 if factor <= 1 else math.sqrt(1 + math.log(factor) / math.log(original))
    factors = tuple(float(one) for one in fields["short_factor"])
    if len(factors) != size // 2:
        raise ModelInvalidError(f"short_factor has {len(factors)} values, expected {size // 2}")
    return Rope(size=size, theta=theta, factors=factors, magnitude=float(magnitude))


def original_context(raw: Raw) -> int:
    """Positions up to which LongRoPE uses its short factors."""
    fields = rope_fields(raw)
    value = fields.get("original_max_position_embeddings")
    if value is None:
        value = raw.get("original_max_position_embeddings", raw["max_position_embeddings"])
    return int(value)
