"""Rotary positions: tables of cosines and sines."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from whetstone_engine.model.config import ModelConfig


def rope_table(config: ModelConfig, length: int, device: torch.device) -> tuple[Tensor, Tensor]:
    """Cosines and signed sines, `[T, D]` in fp32; the first half of a sine is negated."""
    size = config.head_size
    exponents = torch.arange(0, size, 2, dtype=torch.float32) / size
    frequencies = 1.0 / (config.rope_theta**exponents)
    scaling = config.rope_llama3
    if scaling is not None:
        wavelengths = 2 * math.pi / frequencies
        low = scaling.original_context / scaling.low_frequency_factor
        high = scaling.original_context / scaling.high_frequency_factor
        smooth = (scaling.original_context / wavelengths - scaling.low_frequency_factor) / (
            scaling.high_frequency_factor - scaling.low_frequency_factor
        )
        blended = (1 - smooth) * frequencies / scaling.factor + smooth * frequencies
        slow = torch.where(wavelengths > low, frequencies / scaling.factor, blended)
        frequencies = torch.where(wavelengths < high, frequencies, slow)
    frequencies = frequencies / config.rope_linear_factor
    angles = torch.arange(length, dtype=torch.float32)[:, None] * frequencies[None]
    cosine, sine = angles.cos(), angles.sin()
    return (
        torch.cat((cosine, cosine), dim=1).to(device),
        torch.cat((-sine, sine), dim=1).to(device),
    )
