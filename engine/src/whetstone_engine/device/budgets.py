"""How much memory to spend on what, from what is free once the model is loaded."""

from __future__ import annotations

from dataclasses import dataclass

import torch

from whetstone_engine.config import EngineConfig
from whetstone_engine.device.cuda import free_bytes
from whetstone_engine.device.ledger import MemoryLedger
from whetstone_engine.device.limit import automatic_limit, limit_device
from whetstone_engine.exceptions import StartError
from whetstone_engine.model.weights import ModelWeights

_MIB, _GIB = 2**20, 2**30
_LIBRARIES = 256 * _MIB
"""What compiled kernels, grammars and the heap's gaps may add to the process."""


@dataclass(frozen=True)
class MemoryBudgets:
    """Bytes for each use of the device's memory that outlives a pass."""

    prompts: int
    """Keys and values of recent prompts."""
    adapters: int
    """Live adapters."""
    decode_rows: int
    """Keys and values set aside for rows in decoding (CUDA)."""
    decode_adapters: int
    """Adapters of rows whose passes are captured (CUDA)."""
    graphs: int = _GIB
    """CUDA graphs, all together."""


def memory_budgets(
    config: EngineConfig, device: torch.device, reserved: int = 0, unused: int | None = None
) -> MemoryBudgets:
    """What the flags say, else shares of the memory that is free now, without `reserved` bytes.

    `unused`: bytes that the limit leaves; adapters get at most a quarter of them.
    """
    free = free_bytes(device)
    free = None if free is None else max(free - reserved, 0)

    def share(part: int, least: int, most: int) -> int:
        found = least if free is None else min(max(free // part, least), most)
        return found if unused is None else min(found, unused // part)

    prompts, adapters = config.prefix_cache_bytes, config.adapter_bytes
    return MemoryBudgets(
        prompts=share(16, 256 * _MIB, 2 * _GIB) if prompts is None else prompts,
        adapters=share(4, 256 * _MIB, 32 * _GIB) if adapters is None else adapters,
        decode_rows=share(4, 64 * _MIB, 16 * _GIB),
        decode_adapters=share(8, 64 * _MIB, 8 * _GIB),
    )


def memory_ledger(
    config: EngineConfig, device: torch.device, outside: int, weights: ModelWeights
) -> MemoryLedger:
    """The limit, with what is held to the end. `outside`: the process's memory before it loaded its
    model.

    Raises `StartError` if the limit leaves nothing to work with.
    """
    limit = config.memory_bytes
    if device.type == "cuda":
        if limit is not None:
            limit_device(device, limit)
        return MemoryLedger()
    strict = limit is not None
    ledger = MemoryLedger(automatic_limit(device) if limit is None else limit, strict=strict)
    ledger.keep("process", outside + _LIBRARIES)
    # The first training packs the weights once more.
    ledger.keep("weights", weights.byte_count + weights.packed_bytes)
    if strict and not ledger.unused():
        needed = sum(ledger.used().values())
        raise StartError(
            f"--memory-gb {(limit or 0) / 1e9:g} leaves nothing to work with: weights and "
            f"libraries take {needed / 1e9:.1f} GB"
        )
    return ledger
