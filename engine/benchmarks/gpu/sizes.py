"""What the check runs: a model's shape, and how long and how many its jobs are."""

from __future__ import annotations

from dataclasses import dataclass, replace

from benchmarks.random_model import Qwen2Shape
from benchmarks.samples import BenchSettings


@dataclass(frozen=True)
class Sizes:
    """One choice of `--shape`."""

    model: Qwen2Shape
    thin_layers: int
    """Layers, at full width, of the model whose results are compared in fp32."""
    prompt: int
    completion: int
    """Tokens of a training pair: `prompt + completion` positions."""
    candidates: int
    settings: BenchSettings
    in_flight: tuple[int, ...]
    baseline_samples: int
    decode_rows: int
    decode_keys: int
    decode_steps: int
    shortage_jobs: int
    load_seconds: float
    load_clients: int
    load_kinds: int

    @property
    def thin(self) -> Qwen2Shape:
        return replace(self.model, layer_count=self.thin_layers)


SIZES = {
    "qwen2.5-1.5b": Sizes(
        model=Qwen2Shape(1536, 8960, 28, 12, 2, 151936, 4096),
        thin_layers=4,
        prompt=560,
        completion=40,
        candidates=4,
        settings=BenchSettings(),
        in_flight=(1, 8, 32, 128),
        baseline_samples=3,
        decode_rows=64,
        decode_keys=1024,
        decode_steps=48,
        shortage_jobs=8,
        load_seconds=15,
        load_clients=100,
        load_kinds=12,
    ),
    "small": Sizes(
        model=Qwen2Shape(64, 160, 5, 4, 2, 400, 1024),
        thin_layers=4,
        prompt=88,
        completion=12,
        candidates=3,
        settings=BenchSettings(epochs=3, synthesis_tokens=8, answer_tokens=6),
        in_flight=(1, 4),
        baseline_samples=2,
        decode_rows=16,
        decode_keys=128,
        decode_steps=8,
        shortage_jobs=6,
        load_seconds=0.6,
        load_clients=8,
        load_kinds=4,
    ),
}
