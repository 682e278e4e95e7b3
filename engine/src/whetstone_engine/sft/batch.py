"""One segment of a long training (SFT): batches of examples, from one saved state to the next.

The examples of one step are rows of one pass, each with its own copy of the same adapter, so a step
costs what as many temporary adapters would; the step's gradient is the mean over its rows. A step
whose rows exceed the position budget is made of several passes (micro-batches).
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from whetstone_engine.adapters.layout import parameter_dtype
from whetstone_engine.adapters.stacking import AdapterStacker
from whetstone_engine.jobs import TrainExample, TrainJob, TrainState
from whetstone_engine.model.transformer import Transformer
from whetstone_engine.training.examples import ExampleShape, example_batch, example_shape
from whetstone_engine.training.gradient import gradient
from whetstone_engine.training.new_vector import new_vector
from whetstone_engine.training.optimizer import adamw_step
from whetstone_engine.training.schedule import schedule_multipliers
from whetstone_engine.training.target_views import TargetViews, target_views
from whetstone_engine.training.trained import TrainedVector


class SegmentBatch:
    """One job's segment in training; `step` makes one optimization step.

    Segments give bit-equal results whether one process trains them all or each has its own.
    """

    def __init__(
        self,
        model: Transformer,
        stacker: AdapterStacker,
        job: TrainJob,
        budget: int | None = None,
        *,
        accumulate: bool | None = None,
    ) -> None:
        """`budget`: padded positions of one pass; None: no limit.

        `accumulate`: add the gradients of micro-batches up as they come, instead of keeping every
        row's until the mean is taken. It saves memory and changes the order of a sum, so it is the
        default on CUDA only.
        """
        assert job.segment is not None, "the job is no segment"
        self.jobs = [job]
        self._model = model
        self._budget = budget
        self._segment = job.segment
        settings = job.settings
        self._settings = settings
        self._layout = stacker.layout(settings.rank)
        dtype = parameter_dtype(model.dtype)
        device = model.device
        self._accumulate = device.type == "cuda" if accumulate is None else accumulate
        state = job.segment.state
        if state is None:
            drawn = new_vector(job, self._layout, dtype)
            state = TrainState(drawn, torch.zeros_like(drawn), torch.zeros_like(drawn))
        self._vector_1P, self._first_1P, self._second_1P = (
            tensor.to(device=device, dtype=dtype, copy=True)[None]
            for tensor in (state.vector, state.first_moments, state.second_moments)
        )
        size = job.segment.batch_size
        self._groups = [
            job.examples[start : start + size] for start in range(0, len(job.examples), size)
        ]
        rows = len(self._groups[0])
        # Passes never have more rows than the budget allows the shortest group.
        most = max(self._rows_of_a_pass(self._common_shape(one)) for one in self._groups)
        most = min(most, rows)
        self._vectors_BP = self._vector_1P.repeat(most, 1)
        self._gradients_BP = self._vector_1P.new_zeros(
            most if self._accumulate else rows, self._layout.size
        )
        self._views: dict[tuple[int, int], list[dict[str, TargetViews]]] = {}
        self._rate_11 = torch.tensor([[settings.learning_rate]], dtype=dtype, device=device)
        self._factors = schedule_multipliers(
            settings.schedule, job.segment.total_steps, settings.warmup_ratio
        )
        self._anchor = torch.zeros((), requires_grad=True, device=device)
        self._losses: list[float] = []

    @property
    def done(self) -> bool:
        return len(self._losses) == len(self._groups)

    def _rows_of_a_pass(self, shape: ExampleShape) -> int:
        if self._budget is None:
            return self._segment.batch_size
        return max(self._budget // (shape.past + shape.length), 1)

    def _common_shape(self, examples: Sequence[TrainExample]) -> ExampleShape:
        """Room for the longest of a step's examples."""
        scope, multiple = self._settings.scope, self._model.answer_multiple
        shapes = [example_shape(example, scope, multiple) for example in examples]
        return ExampleShape(
            max(shape.past for shape in shapes),
            max(shape.length for shape in shapes),
            max(shape.targets for shape in shapes),
        )

    def step(self) -> None:
        """One optimization step on the next group of examples."""
        number = self._segment.first_step + len(self._losses)
        group = self._groups[len(self._losses)]
        # Micro-batches have the group's shape: a row's gradient does not depend on the budget.
        shape = self._common_shape(group)
        losses: list[float] = []
        total_1P: Tensor | None = None
        size = self._rows_of_a_pass(shape)
        for start in range(0, len(group), size):
            part = group[start : start + size]
            first = 0 if self._accumulate else start
            losses += self._gradient(part, shape, first)
            if self._accumulate and size < len(group):
                summed_1P = self._gradients_BP[: len(part)].sum(dim=0, keepdim=True)
                total_1P = summed_1P if total_1P is None else total_1P.add_(summed_1P)
        if total_1P is None:
            mean_1P = self._gradients_BP[: len(group)].mean(dim=0, keepdim=True)
        else:
            mean_1P = total_1P.div_(len(group))
        adamw_step(
            self._vector_1P,
            (self._first_1P, self._second_1P),
            mean_1P,
            self._rate_11,
            number + 1,
            self._factors[number],
        )
        self._vectors_BP.copy_(self._vector_1P.expand_as(self._vectors_BP))
        self._losses.append(sum(losses) / len(group))

    def _gradient(
        self, part: Sequence[TrainExample], shape: ExampleShape, first: int
    ) -> list[float]:
        """Each example's loss; their gradients go to the rows from `first` on."""
        batch = example_batch(self._model, part, shape, self._settings.scope)
        return gradient(self._model, self._views_of(first, len(part)), self._anchor, batch)

    def _views_of(self, first: int, rows: int) -> list[dict[str, TargetViews]]:
        key = first, rows
        if key not in self._views:
            self._views[key] = target_views(
                self._layout,
                self._vectors_BP[:rows],
                self._gradients_BP[first : first + rows],
                self._settings.alpha / self._settings.rank,
            )
        return self._views[key]

    def results(self) -> list[TrainedVector]:
        """The adapter after the segment, with the state to go on from."""
        assert self.done, "the segment is not finished"

        def kept(tensor_1P: Tensor) -> Tensor:
            return tensor_1P[0].clone()

        vector = kept(self._vector_1P)
        state = TrainState(vector, kept(self._first_1P), kept(self._second_1P))
        return [TrainedVector(vector, tuple(self._losses), state)]
