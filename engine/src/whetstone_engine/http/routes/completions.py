"""Answers to prompts: chat and plain completions, whole or streamed."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse, StreamingResponse

from whetstone_engine.engine import Engine
from whetstone_engine.exceptions import EngineError
from whetstone_engine.http.completion_answers import AnswerShape, ChatShape, CompletionShape, usage
from whetstone_engine.http.job_builder import JobBuilder
from whetstone_engine.http.schemas import ChatRequest, CompletionRequest
from whetstone_engine.http.server import engine_of, server_of
from whetstone_engine.http.waiting import Finish, on_loop, run_job
from whetstone_engine.jobs import GenerateJob, GenerateResult

router = APIRouter()
Build = Callable[[Finish], GenerateJob]


@router.post("/v1/chat/completions")
async def chat(request: Request) -> Response:
    engine = engine_of(request)
    body = await server_of(request).read(request, ChatRequest)
    build = await _builder(body, lambda finish: JobBuilder(engine).chat_job(body, finish))
    return await _answer(request, engine, body, build, ChatShape(engine, body))


@router.post("/v1/completions")
async def completions(request: Request) -> Response:
    engine = engine_of(request)
    body = await server_of(request).read(request, CompletionRequest)
    build = await _builder(body, lambda finish: JobBuilder(engine).completion_job(body, finish))
    return await _answer(request, engine, body, build, CompletionShape(engine, body))


async def _builder(body: ChatRequest | CompletionRequest, build: Build) -> Build:
    """Compiling a grammar can take long: such jobs are built off the event loop."""
    if body.response_format is None or body.response_format.type == "text":
        return build
    built = await asyncio.to_thread(build, lambda _: None)

    def ready(finish: Finish) -> GenerateJob:
        built.finish = finish
        built.submitted = time.perf_counter()
        return built

    return ready


async def _answer(
    request: Request,
    engine: Engine,
    body: ChatRequest | CompletionRequest,
    build: Build,
    shape: AnswerShape,
) -> Response:
    if body.stream:
        with_usage = body.stream_options is not None and body.stream_options.include_usage
        return _stream(engine, build, shape, with_usage=with_usage)
    job, result = await run_job(request, engine, build)
    assert isinstance(result, GenerateResult), "a generate job gives a generate result"
    return JSONResponse(shape.whole(job, result))


def _stream(engine: Engine, build: Build, shape: AnswerShape, *, with_usage: bool) -> Response:
    events: asyncio.Queue[Any] = asyncio.Queue()
    put = on_loop(asyncio.get_running_loop(), events.put_nowait)
    job = build(put)
    job.on_text = lambda index, text: put((index, text))
    engine.scheduler.submit(job)
    lines = _lines(job, events, shape, with_usage=with_usage)
    return StreamingResponse(lines, media_type="text/event-stream")


async def _lines(
    job: GenerateJob, events: asyncio.Queue[Any], shape: AnswerShape, *, with_usage: bool
) -> AsyncIterator[str]:
    """Server-sent events: pieces of text as they come, then the end."""
    head = shape.head(streamed=True)
    try:
        event = await events.get()
        while isinstance(event, tuple):
            index, text = event
            choice = {"index": index, **shape.delta(text), "finish_reason": None}
            yield _line({**head, "choices": [choice]})
            event = await events.get()
        if isinstance(event, BaseException):
            error = event if isinstance(event, EngineError) else EngineError(str(event))
            yield _line(error.body())
        else:
            ended = [
                {
                    "index": choice.index,
                    **shape.last_delta(),
                    "finish_reason": choice.finish_reason,
                }
                for choice in event.choices
            ]
            yield _line({**head, "choices": ended})
            if with_usage:
                yield _line({**head, "choices": [], "usage": usage(job, event.choices)})
        yield "data: [DONE]\n\n"
    finally:
        # The client may have disconnected.
        job.cancelled = True


def _line(value: dict[str, Any]) -> str:
    return f"data: {json.dumps(value, ensure_ascii=False)}\n\n"
