"""What an exception of a pass means: memory is short, or something else."""

from __future__ import annotations

import traceback

import torch

_MEMORY_MESSAGES = (
    "can't allocate memory",  # torch's allocator on the CPU
    "CUDA error: out of memory",  # the driver, outside torch's allocator
    "CUBLAS_STATUS_ALLOC_FAILED",  # a library's workspace
    "CUDNN_STATUS_ALLOC_FAILED",
    "cudaErrorMemoryAllocation",
)


def is_out_of_memory(error: BaseException) -> bool:
    """Whether the device, or the process, could not allocate."""
    if isinstance(error, MemoryError | torch.OutOfMemoryError):
        return True
    if not isinstance(error, RuntimeError):
        return False
    text = str(error)
    return any(message in text for message in _MEMORY_MESSAGES)


def without_frames(error: Exception) -> Exception:
    """The exception without its tracebacks, whose frames keep the failed pass's tensors alive."""
    seen: set[int] = set()
    link: BaseException | None = error
    while link is not None and id(link) not in seen:
        seen.add(id(link))
        if link.__traceback__ is not None:
            traceback.clear_frames(link.__traceback__)
        link.__traceback__ = None
        link = link.__cause__ or link.__context__
    return error
