"""Trains many adapters at once: jobs of equal signature share every pass over the base weights.

Nothing mixes two jobs: the base weights' products work row by row, the adapters' products are
batched per job, each job has its own loss (the mean over its target tokens; the batch's loss is
the sum), its own clipping, its own optimiser state and learning rate.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor

from whetstone_engine.adapters.layout import AdapterLayout, draw_adapter, weight_hash
from whetstone_engine.adapters.registry import AdapterStacker
from whetstone_engine.jobs import TrainExample, TrainJob, TrainState
from whetstone_engine.model.transformer import Transformer, attention, causal_attention, swiglu
from whetstone_engine.model.weights import Projection
from whetstone_engine.numerics.products import batched, input_gradient, linear
from whetstone_engine.numerics.shapes import ROW_MULTIPLE, padded_prompt, round_up
from whetstone_engine.prompts.prefill import PromptStates, read_reusing
from whetstone_engine.prompts.prefix_cache import PrefixCache

BETA_1, BETA_2, EPSILON = 0.9, 0.999, 1e-8
MAXIMUM_NORM = 1.0
_LENGTH_MULTIPLE = 32


@dataclass(frozen=True)
class ExampleShape:
    """Padded lengths of one example."""

    past: int
    """Prompt positions read once by the base model (scope "answer"), else 0."""
    length: int
    """Positions in every pass."""
    targets: int


@dataclass(frozen=True)
class TrainSignature:
    """What jobs must share to be trained in one batch. Learning rates and seeds may differ."""

    rank: int
    alpha: float
    epochs: int
    warmup_ratio: float
    schedule: str
    scope: str
    shapes: tuple[ExampleShape, ...]
    alone: int | None = None
    """Set where a job shares its batch with no other."""


@dataclass(frozen=True)
class TrainedVector:
    """The outcome of one job."""

    vector_P: Tensor
    losses: tuple[float, ...]
    weight_hash: str
    state: TrainState | None = None


def example_shape(example: TrainExample, scope: str) -> ExampleShape:
    """The last token predicts nothing: it is never fed. With scope "answer" the passes begin at the
    prompt's last token, which predicts the answer's first."""
    prompt, count = len(example.prompt), len(example.completion)
    if scope == "answer":
        length = round_up(count, ROW_MULTIPLE)
        return ExampleShape(padded_prompt(prompt - 1) if prompt > 1 else 0, length, length)
    length = round_up(prompt + count - 1, _LENGTH_MULTIPLE)
    return ExampleShape(0, length, round_up(count, ROW_MULTIPLE))


def train_signature(job: TrainJob) -> TrainSignature:
    """The job's own shapes, so that its result does not depend on its neighbours."""
    settings = job.settings
    return TrainSignature(
        settings.rank,
        settings.alpha,
        settings.epochs,
        settings.warmup_ratio,
        settings.schedule,
        settings.scope,
        tuple(example_shape(example, settings.scope) for example in job.examples),
        None if job.stretch is None else id(job),
    )


def schedule_multipliers(schedule: str, steps: int, warmup_ratio: float) -> list[float]:
    """Learning-rate factor of each step: linear warm-up from 0, then the schedule.

    Five steps, cosine, ratio 0.03: 0, 1, 0.8536, 0.5, 0.1464.
    """
    warmup = math.ceil(steps * warmup_ratio)
    factors = []
    for step in range(steps):
        if step < warmup:
            factors.append(step / warmup)
            continue
        progress = (step - warmup) / max(1, steps - warmup)
        if schedule == "cosine":
            factors.append(0.5 * (1 + math.cos(math.pi * progress)))
        elif schedule == "linear":
            factors.append(1 - progress)
        else:
            factors.append(1.0)
    return factors


@dataclass(frozen=True)
class TargetViews:
    """One group's matrices of all jobs, and where their gradients go."""

    rank: int
    scale: float
    a_Jri: Tensor
    a_gradient_Jri: Tensor
    parts: tuple[tuple[int, int, Tensor, Tensor], ...]


class _AdaptedLinear(torch.autograd.Function):
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


class _SwiGlu(torch.autograd.Function):
    """`silu(gate) * up`; both gradients are written side by side, where they are needed."""

    @staticmethod
    def forward(ctx: Any, gate_up_JTf: Tensor) -> Tensor:
        ctx.save_for_backward(gate_up_JTf)
        return swiglu(gate_up_JTf)

    @staticmethod
    def backward(ctx: Any, gradient_JTi: Tensor) -> Any:
        (gate_up,) = ctx.saved_tensors
        gate, up = gate_up.chunk(2, dim=-1)
        gradient = torch.empty_like(gate_up)
        gate_gradient, up_gradient = gradient.chunk(2, dim=-1)
        torch.mul(gradient_JTi, F.silu(gate), out=up_gradient)
        torch.ops.aten.silu_backward.grad_input(gradient_JTi * up, gate, grad_input=gate_gradient)
        return gradient


class _TargetLosses(torch.autograd.Function):
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


def target_views(
    layout: AdapterLayout, vectors_JP: Tensor, gradients_JP: Tensor, scale: float
) -> list[dict[str, TargetViews]]:
    return [
        {
            name: TargetViews(
                layout.rank,
                scale,
                layout.a_view(vectors_JP, group),
                layout.a_view(gradients_JP, group),
                tuple(
                    (
                        part.start,
                        part.size,
                        layout.b_view(vectors_JP, part),
                        layout.b_view(gradients_JP, part),
                    )
                    for part in group.parts
                ),
            )
            for name, group in groups.items()
        }
        for groups in layout.layers
    ]


@dataclass(frozen=True)
class ExampleBatch:
    """The same-numbered example of every job."""

    tokens_JT: Tensor
    positions_JT: Tensor
    keep_JK: Tensor | None
    targets_N: Tensor
    weights_N: Tensor
    counts: tuple[int, ...]
    padded_targets: int
    past: PromptStates | None
    mask_J1TS: Tensor | None

    def attend(self, layer: int, query: Tensor, key: Tensor, value: Tensor) -> Tensor:
        """Over the whole row; with scope "answer" over the base model's prompt, then the row."""
        if self.past is None or self.mask_J1TS is None:
            return causal_attention(query, key, value)
        keys = torch.cat((self.past.keys_LBKTD[layer], key), dim=2)
        values = torch.cat((self.past.values_LBKTD[layer], value), dim=2)
        return attention(query, keys, values, self.mask_J1TS)


def example_batch(
    model: Transformer,
    examples: Sequence[TrainExample],
    shape: ExampleShape,
    scope: str,
    cache: PrefixCache | None = None,
) -> ExampleBatch:
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
    mask = None
    if shape.past:
        past = read_reusing(model, [example.prompt[:-1] for example in examples], shape.past, cache)
        mask = torch.zeros(allowed.shape, dtype=model.dtype).masked_fill_(
            torch.from_numpy(~allowed), float("-inf")
        )[:, None]
        mask = mask.to(device)
    return ExampleBatch(
        tokens_JT=torch.from_numpy(tokens).to(device),
        positions_JT=torch.from_numpy(positions).to(device),
        keep_JK=None if scope == "answer" else torch.from_numpy(keep).to(device),
        targets_N=torch.from_numpy(targets.ravel()).to(device),
        weights_N=torch.from_numpy(weights.ravel()).to(device),
        counts=tuple(len(example.completion) for example in examples),
        padded_targets=shape.targets,
        past=past,
        mask_J1TS=mask,
    )


def gradient(
    model: Transformer,
    views: list[dict[str, TargetViews]],
    anchor: Tensor,
    batch: ExampleBatch,
) -> list[float]:
    """One pass forth and back: each row's loss; its gradient goes where its views point."""

    def project(inputs: Tensor, base: Projection, layer: int, group: str, kept: bool) -> Tensor:
        outputs: Tensor = _AdaptedLinear.apply(anchor, inputs, base, views[layer][group])
        return outputs

    def activate(gate_up: Tensor) -> Tensor:
        activated: Tensor = _SwiGlu.apply(gate_up)
        return activated

    with torch.enable_grad():
        hidden_JKd = model.run(
            batch.tokens_JT,
            batch.positions_JT,
            batch.attend,
            project,
            activate,
            batch.keep_JK,
        )
        each_N: Tensor = _TargetLosses.apply(hidden_JKd.flatten(0, 1), model.head, batch.targets_N)
        (each_N * batch.weights_N.to(each_N.dtype)).sum().backward()  # type: ignore[no-untyped-call]
    each = each_N.detach().view(len(batch.counts), batch.padded_targets).double().cpu().numpy()
    return [float(each[row, :count].mean()) for row, count in enumerate(batch.counts)]


def adamw_step(
    vectors_JP: Tensor,
    state_JP: tuple[Tensor, Tensor],
    gradients_JP: Tensor,
    rates_J1: Tensor,
    step: int,
    factor: float,
) -> None:
    """Clips each row's gradient by its own norm, then AdamW without weight decay, in place.

    `step` counts from 1; at `factor` 0 only the moments move.
    """
    first_JP, second_JP = state_JP
    norms_J1 = gradients_JP.norm(dim=1, keepdim=True)
    clip_J1 = (MAXIMUM_NORM / (norms_J1 + 1e-6)).clamp_(max=1.0)
    clipped_JP = gradients_JP * clip_J1
    first_JP.lerp_(clipped_JP, 1 - BETA_1)
    second_JP.mul_(BETA_2).addcmul_(clipped_JP, clipped_JP, value=1 - BETA_2)
    if factor == 0:
        return
    first_correction = 1 - BETA_1**step
    second_correction = 1 - BETA_2**step
    divisor = (second_JP.sqrt() / math.sqrt(second_correction)).add_(EPSILON)
    vectors_JP.addcmul_(first_JP.div(divisor), rates_J1 * (-factor / first_correction))


class TrainBatch:
    """Jobs of one signature in training; `step` makes one optimisation step for all of them."""

    def __init__(
        self,
        model: Transformer,
        stacker: AdapterStacker,
        jobs: Sequence[TrainJob],
        cache: PrefixCache | None = None,
    ) -> None:
        assert jobs, "a training batch needs jobs"
        signature = train_signature(jobs[0])
        self.jobs = list(jobs)
        self._model = model
        self._layout = stacker.layout(signature.rank)
        self._dtype = torch.float64 if model.dtype == torch.float64 else torch.float32
        device = model.device
        self._vectors_JP = torch.stack(
            [draw_adapter(self._layout, job.settings.seed, self._dtype) for job in jobs]
        ).to(device)
        self._gradients_JP = torch.zeros_like(self._vectors_JP)
        self._first_moments_JP = torch.zeros_like(self._vectors_JP)
        self._second_moments_JP = torch.zeros_like(self._vectors_JP)
        self._views = target_views(
            self._layout,
            self._vectors_JP,
            self._gradients_JP,
            signature.alpha / signature.rank,
        )
        self._batches = [
            example_batch(
                model,
                [job.examples[number] for job in jobs],
                shape,
                signature.scope,
                cache,
            )
            for number, shape in enumerate(signature.shapes)
        ]
        self._rates_J1 = torch.tensor(
            [[job.settings.learning_rate] for job in jobs], dtype=self._dtype, device=device
        )
        self.step_count = signature.epochs * len(signature.shapes)
        self._factors = schedule_multipliers(
            signature.schedule, self.step_count, signature.warmup_ratio
        )
        self.steps_done = 0
        self._losses: list[list[float]] = [[] for _ in jobs]
        self._anchor = torch.zeros((), requires_grad=True, device=device)

    @property
    def done(self) -> bool:
        return self.steps_done == self.step_count

    def step(self) -> None:
        """One optimisation step. A step at rate 0 leaves the weights as they are, so the next one
        on the same example has the same gradient: both are made from one pass."""
        number = self.steps_done
        losses = self._gradient(self._batches[number % len(self._batches)])
        self._update(losses)
        if self._factors[number] == 0 and len(self._batches) == 1 and not self.done:
            self._update(losses)

    def _gradient(self, batch: ExampleBatch) -> list[float]:
        return gradient(self._model, self._views, self._anchor, batch)

    def _update(self, losses: Sequence[float]) -> None:
        factor = self._factors[self.steps_done]
        self.steps_done += 1
        for record, loss in zip(self._losses, losses, strict=True):
            record.append(loss)
        adamw_step(
            self._vectors_JP,
            (self._first_moments_JP, self._second_moments_JP),
            self._gradients_JP,
            self._rates_J1,
            self.steps_done,
            factor,
        )

    def results(self) -> list[TrainedVector]:
        """The trained adapters, in the order of `jobs`."""
        assert self.done, "training is not finished"
        found = []
        for row in range(len(self.jobs)):
            vector = self._vectors_JP[row].clone()
            found.append(TrainedVector(vector, tuple(self._losses[row]), weight_hash(vector)))
        return found
