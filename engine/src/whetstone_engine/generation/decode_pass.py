"""The pass that gives every row its next token's logits."""

from __future__ import annotations

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor

from whetstone_engine.adapters.stacked import StackedAdapters
from whetstone_engine.model.masks import decode_masks
from whetstone_engine.model.transformer import Transformer


def decode_logits(
    model: Transformer,
    tokens_R: Tensor,
    positions_R: Tensor,
    keys_LRKSD: Tensor,
    values_LRKSD: Tensor,
    keys_in_use: int,
    attending: int,
    stacked: StackedAdapters | None,
) -> Tensor:
    """Writes each row's new key and value at its position and attends over all before: `[R, V]`.

    Only the first `attending` rows attend; the rest is padding of the matrix products.
    """
    real = positions_R[:attending]
    over = model.attention.masked(
        decode_masks(model.config.windows, real, keys_in_use, model.dtype)
    )
    every = torch.arange(attending, device=model.device)
    missing = tokens_R.shape[0] - attending

    def attend(layer: int, query: Tensor, key: Tensor, value: Tensor) -> Tensor:
        keys, values = keys_LRKSD[layer], values_LRKSD[layer]
        keys[every, :, real] = key[:attending, :, 0]
        values[every, :, real] = value[:attending, :, 0]
        # One query position at a time: the library then sums in an order that does not depend on
        # how many keys there are.
        context = over(
            layer,
            query[:attending],
            keys[:attending, :, :keys_in_use],
            values[:attending, :, :keys_in_use],
        )
        return F.pad(context, (0, 0, 0, 0, 0, 0, 0, missing)) if missing else context

    hidden = model.forward(tokens_R[:, None], positions_R[:, None], attend, stacked)
    return model.logits(hidden[:, 0])
