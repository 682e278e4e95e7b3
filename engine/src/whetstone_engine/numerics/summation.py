"""How this machine's matrix library orders its sums, found by comparing results.

Which kernels a library chooses depends on the processor, its vendor and the number of threads; none
of it is documented. A few products of known shapes are therefore compared bit by bit, once.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor

_LONGEST_SAFE_SUM = 768
"""Sums up to this length do not depend on the number of rows, even if longer ones do (AVX-512,
MKL)."""
_LONG = (1024, 2048)
_SHORT = (192, 512, 576, 1536)
_ROWS = (16, 64, 176, 192, 352, 640)
_OUTER = 256


@dataclass(frozen=True)
class SumRules:
    """What makes fp32 products on the CPU batch-invariant."""

    longest: int | None
    """Sums of more terms are split into pieces of this length; None: not necessary."""
    few_rows: int
    """A decoding step's rows are padded to a multiple of this."""
    double_single: bool
    """Whether a batch of one matrix must be multiplied twice."""
    double_single_vector: bool
    """The same for a right side of a single column."""


@functools.cache
def sum_rules(threads: int) -> SumRules:
    """The rules for this number of threads, which torch must be set to; takes about 0.2 s."""
    with torch.no_grad():
        return SumRules(
            None if all(map(_same_for_many_rows, _LONG)) else _LONGEST_SAFE_SUM,
            4 if all(map(_same_for_few_rows, _SHORT)) else 16,
            not all(_same_when_single(inner, 48) for inner in _SHORT),
            not all(_same_when_single(inner, 1) for inner in _SHORT),
        )


def _draw(*shape: int) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(sum(shape)))


def _same_for_many_rows(inner: int) -> bool:
    inputs, weight = _draw(_ROWS[-1], inner), _draw(_OUTER, inner)
    turned = weight.t().contiguous()
    forth, back = F.linear(inputs, weight), inputs @ turned
    return all(
        torch.equal(F.linear(inputs[:rows], weight), forth[:rows])
        and torch.equal(inputs[:rows] @ turned, back[:rows])
        for rows in _ROWS
    )


def _same_for_few_rows(inner: int) -> bool:
    inputs, weight = _draw(64, inner), _draw(_OUTER, inner)
    many = F.linear(inputs, weight)
    return all(torch.equal(F.linear(inputs[:rows], weight), many[:rows]) for rows in (4, 8, 12, 20))


def _same_when_single(inner: int, columns: int) -> bool:
    left, right = _draw(5, 24, inner), _draw(5, columns, inner).transpose(1, 2)
    every = torch.bmm(left, right)
    return all(
        torch.equal(torch.bmm(left[one : one + 1], right[one : one + 1])[0], every[one])
        for one in range(5)
    )
