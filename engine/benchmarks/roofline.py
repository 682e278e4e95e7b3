"""What the machine can do, measured: matrix products and memory reads."""

from __future__ import annotations

import platform
import time
from collections.abc import Callable
from pathlib import Path

import torch


def _best_seconds(run: Callable[[], object], repeats: int = 8) -> tuple[float, float]:
    """Shortest time on the clock, and shortest processor time."""
    best = processor_best = float("inf")
    for _ in range(repeats):
        started, processor = time.perf_counter(), time.process_time()
        run()
        best = min(best, time.perf_counter() - started)
        processor_best = min(processor_best, time.process_time() - processor)
    return best, processor_best


def matmul_peak(device: torch.device, dtype: torch.dtype) -> tuple[float, float]:
    """Floating-point operations of a product of useful size, per second and per processor second
    (of all threads together)."""
    size = 1024 if device.type == "cpu" else 8192
    left = torch.randn(size, size, device=device, dtype=dtype)
    right = torch.randn(size, size, device=device, dtype=dtype)

    def run() -> None:
        torch.mm(left, right)
        if device.type == "cuda":
            torch.cuda.synchronize()

    run()
    seconds, processor = _best_seconds(run)
    return 2 * size**3 / seconds, 2 * size**3 / max(processor, 1e-9)


def memory_bandwidth(device: torch.device) -> float:
    """Bytes read per second, of a vector too large for any cache."""
    values = torch.ones(64 * 1024 * 1024, device=device)

    def run() -> None:
        values.sum()
        if device.type == "cuda":
            torch.cuda.synchronize()

    run()
    return values.numel() * values.element_size() / _best_seconds(run)[0]


def processor_name() -> str:
    """As the system calls it."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    return next((line.split(":")[1].strip() for line in lines if "model name" in line), "")
