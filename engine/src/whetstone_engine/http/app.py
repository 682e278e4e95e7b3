"""The application: its routes, what wraps them, and how errors are answered."""

from __future__ import annotations

from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from whetstone_engine.exceptions import EngineError, InvalidRequestError, JobCancelledError
from whetstone_engine.http.envelope import Envelope
from whetstone_engine.http.holder import EngineHolder
from whetstone_engine.http.routes import (
    adapters,
    completions,
    embeddings,
    health,
    lora,
    models,
    score,
    segments,
)
from whetstone_engine.http.server import Server

_CLIENT_CLOSED = 499


def create_app(holder: EngineHolder, *, token: str | None, maximum_body_bytes: int) -> FastAPI:
    """The application; routes answer 503 until the holder has its engine."""
    app = FastAPI(title="Whetstone engine", openapi_url=None, docs_url=None, redoc_url=None)
    app.state.server = Server(holder, maximum_body_bytes)
    app.add_middleware(Envelope, holder=holder, token=token)
    app.add_exception_handler(EngineError, _engine_error)
    app.add_exception_handler(JobCancelledError, _cancelled)
    app.add_exception_handler(HTTPException, _no_route)
    app.add_exception_handler(Exception, _unexpected)
    for part in (health, models, score, completions, segments, adapters, lora, embeddings):
        app.include_router(part.router)
    return app


async def _engine_error(_: Request, error: Exception) -> Response:
    assert isinstance(error, EngineError), "this handler is for engine errors"
    return JSONResponse(error.body(), error.status, headers=error.headers)


async def _cancelled(_: Request, __: Exception) -> Response:
    return Response(status_code=_CLIENT_CLOSED)


async def _no_route(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException), "this handler is for HTTP errors"
    wrong = InvalidRequestError(f"no route {request.method} {request.url.path}")
    return JSONResponse(wrong.body(), error.status_code)


async def _unexpected(_: Request, error: Exception) -> Response:
    return JSONResponse(EngineError(f"{type(error).__name__}: {error}").body(), 500)
