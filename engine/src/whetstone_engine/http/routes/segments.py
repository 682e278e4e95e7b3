"""Long trainings (SFT), one segment a request.

The routes say `stretches`: an older name, kept because clients use it.
"""

from __future__ import annotations

import asyncio
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from whetstone_engine.adapters.peft_directory import place_in
from whetstone_engine.canonical_json import canonical_json, json_hash
from whetstone_engine.engine import Engine
from whetstone_engine.http.job_builder import JobBuilder
from whetstone_engine.http.schemas import SegmentRequest
from whetstone_engine.http.server import engine_of, server_of
from whetstone_engine.http.waiting import Finish, in_thread, run_job
from whetstone_engine.jobs import Segment, TrainJob, TrainResult
from whetstone_engine.sft.checkpoints import Checkpoint, newest_step
from whetstone_engine.sft.files import SegmentFiles, SegmentPlace

router = APIRouter()
_NOT_SETTINGS = {"directory", "examples", "firstStep"}


@router.post("/v1/stretches")
async def train_segment(request: Request) -> Response:
    engine = engine_of(request)
    body = await server_of(request).read(request, SegmentRequest)
    files = await asyncio.to_thread(SegmentFiles, engine.config.artifacts, _place(engine, body))
    known = await asyncio.to_thread(files.find_finished)
    if known is not None:
        return JSONResponse(_answer(body, known, 0, 0))

    def build(finish: Finish) -> TrainJob:
        segment = Segment(body.batchSize, body.firstStep, body.totalSteps, files.first_state())
        return JobBuilder(engine).segment_job(body, segment, finish)

    _, result = await run_job(request, engine, build)
    assert isinstance(result, TrainResult), "a train job gives a train result"
    layout = engine.stacker.layout(body.rank)
    saved = await in_thread(
        engine, lambda: files.save(result.trained, layout, body.alpha, body.scope, engine.name)
    )
    return JSONResponse(_answer(body, saved, result.timing.queue_ms, result.timing.compute_ms))


@router.get("/v1/stretches/{directory}")
async def find_segment(directory: str, request: Request) -> dict[str, Any]:
    folder = place_in(engine_of(request).config.artifacts, directory)
    return {"directory": directory, "lastStep": newest_step(folder)}


def _place(engine: Engine, body: SegmentRequest) -> SegmentPlace:
    values = body.model_dump()
    chosen = {name: value for name, value in values.items() if name not in _NOT_SETTINGS}
    return SegmentPlace(
        directory=body.directory,
        first_step=body.firstStep,
        last_step=body.last_step,
        total_steps=body.totalSteps,
        settings=canonical_json({**chosen, "model": engine.fingerprint}),
        request_hash=json_hash({**values, "model": engine.fingerprint}),
    )


def _answer(
    body: SegmentRequest, checkpoint: Checkpoint, queue_ms: float, compute_ms: float
) -> dict[str, Any]:
    return {
        "directory": body.directory,
        "lastStep": body.last_step,
        "losses": list(checkpoint.losses),
        "weightHash": checkpoint.weight_hash,
        "queueMs": round(queue_ms, 3),
        "computeMs": round(compute_ms, 3),
    }
