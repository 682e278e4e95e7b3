"""Rotary positions: their kinds, and tables of cosines and sines."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True)
class Llama3Scaling:
    """Frequency scaling of Llama 3.1 and later."""

    factor: float
    low_frequency_factor: float
    high_frequency_factor: float
    original_context: int


@dataclass(frozen=True)
class Rope:
    """One kind of rotation; the first `size` dimensions of a head are turned."""

    size: int
    theta: float
    linear_factor: float = 1.0
    llama3: Llama3Scaling | None = None
    factors: tuple[float, ...] | None = None
    """LongRoPE: a divisor for each frequency."""
    magnitude: float = 1.0
    """LongRoPE: cosines and sines are multiplied by this."""


def rope_table(rope: Rope, length: int, device: torch.device) -> tuple[Tensor, Tensor]:
    """Cosines and signed sines, `[T, size]` in fp32; the first half of a sine is negated."""
    exponents = torch.arange(0, rope.size, 2, dtype=torch.float32) / rope.size
    if rope.factors is None:
        frequencies = 1.0 / (rope.theta**exponents)
    else:
        divisors = torch.tensor(rope.factors, dtype=torch.float32)
        frequencies = 1.0 / (divisors * rope.theta**exponents)
    if rope.llama3 is not None:
        frequencies = _llama3(frequencies, rope.llama3)
    frequencies = frequencies / rope.linear_factor
    angles = torch.arange(length, dtype=torch.float32)[:, None] * frequencies[None]
    cosine, sine = angles.cos() * rope.magnitude, angles.sin() * rope.magnitude
    return (
        torch.cat((cosine, cosine), dim=1).to(device),
        torch.cat((-sine, sine), dim=1).to(device),
    )


def _llama3(frequencies: Tensor, scaling: Llama3Scaling) -> Tensor:
    wavelengths = 2 * math.pi / frequencies
    low = scaling.original_context / scaling.low_frequency_factor
    high = scaling.original_context / scaling.high_frequency_factor
    smooth = (scaling.original_context / wavelengths - scaling.low_frequency_factor) / (
        scaling.high_frequency_factor - scaling.low_frequency_factor
    )
    blended = (1 - smooth) * frequencies / scaling.factor + smooth * frequencies
    slow = torch.where(wavelengths > low, frequencies / scaling.factor, blended)
    return torch.where(wavelengths < high, frequencies, slow)
