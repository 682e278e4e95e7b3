"""Log-probabilities of candidates."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from whetstone_engine.http.job_builder import JobBuilder
from whetstone_engine.http.schemas import ScoreRequest
from whetstone_engine.http.server import engine_of, server_of
from whetstone_engine.http.waiting import run_job
from whetstone_engine.jobs import ScoreResult

router = APIRouter()


@router.post("/v1/score")
async def score(request: Request) -> Response:
    engine = engine_of(request)
    body = await server_of(request).read(request, ScoreRequest)
    job, result = await run_job(
        request, engine, lambda finish: JobBuilder(engine).score_job(body, finish)
    )
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
