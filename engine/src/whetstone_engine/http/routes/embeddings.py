"""Sentence embeddings: the route is known, no model serves it."""

from __future__ import annotations

from fastapi import APIRouter, Response

from whetstone_engine.exceptions import InvalidRequestError

router = APIRouter()


@router.post("/v1/embeddings")
async def embeddings() -> Response:
    raise InvalidRequestError("no embedding model is configured; start the engine with one")
