"""The base model and the live adapters."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from fastapi import APIRouter, Request

from whetstone_engine.engine import Engine
from whetstone_engine.http.server import engine_of

router = APIRouter()


@router.get("/v1/models")
async def models(request: Request) -> dict[str, Any]:
    engine = engine_of(request)
    live = [_entry(engine, adapter.id, "adapter") for adapter in engine.adapters.all()]
    base = {**_entry(engine, engine.name, "base"), "arithmetic": asdict(engine.arithmetic)}
    return {"object": "list", "data": [base, *live]}


def _entry(engine: Engine, name: str, kind: str) -> dict[str, Any]:
    return {
        "id": name,
        "object": "model",
        "created": 0,
        "owned_by": "whetstone",
        "kind": kind,
        "fingerprint": engine.fingerprint,
        "context_length": engine.context_length,
        "dtype": engine.arithmetic.dtype,
    }
