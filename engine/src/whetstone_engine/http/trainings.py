"""The trainings under way: one per adapter id, however many requests wait for it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

from fastapi import Request

from whetstone_engine.adapters.adapter import Adapter
from whetstone_engine.adapters.layout import draw_adapter, parameter_dtype
from whetstone_engine.engine import Engine
from whetstone_engine.exceptions import AdapterConflictError, JobCancelledError
from whetstone_engine.http.job_builder import JobBuilder
from whetstone_engine.http.schemas import AdapterRequest
from whetstone_engine.http.waiting import (
    Finish,
    in_thread,
    on_loop,
    settle,
    unwatched,
    wait_or_disconnect,
)
from whetstone_engine.jobs import TrainJob, TrainResult

_DRAWN_AHEAD = 16
"""Adapters are drawn before they reach the device thread unless more trainings wait."""


@dataclass(eq=False)
class Training:
    """One training under way."""

    request_hash: str
    future: asyncio.Future[Adapter]
    job: TrainJob | None = None
    waiting: int = 0
    queue_ms: float = 0.0
    compute_ms: float = 0.0


class Trainings:
    """Owned by the event loop: no other thread calls it."""

    def __init__(self) -> None:
        self._by_id: dict[str, Training] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def __contains__(self, adapter_id: str) -> bool:
        return adapter_id in self._by_id

    async def train(
        self, request: Request, engine: Engine, body: AdapterRequest, request_hash: str
    ) -> tuple[Adapter, Training]:
        """The trained adapter, live. Equal requests share one training; `AdapterConflictError` if
        another request trains the same id."""
        training = self._by_id.get(body.id)
        if training is None:
            training = await self._begin(engine, body, request_hash)
        elif training.request_hash != request_hash:
            raise AdapterConflictError(f"adapter {body.id!r} is being trained from another request")
        training.waiting += 1
        try:
            return await wait_or_disconnect(request, training.future), training
        except (JobCancelledError, asyncio.CancelledError):
            training.waiting -= 1
            if training.waiting == 0 and training.job is not None:
                training.job.cancelled = True
                self._forget(engine, body.id, training)
            raise

    async def _begin(self, engine: Engine, body: AdapterRequest, request_hash: str) -> Training:
        engine.adapters.reserve(body.id, engine.adapter_bytes(body.rank))
        loop = asyncio.get_running_loop()
        training = Training(request_hash, unwatched(loop))
        self._by_id[body.id] = training

        def end(result: Any) -> None:
            task = loop.create_task(self._end(engine, body, training, result))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

        try:
            training.job = await in_thread(engine, lambda: _build(engine, body, on_loop(loop, end)))
            engine.scheduler.submit(training.job)
        except Exception as error:
            self._forget(engine, body.id, training)
            settle(training.future, error)
        return training

    async def _end(
        self, engine: Engine, body: AdapterRequest, training: Training, result: Any
    ) -> None:
        if isinstance(result, TrainResult):
            trained = result.trained
            try:
                # Hashing reads the whole adapter: off the device's thread, and off this one.
                await in_thread(engine, lambda: trained.weight_hash)
            except Exception as error:
                result = error
            if training.job is not None and training.job.cancelled:
                result = JobCancelledError()
        if isinstance(result, TrainResult):
            adapter = Adapter(
                id=body.id,
                rank=body.rank,
                alpha=body.alpha,
                scope=body.scope,
                vector=result.trained.vector_P,
                losses=result.trained.losses,
                weight_hash=result.trained.weight_hash,
                trained_tokens=result.trained_tokens,
                request_hash=training.request_hash,
                ttl_seconds=body.ttlSeconds,
            )
            engine.adapters.put(adapter)
            training.queue_ms = result.timing.queue_ms
            training.compute_ms = result.timing.compute_ms
            result = adapter
        self._forget(engine, body.id, training)
        settle(training.future, result)

    def _forget(self, engine: Engine, adapter_id: str, training: Training) -> None:
        if self._by_id.get(adapter_id) is training:
            del self._by_id[adapter_id]
            engine.adapters.release(adapter_id)


def _build(engine: Engine, body: AdapterRequest, finish: Finish) -> TrainJob:
    """Tokenizes, and draws the new adapter, so that the device's thread need not."""
    job = JobBuilder(engine).train_job(body, finish)
    if engine.scheduler.depths()["train"] < _DRAWN_AHEAD:
        layout = engine.stacker.layout(body.rank)
        job.drawn = draw_adapter(layout, body.seed, parameter_dtype(engine.model.dtype))
    return job
