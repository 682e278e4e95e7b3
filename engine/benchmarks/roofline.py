"""What the machine can do, measured: matrix products and memory reads."""

from __future__ import annotations

import time
from collections.abc import Callable

import torch


def _best_seconds(run: Callable[[], object], repeats: int = 8) -> float:
    best = float("inf")
    for _ in range(repeats):
        started = time.perf_counter()
        run()
        best = min(best, time.perf_counter() - started)
    return best


def matmul_peak(device: torch.device, dtype: torch.dtype) -> float:
    """Multiply-adds as floating-point operations per second, of a product of useful size."""
    size = 1024 if device.type == "cpu" else 8192
    left = torch.randn(size, size, device=device, dtype=dtype)
    right = torch.randn(size, size, device=device, dtype=dtype)

    def run() -> None:
        torch.mm(left, right)
        if device.type == "cuda":
            torch.cuda.synchronize()

    run()
    return 2 * size**3 / _best_seconds(run)


def memory_bandwidth(device: torch.device) -> float:
    """Bytes read per second, of a vector too large for any cache."""
    values = torch.ones(64 * 1024 * 1024, device=device)

    def run() -> None:
        values.sum()
        if device.type == "cuda":
            torch.cuda.synchronize()

    run()
    return values.numel() * values.element_size() / _best_seconds(run)
