"""Adapters: trained, loaded, exported, dropped."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from whetstone_engine.adapters.adapter import Adapter
from whetstone_engine.canonical_json import json_hash
from whetstone_engine.exceptions import (
    AdapterConflictError,
    InvalidRequestError,
    ModelNotFoundError,
)
from whetstone_engine.http.schemas import AdapterRequest, LoadAdapterRequest
from whetstone_engine.http.server import engine_of, server_of
from whetstone_engine.http.waiting import in_thread

router = APIRouter()


@router.post("/v1/adapters")
async def train(request: Request) -> Response:
    engine = engine_of(request)
    body = await server_of(request).read(request, AdapterRequest)
    if body.id == engine.name:
        raise InvalidRequestError(f"id: {body.id!r} is the base model's name")
    request_hash = json_hash(body.model_dump())
    live = engine.adapters.find(body.id)
    if live is not None:
        if live.request_hash != request_hash:
            raise AdapterConflictError(
                f"adapter {body.id!r} is live and was made from another request; delete it "
                "first or use another id"
            )
        engine.adapters.use(body.id)
        return JSONResponse(_answer(live, 0, 0))
    trainings = server_of(request).trainings
    adapter, training = await trainings.train(request, engine, body, request_hash)
    return JSONResponse(_answer(adapter, training.queue_ms, training.compute_ms))


@router.get("/v1/adapters")
async def adapters(request: Request) -> dict[str, Any]:
    return {"data": [_state(one) for one in engine_of(request).adapters.all()]}


@router.get("/v1/adapters/{adapter_id:path}/weights")
async def weights(adapter_id: str, request: Request) -> Response:
    engine = engine_of(request)
    content = await in_thread(engine, lambda: engine.export_adapter(adapter_id))
    return Response(content, media_type="application/x-tar")


@router.put("/v1/adapters/{adapter_id:path}")
async def load(adapter_id: str, request: Request) -> Response:
    engine = engine_of(request)
    body = await server_of(request).read(request, LoadAdapterRequest)
    if adapter_id == engine.name or adapter_id in server_of(request).trainings:
        raise AdapterConflictError(f"{adapter_id!r} is taken")
    adapter = await in_thread(
        engine, lambda: engine.load_adapter(adapter_id, body.directory, body.ttlSeconds)
    )
    return JSONResponse(_state(adapter))


@router.get("/v1/adapters/{adapter_id:path}")
async def adapter_state(adapter_id: str, request: Request) -> dict[str, Any]:
    found = engine_of(request).adapters.find(adapter_id)
    if found is None:
        raise ModelNotFoundError(f"no live adapter is named {adapter_id!r}")
    return _state(found)


@router.delete("/v1/adapters/{adapter_id:path}")
async def drop(adapter_id: str, request: Request) -> dict[str, Any]:
    return {"id": adapter_id, "deleted": engine_of(request).adapters.drop(adapter_id)}


def _answer(adapter: Adapter, queue_ms: float, compute_ms: float) -> dict[str, Any]:
    return {
        "id": adapter.id,
        "losses": list(adapter.losses),
        "weightHash": adapter.weight_hash,
        "trainedTokens": adapter.trained_tokens,
        "queueMs": round(queue_ms, 3),
        "computeMs": round(compute_ms, 3),
    }


def _state(adapter: Adapter) -> dict[str, Any]:
    return {
        **_answer(adapter, 0, 0),
        "rank": adapter.rank,
        "alpha": adapter.alpha,
        "scope": adapter.scope,
        "expiresInSeconds": round(adapter.expires_in(), 1),
        "bytes": adapter.byte_count,
    }
