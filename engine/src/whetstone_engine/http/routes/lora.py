"""vLLM's routes, so that one engine can sample for another. Their adapters do not expire."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from whetstone_engine.exceptions import (
    AdapterConflictError,
    InvalidRequestError,
    ModelNotFoundError,
)
from whetstone_engine.http.schemas import LoadLoraRequest, UnloadLoraRequest
from whetstone_engine.http.server import engine_of, server_of
from whetstone_engine.http.waiting import in_thread

router = APIRouter()
_FOREVER_SECONDS = 365 * 24 * 3600.0


@router.post("/v1/load_lora_adapter")
async def load_lora(request: Request) -> Response:
    engine = engine_of(request)
    body = await server_of(request).read(request, LoadLoraRequest)
    name = body.lora_name
    if name == engine.name or name in server_of(request).trainings:
        raise AdapterConflictError(f"{name!r} is taken")
    if engine.adapters.find(name) is not None:
        raise InvalidRequestError(f"the adapter {name!r} has already been loaded")
    await in_thread(engine, lambda: engine.load_adapter(name, body.lora_path, _FOREVER_SECONDS))
    return Response(f"Success: LoRA adapter '{name}' added successfully.")


@router.post("/v1/unload_lora_adapter")
async def unload_lora(request: Request) -> Response:
    body = await server_of(request).read(request, UnloadLoraRequest)
    if not engine_of(request).adapters.drop(body.lora_name):
        raise ModelNotFoundError(f"the adapter {body.lora_name!r} is not loaded")
    return Response(f"Success: LoRA adapter '{body.lora_name}' removed successfully.")
