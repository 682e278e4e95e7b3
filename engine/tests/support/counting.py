"""Counts what a computation does: floating-point operations, and operations of the library."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from math import prod
from typing import Any

import torch
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils.flop_counter import FlopCounterMode

from gpu.ledger import NO_KERNEL

_Shape = tuple[int, ...]


def _packed(inputs: _Shape, weight_oi: _Shape, *_: Any, **__: Any) -> int:
    return 2 * prod(inputs) * weight_oi[0]


def _added(_: _Shape, left: _Shape, right: _Shape, *__: Any, **___: Any) -> int:
    return 2 * prod(left) * right[-1]


def _products(query_BHTD: _Shape, key_BKSD: _Shape, causal: bool) -> int:
    """Of queries and keys; the kernel leaves out what a causal query does not see."""
    rows, heads, length, size = query_BHTD
    return 2 * rows * heads * length * key_BKSD[2] * size // (2 if causal else 1)


def _attention(query: _Shape, key: _Shape, value: _Shape, *rest: Any, **_: Any) -> int:
    return 2 * _products(query, key, len(rest) > 1 and rest[1])


def _attention_gradient(_: _Shape, query: _Shape, key: _Shape, *rest: Any, **__: Any) -> int:
    """Five products: one of them repeats the forward pass's."""
    causal = rest[4]
    assert isinstance(causal, bool), "the kernel's arguments have changed"
    return 5 * _products(query, key, causal)


_FORMULAS = {
    torch.ops.aten.addmm_: _added,
    torch.ops.aten.baddbmm_: _added,
    torch.ops.mkldnn._linear_pointwise: _packed,
    torch.ops.aten._scaled_dot_product_flash_attention_for_cpu: _attention,
    torch.ops.aten._scaled_dot_product_flash_attention_for_cpu_backward: _attention_gradient,
}


def count_flops(run: Callable[[], Any]) -> int:
    """Of matrix products and attention; a product that torch does not know would be missed, so the
    count is to be held against a lower bound as well."""
    with FlopCounterMode(display=False, custom_mapping=_FORMULAS) as counter:
        run()
    total: int = counter.get_total_flops()
    return total


class _Operations(TorchDispatchMode):  # type: ignore[no-untyped-call]
    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.names: Counter[str] = Counter()

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        name: str = func._schema.name.removeprefix("aten::")
        if name not in NO_KERNEL and not name.startswith("prim"):
            self.names[name] += 1
        return func(*args, **(kwargs or {}))


def count_operations(run: Callable[[], Any]) -> Counter[str]:
    """Operations that compute or copy something, by name."""
    with _Operations() as counter:
        run()
    names: Counter[str] = counter.names
    return names
