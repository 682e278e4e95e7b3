"""Attention over keys and values, causal or masked, on the CPU and on CUDA.

On the CPU the order of every sum is fixed by the shapes (see `numerics`), so prompts are read block
by block. CUDA has no such promise: there, calls are few and take shapes that the fused kernels
accept. With a mask, the fused kernels refuse query heads that share keys ("grouped heads"), and
torch would silently fall back to its slow kernel; such heads are laid side by side instead.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor

_FUSED_GROUPED = (torch.bfloat16, torch.float16)
"""Types for which CUDA's causal kernel accepts grouped heads."""
_MASK_ELEMENTS = 2**24
"""The most elements of one mask on CUDA; longer prompts are read in several calls."""

Causal = Callable[[Tensor, Tensor, Tensor], Tensor]
"""(query_BHTD, key_BKSD, value_BKSD) -> context_BHTD."""


def attention(
    query_BHTD: Tensor,
    key_BKSD: Tensor,
    value_BKSD: Tensor,
    mask_B1TS: Tensor,
    scale: float | None = None,
) -> Tensor:
    """Masked attention; the mask is additive, its first dimension may be 1."""
    grouped = query_BHTD.shape[1] != key_BKSD.shape[1]
    if grouped and query_BHTD.device.type == "cuda":
        return _side_by_side(query_BHTD, key_BKSD, value_BKSD, mask_B1TS, scale)
    return F.scaled_dot_product_attention(
        query_BHTD, key_BKSD, value_BKSD, attn_mask=mask_B1TS, enable_gqa=grouped, scale=scale
    )


def _side_by_side(
    query_BHTD: Tensor,
    key_BKSD: Tensor,
    value_BKSD: Tensor,
    mask_B1TS: Tensor,
    scale: float | None = None,
) -> Tensor:
    """The G query heads that share keys become G times as many positions of one head: the same
    sums, no copies of keys and values."""
    rows, heads, length, size = query_BHTD.shape
    shared = key_BKSD.shape[1]
    groups = heads // shared
    mask = mask_B1TS[:, :, None].expand(-1, -1, groups, -1, -1).flatten(2, 3)
    context = F.scaled_dot_product_attention(
        query_BHTD.reshape(rows, shared, groups * length, size),
        key_BKSD,
        value_BKSD,
        mask,
        scale=scale,
    )
    return context.reshape(rows, heads, length, size)


def causal_attention(
    query_BHTD: Tensor, key_BKTD: Tensor, value_BKTD: Tensor, scale: float | None = None
) -> Tensor:
    """Attention of a whole sequence over itself."""
    grouped = query_BHTD.shape[1] != key_BKTD.shape[1]
    if grouped and query_BHTD.device.type == "cuda" and query_BHTD.dtype not in _FUSED_GROUPED:
        groups = query_BHTD.shape[1] // key_BKTD.shape[1]
        key_BKTD = key_BKTD.repeat_interleave(groups, dim=1)
        value_BKTD = value_BKTD.repeat_interleave(groups, dim=1)
        grouped = False
    return F.scaled_dot_product_attention(
        query_BHTD, key_BKTD, value_BKTD, is_causal=True, enable_gqa=grouped, scale=scale
    )


def causal_mask(
    rows: int,
    first: int,
    columns: int,
    dtype: torch.dtype,
    device: torch.device,
    window: int | None = None,
    begin: int = 0,
) -> Tensor:
    """Additive mask `[1, 1, rows, columns - begin]`; row i is position `first + i`, column j is
    position `begin + j`. A row sees the last `window` positions up to its own."""
    row = torch.arange(first, first + rows)[:, None]
    column = torch.arange(begin, columns)[None]
    allowed = column <= row
    if window is not None:
        allowed &= column > row - window
    mask = torch.zeros(allowed.shape, dtype=dtype)
    return mask.masked_fill_(~allowed, float("-inf"))[None, None].to(device)


class CausalSpans:
    """Causal attention of positions `[start, end)` over `[0, end)`, one span of queries a call.

    A span attends over exactly the keys up to its own end, with a window over the whole blocks that
    its queries can see. With spans of one size, a prompt's result is therefore bit-equal on the CPU
    whatever follows it and wherever the pass began. (The library's own causal mode is not: its
    order of summation depends on the whole length.)
    """

    def __init__(
        self,
        start: int,
        end: int,
        span: int,
        dtype: torch.dtype,
        device: torch.device,
        window: int | None = None,
        scale: float | None = None,
        block: int = 1,
    ) -> None:
        """`block`: where keys are cut off, they are cut at a multiple of this."""
        self._start = start
        self._scale = scale
        self._spans = [(first, min(first + span, end)) for first in range(start, end, span)]
        self._begins = [
            0 if window is None else max(first - window + 1, 0) // block * block
            for first, _ in self._spans
        ]
        self._masks = [
            causal_mask(stop - first, first, stop, dtype, device, window, begin)
            for (first, stop), begin in zip(self._spans, self._begins, strict=True)
        ]

    def __call__(self, query_BHTD: Tensor, key_BKSD: Tensor, value_BKSD: Tensor) -> Tensor:
        start = self._start
        parts = [
            attention(
                query_BHTD[:, :, first - start : stop - start],
                key_BKSD[:, :, begin:stop],
                value_BKSD[:, :, begin:stop],
                mask,
                self._scale,
            )
            for (first, stop), begin, mask in zip(
                self._spans, self._begins, self._masks, strict=True
            )
        ]
        return parts[0] if len(parts) == 1 else torch.cat(parts, dim=2)


def prompt_attention(
    start: int,
    end: int,
    block: int,
    groups: int,
    dtype: torch.dtype,
    device: torch.device,
    window: int | None = None,
    scale: float | None = None,
) -> Causal:
    """Causal attention of a prompt's positions `[start, end)` over `[0, end)`.

    `groups` query heads share each key. On the CPU one call a block; on CUDA one call, or as few as
    the size of the mask allows.
    """
    if window is not None and window >= end:
        window = None
    if device.type != "cuda":
        return CausalSpans(start, end, block, dtype, device, window, scale, block)
    if start == 0 and window is None:
        return causal_attention if scale is None else partial(causal_attention, scale=scale)
    span = max(_MASK_ELEMENTS // (groups * end), block)
    return CausalSpans(start, end, span, dtype, device, window, scale, block)
