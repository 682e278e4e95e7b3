"""Owns the device: one thread gathers waiting jobs into batches and runs one pass at a time.

Four kinds of passes (score, prompt, decode, train) share the device by time: the ready kind that
has had the least goes next, so that no kind can starve another. A kind is ready when its oldest job
has waited its window, or a full batch is there, or work of it is under way. Training yields after
every optimization step and decoding after every token.
"""

from __future__ import annotations

import gc
import logging
import threading
import time
from collections.abc import Callable
from typing import Any

import torch

from whetstone_engine.adapters.stacking import AdapterStacker
from whetstone_engine.config import EngineConfig
from whetstone_engine.device.budgets import MemoryBudgets
from whetstone_engine.device.cuda import drop_unused, enter_device, still_answers
from whetstone_engine.device.ledger import MemoryLedger, Spare
from whetstone_engine.device.memory import give_back, in_megabytes
from whetstone_engine.exceptions import (
    EngineError,
    JobCancelledError,
    MemoryLimitError,
    OverloadedError,
    ShuttingDownError,
)
from whetstone_engine.generation.decode_batch import DecodeBatch
from whetstone_engine.jobs import GenerateJob, Job, ScoreJob, TrainJob
from whetstone_engine.metrics import Metrics
from whetstone_engine.model.tokenizer import ChatTokenizer
from whetstone_engine.model.transformer import Transformer
from whetstone_engine.prompts.prefix_cache import PrefixCache
from whetstone_engine.scheduler.device_share import DeviceShare
from whetstone_engine.scheduler.failures import without_frames
from whetstone_engine.scheduler.generate_work import GenerateWork
from whetstone_engine.scheduler.job_needs import JobNeeds
from whetstone_engine.scheduler.job_queue import JobQueue
from whetstone_engine.scheduler.recovery import Recovery
from whetstone_engine.scheduler.score_work import ScoreWork
from whetstone_engine.scheduler.train_work import TrainWork
from whetstone_engine.scheduler.work import NextPass, Work, WorkContext

PASSES = ("decode", "score", "prompt", "train")
_JOBS = {"prompt": "generate", "decode": "generate"}
"""The kind of jobs that a pass is for, if it has another name."""
_LOG = logging.getLogger("whetstone_engine")
_REST = "rest"
_REST_SECONDS = 1.0
"""Idle for so long, the engine gives free memory back."""


class Scheduler:
    """Queues and the device thread."""

    def __init__(
        self,
        model: Transformer,
        tokenizer: ChatTokenizer,
        stacker: AdapterStacker,
        config: EngineConfig,
        metrics: Metrics,
        budgets: MemoryBudgets,
        memory: MemoryLedger | None = None,
    ) -> None:
        self._model = model
        self._config = config
        self._metrics = metrics
        self._budgets = budgets
        self.on_device_lost: Callable[[str], None] = _log_loss
        """Called once, from the device thread, if the device has failed for good. Every job has
        ended by then. The callee is expected to end the process."""
        self.memory = memory or MemoryLedger()
        self.prefix_cache = PrefixCache(budgets.prompts, room=self.memory.spare_room)
        self._decode = DecodeBatch(
            model, tokenizer, stacker, self.prefix_cache, config.maximum_rows, self.memory
        )
        self._needs = JobNeeds(model, stacker, config)
        self._wakeup = threading.Condition()
        context = WorkContext(
            model=model,
            stacker=stacker,
            prefix_cache=self.prefix_cache,
            config=config,
            metrics=metrics,
            recovery=Recovery(
                metrics, free=self._free, finish=self._finish, diagnose=self._diagnose
            ),
            finish=self._finish,
            memory=self.memory,
            needs=self._needs,
            hurried=lambda: bool(self._decode.rows),
        )
        train = TrainWork(context, self._queue("train", config.train_window_seconds))
        self._work: dict[str, Work] = {
            "score": ScoreWork(context, self._queue("score", config.score_window_seconds)),
            "generate": GenerateWork(
                context, self._queue("generate", config.generate_window_seconds), self._decode
            ),
            "train": train,
        }
        self._count_memory(train)
        self._share = DeviceShare(PASSES)
        self._worked = False
        self._stopping = False
        self._lost: str | None = None
        self._capturing = model.device.type == "cuda"
        self._warm = threading.Event()
        self._thread = threading.Thread(target=self._loop, name="device", daemon=True)

    def _count_memory(self, train: TrainWork) -> None:
        decode, prompts = self._decode, self.prefix_cache
        idle_rows = Spare(decode.idle_bytes, lambda _: decode.release_idle())
        self.memory.add("training", lambda: train.held_bytes)
        self.memory.add("rows", lambda: decode.memory_bytes, idle_rows)
        self.memory.add(
            "prompts", lambda: prompts.byte_count, Spare(lambda: prompts.byte_count, prompts.shrink)
        )

    def _queue(self, kind: str, window_seconds: float) -> JobQueue[Any]:
        return JobQueue(kind, self._config.maximum_queued, window_seconds, self._wakeup)

    def start(self) -> None:
        """Starts the thread; on CUDA, waits until its decoding passes are captured."""
        self._thread.start()
        self._warm.wait()

    def stop(self) -> None:
        """Ends the thread after its current pass; waiting jobs fail with `ShuttingDownError`."""
        with self._wakeup:
            self._stopping = True
            self._wakeup.notify()
        if self._thread.is_alive():
            self._thread.join(timeout=1.5)

    def submit(self, job: ScoreJob | GenerateJob | TrainJob) -> None:
        """Queues a job; raises `OverloadedError` if its queue is full, and `MemoryLimitError` if it
        could never fit in memory."""
        kind = _kind(job)
        if self.memory.strict:
            self._refuse_too_large(job, kind)
        with self._wakeup:
            if self._stopping:
                raise ShuttingDownError("the engine is shutting down")
            try:
                self._work[kind].queue.append(job)
            except OverloadedError:
                self._metrics.jobs.labels(kind, "refused").inc()
                raise
            self._wakeup.notify()

    def _refuse_too_large(self, job: Job, kind: str) -> None:
        need = self._needs.alone(job, self._decode)
        excess = self.memory.excess(need.held, need.of_pass)
        if excess > 0:
            self._metrics.jobs.labels(kind, "refused").inc()
            raise MemoryLimitError(
                f"this {kind} job alone needs about {in_megabytes(excess)} MB more than the "
                f"{in_megabytes(self.memory.limit or 0)} MB that --memory-gb allows the engine"
            )

    # -- the device thread -----------------------------------------------------------------

    def _loop(self) -> None:
        torch.set_grad_enabled(False)
        try:
            enter_device(self._model.device)
            self.warm_up()
        finally:
            self._warm.set()
        while self._lost is None:
            found = self._next_pass()
            if found is None:
                break
            if found.kind == _REST:
                self._decode.release_idle()
                give_back()
                if self._decode.captured is None:
                    self.warm_up()
                continue
            self._worked = True
            self._share.charge(found.kind, self.run_pass(found.kind), found.weight)
        self._fail_all(ShuttingDownError(self._lost or "the engine is shutting down"))
        if self._lost is not None:
            self.on_device_lost(self._lost)

    def warm_up(self) -> None:
        """On CUDA: captures the decoding passes. Without them decoding works, more slowly."""
        if not self._capturing or self._decode.rows:
            return
        budgets = self._budgets
        try:
            self._decode.warm_up(
                rank=self._config.captured_rank,
                row_bytes=budgets.decode_rows,
                adapter_bytes=budgets.decode_adapters,
                graph_bytes=budgets.graphs,
            )
        except Exception as error:
            _LOG.warning("decoding passes are not captured: %s", error)
            without_frames(error)
            self._decode.release_captured()
            self._capturing = False
            self._diagnose(error)

    def run_pass(self, kind: str) -> float:
        """One pass of a kind; the seconds it took."""
        started = time.perf_counter()
        try:
            self._work[_JOBS.get(kind, kind)].run(kind)
        except Exception as error:
            _LOG.exception("the %s pass failed outside its jobs", kind)
            self._diagnose(without_frames(error))
        elapsed = time.perf_counter() - started
        self._metrics.device_seconds.labels(kind).inc(elapsed)
        return elapsed

    def _next_pass(self) -> NextPass | None:
        """Waits for ready work; once after some, one of kind `_REST`; None when the engine
        stops."""
        with self._wakeup:
            while True:
                if self._stopping:
                    return None
                ready, wait_seconds = self.ready()
                if ready:
                    return ready[self._share.next(ready.keys())]
                self._share.rest()
                if wait_seconds is not None or not self._worked:
                    self._wakeup.wait(wait_seconds)
                elif not self._wakeup.wait(_REST_SECONDS):
                    self._worked = False
                    return NextPass(_REST, 0.0)

    def ready(self) -> tuple[dict[str, NextPass], float | None]:
        """The passes that can run, by kind; seconds until the first of the others can."""
        passes = [one for work in self._work.values() for one in work.passes()]
        waits = [one.wait_seconds for one in passes if one.wait_seconds > 0]
        ready = {one.kind: one for one in passes if one.wait_seconds <= 0}
        return ready, min(waits) if waits else None

    # -- the ends of jobs ------------------------------------------------------------------

    def _finish(self, job: Job, result: Any) -> None:
        kind = _kind(job)
        outcome = "failed" if isinstance(result, BaseException) else "done"
        if isinstance(result, JobCancelledError):
            outcome = "cancelled"
        self._metrics.jobs.labels(kind, outcome).inc()
        self._metrics.job_seconds.labels(kind).observe(time.perf_counter() - job.submitted)
        job.ended = True
        job.finish(result)

    def _free(self) -> None:
        """Memory is short: gives back all that the engine can do without."""
        self.prefix_cache.clear()
        self._decode.release_captured()
        gc.collect()
        drop_unused(self._model.device)

    def _diagnose(self, error: Exception) -> Exception:
        """The clients' error for an exception. A device that fails every call ends the loop: only a
        new process can use it."""
        if self._lost is None and not still_answers(self._model.device):
            self._lost = f"the device failed and the engine restarts: {error}"
        return error if self._lost is None else ShuttingDownError(self._lost)

    def _fail_all(self, error: EngineError) -> None:
        with self._wakeup:
            self._stopping = True
        for work in self._work.values():
            for job in (*work.queue.drain(), *work.jobs_under_way()):
                self._finish(job, error)

    # -- what others may know --------------------------------------------------------------

    def depths(self) -> dict[str, int]:
        """Jobs waiting per queue."""
        return {kind: len(work.queue) for kind, work in self._work.items()}

    def active_rows(self) -> int:
        """Answers being decoded."""
        return len(self._decode.rows)


def _kind(job: Job) -> str:
    if isinstance(job, ScoreJob):
        return "score"
    return "generate" if isinstance(job, GenerateJob) else "train"


def _log_loss(message: str) -> None:
    _LOG.critical("%s", message)
