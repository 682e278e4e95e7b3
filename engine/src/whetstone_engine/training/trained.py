"""The outcome of a training."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from torch import Tensor

from whetstone_engine.adapters.layout import weight_hash
from whetstone_engine.jobs import TrainState


@dataclass(frozen=True)
class TrainedVector:
    """The outcome of one job: the adapter's parameters, and its loss at each step."""

    vector_P: Tensor
    losses: tuple[float, ...]
    state: TrainState | None = None
    """After a segment of a long training."""

    @cached_property
    def weight_hash(self) -> str:
        """SHA-256 hex; computed when it is asked for, off the device thread."""
        return weight_hash(self.vector_P)
