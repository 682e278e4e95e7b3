"""Keeps the process's memory near what it uses: glibc holds on to what many threads have freed."""

from __future__ import annotations

import ctypes
import gc
import sys

_M_ARENA_MAX = -8
_ARENAS = 2


def _libc() -> ctypes.CDLL | None:
    """The C library where it is glibc, whose allocator can be told; else None."""
    if not sys.platform.startswith("linux"):
        return None
    library = ctypes.CDLL(None)
    return library if hasattr(library, "malloc_trim") else None


def limit_arenas() -> None:
    """Few heaps for all threads: each thread's own would keep its largest moment for ever.

    To be called before threads start."""
    library = _libc()
    if library is not None:
        library.mallopt(_M_ARENA_MAX, _ARENAS)


def give_back() -> None:
    """Collects cycles and returns free memory to the system; some ten milliseconds."""
    gc.collect()
    library = _libc()
    if library is not None:
        library.malloc_trim(0)
