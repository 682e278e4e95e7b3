"""The engine as the HTTP server sees it: absent until its model is loaded."""

from __future__ import annotations

from whetstone_engine.engine import Engine
from whetstone_engine.exceptions import NotReadyError


class EngineHolder:
    """The engine once it is loaded."""

    def __init__(self) -> None:
        self.engine: Engine | None = None

    def get(self) -> Engine:
        if self.engine is None:
            raise NotReadyError("the model is still being loaded", headers={"Retry-After": "1"})
        return self.engine
