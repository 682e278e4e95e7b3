"""Learning-rate schedules."""

from __future__ import annotations

import math


def schedule_multipliers(schedule: str, steps: int, warmup_ratio: float) -> list[float]:
    """Learning-rate factor of each step: linear warm-up from 0, then the schedule.

    Five steps, cosine, ratio 0.03: 0, 1, 0.8536, 0.5, 0.1464.
    """
    warmup = math.ceil(steps * warmup_ratio)
    factors = []
    for step in range(steps):
        if step < warmup:
            factors.append(step / warmup)
            continue
        progress = (step - warmup) / max(1, steps - warmup)
        if schedule == "cosine":
            factors.append(0.5 * (1 + math.cos(math.pi * progress)))
        elif schedule == "linear":
            factors.append(1 - progress)
        else:
            factors.append(1.0)
    return factors
