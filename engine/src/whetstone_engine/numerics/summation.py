"""How this machine's matrix libraries order their sums, found by comparing results.

Which kernels a library chooses depends on the processor, its vendor, the type and the number of
threads; none of it is documented. A few products are therefore compared bit by bit, once.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor

from whetstone_engine.numerics.packing import PackedWeight, can_pack

_LONGEST_SAFE_SUM = 768
"""Sums up to this length do not depend on the number of rows, even if longer ones do (AVX-512,
MKL)."""
_LONG = (1024, 2048)
_SHORT = (192, 512, 576, 1536)
_ROWS = (16, 64, 176, 192, 352, 640)
_FEW_MULTIPLES = (2, 4)
"""What a decoding step's rows are padded to a multiple of, if results allow it; else 16."""
_OUTER = 256
_LARGEST_DRAWN = 2**20
"""Elements of a drawn weight; a wider layer is compared on some of its outputs."""

Shape = tuple[int, int]
"""Inputs and outputs of a linear layer."""
_Product = Callable[[Tensor], Tensor]


@dataclass(frozen=True)
class PlainRules:
    """What makes products with weights of one type on the CPU batch-invariant, unpacked."""

    longest: int | None
    """Sums of more terms are split into pieces of this length; None: not necessary."""
    few_rows: int
    """A decoding step's rows are padded to a multiple of this."""
    invariant: bool
    """False: no rule is known that makes this type's products batch-invariant here."""


@dataclass(frozen=True)
class SingleRules:
    """What makes products of batches of fp32 matrices on the CPU batch-invariant."""

    double_single: bool
    """Whether a batch of one matrix must be multiplied twice."""
    double_single_vector: bool
    """The same for a right side of a single column."""


@functools.cache
def packed_rows(dtype: torch.dtype, threads: int, shapes: frozenset[Shape]) -> int | None:
    """The multiple that a decoding step's rows are padded to if weights are packed.

    None: they must not be, since products then depend on the number of rows, or cannot be. Compares
    products of common shapes and of these, in 0.1 to 0.5 s; torch must be set to this number of
    threads.
    """
    if not can_pack(torch.device("cpu"), dtype):
        return None
    common = [(inner, _OUTER) for inner in (*_SHORT, *_LONG)]
    # The gradient's product has a layer's shape turned round.
    either = {shape for inner, outer in shapes for shape in ((inner, outer), (outer, inner))}
    own = [(inner, min(outer, max(_LARGEST_DRAWN // inner, 16))) for inner, outer in sorted(either)]
    with torch.no_grad():
        if not all(
            _same_for_rows(_packed(inner, outer, dtype), inner, dtype, _ROWS)
            for inner, outer in common
        ):
            return None
        return max(
            _few_rows(_packed(inner, outer, dtype), inner, dtype)
            for inner, outer in (*common, *own)
        )


@functools.cache
def plain_rules(dtype: torch.dtype, threads: int) -> PlainRules:
    """The rules for this type and this number of threads, which torch must be set to; 0.2 s."""
    with torch.no_grad():
        same = all(_same_for_many_rows(inner, dtype) for inner in _LONG)
        few = max(_few_rows(_plain(inner, _OUTER, dtype), inner, dtype) for inner in _SHORT)
        # The pieces of a split sum are rounded to the type, which bf16 cannot afford.
        split = dtype != torch.bfloat16
        longest = None if same or not split else _LONGEST_SAFE_SUM
        return PlainRules(longest, few, same or split)


@functools.cache
def single_rules(threads: int) -> SingleRules:
    """The rules for this number of threads, which torch must be set to."""
    with torch.no_grad():
        return SingleRules(
            not all(_same_when_single(inner, 48) for inner in _SHORT),
            not all(_same_when_single(inner, 1) for inner in _SHORT),
        )


def _draw(*shape: int, dtype: torch.dtype = torch.float32) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(sum(shape))).to(dtype)


def _packed(inner: int, outer: int, dtype: torch.dtype) -> _Product:
    weight = PackedWeight(_draw(outer, inner, dtype=dtype))
    return lambda inputs: weight.forward(inputs, None)


def _plain(inner: int, outer: int, dtype: torch.dtype) -> _Product:
    weight = _draw(outer, inner, dtype=dtype)
    return lambda inputs: F.linear(inputs, weight)


def _same_for_rows(
    product: _Product, inner: int, dtype: torch.dtype, counts: tuple[int, ...]
) -> bool:
    inputs = _draw(counts[-1], inner, dtype=dtype)
    every = product(inputs)
    return all(torch.equal(product(inputs[:rows]), every[:rows]) for rows in counts)


def _same_for_many_rows(inner: int, dtype: torch.dtype) -> bool:
    turned = _draw(inner, _OUTER, dtype=dtype)
    return _same_for_rows(_plain(inner, _OUTER, dtype), inner, dtype, _ROWS) and _same_for_rows(
        lambda inputs: inputs @ turned, inner, dtype, _ROWS
    )


def _few_rows(product: _Product, inner: int, dtype: torch.dtype) -> int:
    """The multiple of rows from which on a product has the bits that it has among 64.

    Every row is compared: bf16 rounds most differences away.
    """
    inputs = _draw(64, inner, dtype=dtype)
    every = product(inputs)

    def same(rows: int) -> bool:
        whole = 64 // rows * rows
        parts = [product(inputs[at : at + rows]) for at in range(0, whole, rows)]
        return torch.equal(torch.cat(parts), every[:whole])

    for multiple in _FEW_MULTIPLES:
        if all(map(same, (multiple, 2 * multiple, 3 * multiple, 5 * multiple))):
            return multiple
    return 16


def _same_when_single(inner: int, columns: int) -> bool:
    left, right = _draw(5, 24, inner), _draw(5, columns, inner).transpose(1, 2)
    every = torch.bmm(left, right)
    return all(
        torch.equal(torch.bmm(left[one : one + 1], right[one : one + 1])[0], every[one])
        for one in range(5)
    )
