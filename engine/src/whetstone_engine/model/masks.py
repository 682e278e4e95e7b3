"""Additive masks, one for each window that a model's layers have."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor

Masks = Mapping[int | None, Tensor]
"""By window, `[B, 1, T, S]` each; None: no window."""


def window_masks(
    windows: Sequence[int | None],
    allowed_BTS: Tensor,
    query_positions_BT: Tensor,
    key_positions_BS: Tensor,
    dtype: torch.dtype,
    device: torch.device,
) -> Masks:
    """Masks that let each query see the allowed keys at less than the window's distance.

    `allowed_BTS` and the positions are on the CPU.
    """
    masks: dict[int | None, Tensor] = {}
    for window in windows:
        seen = allowed_BTS
        if window is not None:
            distance = query_positions_BT[:, :, None] - key_positions_BS[:, None]
            seen = allowed_BTS & (distance < window)
        mask = torch.zeros(seen.shape, dtype=dtype).masked_fill_(~seen, float("-inf"))
        masks[window] = mask[:, None].to(device)
    return masks


def decode_masks(
    windows: Sequence[int | None], positions_R: Tensor, columns: int, dtype: torch.dtype
) -> Masks:
    """Masks of one query a row over the first `columns` keys; made on the positions' device."""
    device, rows = positions_R.device, positions_R.shape[0]
    column = torch.arange(columns, device=device)
    masks: dict[int | None, Tensor] = {}
    for window in windows:
        mask = torch.zeros(rows, 1, 1, columns, dtype=dtype, device=device)
        hidden = column[None] > positions_R[:, None]
        if window is not None:
            hidden = hidden | (column[None] <= positions_R[:, None] - window)
        masks[window] = mask.masked_fill_(hidden[:, None, None], float("-inf"))
    return masks
