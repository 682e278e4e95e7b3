"""AdamW over stacked adapters, each clipped by its own norm."""

from __future__ import annotations

import math

from torch import Tensor

BETA_1, BETA_2, EPSILON = 0.9, 0.999, 1e-8
MAXIMUM_NORM = 1.0


def adamw_step(
    vectors_JP: Tensor,
    state_JP: tuple[Tensor, Tensor],
    gradients_JP: Tensor,
    rates_J1: Tensor,
    step: int,
    factor: float,
) -> None:
    """Clips each row's gradient by its own norm, then AdamW without weight decay, in place.

    `step` counts from 1; at `factor` 0 only the moments move.
    """
    first_JP, second_JP = state_JP
    norms_J1 = gradients_JP.norm(dim=1, keepdim=True)
    clip_J1 = (MAXIMUM_NORM / (norms_J1 + 1e-6)).clamp_(max=1.0)
    clipped_JP = gradients_JP * clip_J1
    first_JP.lerp_(clipped_JP, 1 - BETA_1)
    second_JP.mul_(BETA_2).addcmul_(clipped_JP, clipped_JP, value=1 - BETA_2)
    if factor == 0:
        return
    first_correction = 1 - BETA_1**step
    second_correction = 1 - BETA_2**step
    divisor = (second_JP.sqrt() / math.sqrt(second_correction)).add_(EPSILON)
    vectors_JP.addcmul_(first_JP.div(divisor), rates_J1 * (-factor / first_correction))
