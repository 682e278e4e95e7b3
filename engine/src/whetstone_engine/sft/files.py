"""A segment's place in the artifact folder: the state it starts from, the state it leaves.

With the last segment also the adapter, as a PEFT directory. A segment that is asked for again is
answered from its state, so a lost answer costs nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from whetstone_engine.adapters.layout import AdapterLayout
from whetstone_engine.adapters.peft_directory import peft_files, place_in
from whetstone_engine.exceptions import ArtifactNotFoundError
from whetstone_engine.jobs import TrainState
from whetstone_engine.sft.checkpoints import (
    Checkpoint,
    drop_earlier,
    read_checkpoint,
    write_atomically,
    write_checkpoint,
)
from whetstone_engine.training.trained import TrainedVector


@dataclass(frozen=True)
class SegmentPlace:
    """Which segment of which long training."""

    directory: str
    first_step: int
    last_step: int
    total_steps: int
    settings: str
    """Canonical JSON of all that decides the training, but for the examples."""
    request_hash: str
    """Of the segment's whole request."""


class SegmentFiles:
    """One segment on disk."""

    def __init__(self, artifacts: Path | None, place: SegmentPlace) -> None:
        self._place = place
        self._folder: Path = place_in(artifacts, place.directory)
        self._folder.mkdir(parents=True, exist_ok=True)

    def find_finished(self) -> Checkpoint | None:
        """The state that this very segment has led to before."""
        try:
            found = read_checkpoint(self._folder, self._place.last_step, self._place.settings)
        except ArtifactNotFoundError:
            return None
        return found if found.request_hash == self._place.request_hash else None

    def first_state(self) -> TrainState | None:
        """The state to start from; None at step 0. `ArtifactNotFoundError` if it is missing."""
        place = self._place
        if place.first_step == 0:
            return None
        return read_checkpoint(self._folder, place.first_step, place.settings).state

    def save(
        self, trained: TrainedVector, layout: AdapterLayout, alpha: float, scope: str, base: str
    ) -> Checkpoint:
        """Keeps the new state and the one before; after the last step also the adapter."""
        place = self._place
        assert trained.state is not None, "a segment ends with a state"
        if place.last_step == place.total_steps:
            files = peft_files(trained.vector_P, alpha, scope, layout, base)
            for name, content in files.items():
                write_atomically(self._folder / name, content)
        checkpoint = Checkpoint(
            trained.state, place.settings, place.request_hash, trained.losses, trained.weight_hash
        )
        write_checkpoint(self._folder, place.last_step, checkpoint)
        drop_earlier(self._folder, place.first_step)
        return checkpoint
