"""Log-probabilities of candidates."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from whetstone_engine.http.job_builder import JobBuilder
from whetstone_engine.http.schemas import ScoreRequest
from whetstone_engine.http.server import engine_of, server_of
from whetstone_engine.http.waiting import run_job
from whetstone_engine.jobs import CandidateScore, ScoreResult, Span

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
                _describe(one, spans if body.tokens else None)
                for one, spans in zip(result.scores, job.spans, strict=True)
            ],
            "promptTokens": job.prompt_length,
            "queueMs": round(result.timing.queue_ms, 3),
            "computeMs": round(result.timing.compute_ms, 3),
        }
    )


def _describe(score: CandidateScore, spans: Sequence[Span] | None) -> dict[str, Any]:
    sums = {"logLikelihood": score.log_likelihood, "tokenCount": score.token_count}
    if spans is None:
        return sums
    return sums | {
        "tokens": [
            {"start": start, "end": end, "logLikelihood": value}
            for (start, end), value in zip(spans, score.token_values, strict=True)
        ]
    }
