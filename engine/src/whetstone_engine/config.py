"""The engine's settings: fixed at start, passed in, never read from globals."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class EngineConfig:
    """Limits, budgets and windows of one engine."""

    model: Path
    device: str = "cpu"
    dtype: str = "float32"
    threads: int | None = None
    """Threads of a matrix product on the CPU; None: one for a small model, whose products are too
    short to share, else all cores."""
    maximum_rows: int = 64
    """Answers decoded at once."""
    maximum_adapters: int = 256
    adapter_bytes: int | None = None
    """For live adapters, all together; None: a quarter of the memory that is free at start."""
    memory_bytes: int | None = None
    """For all of the process; None: chosen from what is free (`device/limit.py`)."""
    maximum_rank: int = 128
    score_token_budget: int = 4096
    """Padded positions in one scoring or prompt-reading pass."""
    train_token_budget: int = 2048
    """Padded positions in one training pass."""
    captured_rank: int = 8
    """CUDA: adapters up to this rank decode in captured passes, others without."""
    prefix_cache_bytes: int | None = None
    """For keys and values of recent prompts; None: a sixteenth of the memory free at start."""
    maximum_queued: int = 512
    """Jobs waiting per queue; further ones are answered with 429."""
    score_window_seconds: float = 0.003
    generate_window_seconds: float = 0.003
    train_window_seconds: float = 0.02
    """How long the first waiting job waits for others to share its pass."""
    maximum_body_bytes: int = 8 * 1024 * 1024
    maximum_choices: int = 64
    maximum_candidates: int = 1024
    artifacts: Path | None = None
    """The only folder from which adapters are read; None: adapters cannot be read."""
    token: str | None = None
    """Bearer token that clients must send; None: no authentication."""
