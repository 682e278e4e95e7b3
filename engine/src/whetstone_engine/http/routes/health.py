"""Whether the process lives, whether its model is loaded, and its metrics."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response

from whetstone_engine.http.server import engine_of

router = APIRouter()


@router.get("/health")
async def health() -> dict[str, str]:
    return {"status": "alive"}


@router.get("/ready")
async def ready(request: Request) -> dict[str, Any]:
    engine = engine_of(request)
    return {"status": "ready", "model": engine.name, "fingerprint": engine.fingerprint}


@router.get("/metrics")
async def metrics(request: Request) -> Response:
    engine = engine_of(request)
    engine.refresh_gauges()
    return Response(engine.metrics.render(), media_type="text/plain; version=0.0.4")
