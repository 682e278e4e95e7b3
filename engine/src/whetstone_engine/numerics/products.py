"""Batch-invariant matrix products: a row's result does not depend on how many rows there are.

Matrix libraries choose the order of a sum by the shape of the product. Products with packed weights
(`packing.py`) do not, on every processor seen, in fp32 and in bf16. Where they do, or cannot be had
(`summation.py` finds out), MKL multiplies: with its AVX-512 kernels the sum over the inner
dimension is split at a position that depends on the number of rows, unless the sum is short; long
sums are then split at fixed positions here. A batch of one matrix is summed in another order than a
batch of several: if so, a single matrix is multiplied twice.
"""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor

from whetstone_engine.model.weights import Projection
from whetstone_engine.numerics.packing import PackedWeight
from whetstone_engine.numerics.summation import plain_rules, single_rules

_NARROW = range(16, 65)


def _cut(inner: int, like: Tensor) -> int:
    """Length of the pieces in which a sum of this length is taken."""
    if like.device.type != "cpu" or like.dtype != torch.float32:
        return inner
    longest = plain_rules(like.dtype, torch.get_num_threads()).longest
    return inner if longest is None else min(inner, longest)


def linear(inputs_Bi: Tensor, base: Projection) -> Tensor:
    """`F.linear`. With several threads, a few rows times a large matrix are shared out along the
    matrix, which is a third faster than along the rows; the sums are the same."""
    weight = base.weight
    if isinstance(weight, PackedWeight):
        return weight.forward(inputs_Bi, base.bias)
    inner = inputs_Bi.shape[-1]
    rows = math.prod(inputs_Bi.shape[:-1])
    step = _cut(inner, inputs_Bi)
    narrow = (
        base.bias is None
        and rows in _NARROW
        and inputs_Bi.dtype == torch.float32
        and inputs_Bi.device.type == "cpu"
        and torch.get_num_threads() > 1
    )
    if step == inner and not narrow:
        return F.linear(inputs_Bi, weight, base.bias)
    inputs = inputs_Bi.reshape(rows, inner)
    if narrow:
        turned = torch.mm(weight[:, :step], inputs[:, :step].t())
        for at in range(step, inner, step):
            turned.addmm_(weight[:, at : at + step], inputs[:, at : at + step].t())
        outputs = turned.t().contiguous()
    else:
        outputs = F.linear(inputs[:, :step], weight[:, :step], base.bias)
        for at in range(step, inner, step):
            outputs.addmm_(inputs[:, at : at + step], weight[:, at : at + step].t())
    return outputs.view(*inputs_Bi.shape[:-1], -1)


def input_gradient(gradient_Bo: Tensor, weight_oi: Tensor | PackedWeight) -> Tensor:
    """The gradient of a linear layer's input, `gradient @ weight`, `[B, i]`."""
    if isinstance(weight_oi, PackedWeight):
        return weight_oi.backward(gradient_Bo)
    inner = weight_oi.shape[0]
    step = _cut(inner, gradient_Bo)
    found = gradient_Bo[:, :step] @ weight_oi[:step]
    for at in range(step, inner, step):
        found.addmm_(gradient_Bo[:, at : at + step], weight_oi[at : at + step])
    return found


def batched(left_Jmk: Tensor, right_Jkn: Tensor) -> Tensor:
    """`torch.bmm`, one product for each job."""
    if left_Jmk.shape[0] == 1 and left_Jmk.device.type == "cpu" and left_Jmk.dtype == torch.float32:
        rules = single_rules(torch.get_num_threads())
        single = 1 in (left_Jmk.shape[1], right_Jkn.shape[2])
        if rules.double_single_vector if single else rules.double_single:
            return torch.bmm(left_Jmk.expand(2, -1, -1), right_Jkn.expand(2, -1, -1))[:1]
    return torch.bmm(left_Jmk, right_Jkn)
