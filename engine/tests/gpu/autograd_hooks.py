"""Lets autograd run over fake CUDA tensors on a machine without a driver.

Before a backward pass the autograd engine asks torch's CUDA hooks whether a device has a context,
to remember the caller's streams. Without a driver the question raises. The hooks are a C++ object;
its table of virtual functions is copied here, with a copy that answers "no" to that one question.
"""

from __future__ import annotations

import ctypes
import os

import torch

_ENTRIES = 120
"""More than the table has; what lies behind it is copied along and never called."""
_HAS_PRIMARY_CONTEXT = 4
"""The question's place in the table."""
_HEADER_WORDS = 2
"""Words before the table's first function: offset to the object's top, and its type."""
_KEPT: list[object] = []
"""The copy must live as long as the process."""


def answer_without_driver() -> None:
    """Replaces the table of the process's hooks object."""
    library = ctypes.CDLL(os.path.join(os.path.dirname(torch.__file__), "lib", "libtorch_cpu.so"))
    find_hooks = getattr(library, "_ZN2at6detail12getCUDAHooksEv")  # noqa: B009
    find_hooks.restype = ctypes.c_void_p
    hooks = find_hooks()
    word = ctypes.sizeof(ctypes.c_void_p)
    table = ctypes.c_void_p.from_address(hooks).value
    assert table is not None, "the hooks object has no table"
    copy = (ctypes.c_void_p * (_HEADER_WORDS + _ENTRIES))()
    ctypes.memmove(copy, table - _HEADER_WORDS * word, ctypes.sizeof(copy))
    no = ctypes.CFUNCTYPE(ctypes.c_bool, ctypes.c_void_p, ctypes.c_int8)(lambda _, __: False)
    copy[_HEADER_WORDS + _HAS_PRIMARY_CONTEXT] = ctypes.cast(no, ctypes.c_void_p).value
    _KEPT.extend((library, copy, no))
    ctypes.c_void_p.from_address(hooks).value = ctypes.addressof(copy) + _HEADER_WORDS * word
