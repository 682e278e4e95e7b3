"""What a stretch of a long training finds and leaves in its directory of the artifact folder.

The state after each stretch; with the last one also the adapter, as a PEFT directory. A stretch
that is asked for again is answered from its state, so a lost answer costs nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from whetstone_engine.adapters.peft_directory import peft_files, place_in
from whetstone_engine.engine import Engine, canonical_json
from whetstone_engine.exceptions import ArtifactNotFoundError
from whetstone_engine.http.schemas import StretchRequest
from whetstone_engine.jobs import Stretch, TrainJob, TrainResult
from whetstone_engine.sft.checkpoints import (
    Checkpoint,
    drop_earlier,
    read_checkpoint,
    write_atomically,
    write_checkpoint,
)

_NOT_SETTINGS = {"directory", "examples", "firstStep"}


class StretchFiles:
    """One request's place on disk."""

    def __init__(self, engine: Engine, request: StretchRequest) -> None:
        self._engine = engine
        self._request = request
        self._folder: Path = place_in(engine.config.artifacts, request.directory)
        self._folder.mkdir(parents=True, exist_ok=True)
        values = request.model_dump()
        chosen = {name: value for name, value in values.items() if name not in _NOT_SETTINGS}
        self._settings = canonical_json({**chosen, "model": engine.fingerprint})
        self._request_hash = hashlib.sha256(
            canonical_json({**values, "model": engine.fingerprint}).encode()
        ).hexdigest()

    def find_finished(self) -> Checkpoint | None:
        """The state that this very stretch has led to before."""
        try:
            found = read_checkpoint(self._folder, self._request.last_step, self._settings)
        except ArtifactNotFoundError:
            return None
        return found if found.request_hash == self._request_hash else None

    def make_job(self, finish: Callable[[Any], None]) -> TrainJob:
        """The stretch as a job; `ArtifactNotFoundError` where its first state is missing."""
        request = self._request
        state = None
        if request.firstStep > 0:
            state = read_checkpoint(self._folder, request.firstStep, self._settings).state
        stretch = Stretch(request.batchSize, request.firstStep, request.totalSteps, state)
        return self._engine.stretch_job(request, stretch, finish)

    def save(self, result: TrainResult) -> Checkpoint:
        """Keeps the new state and the one before; after the last step also the adapter."""
        request = self._request
        assert result.state is not None, "a stretch ends with a state"
        if request.last_step == request.totalSteps:
            self._save_adapter(result)
        checkpoint = Checkpoint(
            result.state, self._settings, self._request_hash, result.losses, result.weight_hash
        )
        write_checkpoint(self._folder, request.last_step, checkpoint)
        drop_earlier(self._folder, request.firstStep)
        return checkpoint

    def _save_adapter(self, result: TrainResult) -> None:
        request = self._request
        layout = self._engine.stacker.layout(request.rank)
        files = peft_files(result.vector, request.alpha, request.scope, layout, self._engine.name)
        for name, content in files.items():
            write_atomically(self._folder / name, content)
