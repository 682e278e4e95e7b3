"""What every stage is given, and what several of them do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch

from benchmarks.bench_engine import Prepared
from benchmarks.gpu.findings import Findings
from benchmarks.gpu.sizes import Sizes
from whetstone_engine.config import EngineConfig
from whetstone_engine.engine import Engine

FIRST_TOKEN = 8
"""Below are special tokens."""


@dataclass(frozen=True)
class Context:
    """One stage's surroundings."""

    sizes: Sizes
    device: str
    folder: Path
    """Has the two models."""
    findings: Findings

    @property
    def full(self) -> Path:
        return self.folder / "full"

    @property
    def thin(self) -> Path:
        return self.folder / "thin"

    @property
    def on_cuda(self) -> bool:
        return self.device.startswith("cuda")

    @property
    def dtype(self) -> str:
        """The type that the engine takes by itself for such a model on this device."""
        return "bfloat16" if self.on_cuda else "float32"

    def engine(self, model: Path, dtype: str | None = None, budget: int | None = None) -> Engine:
        """A loaded engine whose device thread has not been started.

        `budget`: padded positions of a pass; None: the engine's default.
        """
        config = EngineConfig(
            model,
            device=self.device,
            dtype=dtype or self.dtype,
            threads=None if self.on_cuda else 1,
        )
        if budget is not None:
            config = replace(config, score_token_budget=budget, train_token_budget=budget)
        return Engine(config)

    def samples(self, count: int) -> list[Prepared]:
        """Samples of random tokens; all prompts differ from the first token on."""
        return [self._sample(number) for number in range(count)]

    def _sample(self, number: int) -> Prepared:
        sizes = self.sizes
        random = np.random.default_rng(number)

        def tokens(count: int) -> np.ndarray:
            return random.integers(FIRST_TOKEN, sizes.model.vocabulary_size, count, dtype=np.int64)

        prompt = tokens(sizes.prompt)
        return Prepared(
            prompt=prompt,
            synthesis=tokens(sizes.prompt),
            trunk=np.concatenate((prompt, tokens(6))),
            tails=[tokens(3 + place) for place in range(sizes.candidates)],
            pair=tokens(sizes.prompt),
            completion=tokens(sizes.completion),
            number=number,
        )

    def synchronize(self) -> None:
        if self.on_cuda:
            torch.cuda.synchronize()

    def peak_bytes(self, work: Callable[[], object]) -> int:
        """What some work takes of a card's memory, at most, beyond what was taken before it."""
        torch.cuda.synchronize()
        torch.cuda.reset_peak_memory_stats()
        before = torch.cuda.memory_allocated()
        work()
        torch.cuda.synchronize()
        return torch.cuda.max_memory_allocated() - before
