"""Benchmark inputs: conversations as the product renders them, one JSON object a line."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from whetstone_engine.model.tokenizer import Message

DEFAULT_FILE = Path(__file__).parent / "samples.jsonl"


@dataclass(frozen=True)
class BenchSample:
    """One sample's prompts (answer and synthesis) and its candidates."""

    answer: tuple[Message, ...]
    synthesis: tuple[Message, ...]
    candidates: tuple[str, ...]
    opening: str
    closing: str


def read_samples(path: Path, count: int) -> list[BenchSample]:
    """The first `count` samples; from the start again where the file has fewer."""
    found = []
    for line in path.read_text(encoding="utf-8").splitlines():
        raw = json.loads(line)
        found.append(
            BenchSample(
                tuple(raw["answer"]),
                tuple(raw["synthesis"]),
                tuple(raw["candidates"]),
                raw["opening"],
                raw["closing"],
            )
        )
    return [found[number % len(found)] for number in range(count)]


@dataclass(frozen=True)
class BenchSettings:
    """What both sides do, step by step; greedy, so that their texts can be compared."""

    rank: int = 8
    alpha: float = 16.0
    learning_rate: float = 3e-3
    epochs: int = 5
    warmup_ratio: float = 0.03
    synthesis_tokens: int = 64
    answer_tokens: int = 48
