"""How much memory to spend on what, from what is free once the model is loaded."""

from __future__ import annotations

from dataclasses import dataclass

import torch

from whetstone_engine.config import EngineConfig
from whetstone_engine.device.cuda import free_bytes

_MIB, _GIB = 2**20, 2**30


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


def memory_budgets(config: EngineConfig, device: torch.device, reserved: int = 0) -> MemoryBudgets:
    """What the flags say, else shares of the memory that is free now, without `reserved` bytes."""
    free = free_bytes(device)
    free = None if free is None else max(free - reserved, 0)

    def share(part: int, least: int, most: int) -> int:
        return least if free is None else min(max(free // part, least), most)

    prompts, adapters = config.prefix_cache_bytes, config.adapter_bytes
    return MemoryBudgets(
        prompts=share(16, 256 * _MIB, 2 * _GIB) if prompts is None else prompts,
        adapters=share(4, 256 * _MIB, 32 * _GIB) if adapters is None else adapters,
        decode_rows=share(4, 64 * _MIB, 16 * _GIB),
        decode_adapters=share(8, 64 * _MIB, 8 * _GIB),
    )
