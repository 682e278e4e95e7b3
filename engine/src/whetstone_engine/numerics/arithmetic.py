"""The arithmetic of one process: type of the weights and how products are made batch-invariant."""

from __future__ import annotations

import time
from dataclasses import dataclass

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor

from whetstone_engine.model.config import ModelConfig
from whetstone_engine.numerics.packing import PackedWeight, can_pack
from whetstone_engine.numerics.shapes import ROW_MULTIPLE
from whetstone_engine.numerics.summation import packed_rows, plain_rules

DTYPES = {"float32": torch.float32, "bfloat16": torch.bfloat16, "float64": torch.float64}

_SMALLEST_HIDDEN_SIZE = 512
"""Below, a product is so short that its call takes as long as its sums."""
_CLEARLY_FASTER = 1.3
_NOT_SLOWER = 0.9
_INPUTS, _OUTPUTS = 1024, 2048
_MANY_ROWS, _FEW_ROWS = 256, 2
_ROUNDS = 5


@dataclass(frozen=True)
class Speeds:
    """Billions of operations per second of one type's products."""

    many_rows: float
    few_rows: float


@dataclass(frozen=True)
class Arithmetic:
    """What one process computes with, from start to end."""

    dtype: str
    packed: bool
    """Whether weights of linear layers are packed."""
    row_multiple: int
    """What a decoding step's rows are padded to a multiple of."""
    invariant: bool
    """Whether results do not depend on the batch."""
    reason: str
    """Why this type, in a few words."""
    measured: dict[str, Speeds]
    """By type; empty if nothing was measured."""


def choose_arithmetic(
    requested: str, device: torch.device, config: ModelConfig, stored: str
) -> Arithmetic:
    """The arithmetic for `--dtype`; `auto` takes bf16 if products are clearly faster in it.

    On the CPU the two types are measured, with the threads that torch is set to, in 0.2 s. Weights
    stored in fp32 (`stored`, by safetensors' name) are not rounded, and small models stay in fp32.
    """
    if requested != "auto":
        return _with_rules(requested, device, config, "as asked for", {})
    if device.type != "cpu":
        return _with_rules("bfloat16", device, config, "on a GPU", {})
    if config.hidden_size < _SMALLEST_HIDDEN_SIZE:
        return _with_rules("float32", device, config, "a small model", {})
    if stored != "BF16":
        return _with_rules("float32", device, config, f"the weights are stored as {stored}", {})
    measured = measure_speeds()
    wide, narrow = measured["float32"], measured["bfloat16"]
    many, few = narrow.many_rows / wide.many_rows, narrow.few_rows / wide.few_rows
    found = f"bf16 multiplies {many:.1f} times as fast as fp32, few rows {few:.1f} times"
    if many < _CLEARLY_FASTER or few < _NOT_SLOWER:
        return _with_rules("float32", device, config, found, measured)
    chosen = _with_rules("bfloat16", device, config, found, measured)
    if chosen.invariant:
        return chosen
    reason = f"{found}, but its results depend on the batch"
    return _with_rules("float32", device, config, reason, measured)


def _with_rules(
    dtype: str,
    device: torch.device,
    config: ModelConfig,
    reason: str,
    measured: dict[str, Speeds],
) -> Arithmetic:
    if device.type != "cpu":
        return Arithmetic(dtype, False, ROW_MULTIPLE, False, reason, measured)
    kind, threads = DTYPES[dtype], torch.get_num_threads()
    rows = packed_rows(kind, threads, config.linear_shapes)
    if rows is not None:
        return Arithmetic(dtype, True, rows, True, reason, measured)
    rules = plain_rules(kind, threads)
    return Arithmetic(dtype, False, rules.few_rows, rules.invariant, reason, measured)


def measure_speeds() -> dict[str, Speeds]:
    """The speed of products in fp32 and bf16, the two measured in turns."""
    layers = {name: _Layer(DTYPES[name]) for name in ("float32", "bfloat16")}
    best = {(name, rows): float("inf") for name in layers for rows in (_MANY_ROWS, _FEW_ROWS)}
    with torch.no_grad():
        for _ in range(_ROUNDS):
            for (name, rows), seconds in best.items():
                best[name, rows] = min(seconds, layers[name].seconds(rows))
    return {
        name: Speeds(
            _speed(_MANY_ROWS, best[name, _MANY_ROWS]), _speed(_FEW_ROWS, best[name, _FEW_ROWS])
        )
        for name in layers
    }


def _speed(rows: int, seconds: float) -> float:
    return round(2e-9 * rows * _INPUTS * _OUTPUTS / seconds, 1)


class _Layer:
    """A linear layer as the model would have it."""

    def __init__(self, dtype: torch.dtype) -> None:
        generator = torch.Generator().manual_seed(0)
        self._inputs = torch.randn(_MANY_ROWS, _INPUTS, generator=generator).to(dtype)
        self._weight = torch.randn(_OUTPUTS, _INPUTS, generator=generator).to(dtype)
        pack = can_pack(torch.device("cpu"), dtype)
        self._packed = PackedWeight(self._weight) if pack else None

    def seconds(self, rows: int) -> float:
        started = time.perf_counter()
        self._product(self._inputs[:rows])
        return time.perf_counter() - started

    def _product(self, inputs: Tensor) -> Tensor:
        if self._packed is not None:
            return self._packed.forward(inputs, None)
        return F.linear(inputs, self._weight)
