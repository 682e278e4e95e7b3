"""Chooses next tokens for many rows at once; each row has its own random stream."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

_DRAWS = 64


class RandomStream:
    """Uniform numbers for one answer: a function of (seed, choice index) alone."""

    def __init__(self, seed: int, index: int) -> None:
        self._generator = np.random.Generator(
            np.random.PCG64(np.random.SeedSequence([seed, index]))
        )
        self._drawn: NDArray[np.float64] = np.empty(0)
        self._next = 0

    def draw(self) -> float:
        if self._next == len(self._drawn):
            self._drawn = self._generator.random(_DRAWS)
            self._next = 0
        value = float(self._drawn[self._next])
        self._next += 1
        return value


def choose_tokens(
    logits_RV: Tensor,
    temperatures: Sequence[float],
    top_ps: Sequence[float],
    uniforms: Sequence[float],
) -> NDArray[np.int64]:
    """One token per row; temperature 0 takes the largest logit (the first of equal ones).

    Sampling inverts the cumulative distribution at the row's uniform number, in vocabulary order,
    so that a row's token depends only on its own logits and number.
    """
    chosen: Tensor = logits_RV.argmax(dim=1)
    sampled = [row for row, temperature in enumerate(temperatures) if temperature > 0]
    if sampled:
        device = logits_RV.device
        rows = torch.tensor(sampled, device=device)
        scale = torch.tensor([temperatures[row] for row in sampled], device=device)
        probabilities = torch.softmax(logits_RV[rows].double() / scale[:, None], dim=1)
        limits = [top_ps[row] for row in sampled]
        if min(limits) < 1:
            probabilities = _keep_nucleus(probabilities, torch.tensor(limits, device=device))
        cumulative = probabilities.cumsum(dim=1)
        points = torch.tensor([uniforms[row] for row in sampled], device=device).double()
        points = points * cumulative[:, -1]
        picked = torch.searchsorted(cumulative, points[:, None], right=True)[:, 0]
        last = (cumulative < cumulative[:, -1:]).sum(dim=1)
        chosen[rows] = torch.minimum(picked, last)
    return chosen.cpu().numpy()


def _keep_nucleus(probabilities_RV: Tensor, top_p_R: Tensor) -> Tensor:
    """Zeroes what is outside the smallest set of likely tokens whose sum reaches `top_p`."""
    ordered, order = probabilities_RV.sort(dim=1, descending=True, stable=True)
    before = ordered.cumsum(dim=1) - ordered
    ordered = torch.where(before < top_p_R[:, None], ordered, 0.0)
    return torch.zeros_like(probabilities_RV).scatter_(1, order, ordered)
