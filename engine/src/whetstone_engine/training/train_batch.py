"""Trains many adapters at once: jobs of equal signature share every pass over the base weights.

Nothing mixes two jobs: the base weights' products work row by row, the adapters' products are
batched per job, each job has its own loss (the mean over its target tokens; the batch's loss is
the sum), its own clipping, its own optimizer state and learning rate.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch

from whetstone_engine.adapters.layout import parameter_dtype
from whetstone_engine.adapters.stacking import AdapterStacker
from whetstone_engine.jobs import TrainJob
from whetstone_engine.model.transformer import Transformer
from whetstone_engine.prompts.prefix_cache import PrefixCache
from whetstone_engine.training.examples import ExampleBatch, example_batch
from whetstone_engine.training.gradient import gradient
from whetstone_engine.training.new_vector import new_vector
from whetstone_engine.training.optimizer import adamw_step
from whetstone_engine.training.schedule import schedule_multipliers
from whetstone_engine.training.signature import train_signature
from whetstone_engine.training.target_views import target_views
from whetstone_engine.training.trained import TrainedVector


class TrainBatch:
    """Jobs of one signature in training; `step` makes one optimization step for all of them."""

    def __init__(
        self,
        model: Transformer,
        stacker: AdapterStacker,
        jobs: Sequence[TrainJob],
        cache: PrefixCache | None = None,
        read_budget: int | None = None,
    ) -> None:
        assert jobs, "a training batch needs jobs"
        signature = train_signature(jobs[0], model.answer_multiple)
        self.jobs = list(jobs)
        self._model = model
        self._layout = stacker.layout(signature.rank)
        self._dtype = parameter_dtype(model.dtype)
        device = model.device
        self._vectors_JP = torch.stack(
            [new_vector(job, self._layout, self._dtype) for job in jobs]
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
                read_budget,
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
        """One optimization step. A step at rate 0 leaves the weights as they are, so the next one
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
            found.append(TrainedVector(vector, tuple(self._losses[row])))
        return found
