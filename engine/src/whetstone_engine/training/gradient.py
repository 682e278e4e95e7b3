"""One forward and backward pass over a batch of examples."""

from __future__ import annotations

import torch
from torch import Tensor

from whetstone_engine.model.transformer import Transformer
from whetstone_engine.model.weights import Projection
from whetstone_engine.training.examples import ExampleBatch
from whetstone_engine.training.functions import AdaptedLinear, Gated, TargetLosses
from whetstone_engine.training.target_views import TargetViews


def gradient(
    model: Transformer,
    views: list[dict[str, TargetViews]],
    anchor: Tensor,
    batch: ExampleBatch,
) -> list[float]:
    """One forward and backward pass: each row's loss. Its gradient is written to its views."""

    def project(inputs: Tensor, base: Projection, layer: int, group: str, kept: bool) -> Tensor:
        outputs: Tensor = AdaptedLinear.apply(anchor, inputs, base, views[layer][group])
        return outputs

    def activate(gate_up: Tensor) -> Tensor:
        activated: Tensor = Gated.apply(gate_up, model.activation)
        return activated

    with torch.enable_grad():
        hidden_JMd = model.run(
            batch.tokens_JT,
            batch.positions_JT,
            batch.attend,
            project,
            activate,
            batch.keep_JM,
        )
        each_N: Tensor = TargetLosses.apply(hidden_JMd.flatten(0, 1), model.head, batch.targets_N)
        (each_N * batch.weights_N.to(each_N.dtype)).sum().backward()  # type: ignore[no-untyped-call]
    each = each_N.detach().view(len(batch.counts), batch.padded_targets).double().cpu().numpy()
    return [float(each[row, :count].mean()) for row, count in enumerate(batch.counts)]
