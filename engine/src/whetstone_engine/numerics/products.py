"""Batch-invariant matrix products: a row's result does not depend on how many rows there are.

Matrix libraries choose the order of a sum by the shape of the product. With AVX-512 kernels the sum
over the inner dimension is split at a position that depends on the number of rows, unless the sum
is short, and a batch of one matrix is summed in another order than a batch of several. If this
machine's library does so (`summation.py`), long sums are split at fixed positions here, and a
single matrix is multiplied twice.
"""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor

from whetstone_engine.model.weights import Projection
from whetstone_engine.numerics.summation import SumRules, sum_rules

_NARROW = range(16, 65)


def _rules(like: Tensor) -> SumRules | None:
    """The rules for this kind of tensor; None: its results are not batch-invariant."""
    if like.device.type != "cpu" or like.dtype != torch.float32:
        return None
    return sum_rules(torch.get_num_threads())


def _cut(inner: int, like: Tensor) -> int:
    """Length of the pieces in which a sum of this length is taken."""
    rules = _rules(like)
    return inner if rules is None or rules.longest is None else min(inner, rules.longest)


def linear(inputs_Bi: Tensor, base: Projection) -> Tensor:
    """`F.linear`. With several threads, a few rows times a large matrix are shared out along the
    matrix, which is a third faster than along the rows; the sums are the same."""
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
        return F.linear(inputs_Bi, base.weight, base.bias)
    inputs = inputs_Bi.reshape(rows, inner)
    weight = base.weight
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


def input_gradient(gradient_Bo: Tensor, weight_oi: Tensor) -> Tensor:
    """The gradient of a linear layer's input, `gradient @ weight`, `[B, i]`."""
    inner = weight_oi.shape[0]
    step = _cut(inner, gradient_Bo)
    found = gradient_Bo[:, :step] @ weight_oi[:step]
    for at in range(step, inner, step):
        found.addmm_(gradient_Bo[:, at : at + step], weight_oi[at : at + step])
    return found


def batched(left_Jmk: Tensor, right_Jkn: Tensor) -> Tensor:
    """`torch.bmm`, one product for each job."""
    if left_Jmk.shape[0] == 1 and (rules := _rules(left_Jmk)) is not None:
        single = 1 in (left_Jmk.shape[1], right_Jkn.shape[2])
        if rules.double_single_vector if single else rules.double_single:
            return torch.bmm(left_Jmk.expand(2, -1, -1), right_Jkn.expand(2, -1, -1))[:1]
    return torch.bmm(left_Jmk, right_Jkn)
