"""The operations that have a backward pass of their own."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from whetstone_engine.model.activations import Activation
from whetstone_engine.model.weights import Projection
from whetstone_engine.numerics.products import batched, input_gradient, linear
from whetstone_engine.training.target_views import TargetViews


class AdaptedLinear(torch.autograd.Function):
    """`W x + b + scale * B (A x)` for a group of layers that read the same input.

    The gradients of A and B go straight into their views of the flat gradient; only the input's
    gradient passes through autograd. `anchor` makes the first layer take part although its input
    needs no gradient.
    """

    @staticmethod
    def forward(
        ctx: Any,
        anchor: Tensor,
        inputs_JTi: Tensor,
        base: Projection,
        target: TargetViews,
    ) -> Tensor:
        outputs = linear(inputs_JTi, base)
        inputs = inputs_JTi.to(target.a_Jri.dtype)
        inner_JrT = batched(target.a_Jri, inputs.transpose(1, 2)).mul_(target.scale)
        rank = target.rank
        for number, (start, size, b_Jro, _) in enumerate(target.parts):
            part = inner_JrT[:, number * rank : (number + 1) * rank].transpose(1, 2)
            slot = outputs[:, :, start : start + size]
            if outputs.dtype == part.dtype:
                slot.baddbmm_(part, b_Jro)
            else:
                slot.add_(batched(part, b_Jro))
        ctx.save_for_backward(inputs, inner_JrT)
        ctx.base, ctx.target = base, target
        return outputs

    @staticmethod
    def backward(ctx: Any, gradient_JTo: Tensor) -> Any:
        inputs, inner_JrT = ctx.saved_tensors
        base: Projection = ctx.base
        target: TargetViews = ctx.target
        rank = target.rank
        wide = gradient_JTo.to(inner_JrT.dtype)
        inner_gradient_JrT = torch.empty_like(inner_JrT)
        for number, (start, size, b_Jro, b_gradient_Jro) in enumerate(target.parts):
            rows = slice(number * rank, (number + 1) * rank)
            part = wide[:, :, start : start + size]
            inner_gradient_JrT[:, rows] = batched(b_Jro, part.transpose(1, 2))
            b_gradient_Jro.copy_(batched(inner_JrT[:, rows], part))
        inner_gradient_JrT.mul_(target.scale)
        target.a_gradient_Jri.copy_(batched(inner_gradient_JrT, inputs))
        found = None
        if ctx.needs_input_grad[1]:
            jobs, length, _ = gradient_JTo.shape
            found = input_gradient(gradient_JTo.reshape(jobs * length, -1), base.weight)
            found = found.view(jobs, length, -1)
            inner = inner_gradient_JrT.transpose(1, 2)
            if found.dtype == inner.dtype:
                found.baddbmm_(inner, target.a_Jri)
            else:
                found.add_(batched(inner, target.a_Jri))
        return None, found, None, None


class Gated(torch.autograd.Function):
    """`act(gate) * up`; both gradients are written side by side, ready for the next product."""

    @staticmethod
    def forward(ctx: Any, gate_up_JTf: Tensor, activation: Activation) -> Tensor:
        ctx.save_for_backward(gate_up_JTf)
        ctx.activation = activation
        return activation.gated(gate_up_JTf)

    @staticmethod
    def backward(ctx: Any, gradient_JTi: Tensor) -> Any:
        (gate_up,) = ctx.saved_tensors
        activation: Activation = ctx.activation
        gate, up = gate_up.chunk(2, dim=-1)
        gradient = torch.empty_like(gate_up)
        gate_gradient, up_gradient = gradient.chunk(2, dim=-1)
        torch.mul(gradient_JTi, activation.apply(gate), out=up_gradient)
        activation.write_gradient(gradient_JTi * up, gate, gate_gradient)
        return gradient, None


class TargetLosses(torch.autograd.Function):
    """Cross entropy of each position's logits over a frozen head, in fp32 or better.

    The logits, by far the largest tensor of a pass, are made once and turned into their gradient
    in place.
    """

    @staticmethod
    def forward(ctx: Any, hidden_Nd: Tensor, head: Projection, targets_N: Tensor) -> Tensor:
        logits_NV = linear(hidden_Nd, head)
        if logits_NV.dtype != torch.float64:
            logits_NV = logits_NV.float()
        sums_N1 = logits_NV.logsumexp(dim=1, keepdim=True)
        ctx.head, ctx.dtype, ctx.targets_N1 = head, hidden_Nd.dtype, targets_N[:, None]
        ctx.logits_NV, ctx.sums_N1 = logits_NV, sums_N1
        return (sums_N1 - logits_NV.gather(1, ctx.targets_N1))[:, 0]

    @staticmethod
    def backward(ctx: Any, weights_N: Tensor) -> Any:
        weights_N1 = weights_N[:, None]
        gradient_NV = ctx.logits_NV.sub_(ctx.sums_N1).exp_().mul_(weights_N1)
        gradient_NV.scatter_add_(1, ctx.targets_N1, -weights_N1)
        return input_gradient(gradient_NV.to(ctx.dtype), ctx.head.weight), None, None
