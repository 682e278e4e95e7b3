"""Weights in the order in which oneDNN's kernels read them ("packed"), made once at load.

A product with a packed weight sums in the same order for two rows as for hundreds, and two rows
take no longer than one. With AVX-512 a row alone is decoded at the speed of a plain matrix-vector
product; with AVX2 a plain one would take a fifth to a third less time. The kernels are chosen by
what the processor can do, not by its vendor, and need no reordering per call.
"""

from __future__ import annotations

from functools import cache

import torch
from torch import Tensor

_DTYPES = (torch.float32, torch.bfloat16)
_EXPECTED_ROWS = 16
"""A hint only: the layout chosen for 16 rows was the fastest, or as fast, for 2 to 640."""


def can_pack(device: torch.device, dtype: torch.dtype) -> bool:
    """Whether this build of torch packs weights of this kind on this processor."""
    return (
        device.type == "cpu"
        and dtype in _DTYPES
        and torch.backends.mkldnn.is_available()  # type: ignore[no-untyped-call]
        and hasattr(torch.ops.mkldnn, "_reorder_linear_weight")
        and hasattr(torch.ops.mkldnn, "_linear_pointwise")
        and _processor_packs(dtype)
    )


@cache
def _processor_packs(dtype: torch.dtype) -> bool:
    """One small trial: processors without AVX-512 refuse to pack bf16."""
    try:
        _product(torch.ones(2, 32, dtype=dtype), _pack(torch.ones(32, 32, dtype=dtype)), None)
    except RuntimeError:
        return False
    return True


class PackedWeight:
    """A linear layer's weight `[o, i]`, packed; its transpose too from its first gradient on."""

    def __init__(self, weight_oi: Tensor) -> None:
        self._packed = _pack(weight_oi)
        self._turned: Tensor | None = None

    @property
    def byte_count(self) -> int:
        size = self._packed.numel() * self._packed.element_size()
        return size if self._turned is None else 2 * size

    def forward(self, inputs_Bi: Tensor, bias_o: Tensor | None) -> Tensor:
        """`inputs @ weight.T + bias`, for two rows or more."""
        return _product(inputs_Bi, self._packed, bias_o)

    def backward(self, gradient_Bo: Tensor) -> Tensor:
        """`gradient @ weight`, for two rows or more."""
        if self._turned is None:
            self._turned = _pack(self._packed.to_dense().t().contiguous())
        return _product(gradient_Bo, self._turned, None)


def _pack(weight_oi: Tensor) -> Tensor:
    packed: Tensor = torch.ops.mkldnn._reorder_linear_weight(
        weight_oi.detach().contiguous(), _EXPECTED_ROWS
    )
    return packed


def _product(inputs: Tensor, packed: Tensor, bias: Tensor | None) -> Tensor:
    outputs: Tensor = torch.ops.mkldnn._linear_pointwise(inputs, packed, bias, "none", [], "")
    return outputs
