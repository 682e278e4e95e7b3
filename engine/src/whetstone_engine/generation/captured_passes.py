"""Decoding passes of a few fixed shapes, captured as CUDA graphs.

A decoding step is many small kernels: on CUDA the time goes into launching them. Every shape is
captured once, at warm-up, and replayed after that. All shapes share their inputs, their outputs,
the adapters' rows and one pool of memory; what no shape covers runs without a graph. Without CUDA
the same buffers are used and the pass is run, which is how the CPU tests see this code.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from whetstone_engine.adapters.adapter import Adapter
from whetstone_engine.adapters.layout import parameter_dtype
from whetstone_engine.adapters.stacking import AdapterRows, AdapterStacker
from whetstone_engine.device.cuda import GraphPool, free_bytes
from whetstone_engine.generation.decode_pass import decode_logits
from whetstone_engine.generation.row_memory import RowMemory
from whetstone_engine.model.transformer import Transformer
from whetstone_engine.numerics.shapes import ROW_MULTIPLE, round_up

_SHORTEST_KEYS = 256
_LOG = logging.getLogger("whetstone_engine")


@dataclass(frozen=True, order=True)
class PassShape:
    """What a captured pass is fixed to. Adapters' rank 0: no row has one."""

    rows: int
    keys: int
    rank: int


class CapturedPasses:
    """The passes over rows in the memory set aside, by shape."""

    def __init__(
        self,
        model: Transformer,
        stacker: AdapterStacker,
        memory: RowMemory,
        *,
        rank: int,
        adapter_bytes: int,
        graph_bytes: int,
    ) -> None:
        """Adapters of a rank above `rank`, or more of them than fit into `adapter_bytes`, decode
        without a graph. Capturing stops once the graphs have taken `graph_bytes`."""
        self._model = model
        self._memory = memory
        self._graph_bytes = graph_bytes
        self._replays: dict[PassShape, Callable[[], None]] = {}
        device, rows = model.device, memory.row_count
        self._tokens_R = torch.zeros(rows, dtype=torch.long, device=device)
        self._positions_R = torch.zeros(rows, dtype=torch.long, device=device)
        self._logits_RV = torch.zeros(
            rows, model.config.vocabulary_size, dtype=model.dtype, device=device
        )
        dtype = parameter_dtype(model.dtype)
        fitting = adapter_bytes // (stacker.layout(rank).size * dtype.itemsize)
        adapted = min(rows, fitting // ROW_MULTIPLE * ROW_MULTIPLE)
        like = torch.empty(0, dtype=dtype, device=device)
        self._adapters = AdapterRows(stacker, rank, adapted, like)

    @property
    def shapes(self) -> list[PassShape]:
        return list(self._replays)

    def _wanted(self) -> list[PassShape]:
        keys = [_SHORTEST_KEYS]
        while keys[-1] * 2 < self._memory.length:
            keys.append(keys[-1] * 2)
        if keys[-1] < self._memory.length:
            keys.append(self._memory.length)
        keys[0] = min(keys[0], self._memory.length)
        rows = range(ROW_MULTIPLE, self._memory.row_count + 1, ROW_MULTIPLE)
        shapes = [PassShape(one, length, 0) for one in rows for length in keys]
        rank, adapted = self._adapters.rank, self._adapters.row_count
        return sorted(
            [*shapes, *(PassShape(s.rows, s.keys, rank) for s in shapes if s.rows <= adapted)]
        )

    def warm_up(self) -> None:
        """Captures every shape. A failure leaves the shapes so far; the rest runs without."""
        device = self._model.device
        if device.type != "cuda":
            self._replays = {shape: self._pass(shape) for shape in self._wanted()}
            return
        pool = GraphPool(device)
        before = free_bytes(device) or 0
        for shape in self._wanted():
            if before - (free_bytes(device) or 0) >= self._graph_bytes:
                break
            try:
                self._replays[shape] = pool.capture(self._pass(shape))
            except Exception as error:
                _LOG.warning("no CUDA graph for %s: %s; decoding goes on without", shape, error)
                break

    def _pass(self, shape: PassShape) -> Callable[[], None]:
        keys, values = self._memory.keys_LRKSD, self._memory.values_LRKSD
        # Rows without an adapter have one of zeros, so joining rows never change the shape.
        stacked = self._adapters.load([], shape.rows) if shape.rank else None

        def run() -> None:
            self._logits_RV[: shape.rows] = decode_logits(
                self._model,
                self._tokens_R[: shape.rows],
                self._positions_R[: shape.rows],
                keys,
                values,
                shape.keys,
                shape.rows,
                stacked,
            )

        return run

    def logits(
        self,
        tokens: NDArray[np.int64],
        positions: NDArray[np.int64],
        adapters: Sequence[Adapter],
    ) -> Tensor | None:
        """One step, `[rows, V]`, valid until the next; None if no captured shape covers it.

        The first rows have the adapters.
        """
        count = len(tokens)
        shape = self.find(count, int(positions.max()) + 1, adapters)
        if shape is None:
            return None
        padding = (0, shape.rows - count)
        self._tokens_R[: shape.rows].copy_(torch.from_numpy(np.pad(tokens, padding)))
        self._positions_R[: shape.rows].copy_(torch.from_numpy(np.pad(positions, padding)))
        if shape.rank:
            self._adapters.load(adapters, shape.rows)
        self._replays[shape]()
        return self._logits_RV[:count]

    def find(self, count: int, keys: int, adapters: Sequence[Adapter]) -> PassShape | None:
        """The captured shape for a step of so many rows and keys; None if there is none."""
        if not self._memory.is_set_aside:
            return None
        rank = max((adapter.rank for adapter in adapters), default=0)
        rows = round_up(count, ROW_MULTIPLE)
        fitting = (
            shape
            for shape in self._replays
            if shape.rows == rows
            and shape.keys >= keys
            and ((shape.rank >= rank) if rank else shape.rank == 0)
        )
        return min(fitting, default=None)
