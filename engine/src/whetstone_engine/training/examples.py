"""Training examples as padded tensors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from whetstone_engine.jobs import TrainExample
from whetstone_engine.model.layer_attention import Attend
from whetstone_engine.model.masks import window_masks
from whetstone_engine.model.transformer import Transformer
from whetstone_engine.numerics.shapes import padded_prompt, round_up
from whetstone_engine.prompts.prefill import PromptStates, read_reusing
from whetstone_engine.prompts.prefix_cache import PrefixCache

_LENGTH_MULTIPLE = 32


@dataclass(frozen=True)
class ExampleShape:
    """Padded lengths of one example."""

    past: int
    """Prompt positions read once by the base model (scope "answer"), else 0."""
    length: int
    """Positions in every pass."""
    targets: int


def example_shape(example: TrainExample, scope: str, multiple: int) -> ExampleShape:
    """The last token predicts nothing: it is never fed. With scope "answer" the passes begin at the
    prompt's last token, which predicts the answer's first.

    `multiple`: the model's `answer_multiple`.
    """
    prompt, count = len(example.prompt), len(example.completion)
    if scope == "answer":
        length = round_up(count, multiple)
        return ExampleShape(padded_prompt(prompt - 1) if prompt > 1 else 0, length, length)
    length = round_up(prompt + count - 1, _LENGTH_MULTIPLE)
    return ExampleShape(0, length, round_up(count, multiple))


@dataclass(frozen=True)
class ExampleBatch:
    """The same-numbered example of every job."""

    tokens_JT: Tensor
    positions_JT: Tensor
    keep_JM: Tensor | None
    targets_N: Tensor
    weights_N: Tensor
    counts: tuple[int, ...]
    padded_targets: int
    past: PromptStates | None
    over: Attend
    """Attention over all of a row's keys, those of `past` first."""

    def attend(self, layer: int, query: Tensor, key: Tensor, value: Tensor) -> Tensor:
        """Over the whole row; with scope "answer" over the base model's prompt, then the row."""
        if self.past is not None:
            key = torch.cat((self.past.keys_LBKTD[layer], key), dim=2)
            value = torch.cat((self.past.values_LBKTD[layer], value), dim=2)
        return self.over(layer, query, key, value)


def example_batch(
    model: Transformer,
    examples: Sequence[TrainExample],
    shape: ExampleShape,
    scope: str,
    cache: PrefixCache | None = None,
    read_budget: int | None = None,
) -> ExampleBatch:
    """Pads examples to one shape.

    With scope "answer" the base model reads the prompts here, once, in passes of at most
    `read_budget` positions.
    """
    jobs = len(examples)
    tokens = np.zeros((jobs, shape.length), dtype=np.int64)
    positions = np.tile(np.arange(shape.length, dtype=np.int64), (jobs, 1))
    # Padding targets point at the row's first position with weight 0.
    keep = np.zeros((jobs, shape.targets), dtype=np.int64)
    targets = np.zeros((jobs, shape.targets), dtype=np.int64)
    weights = np.zeros((jobs, shape.targets))
    allowed = np.zeros((jobs, shape.length, shape.past + shape.length), dtype=bool)
    for row, example in enumerate(examples):
        prompt, count = len(example.prompt), len(example.completion)
        first = prompt - 1 if scope == "answer" else 0
        fed = np.concatenate((example.prompt, example.completion))[first:-1]
        tokens[row, : len(fed)] = fed
        positions[row] += first
        keep[row, :count] = np.arange(prompt - 1 - first, prompt - 1 - first + count)
        targets[row, :count] = example.completion
        weights[row, :count] = 1 / count
        allowed[row, :, :first] = True
        allowed[row, :, shape.past :] = np.tri(shape.length, dtype=bool)
    device = model.device
    past = None
    if shape.past:
        prompts = [example.prompt[:-1] for example in examples]
        past = read_reusing(model, prompts, shape.past, cache, read_budget)
        own = torch.from_numpy(positions)
        masks = window_masks(
            model.config.windows,
            torch.from_numpy(allowed),
            own,
            torch.cat((torch.arange(shape.past).expand(jobs, -1), own), dim=1),
            model.dtype,
            device,
        )
    over = model.attention.whole(shape.length) if past is None else model.attention.masked(masks)
    return ExampleBatch(
        tokens_JT=torch.from_numpy(tokens).to(device),
        positions_JT=torch.from_numpy(positions).to(device),
        keep_JM=None if scope == "answer" else torch.from_numpy(keep).to(device),
        targets_N=torch.from_numpy(targets.ravel()).to(device),
        weights_N=torch.from_numpy(weights.ravel()).to(device),
        counts=tuple(len(example.completion) for example in examples),
        padded_targets=shape.targets,
        past=past,
        over=over,
    )
