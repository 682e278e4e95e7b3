"""The stages in their order, each with its budget."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from benchmarks.gpu.context import Context
from benchmarks.gpu.stages import (
    attention,
    equality,
    grammar,
    load,
    machine,
    memory,
    model,
    replay,
    rounding,
    shortage,
    sigterm,
    speed,
)


@dataclass(frozen=True)
class Stage:
    """`run` writes to its context's findings; it raises `SkippedError` if it cannot run here."""

    name: str
    budget_seconds: float
    run: Callable[[Context], None]


STAGES = (
    Stage("machine", 20, machine.run),
    Stage("model", 40, model.run),
    Stage("attention", 25, attention.run),
    Stage("equality", 45, equality.run),
    Stage("rounding", 40, rounding.run),
    Stage("replay", 60, replay.run),
    Stage("speed", 190, speed.run),
    Stage("memory", 30, memory.run),
    Stage("shortage", 45, shortage.run),
    Stage("grammar", 15, grammar.run),
    Stage("load", 60, load.run),
    Stage("sigterm", 30, sigterm.run),
)
"""Ten minutes together."""
