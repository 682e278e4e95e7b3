"""Keeps the process's memory near what it uses: glibc retains memory that threads have freed."""

from __future__ import annotations

import ctypes
import gc
import mmap
import os
import sys

import torch
from torch import Tensor

_M_ARENA_MAX = -8
_ARENAS = 2


def _libc() -> ctypes.CDLL | None:
    """The C library if it is glibc, whose allocator can be configured; else None."""
    if not sys.platform.startswith("linux"):
        return None
    library = ctypes.CDLL(None)
    return library if hasattr(library, "malloc_trim") else None


def limit_arenas() -> None:
    """Limits the number of heaps: with one per thread, each would keep its peak size.

    Call it before threads start."""
    library = _libc()
    if library is not None:
        library.mallopt(_M_ARENA_MAX, _ARENAS)


def give_back() -> None:
    """Collects cycles and returns free memory to the system; takes about ten milliseconds."""
    gc.collect()
    library = _libc()
    if library is not None:
        library.malloc_trim(0)


def own_copy(tensor: Tensor) -> Tensor:
    """A contiguous copy that outlives many others.

    On the CPU it gets its own pages, which return to the system with it: on the heap, between the
    tensors of every pass, it would leave holes.
    """
    if tensor.device.type != "cpu" or not sys.platform.startswith("linux") or not tensor.numel():
        return tensor.clone(memory_format=torch.contiguous_format)
    size = tensor.numel() * tensor.element_size()
    pages = mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    return torch.frombuffer(pages, dtype=tensor.dtype).view(tensor.shape).copy_(tensor)


def in_megabytes(byte_count: int) -> int:
    """Rounded up."""
    return -(-byte_count // 10**6)


def resident_bytes() -> int:
    """Memory of this process; 0 if the system does not say."""
    try:
        with open("/proc/self/statm", encoding="ascii") as file:
            return int(file.read().split()[1]) * mmap.PAGESIZE
    except (OSError, ValueError, IndexError):
        return 0


def free_host_bytes() -> int | None:
    """Free memory of the machine; None if the system does not say."""
    try:
        return os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (ValueError, OSError):
        return None
