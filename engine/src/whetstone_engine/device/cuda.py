"""CUDA as the engine uses it: one device for every thread, graphs, and whether it still answers."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import torch

from whetstone_engine.device.memory import free_host_bytes


def choose_device(name: str) -> torch.device:
    """`auto` takes CUDA if there is any. A CUDA device always has its number."""
    if name == "auto":
        name = "cuda" if torch.cuda.is_available() else "cpu"
    device = torch.device(name)
    return torch.device("cuda", 0) if device.type == "cuda" and device.index is None else device


@cache
def device_name(device: torch.device) -> str:
    """The product name of a CUDA device, such as ``NVIDIA H100 PCIe``; else the device's type."""
    return torch.cuda.get_device_name(device) if device.type == "cuda" else device.type


def enter_device(device: torch.device) -> None:
    """Makes the device the calling thread's own. Every thread that computes calls this: libraries
    launch on the thread's device, which is 0 by default."""
    if device.type == "cuda":
        torch.cuda.set_device(device)


def free_bytes(device: torch.device) -> int | None:
    """Free memory of the device; None if the system does not say."""
    if device.type == "cuda":
        return int(torch.cuda.mem_get_info(device)[0])
    return free_host_bytes()


def drop_unused(device: torch.device) -> None:
    """Gives memory that no tensor uses back to the driver."""
    if device.type == "cuda":
        torch.cuda.empty_cache()


def still_answers(device: torch.device) -> bool:
    """Whether the device computes. After some errors every later call fails, until the process
    ends."""
    if device.type != "cuda":
        return True
    try:
        torch.zeros(1, device=device).add_(1)
        torch.cuda.synchronize(device)
    except torch.OutOfMemoryError:
        return True
    except RuntimeError:
        return False
    return True


class GraphPool:
    """Captures passes into graphs that share one pool of memory."""

    def __init__(self, device: torch.device) -> None:
        self._device = device
        self._stream = torch.cuda.Stream(device)  # type: ignore[no-untyped-call]
        self._pool = torch.cuda.graph_pool_handle()

    def capture(self, run: Callable[[], None]) -> Callable[[], None]:
        """Runs the pass beside the main stream first: libraries choose their kernels then."""
        main = torch.cuda.current_stream(self._device)
        self._stream.wait_stream(main)
        with torch.cuda.stream(self._stream):
            for _ in range(2):
                run()
        main.wait_stream(self._stream)
        graph = torch.cuda.CUDAGraph()
        # HTTP threads copy adapters meanwhile: a capture must forbid calls of its own thread only.
        with torch.cuda.graph(
            graph, pool=self._pool, stream=self._stream, capture_error_mode="thread_local"
        ):
            run()
        return graph.replay
