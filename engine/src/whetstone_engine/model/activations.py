"""The MLP's activations: `act(gate) * up`, and the gradient of `act`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor


@dataclass(frozen=True)
class Activation:
    """One function of the gate."""

    apply: Callable[[Tensor], Tensor]
    write_gradient: Callable[[Tensor, Tensor, Tensor], None]
    """(gradient of the result, input, where the input's gradient is written)."""

    def gated(self, gate_up_BTf: Tensor) -> Tensor:
        """`act(gate) * up`; gate and up lie side by side."""
        gate, up = gate_up_BTf.chunk(2, dim=-1)
        return self.apply(gate) * up


def _silu_gradient(gradient: Tensor, inputs: Tensor, target: Tensor) -> None:
    torch.ops.aten.silu_backward.grad_input(gradient, inputs, grad_input=target)


def _gelu_tanh(inputs: Tensor) -> Tensor:
    return F.gelu(inputs, approximate="tanh")


def _gelu_tanh_gradient(gradient: Tensor, inputs: Tensor, target: Tensor) -> None:
    torch.ops.aten.gelu_backward.grad_input(gradient, inputs, approximate="tanh", grad_input=target)


ACTIVATIONS = {
    "silu": Activation(F.silu, _silu_gradient),
    "gelu_pytorch_tanh": Activation(_gelu_tanh, _gelu_tanh_gradient),
}
"""By the name that `config.json` gives them."""
