"""The pass that gives every row its next token's logits, plain and over fixed buffers.

A decoding step is many small kernels: on CUDA the time goes into launching them. `StaticPasses`
therefore copies a step's inputs into buffers of a few fixed shapes, where the pass is captured once
as a CUDA graph and replayed after that. Without CUDA the same buffers are used and the pass is run,
which is how the tests see this code.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812
from numpy.typing import NDArray
from torch import Tensor

from whetstone_engine.adapters.layout import StackedAdapters
from whetstone_engine.adapters.registry import Adapter, AdapterRows, AdapterStacker
from whetstone_engine.model.transformer import Transformer, attention
from whetstone_engine.numerics.shapes import ROW_MULTIPLE, round_up

_KEY_BUCKET = 256
_MOST_SHAPES = 64


def decode_logits(
    model: Transformer,
    tokens_R: Tensor,
    positions_R: Tensor,
    keys_LRKSD: Tensor,
    values_LRKSD: Tensor,
    keys_in_use: int,
    attending: int,
    stacked: StackedAdapters | None,
) -> Tensor:
    """Writes each row's new key and value at its position and attends over all before: `[R, V]`.

    Only the first `attending` rows attend; the rest is padding of the matrix products.
    """
    real = positions_R[:attending]
    mask = torch.zeros(attending, 1, 1, keys_in_use, dtype=model.dtype, device=model.device)
    columns = torch.arange(keys_in_use, device=model.device)
    mask.masked_fill_((columns[None] > real[:, None])[:, None, None], float("-inf"))
    every = torch.arange(attending, device=model.device)
    missing = tokens_R.shape[0] - attending

    def attend(layer: int, query: Tensor, key: Tensor, value: Tensor) -> Tensor:
        keys, values = keys_LRKSD[layer], values_LRKSD[layer]
        keys[every, :, real] = key[:attending, :, 0]
        values[every, :, real] = value[:attending, :, 0]
        # One query position at a time: the library then sums in an order that does not depend on
        # how many keys there are.
        context = attention(
            query[:attending],
            keys[:attending, :, :keys_in_use],
            values[:attending, :, :keys_in_use],
            mask,
        )
        return F.pad(context, (0, 0, 0, 0, 0, 0, 0, missing)) if missing else context

    hidden = model.forward(tokens_R[:, None], positions_R[:, None], attend, stacked)
    return model.logits(hidden[:, 0])


@dataclass(frozen=True)
class PassShape:
    """What a captured pass is fixed to. Adapters' rank 0: no row has one."""

    rows: int
    keys: int
    rank: int


class _StaticPass:
    """One shape's buffers and, on CUDA, its graph."""

    def __init__(
        self,
        model: Transformer,
        stacker: AdapterStacker,
        shape: PassShape,
        keys_LRKSD: Tensor,
        values_LRKSD: Tensor,
    ) -> None:
        self._model = model
        self._shape = shape
        self._keys, self._values = keys_LRKSD, values_LRKSD
        device = model.device
        self._tokens_R = torch.zeros(shape.rows, dtype=torch.long, device=device)
        self._positions_R = torch.zeros(shape.rows, dtype=torch.long, device=device)
        self._adapters: AdapterRows | None = None
        self._stacked: StackedAdapters | None = None
        if shape.rank:
            # Rows without an adapter have one of zeros: the shape is the same whoever joins.
            dtype = torch.float64 if model.dtype == torch.float64 else torch.float32
            like = torch.empty(0, dtype=dtype, device=device)
            self._adapters = AdapterRows(stacker, shape.rank, shape.rows, like)
            self._stacked = self._adapters.load([], every_row=True)
        self._graph: torch.cuda.CUDAGraph | None = None
        self._logits_RV: Tensor | None = None

    def _run(self) -> Tensor:
        shape = self._shape
        return decode_logits(
            self._model,
            self._tokens_R,
            self._positions_R,
            self._keys,
            self._values,
            shape.keys,
            shape.rows,
            self._stacked,
        )

    def logits(
        self,
        tokens: NDArray[np.int64],
        positions: NDArray[np.int64],
        adapters: Sequence[Adapter],
    ) -> Tensor:
        """`[rows, V]`; valid until the next call."""
        self._tokens_R.copy_(torch.from_numpy(tokens), non_blocking=True)
        self._positions_R.copy_(torch.from_numpy(positions), non_blocking=True)
        if self._adapters is not None:
            self._stacked = self._adapters.load(adapters, every_row=True)
        if self._model.device.type != "cuda":
            return self._run()
        if self._graph is None:
            self._capture()
        assert self._graph is not None and self._logits_RV is not None, "the pass is captured"
        self._graph.replay()
        return self._logits_RV

    def _capture(self) -> None:
        """Runs the pass beside the main stream first: libraries choose their kernels then. It
        writes the same keys and values each time, so that nothing is to be undone."""
        side = torch.cuda.Stream(self._model.device)  # type: ignore[no-untyped-call]
        side.wait_stream(torch.cuda.current_stream(self._model.device))
        with torch.cuda.stream(side):
            for _ in range(2):
                self._run()
        torch.cuda.current_stream(self._model.device).wait_stream(side)
        self._graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(self._graph):
            self._logits_RV = self._run()


class StaticPasses:
    """The passes captured so far, by shape; the least recently used is forgotten."""

    def __init__(self, model: Transformer, stacker: AdapterStacker) -> None:
        self._model = model
        self._stacker = stacker
        self._passes: OrderedDict[PassShape, _StaticPass] = OrderedDict()

    @property
    def shapes(self) -> list[PassShape]:
        return list(self._passes)

    def forget(self) -> None:
        """Wanted where the keys and values move to another place in memory."""
        self._passes.clear()

    def logits(
        self,
        tokens: NDArray[np.int64],
        positions: NDArray[np.int64],
        keys_LRKSD: Tensor,
        values_LRKSD: Tensor,
        adapters: Sequence[Adapter],
    ) -> Tensor:
        """One step of the rows given, the first of which have the adapters: `[rows, V]`."""
        count = len(tokens)
        rows = round_up(count, ROW_MULTIPLE)
        most = keys_LRKSD.shape[3]
        shape = PassShape(
            rows,
            min(round_up(int(positions.max()) + 1, _KEY_BUCKET), most),
            max((adapter.rank for adapter in adapters), default=0),
        )
        one = self._passes.pop(shape, None)
        if one is None:
            one = _StaticPass(self._model, self._stacker, shape, keys_LRKSD, values_LRKSD)
            if len(self._passes) >= _MOST_SHAPES:
                self._passes.popitem(last=False)
        self._passes[shape] = one
        padding = (0, rows - count)
        found = one.logits(np.pad(tokens, padding), np.pad(positions, padding), adapters)
        return found[:count]
