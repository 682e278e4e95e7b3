"""Live adapters: who they are, when they expire, and their stacked form for a batch."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

import torch
from torch import Tensor

from whetstone_engine.adapters.layout import AdapterLayout, StackedAdapters, serving_vector
from whetstone_engine.exceptions import ModelNotFoundError, OverloadedError
from whetstone_engine.model.config import ModelConfig


@dataclass(eq=False)
class Adapter:
    """One trained adapter."""

    id: str
    rank: int
    alpha: float
    scope: str
    vector: Tensor
    losses: tuple[float, ...]
    weight_hash: str
    trained_tokens: int
    request_hash: str
    ttl_seconds: float
    created: float = field(default_factory=time.monotonic)
    last_used: float = field(default_factory=time.monotonic)
    serving: dict[int, Tensor] = field(default_factory=dict)

    @property
    def byte_count(self) -> int:
        return self.vector.numel() * self.vector.element_size() * (1 + len(self.serving))

    def expires_in(self) -> float:
        """Seconds left; using an adapter starts its time to live again."""
        return self.last_used + self.ttl_seconds - time.monotonic()


class AdapterRegistry:
    """The live adapters by id. Safe to call from any thread."""

    def __init__(self, maximum: int) -> None:
        self.maximum = maximum
        self._adapters: dict[str, Adapter] = {}
        self._lock = threading.Lock()

    def _expire(self) -> None:
        for adapter in [one for one in self._adapters.values() if one.expires_in() <= 0]:
            del self._adapters[adapter.id]

    def find(self, adapter_id: str) -> Adapter | None:
        """The live adapter, its time to live untouched."""
        with self._lock:
            self._expire()
            return self._adapters.get(adapter_id)

    def use(self, adapter_id: str) -> Adapter:
        """The live adapter, its time to live started again; raises `ModelNotFoundError`."""
        with self._lock:
            self._expire()
            adapter = self._adapters.get(adapter_id)
            if adapter is None:
                raise ModelNotFoundError(
                    f"no model or live adapter is named {adapter_id!r}; it may have expired, or "
                    "died with an earlier process: train it again"
                )
            adapter.last_used = time.monotonic()
            return adapter

    def check_room(self, reserved: int = 0) -> None:
        """Raises `OverloadedError` when no further adapter can be kept beside `reserved` ones."""
        with self._lock:
            self._expire()
            if len(self._adapters) + reserved >= self.maximum:
                raise OverloadedError(
                    f"{self.maximum} adapters are live, the most this engine keeps",
                    retry_after_seconds=2,
                )

    def put(self, adapter: Adapter) -> None:
        with self._lock:
            self._adapters[adapter.id] = adapter

    def drop(self, adapter_id: str) -> bool:
        """Forgets an adapter; False when there was none."""
        with self._lock:
            return self._adapters.pop(adapter_id, None) is not None

    def all(self) -> list[Adapter]:
        with self._lock:
            self._expire()
            return list(self._adapters.values())


class AdapterStacker:
    """Stacks adapters for a batch. Layouts are kept per rank."""

    def __init__(self, config: ModelConfig) -> None:
        self._config = config
        self._layouts: dict[int, AdapterLayout] = {}

    def layout(self, rank: int) -> AdapterLayout:
        if rank not in self._layouts:
            self._layouts[rank] = AdapterLayout(self._config, rank)
        return self._layouts[rank]

    def vector(self, adapter: Adapter, rank: int) -> Tensor:
        """The adapter as the forward pass reads it, widened to `rank`."""
        if rank not in adapter.serving:
            adapter.serving[rank] = serving_vector(
                self.layout(adapter.rank),
                adapter.vector,
                adapter.alpha / adapter.rank,
                self.layout(rank),
            )
        return adapter.serving[rank]

    def stack(
        self, adapters: Sequence[Adapter], active_RT: Tensor | None = None
    ) -> StackedAdapters | None:
        """Row i of the batch uses `adapters[i]`; None when there are none."""
        if not adapters:
            return None
        rank = max(adapter.rank for adapter in adapters)
        stacked = torch.stack([self.vector(adapter, rank) for adapter in adapters])
        return StackedAdapters(self.layout(rank), stacked, active_RT)


class AdapterRows:
    """The stacked adapters of a batch that changes by a row or two a step.

    Serving vectors lie one a row, `[rows, P]`; rows without an adapter are zeros. Only what differs
    from the step before is copied.
    """

    def __init__(self, stacker: AdapterStacker, rank: int, rows: int, like: Tensor) -> None:
        """`like` gives device and dtype."""
        self.rank = rank
        self.row_count = rows
        self._stacker = stacker
        self._layout = stacker.layout(rank)
        self._vectors_RP = like.new_zeros(rows, self._layout.size)
        self._loaded: list[Adapter | None] = [None] * rows
        self._stacked: StackedAdapters | None = None

    def load(self, adapters: Sequence[Adapter], *, every_row: bool = False) -> StackedAdapters:
        """Row i uses `adapters[i]`. `every_row`: rows beyond take part too, with their zeros."""
        for row in range(self.row_count):
            adapter = adapters[row] if row < len(adapters) else None
            if self._loaded[row] is adapter:
                continue
            if adapter is None:
                self._vectors_RP[row].zero_()
            else:
                self._vectors_RP[row].copy_(self._stacker.vector(adapter, self.rank))
            self._loaded[row] = adapter
        count = self.row_count if every_row else len(adapters)
        if self._stacked is None or self._stacked.row_count != count:
            self._stacked = StackedAdapters(self._layout, self._vectors_RP[:count])
        return self._stacked
