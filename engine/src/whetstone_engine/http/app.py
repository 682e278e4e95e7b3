"""HTTP: OpenAI's routes where OpenAI has one, and score and adapters beside them."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import hmac
import json
import time
import uuid
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse, StreamingResponse
from pydantic import BaseModel, ValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from whetstone_engine.adapters.peft_directory import place_in
from whetstone_engine.adapters.registry import Adapter
from whetstone_engine.engine import Engine, canonical_json
from whetstone_engine.exceptions import (
    AdapterConflictError,
    EngineError,
    InvalidRequestError,
    JobCancelledError,
    ModelNotFoundError,
    RequestTooLargeError,
    UnauthorizedError,
)
from whetstone_engine.http.schemas import (
    AdapterRequest,
    ChatRequest,
    CompletionRequest,
    LoadAdapterRequest,
    LoadLoraRequest,
    ScoreRequest,
    StretchRequest,
    UnloadLoraRequest,
)
from whetstone_engine.jobs import (
    Choice,
    GenerateJob,
    GenerateResult,
    Job,
    ScoreResult,
    TokenLogprob,
    TrainResult,
)
from whetstone_engine.sft.checkpoints import Checkpoint, newest_step
from whetstone_engine.sft.files import StretchFiles
from whetstone_engine.version import describe_engine

_FOREVER_SECONDS = 365 * 24 * 3600.0
FINGERPRINT_HEADER = "x-whetstone-model-fingerprint"
VERSION_HEADER = "x-whetstone-engine-version"
_OPEN_PATHS = ("/health", "/ready")
_Body = TypeVar("_Body", bound=BaseModel)


class NotReadyError(EngineError):
    """The model is still being loaded."""

    status = 503
    code = "not_ready"


class EngineHolder:
    """The engine once it is loaded."""

    def __init__(self) -> None:
        self.engine: Engine | None = None

    def get(self) -> Engine:
        if self.engine is None:
            raise NotReadyError("the model is still being loaded", headers={"Retry-After": "1"})
        return self.engine


class _Envelope:
    """Authentication, and on every answer the headers that name the model and the engine."""

    def __init__(self, app: ASGIApp, holder: EngineHolder, token: str | None) -> None:
        self._app = app
        self._holder = holder
        self._token = token

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_header(message: Message) -> None:
            engine = self._holder.engine
            if message["type"] == "http.response.start" and engine is not None:
                message["headers"] = [
                    *message["headers"],
                    (FINGERPRINT_HEADER.encode(), engine.fingerprint.encode()),
                    (VERSION_HEADER.encode(), describe_engine(engine.model.device.type).encode()),
                ]
            await send(message)

        if self._token is not None and scope["path"] not in _OPEN_PATHS:
            headers = dict(scope["headers"])
            given = headers.get(b"authorization", b"")
            if not hmac.compare_digest(given, f"Bearer {self._token}".encode()):
                error = UnauthorizedError("the bearer token is missing or wrong")
                response = JSONResponse(error.body(), error.status)
                await response(scope, receive, send_with_header)
                return
        await self._app(scope, receive, send_with_header)


@dataclass(eq=False)
class _Training:
    """A training under way; several equal requests may wait for it."""

    request_hash: str
    future: asyncio.Future[Adapter]
    job: Job | None = None
    waiting: int = 0
    queue_ms: float = 0.0
    compute_ms: float = 0.0


def _first_problem(error: ValidationError) -> str:
    """One line that names the field and what is wrong with it."""
    problem = error.errors(include_url=False)[0]
    parts = [part for part in problem["loc"] if not str(part).startswith("function-")]
    field = ""
    for part in parts:
        field += f"[{part}]" if isinstance(part, int) else f".{part}" if field else str(part)
    if problem["type"] == "extra_forbidden":
        return f"{field}: this field is not supported"
    message = problem["msg"].removeprefix("Value error, ")
    message = message[:1].lower() + message[1:]
    return f"{field}: {message}" if field else message


_READ_AND_DROPPED = 4
"""How often the largest body is read from a client that sends more: one that is still sending when
its connection closes never sees the answer."""


async def _read_body(request: Request, form: type[_Body], limit: int) -> _Body:
    declared = request.headers.get("content-length", "")
    if not declared.isdigit():
        declared = ""
    received = bytearray()
    length = 0
    headers: dict[str, str] = {}
    try:
        async for chunk in request.stream():
            length += len(chunk)
            if length <= limit:
                received.extend(chunk)
            elif length > _READ_AND_DROPPED * limit:
                # What is left unread makes the connection useless for another request.
                headers["Connection"] = "close"
                break
    except ClientDisconnect as error:
        raise JobCancelledError from error
    if length > limit:
        told = f"has {declared} bytes; at most {limit} are read"
        if not declared:
            told = f"has more than {limit} bytes"
        raise RequestTooLargeError(f"the body {told}", headers=headers)
    try:
        return form.model_validate_json(bytes(received))
    except ValidationError as error:
        raise InvalidRequestError(_first_problem(error)) from error


def _unwatched(loop: asyncio.AbstractEventLoop) -> asyncio.Future[Any]:
    """A future whose error is worth no warning where nobody waits for it any more."""
    future: asyncio.Future[Any] = loop.create_future()
    future.add_done_callback(lambda done: done.cancelled() or done.exception())
    return future


def _bridge(loop: asyncio.AbstractEventLoop, future: asyncio.Future[Any]) -> Callable[[Any], None]:
    """Carries a result from the device thread to a future of the event loop."""

    def settle(result: Any) -> None:
        if future.done():
            return
        if isinstance(result, BaseException):
            future.set_exception(result)
        else:
            future.set_result(result)

    def finish(result: Any) -> None:
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits any more
            loop.call_soon_threadsafe(settle, result)

    return finish


async def _wait_or_disconnect(request: Request, future: asyncio.Future[Any]) -> Any:
    """The future's result; `JobCancelledError` when the client goes away first."""

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


def _choice_logprobs(engine: Engine, choice: Choice) -> dict[str, Any]:
    def entry(token: int, logprob: float) -> dict[str, Any]:
        text = engine.tokenizer.backend.decode([token], skip_special_tokens=False)
        return {"token": text, "logprob": logprob, "bytes": list(text.encode())}

    def full(one: TokenLogprob) -> dict[str, Any]:
        top = [entry(token, logprob) for token, logprob in one.top]
        return {**entry(one.token, one.logprob), "top_logprobs": top}

    return {"content": [full(one) for one in choice.logprobs]}


def _plain_logprobs(engine: Engine, choice: Choice) -> dict[str, Any]:
    chat = _choice_logprobs(engine, choice)["content"]
    return {
        "tokens": [one["token"] for one in chat],
        "token_logprobs": [one["logprob"] for one in chat],
        "top_logprobs": [
            {top["token"]: top["logprob"] for top in one["top_logprobs"]} for one in chat
        ],
    }


def _usage(job: GenerateJob, choices: tuple[Choice, ...]) -> dict[str, int]:
    completion = sum(len(choice.tokens) for choice in choices)
    return {
        "prompt_tokens": len(job.prompt),
        "completion_tokens": completion,
        "total_tokens": len(job.prompt) + completion,
    }


def _adapter_answer(adapter: Adapter, queue_ms: float, compute_ms: float) -> dict[str, Any]:
    return {
        "id": adapter.id,
        "losses": list(adapter.losses),
        "weightHash": adapter.weight_hash,
        "trainedTokens": adapter.trained_tokens,
        "queueMs": round(queue_ms, 3),
        "computeMs": round(compute_ms, 3),
    }


def _stretch_answer(
    body: StretchRequest, checkpoint: Checkpoint, queue_ms: float, compute_ms: float
) -> dict[str, Any]:
    return {
        "directory": body.directory,
        "lastStep": body.last_step,
        "losses": list(checkpoint.losses),
        "weightHash": checkpoint.weight_hash,
        "queueMs": round(queue_ms, 3),
        "computeMs": round(compute_ms, 3),
    }


def create_app(holder: EngineHolder, *, token: str | None, maximum_body_bytes: int) -> FastAPI:
    """The application; routes answer 503 until the holder has its engine."""
    app = FastAPI(title="Whetstone engine", openapi_url=None, docs_url=None, redoc_url=None)
    app.add_middleware(_Envelope, holder=holder, token=token)
    trainings: dict[str, _Training] = {}

    @app.exception_handler(EngineError)
    async def engine_error(_: Request, error: EngineError) -> Response:
        return JSONResponse(error.body(), error.status, headers=error.headers)

    @app.exception_handler(JobCancelledError)
    async def cancelled(_: Request, __: JobCancelledError) -> Response:
        return Response(status_code=499)

    @app.exception_handler(HTTPException)
    async def no_route(request: Request, error: HTTPException) -> Response:
        wrong = InvalidRequestError(f"no route {request.method} {request.url.path}")
        return JSONResponse(wrong.body(), error.status_code)

    @app.exception_handler(Exception)
    async def unexpected(_: Request, error: Exception) -> Response:
        return JSONResponse(EngineError(f"{type(error).__name__}: {error}").body(), 500)

    @app.get("/health")
    async def health() -> dict[str, str]:
        return {"status": "alive"}

    @app.get("/ready")
    async def ready() -> dict[str, Any]:
        engine = holder.get()
        return {"status": "ready", "model": engine.name, "fingerprint": engine.fingerprint}

    @app.get("/metrics")
    async def metrics() -> Response:
        engine = holder.get()
        engine.refresh_gauges()
        return Response(engine.metrics.render(), media_type="text/plain; version=0.0.4")

    @app.get("/v1/models")
    async def models() -> dict[str, Any]:
        engine = holder.get()

        def entry(name: str, kind: str) -> dict[str, Any]:
            return {
                "id": name,
                "object": "model",
                "created": 0,
                "owned_by": "whetstone",
                "kind": kind,
                "fingerprint": engine.fingerprint,
                "context_length": engine.context_length,
            }

        live = [entry(adapter.id, "adapter") for adapter in engine.adapters.all()]
        return {"object": "list", "data": [entry(engine.name, "base"), *live]}

    async def run(request: Request, job_of: Callable[[Callable[[Any], None]], Any]) -> Any:
        """Builds a job off the event loop, queues it, waits; a gone client cancels it."""
        engine = holder.get()
        loop = asyncio.get_running_loop()
        future = _unwatched(loop)
        job = job_of(_bridge(loop, future))
        engine.scheduler.submit(job)
        try:
            return job, await _wait_or_disconnect(request, future)
        except (JobCancelledError, asyncio.CancelledError):
            job.cancelled = True
            raise

    @app.post("/v1/score")
    async def score(request: Request) -> Response:
        engine = holder.get()
        body = await _read_body(request, ScoreRequest, maximum_body_bytes)
        job, result = await run(request, lambda finish: engine.score_job(body, finish))
        assert isinstance(result, ScoreResult), "a score job gives a score result"
        return JSONResponse(
            {
                "scores": [
                    {"logLikelihood": one.log_likelihood, "tokenCount": one.token_count}
                    for one in result.scores
                ],
                "promptTokens": job.prompt_length,
                "queueMs": round(result.timing.queue_ms, 3),
                "computeMs": round(result.timing.compute_ms, 3),
            }
        )

    @app.post("/v1/chat/completions")
    async def chat(request: Request) -> Response:
        engine = holder.get()
        body = await _read_body(request, ChatRequest, maximum_body_bytes)
        return await generate(
            request,
            body,
            lambda finish: engine.chat_job(body, finish),
            lambda choice: {
                "message": {"role": "assistant", "content": choice.text},
                "logprobs": _choice_logprobs(engine, choice) if body.logprobs else None,
            },
            lambda text: {"delta": {"role": "assistant", "content": text}},
            "chat.completion",
        )

    @app.post("/v1/completions")
    async def completions(request: Request) -> Response:
        engine = holder.get()
        body = await _read_body(request, CompletionRequest, maximum_body_bytes)
        return await generate(
            request,
            body,
            lambda finish: engine.completion_job(body, finish),
            lambda choice: {
                "text": choice.text,
                "logprobs": (
                    _plain_logprobs(engine, choice) if body.logprobs is not None else None
                ),
            },
            lambda text: {"text": text},
            "text_completion",
        )

    async def generate(
        request: Request,
        body: ChatRequest | CompletionRequest,
        job_of: Callable[[Callable[[Any], None]], GenerateJob],
        content: Callable[[Choice], dict[str, Any]],
        delta: Callable[[str], dict[str, Any]],
        kind: str,
    ) -> Response:
        head = {
            "id": f"{'chatcmpl' if kind == 'chat.completion' else 'cmpl'}-{uuid.uuid4().hex}",
            "object": kind,
            "created": int(time.time()),
            "model": body.model,
        }
        build: Callable[[Callable[[Any], None]], GenerateJob] = job_of
        if body.response_format is not None and body.response_format.type != "text":
            # Compiling a grammar can take long: not on the event loop.
            built = await asyncio.to_thread(job_of, lambda _: None)

            def build(finish: Callable[[Any], None]) -> GenerateJob:
                built.finish = finish
                built.submitted = time.perf_counter()
                return built

        if body.stream:
            if kind == "chat.completion":
                head["object"] = "chat.completion.chunk"
            usage = body.stream_options is not None and body.stream_options.include_usage
            return await stream(build, head, delta, usage)
        job, result = await run(request, build)
        assert isinstance(result, GenerateResult), "a generate job gives a generate result"
        return JSONResponse(
            {
                **head,
                "choices": [
                    {
                        "index": choice.index,
                        **content(choice),
                        "finish_reason": choice.finish_reason,
                    }
                    for choice in result.choices
                ],
                "usage": _usage(job, result.choices),
                "timing": {
                    "queueMs": round(result.timing.queue_ms, 3),
                    "computeMs": round(result.timing.compute_ms, 3),
                },
            }
        )

    async def stream(
        build: Callable[[Callable[[Any], None]], GenerateJob],
        head: dict[str, Any],
        delta: Callable[[str], dict[str, Any]],
        with_usage: bool,
    ) -> Response:
        engine = holder.get()
        loop = asyncio.get_running_loop()
        events: asyncio.Queue[Any] = asyncio.Queue()

        def put(event: Any) -> None:
            with contextlib.suppress(RuntimeError):
                loop.call_soon_threadsafe(events.put_nowait, event)

        job = build(put)
        job.on_text = lambda index, text: put((index, text))
        engine.scheduler.submit(job)

        def line(value: dict[str, Any]) -> str:
            return f"data: {json.dumps(value, ensure_ascii=False)}\n\n"

        async def chunks() -> AsyncIterator[str]:
            try:
                while True:
                    event = await events.get()
                    if isinstance(event, tuple):
                        index, text = event
                        choice = {"index": index, **delta(text), "finish_reason": None}
                        yield line({**head, "choices": [choice]})
                        continue
                    if isinstance(event, EngineError):
                        yield line(event.body())
                    elif isinstance(event, BaseException):
                        yield line(EngineError(str(event)).body())
                    else:
                        ended = [
                            {
                                "index": choice.index,
                                **({"delta": {}} if "chunk" in head["object"] else {"text": ""}),
                                "finish_reason": choice.finish_reason,
                            }
                            for choice in event.choices
                        ]
                        yield line({**head, "choices": ended})
                        if with_usage:
                            yield line({**head, "choices": [], "usage": _usage(job, event.choices)})
                    yield "data: [DONE]\n\n"
                    return
            finally:
                job.cancelled = True

        return StreamingResponse(chunks(), media_type="text/event-stream")

    # -- adapters --------------------------------------------------------------------------

    @app.post("/v1/adapters")
    async def train(request: Request) -> Response:
        engine = holder.get()
        body = await _read_body(request, AdapterRequest, maximum_body_bytes)
        if body.id == engine.name:
            raise InvalidRequestError(f"id: {body.id!r} is the base model's name")
        request_hash = hashlib.sha256(canonical_json(body.model_dump()).encode()).hexdigest()
        live = engine.adapters.find(body.id)
        if live is not None:
            if live.request_hash != request_hash:
                raise AdapterConflictError(
                    f"adapter {body.id!r} is live and was made from another request; delete it "
                    "first or use another id"
                )
            engine.adapters.use(body.id)
            return JSONResponse(_adapter_answer(live, 0, 0))
        training = trainings.get(body.id)
        if training is None:
            training = await begin_training(engine, body, request_hash)
        elif training.request_hash != request_hash:
            raise AdapterConflictError(f"adapter {body.id!r} is being trained from another request")
        training.waiting += 1
        try:
            adapter = await _wait_or_disconnect(request, training.future)
        except (JobCancelledError, asyncio.CancelledError):
            training.waiting -= 1
            if training.waiting == 0 and training.job is not None:
                training.job.cancelled = True
                trainings.pop(body.id, None)
            raise
        return JSONResponse(_adapter_answer(adapter, training.queue_ms, training.compute_ms))

    async def begin_training(engine: Engine, body: AdapterRequest, request_hash: str) -> _Training:
        engine.adapters.check_room(reserved=len(trainings))
        loop = asyncio.get_running_loop()
        training = _Training(request_hash, _unwatched(loop))

        def settle(result: Any) -> None:
            if trainings.get(body.id) is training:
                del trainings[body.id]
            if training.future.done():
                return
            if isinstance(result, BaseException):
                training.future.set_exception(result)
                return
            assert isinstance(result, TrainResult), "a train job gives a train result"
            if training.job is not None and training.job.cancelled:
                training.future.set_exception(JobCancelledError())
                return
            adapter = Adapter(
                id=body.id,
                rank=body.rank,
                alpha=body.alpha,
                scope=body.scope,
                vector=result.vector,
                losses=result.losses,
                weight_hash=result.weight_hash,
                trained_tokens=result.trained_tokens,
                request_hash=request_hash,
                ttl_seconds=body.ttlSeconds,
            )
            engine.adapters.put(adapter)
            training.queue_ms = result.timing.queue_ms
            training.compute_ms = result.timing.compute_ms
            training.future.set_result(adapter)

        def finish(result: Any) -> None:
            with contextlib.suppress(RuntimeError):
                loop.call_soon_threadsafe(settle, result)

        training.job = engine.train_job(body, finish)
        engine.scheduler.submit(training.job)
        trainings[body.id] = training
        return training

    @app.post("/v1/stretches")
    async def train_stretch(request: Request) -> Response:
        engine = holder.get()
        body = await _read_body(request, StretchRequest, maximum_body_bytes)
        files = await asyncio.to_thread(StretchFiles, engine, body)
        known = await asyncio.to_thread(files.find_finished)
        if known is not None:
            return JSONResponse(_stretch_answer(body, known, 0, 0))
        _, result = await run(request, files.make_job)
        assert isinstance(result, TrainResult), "a train job gives a train result"
        saved = await asyncio.to_thread(files.save, result)
        timing = result.timing
        return JSONResponse(_stretch_answer(body, saved, timing.queue_ms, timing.compute_ms))

    @app.get("/v1/stretches/{directory}")
    async def find_stretch(directory: str) -> dict[str, Any]:
        folder = place_in(holder.get().config.artifacts, directory)
        return {"directory": directory, "lastStep": newest_step(folder)}

    @app.get("/v1/adapters")
    async def adapters() -> dict[str, Any]:
        return {"data": [_adapter_state(one) for one in holder.get().adapters.all()]}

    @app.get("/v1/adapters/{adapter_id:path}/weights")
    async def weights(adapter_id: str) -> Response:
        content = await asyncio.to_thread(holder.get().export_adapter, adapter_id)
        return Response(content, media_type="application/x-tar")

    @app.put("/v1/adapters/{adapter_id:path}")
    async def load(adapter_id: str, request: Request) -> Response:
        engine = holder.get()
        body = await _read_body(request, LoadAdapterRequest, maximum_body_bytes)
        if adapter_id == engine.name or adapter_id in trainings:
            raise AdapterConflictError(f"{adapter_id!r} is taken")
        adapter = await asyncio.to_thread(
            engine.load_adapter, adapter_id, body.directory, body.ttlSeconds
        )
        return JSONResponse(_adapter_state(adapter))

    @app.get("/v1/adapters/{adapter_id:path}")
    async def adapter_state(adapter_id: str) -> dict[str, Any]:
        found = holder.get().adapters.find(adapter_id)
        if found is None:
            raise ModelNotFoundError(f"no live adapter is named {adapter_id!r}")
        return _adapter_state(found)

    @app.delete("/v1/adapters/{adapter_id:path}")
    async def drop(adapter_id: str) -> dict[str, Any]:
        return {"id": adapter_id, "deleted": holder.get().adapters.drop(adapter_id)}

    # vLLM's routes, so that one engine can sample for another. Its adapters do not expire.

    @app.post("/v1/load_lora_adapter")
    async def load_lora(request: Request) -> Response:
        engine = holder.get()
        body = await _read_body(request, LoadLoraRequest, maximum_body_bytes)
        name = body.lora_name
        if name == engine.name or name in trainings:
            raise AdapterConflictError(f"{name!r} is taken")
        if engine.adapters.find(name) is not None:
            raise InvalidRequestError(f"the adapter {name!r} has already been loaded")
        await asyncio.to_thread(engine.load_adapter, name, body.lora_path, _FOREVER_SECONDS)
        return Response(f"Success: LoRA adapter '{name}' added successfully.")

    @app.post("/v1/unload_lora_adapter")
    async def unload_lora(request: Request) -> Response:
        body = await _read_body(request, UnloadLoraRequest, maximum_body_bytes)
        if not holder.get().adapters.drop(body.lora_name):
            raise ModelNotFoundError(f"the adapter {body.lora_name!r} is not loaded")
        return Response(f"Success: LoRA adapter '{body.lora_name}' removed successfully.")

    @app.post("/v1/embeddings")
    async def embeddings() -> Response:
        raise InvalidRequestError("no embedding model is configured; start the engine with one")

    return app


def _adapter_state(adapter: Adapter) -> dict[str, Any]:
    return {
        **_adapter_answer(adapter, 0, 0),
        "rank": adapter.rank,
        "alpha": adapter.alpha,
        "scope": adapter.scope,
        "expiresInSeconds": round(adapter.expires_in(), 1),
        "bytes": adapter.byte_count,
    }
