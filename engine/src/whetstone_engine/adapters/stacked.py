"""The adapters of a batch, as the forward pass adds them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import torch
from torch import Tensor

from whetstone_engine.adapters.layout import AdapterLayout
from whetstone_engine.numerics.products import batched


class _Like(Protocol):
    """Gives a tensor's device and dtype: the model."""

    device: torch.device
    dtype: torch.dtype


def answer_only(silent: Sequence[int], length: int, like: _Like) -> Tensor | None:
    """1 or 0 per position, `[R, T]`: row n's adapter is silent on its first `silent[n]` positions.

    None if no adapter is silent anywhere.
    """
    if all(count <= 0 for count in silent):
        return None
    active = torch.ones(len(silent), length, dtype=like.dtype)
    for row, count in enumerate(silent):
        active[row, : max(count, 0)] = 0
    return active.to(like.device)


class StackedAdapters:
    """The adapters of a batch: row i of the batch uses row i here; rows beyond have none.

    `active_RT` (1 or 0 per position) restricts an adapter to part of its row: with scope "answer"
    the prompt's positions are the base model's.
    """

    def __init__(
        self, layout: AdapterLayout, stacked_RP: Tensor, active_RT: Tensor | None = None
    ) -> None:
        self.layout = layout
        self.stacked_RP = stacked_RP
        self.row_count = stacked_RP.shape[0]
        self._active_R1T = None if active_RT is None else active_RT[:, None]
        self._kept_R1M: Tensor | None = None
        self._views = [
            {
                name: (
                    layout.a_view(stacked_RP, group),
                    [
                        (part.start, part.size, layout.b_view(stacked_RP, part))
                        for part in group.parts
                    ],
                )
                for name, group in groups.items()
            }
            for groups in layout.layers
        ]

    def keep(self, keep_BM: Tensor) -> None:
        """Names the positions that remain in the last layer, for `add(..., kept=True)`."""
        if self._active_R1T is not None:
            self._kept_R1M = self._active_R1T.gather(2, keep_BM[: self.row_count, None])

    def add(
        self, output_BTo: Tensor, input_BTi: Tensor, layer: int, group: str, kept: bool
    ) -> None:
        """Adds `B (A x)` to the first rows of a group's output, in place."""
        a_Rri, parts = self._views[layer][group]
        rows, rank = self.row_count, self.layout.rank
        inner_RrT = batched(a_Rri, input_BTi[:rows].to(a_Rri.dtype).transpose(1, 2))
        active_R1T = self._kept_R1M if kept else self._active_R1T
        if active_R1T is not None:
            inner_RrT.mul_(active_R1T)
        for number, (start, size, b_Rro) in enumerate(parts):
            target = output_BTo[:rows, :, start : start + size]
            inner_RTr = inner_RrT[:, number * rank : (number + 1) * rank].transpose(1, 2)
            if target.dtype == inner_RTr.dtype and target.shape[1] > 1:
                target.baddbmm_(inner_RTr, b_Rro)
            else:
                # Single positions: the product of all rows is one call only into fresh memory.
                target.add_(batched(inner_RTr, b_Rro))
