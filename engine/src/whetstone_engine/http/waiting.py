"""Between the event loop and other threads: results, and clients that go away."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from typing import Any, TypeVar

from fastapi import Request

from whetstone_engine.device.cuda import enter_device
from whetstone_engine.engine import Engine
from whetstone_engine.exceptions import JobCancelledError
from whetstone_engine.jobs import GenerateJob, ScoreJob, TrainJob

Finish = Callable[[Any], None]
"""Takes a job's result, or its exception."""
_Result = TypeVar("_Result")
_SomeJob = TypeVar("_SomeJob", ScoreJob, GenerateJob, TrainJob)


def unwatched(loop: asyncio.AbstractEventLoop) -> asyncio.Future[Any]:
    """A future whose exception causes no warning if it has no consumer."""
    future: asyncio.Future[Any] = loop.create_future()
    future.add_done_callback(lambda done: done.cancelled() or done.exception())
    return future


def settle(future: asyncio.Future[Any], result: Any) -> None:
    """Ends the future with a result or an exception, unless it has ended."""
    if future.done():
        return
    if isinstance(result, BaseException):
        future.set_exception(result)
    else:
        future.set_result(result)


def on_loop(loop: asyncio.AbstractEventLoop, receive: Finish) -> Finish:
    """Calls `receive` on the event loop, from any thread."""

    def finish(result: Any) -> None:
        with contextlib.suppress(RuntimeError):  # the loop is closed: no consumer is left
            loop.call_soon_threadsafe(receive, result)

    return finish


async def in_thread(engine: Engine, call: Callable[[], _Result]) -> _Result:
    """Runs work that may use the device on another thread than the event loop's."""

    def run() -> _Result:
        enter_device(engine.model.device)
        return call()

    return await asyncio.to_thread(run)


async def wait_or_disconnect(request: Request, future: asyncio.Future[Any]) -> Any:
    """The future's result; `JobCancelledError` if the client goes away first."""

    async def gone() -> None:
        while (await request.receive())["type"] != "http.disconnect":
            pass

    watcher = asyncio.ensure_future(gone())
    try:
        await asyncio.wait({future, watcher}, return_when=asyncio.FIRST_COMPLETED)
        if not future.done():
            raise JobCancelledError
        return future.result()
    finally:
        watcher.cancel()


async def run_job(
    request: Request, engine: Engine, build: Callable[[Finish], _SomeJob]
) -> tuple[_SomeJob, Any]:
    """Builds a job, queues it and waits for its result; a client that goes away cancels it."""
    loop = asyncio.get_running_loop()
    future = unwatched(loop)
    job = build(on_loop(loop, lambda result: settle(future, result)))
    engine.scheduler.submit(job)
    try:
        return job, await wait_or_disconnect(request, future)
    except (JobCancelledError, asyncio.CancelledError):
        job.cancelled = True
        raise
