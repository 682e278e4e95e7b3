"""Stacks adapters for a batch, `[R, P]`, with alpha/r folded into B.

The scale is folded into the stacked copy that a batch needs anyway, so no adapter is kept twice.
"""

from __future__ import annotations

import weakref
from collections.abc import Sequence

from torch import Tensor

from whetstone_engine.adapters.adapter import Adapter
from whetstone_engine.adapters.layout import AdapterLayout
from whetstone_engine.adapters.stacked import StackedAdapters
from whetstone_engine.model.config import ModelConfig


class AdapterStacker:
    """Stacks adapters of one model. Layouts are kept per rank."""

    def __init__(self, config: ModelConfig) -> None:
        self._config = config
        self._layouts: dict[int, AdapterLayout] = {}

    def layout(self, rank: int) -> AdapterLayout:
        if rank not in self._layouts:
            self._layouts[rank] = AdapterLayout(self._config, rank)
        return self._layouts[rank]

    def fill(self, adapters: Sequence[Adapter], target_RP: Tensor, rank: int) -> None:
        """Writes each adapter into its row, padded to `rank` with zeros, B times alpha/r."""
        wide = self.layout(rank)
        for row, adapter in enumerate(adapters):
            if adapter.rank == rank:
                target_RP[row].copy_(adapter.vector)
            else:
                target_RP[row].zero_()
                self.layout(adapter.rank).widen(adapter.vector, wide, target_RP[row])
        wide.scale_b(target_RP, [adapter.scale for adapter in adapters])

    def stack(
        self, adapters: Sequence[Adapter], active_RT: Tensor | None = None
    ) -> StackedAdapters | None:
        """Row i of the batch uses `adapters[i]`; None if there are none."""
        if not adapters:
            return None
        rank = max(adapter.rank for adapter in adapters)
        stacked_RP = adapters[0].vector.new_empty(len(adapters), self.layout(rank).size)
        self.fill(adapters, stacked_RP, rank)
        return StackedAdapters(self.layout(rank), stacked_RP, active_RT)


class AdapterRows:
    """The stacked adapters of a batch that changes by a row or two a step.

    Rows without an adapter are zeros. Only what differs from the step before is copied. An adapter
    that leaves is not kept alive: rows remember it by a weak reference.
    """

    def __init__(self, stacker: AdapterStacker, rank: int, rows: int, like: Tensor) -> None:
        """`like` gives device and dtype."""
        self.rank = rank
        self.row_count = rows
        self._stacker = stacker
        self._layout = stacker.layout(rank)
        self._vectors_RP = like.new_zeros(rows, self._layout.size)
        self._loaded: list[weakref.ref[Adapter] | None] = [None] * rows
        self._stacked: dict[int, StackedAdapters] = {}

    @property
    def byte_count(self) -> int:
        return self._vectors_RP.numel() * self._vectors_RP.element_size()

    def load(self, adapters: Sequence[Adapter], rows: int | None = None) -> StackedAdapters:
        """Row i uses `adapters[i]`; of `rows` rows, those beyond take part with their zeros."""
        for row in range(self.row_count):
            adapter = adapters[row] if row < len(adapters) else None
            reference = self._loaded[row]
            if adapter is None:
                if reference is not None:
                    self._vectors_RP[row].zero_()
                    self._loaded[row] = None
            elif reference is None or reference() is not adapter:
                self._stacker.fill([adapter], self._vectors_RP[row : row + 1], self.rank)
                self._loaded[row] = weakref.ref(adapter)
        count = len(adapters) if rows is None else rows
        if count not in self._stacked:
            self._stacked[count] = StackedAdapters(self._layout, self._vectors_RP[:count])
        return self._stacked[count]
