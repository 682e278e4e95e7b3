"""What jobs must share to be trained together."""

from __future__ import annotations

from dataclasses import dataclass

from whetstone_engine.jobs import TrainJob
from whetstone_engine.training.examples import ExampleShape, example_shape


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
    """Set if the job shares its batch with no other."""

    @property
    def positions(self) -> int:
        """Padded positions of a job's longest pass. With scope "answer" the prompt is not among
        them: the base model reads it before, in passes of their own."""
        return max(shape.length for shape in self.shapes)

    @property
    def read_positions(self) -> int:
        """Padded positions that the base model reads before the first pass."""
        return sum(shape.past for shape in self.shapes)


def train_signature(job: TrainJob, multiple: int) -> TrainSignature:
    """The job's own shapes, so that its result does not depend on its neighbours.

    `multiple`: the model's `answer_multiple`.
    """
    settings = job.settings
    return TrainSignature(
        settings.rank,
        settings.alpha,
        settings.epochs,
        settings.warmup_ratio,
        settings.schedule,
        settings.scope,
        tuple(example_shape(one, settings.scope, multiple) for one in job.examples),
        None if job.segment is None else id(job),
    )
