"""A CUDA device that computes nothing, and refuses what a real one refuses."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor
from torch._subclasses.fake_tensor import FakeTensor, unset_fake_temporarily

from gpu.ledger import LEDGER

TOKEN = 5
"""What every read of a token gives: a token that ends no answer."""
_GIB = 2**30
_READS = ("tolist", "item", "__float__", "__int__", "__bool__", "__index__")


class _Current(threading.local):
    """Each thread's device is 0 until it chooses another."""

    index = 0


CURRENT = _Current()


class State:
    """What happened to streams and graphs."""

    captures = 0
    replays = 0
    warm = False
    """Set after the warm-up: captures are violations from then on."""
    pools: set[int] = set()  # noqa: RUF012
    failing_captures = False


def _index(device: Any) -> int:
    index = torch.device("cuda" if device is None else device).index
    return CURRENT.index if index is None else index


class FakeStream:
    """A stream of one device."""

    def __init__(self, device: Any = None, *_: Any) -> None:
        self.index = _index(device)

    def wait_stream(self, other: FakeStream) -> None:
        if other.index != self.index:
            LEDGER.violate("streams of different devices wait for each other")


class FakeGraph:
    """Replays nothing."""

    def replay(self) -> None:
        State.replays += 1


@contextlib.contextmanager
def fake_capture(
    _: Any, pool: Any = None, stream: Any = None, capture_error_mode: str = "global"
) -> Iterator[None]:
    State.captures += 1
    if State.warm:
        LEDGER.violate("a capture after the warm-up")
    if State.failing_captures:
        raise RuntimeError("CUDA error: operation not permitted when stream is capturing")
    if pool is None:
        LEDGER.violate("a graph with a pool of its own")
    State.pools.add(id(pool))
    if stream is None:
        LEDGER.violate("a capture on torch's own stream, which belongs to the first device used")
    elif stream.index != CURRENT.index:
        LEDGER.violate("a capture on another device's stream")
    if capture_error_mode != "thread_local":
        LEDGER.violate("a capture that calls of HTTP threads break")
    LEDGER.capturing = True
    try:
        yield
    finally:
        LEDGER.capturing = False


def _set_device(device: Any) -> None:
    CURRENT.index = _index(device)


def patch_cuda() -> None:
    """Replaces the calls of `torch.cuda` that need a driver."""
    pool = object()
    cuda: Any = torch.cuda
    cuda.Stream = FakeStream
    cuda.CUDAGraph = FakeGraph
    cuda.graph = fake_capture
    cuda.graph_pool_handle = lambda: pool
    cuda.current_stream = FakeStream
    cuda.stream = lambda _: contextlib.nullcontext()
    cuda.set_device = _set_device
    cuda.synchronize = lambda _=None: None
    cuda.empty_cache = lambda: None
    cuda.mem_get_info = lambda _=None: (40 * _GIB, 48 * _GIB)


def _values(tensor: Tensor) -> np.ndarray:
    """Placeholders of the tensor's shape."""
    name = str(tensor.dtype).removeprefix("torch.")
    name = "float32" if name == "bfloat16" else name
    value: float = 0.5 if tensor.is_floating_point() else TOKEN
    return np.full(tuple(tensor.shape), value, dtype=name)


def patch_reads() -> None:
    """Fake tensors give placeholders; a read of one on the device is noted."""
    tensor: Any = Tensor
    real_numpy = tensor.numpy

    def numpy(self: Tensor, *arguments: Any, **options: Any) -> Any:
        if not isinstance(self, FakeTensor):
            return real_numpy(self, *arguments, **options)
        if self.device.type != "cpu":
            raise TypeError(f"can't convert {self.device} tensor to numpy")
        if self.dtype == torch.bfloat16:
            raise TypeError("Got unsupported ScalarType BFloat16")
        return _values(self)

    def reader(name: str) -> Callable[..., Any]:
        real = getattr(Tensor, name)

        def read(self: Tensor, *arguments: Any) -> Any:
            if not isinstance(self, FakeTensor):
                return real(self, *arguments)
            if self.device.type != "cpu":
                LEDGER.download()
            values = _values(self)
            if name == "tolist":
                return values.tolist()
            value = values.reshape(-1)[0]
            return value.item() if name == "item" else getattr(value.item(), name)()

        return read

    tensor.numpy = numpy
    for name in _READS:
        setattr(tensor, name, reader(name))
    FakeTensor.tolist = tensor.tolist  # type: ignore[method-assign]


def patch_attention() -> None:
    """Refuses calls for which CUDA has no fused kernel: torch would take its slow one silently."""
    real = F.scaled_dot_product_attention

    def checked(
        query: Tensor,
        key: Tensor,
        value: Tensor,
        attn_mask: Tensor | None = None,
        dropout_p: float = 0.0,
        is_causal: bool = False,
        scale: float | None = None,
        enable_gqa: bool = False,
    ) -> Tensor:
        if query.device.type == "cuda":
            grouped = query.shape[1] != key.shape[1]
            half = query.dtype in (torch.bfloat16, torch.float16)
            if grouped and (attn_mask is not None or not half):
                LEDGER.violate("attention that falls to the math kernel: grouped heads")
            if attn_mask is not None and attn_mask.dtype != query.dtype:
                LEDGER.violate("attention that falls to the math kernel: the mask's type")
            if not query.dtype == key.dtype == value.dtype:
                LEDGER.violate("attention over keys of another type")
        return real(
            query, key, value, attn_mask, dropout_p, is_causal, scale=scale, enable_gqa=enable_gqa
        )

    F.scaled_dot_product_attention = checked


def patch_libraries() -> None:
    """xgrammar's kernel is checked, not run; safetensors reads outside the fake mode."""
    import xgrammar

    import whetstone_engine.model.weights as weights

    def apply(logits: Tensor, bitmask: Tensor, **_: Any) -> None:
        if logits.device != bitmask.device:
            LEDGER.violate("a grammar's mask on another device than the logits")
        if logits.device.index != CURRENT.index:
            LEDGER.violate("a grammar's kernel on a device that is not the thread's")
        if not logits.is_contiguous() or bitmask.dtype != torch.int32:
            LEDGER.violate("logits or a mask that the grammar's kernel cannot read")

    xgrammar.apply_token_bitmask_inplace = apply
    # The scenes bring their own state of a grammar: its masks would be real tensors.
    xgrammar.GrammarMatcher = lambda grammar: grammar
    real = weights._tensor

    def tensor(file: Any, name: str) -> Tensor:
        with unset_fake_temporarily():
            found: Tensor = real(file, name)
        return found

    weights._tensor = tensor
