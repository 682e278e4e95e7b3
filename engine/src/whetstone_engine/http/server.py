"""What the routes share."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeVar, cast

from fastapi import Request
from pydantic import BaseModel

from whetstone_engine.engine import Engine
from whetstone_engine.http.body import read_body
from whetstone_engine.http.holder import EngineHolder
from whetstone_engine.http.trainings import Trainings

_Body = TypeVar("_Body", bound=BaseModel)


@dataclass(frozen=True)
class Server:
    """Hangs on the application as `app.state.server`."""

    holder: EngineHolder
    maximum_body_bytes: int
    trainings: Trainings = field(default_factory=Trainings)

    async def read(self, request: Request, form: type[_Body]) -> _Body:
        """The request's body as `form`."""
        return await read_body(request, form, self.maximum_body_bytes)


def server_of(request: Request) -> Server:
    """The server that a request came to."""
    return cast(Server, request.app.state.server)


def engine_of(request: Request) -> Engine:
    """Its engine; `NotReadyError` until it is loaded."""
    return server_of(request).holder.get()
