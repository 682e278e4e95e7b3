"""What every kind of work has in common."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from whetstone_engine.adapters.stacking import AdapterStacker
from whetstone_engine.config import EngineConfig
from whetstone_engine.device.ledger import MemoryLedger
from whetstone_engine.jobs import Job
from whetstone_engine.metrics import Metrics
from whetstone_engine.model.transformer import Transformer
from whetstone_engine.prompts.prefix_cache import PrefixCache
from whetstone_engine.scheduler.job_needs import JobNeeds
from whetstone_engine.scheduler.job_queue import JobQueue
from whetstone_engine.scheduler.recovery import Recovery


@dataclass(frozen=True)
class NextPass:
    """A pass that some work can run, now or soon."""

    kind: str
    wait_seconds: float
    """0 or less: now."""
    weight: float = 1.0
    """Its kind's share of the device, relative to the other kinds'."""


@dataclass(frozen=True)
class WorkContext:
    """What the kinds of work share."""

    model: Transformer
    stacker: AdapterStacker
    prefix_cache: PrefixCache
    config: EngineConfig
    metrics: Metrics
    recovery: Recovery
    finish: Callable[[Job, Any], None]
    memory: MemoryLedger
    needs: JobNeeds
    hurried: Callable[[], bool]
    """Whether answers are being decoded: other passes are then kept short."""


class Work(Protocol):
    """One kind of work on the device."""

    queue: JobQueue[Any]

    def passes(self) -> Sequence[NextPass]:
        """What it can run, now or once its oldest job has waited for others; at most one of each
        kind."""
        ...

    def run(self, kind: str) -> None:
        """One pass."""
        ...

    def jobs_under_way(self) -> Sequence[Job]:
        """Jobs that have left the queue and are not finished; the work forgets them."""
        ...
