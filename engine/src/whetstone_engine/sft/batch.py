"""A long training in stretches: batches of examples, from one saved state to the next.

The examples of one step are rows of one pass, each with its own copy of the same adapter, so that a
step costs what as many temporary adapters would; the step's gradient is the mean over its rows.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from whetstone_engine.adapters.layout import draw_adapter, weight_hash
from whetstone_engine.adapters.registry import AdapterStacker
from whetstone_engine.jobs import TrainExample, TrainJob, TrainState
from whetstone_engine.model.transformer import Transformer
from whetstone_engine.training.train_batch import (
    ExampleShape,
    TargetViews,
    TrainedVector,
    adamw_step,
    example_batch,
    example_shape,
    gradient,
    schedule_multipliers,
    target_views,
)


class StretchBatch:
    """One job's stretch in training; `step` makes one optimisation step.

    The same stretches give the same bits whether one process trains them all or each has its own.
    """

    def __init__(self, model: Transformer, stacker: AdapterStacker, job: TrainJob) -> None:
        assert job.stretch is not None, "the job is no stretch"
        self.jobs = [job]
        self._model = model
        self._stretch = job.stretch
        settings = job.settings
        self._settings = settings
        self._layout = stacker.layout(settings.rank)
        dtype = torch.float64 if model.dtype == torch.float64 else torch.float32
        device = model.device
        state = job.stretch.state
        if state is None:
            drawn = draw_adapter(self._layout, settings.seed, dtype)
            state = TrainState(drawn, torch.zeros_like(drawn), torch.zeros_like(drawn))
        self._vector_1P, self._first_1P, self._second_1P = (
            tensor.to(device=device, dtype=dtype, copy=True)[None]
            for tensor in (state.vector, state.first_moments, state.second_moments)
        )
        rows = min(job.stretch.batch_size, len(job.examples))
        self._vectors_BP = self._vector_1P.repeat(rows, 1)
        self._gradients_BP = torch.zeros_like(self._vectors_BP)
        self._views: dict[int, list[dict[str, TargetViews]]] = {}
        self._rate_11 = torch.tensor([[settings.learning_rate]], dtype=dtype, device=device)
        self._factors = schedule_multipliers(
            settings.schedule, job.stretch.total_steps, settings.warmup_ratio
        )
        self._anchor = torch.zeros((), requires_grad=True, device=device)
        size = job.stretch.batch_size
        self._groups = [
            job.examples[start : start + size] for start in range(0, len(job.examples), size)
        ]
        self._losses: list[float] = []

    @property
    def done(self) -> bool:
        return len(self._losses) == len(self._groups)

    def step(self) -> None:
        """One optimisation step on the next group of examples."""
        number = self._stretch.first_step + len(self._losses)
        group = self._groups[len(self._losses)]
        rows = len(group)
        shape = _common_shape(group, self._settings.scope)
        batch = example_batch(self._model, group, shape, self._settings.scope)
        losses = gradient(self._model, self._views_of(rows), self._anchor, batch)
        adamw_step(
            self._vector_1P,
            (self._first_1P, self._second_1P),
            self._gradients_BP[:rows].mean(dim=0, keepdim=True),
            self._rate_11,
            number + 1,
            self._factors[number],
        )
        self._vectors_BP.copy_(self._vector_1P.expand_as(self._vectors_BP))
        self._losses.append(sum(losses) / rows)

    def _views_of(self, rows: int) -> list[dict[str, TargetViews]]:
        if rows not in self._views:
            self._views[rows] = target_views(
                self._layout,
                self._vectors_BP[:rows],
                self._gradients_BP[:rows],
                self._settings.alpha / self._settings.rank,
            )
        return self._views[rows]

    def results(self) -> list[TrainedVector]:
        """The adapter after the stretch, with the state to go on from."""
        assert self.done, "the stretch is not finished"

        def kept(tensor_1P: Tensor) -> Tensor:
            return tensor_1P[0].clone()

        vector = kept(self._vector_1P)
        state = TrainState(vector, kept(self._first_1P), kept(self._second_1P))
        return [TrainedVector(vector, tuple(self._losses), weight_hash(vector), state)]


def _common_shape(examples: Sequence[TrainExample], scope: str) -> ExampleShape:
    """Room for the longest of a step's examples."""
    shapes = [example_shape(example, scope) for example in examples]
    return ExampleShape(
        max(shape.past for shape in shapes),
        max(shape.length for shape in shapes),
        max(shape.targets for shape in shapes),
    )
