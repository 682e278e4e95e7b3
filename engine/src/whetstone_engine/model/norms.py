"""RMS norms: over the hidden state, and over each head of queries and keys."""

from __future__ import annotations

from collections.abc import Callable

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor

Norm = Callable[[Tensor, Tensor, float], Tensor]
"""(values, weight, epsilon) -> normed over the last dimension and multiplied.

The weight has the size of the last dimension or, with one for each head, of the last two.
"""


def rms_norm(values: Tensor, weight: Tensor, epsilon: float) -> Tensor:
    """`normed * weight`."""
    size = (values.shape[-1],)
    if weight.dim() == 1:
        return F.rms_norm(values, size, weight, epsilon)
    return F.rms_norm(values, size, None, epsilon) * weight


def rms_norm_plus_one(values: Tensor, weight: Tensor, epsilon: float) -> Tensor:
    """`normed * (1 + weight)`: a stored `1 + weight` would lose bits in bfloat16."""
    normed = F.rms_norm(values, (values.shape[-1],), None, epsilon)
    return torch.addcmul(normed, normed, weight)
