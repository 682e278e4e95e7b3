"""A long training's saved states: one safetensors file per segment, in the artifact folder."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path

from safetensors import SafetensorError, safe_open
from safetensors.torch import save

from whetstone_engine.exceptions import AdapterConflictError, ArtifactNotFoundError
from whetstone_engine.jobs import TrainState


@dataclass(frozen=True)
class Checkpoint:
    """A state, and what led to it."""

    state: TrainState
    settings: str
    """Canonical JSON of everything but examples that decides the training."""
    request_hash: str
    """Of the segment that ended here."""
    losses: tuple[float, ...]
    weight_hash: str


def checkpoint_path(folder: Path, step: int) -> Path:
    """The file of the state after `step` optimization steps."""
    return folder / f"step-{step:08d}.safetensors"


def write_atomically(path: Path, content: bytes) -> None:
    """The file appears whole or not at all, even if the machine stops now."""
    partial = path.with_name(f"{path.name}.{os.getpid()}.partial")
    with partial.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)


def write_checkpoint(folder: Path, step: int, checkpoint: Checkpoint) -> None:
    """Saves a state."""
    state = checkpoint.state
    tensors = {
        "vector": state.vector.cpu().contiguous(),
        "first_moments": state.first_moments.cpu().contiguous(),
        "second_moments": state.second_moments.cpu().contiguous(),
    }
    metadata = {
        "settings": checkpoint.settings,
        "request_hash": checkpoint.request_hash,
        "losses": json.dumps(checkpoint.losses),
        "weight_hash": checkpoint.weight_hash,
    }
    write_atomically(checkpoint_path(folder, step), save(tensors, metadata=metadata))


def read_checkpoint(folder: Path, step: int, settings: str) -> Checkpoint:
    """The state after `step` steps.

    Raises `ArtifactNotFoundError` if there is none that can be read, and `AdapterConflictError` if
    it was made with other settings.
    """
    path = checkpoint_path(folder, step)
    try:
        with safe_open(path, framework="pt") as file:
            metadata = file.metadata()
            state = TrainState(
                file.get_tensor("vector"),
                file.get_tensor("first_moments"),
                file.get_tensor("second_moments"),
            )
    except (OSError, SafetensorError) as error:
        raise ArtifactNotFoundError(
            f"directory {folder.name!r} has no state after step {step}; train from an earlier one"
        ) from error
    if metadata["settings"] != settings:
        raise AdapterConflictError(f"directory {folder.name!r} holds another training's states")
    return Checkpoint(
        state,
        settings,
        metadata["request_hash"],
        tuple(json.loads(metadata["losses"])),
        metadata["weight_hash"],
    )


def newest_step(folder: Path) -> int:
    """Steps done in the newest saved state; 0 if there is none."""
    names = [path.name for path in folder.glob("step-*.safetensors")]
    return int(max(names).removeprefix("step-").removesuffix(".safetensors")) if names else 0


def drop_earlier(folder: Path, step: int) -> None:
    """Deletes the states before `step`."""
    for path in folder.glob("step-*.safetensors"):
        if path.name < checkpoint_path(folder, step).name:
            path.unlink(missing_ok=True)
