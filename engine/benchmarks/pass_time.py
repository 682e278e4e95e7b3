"""How much of the device thread's processor time goes into passes, and how much beside them.

A pass is what a GPU would do: forward and backward passes, logits, the optimizer's step, drawing
tokens. Beside them are gathering jobs, laying out their tokens, and telling their results.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

import whetstone_engine.generation.token_choice as token_choice
import whetstone_engine.sft.batch as sft_batch
import whetstone_engine.training.train_batch as train_batch
from whetstone_engine.engine import Engine


class PassTime:
    """Watches an engine that has been started, from now on; one engine a process."""

    def __init__(self, engine: Engine) -> None:
        self._thread = engine.scheduler._thread
        self._depth = 0
        self._seconds = 0.0
        for owner, name in (
            (engine.model, "run"),
            (engine.model, "logits"),
            (train_batch, "gradient"),
            (train_batch, "adamw_step"),
            (sft_batch, "gradient"),
            (sft_batch, "adamw_step"),
            (token_choice, "choose_tokens"),
        ):
            setattr(owner, name, self._watched(getattr(owner, name)))
        self._before = self._thread_seconds()

    def _thread_seconds(self) -> float:
        assert self._thread.ident is not None, "the engine has not been started"
        return time.clock_gettime(time.pthread_getcpuclockid(self._thread.ident))

    def _watched(self, run: Callable[..., Any]) -> Callable[..., Any]:
        def watched(*arguments: Any) -> Any:
            if self._depth or threading.current_thread() is not self._thread:
                return run(*arguments)
            self._depth += 1
            before = time.thread_time()
            try:
                return run(*arguments)
            finally:
                self._seconds += time.thread_time() - before
                self._depth -= 1

        return watched

    def shares(self) -> dict[str, float]:
        """Processor seconds of the thread since the beginning; the share that was no pass."""
        total = self._thread_seconds() - self._before
        return {
            "processorSeconds": round(total, 2),
            "shareOutsidePasses": round(1 - self._seconds / max(total, 1e-9), 4),
        }
