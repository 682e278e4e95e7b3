"""Authentication, and on every answer the headers that name the model and the engine."""

from __future__ import annotations

import hmac

from fastapi.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from whetstone_engine.device.cuda import device_name
from whetstone_engine.exceptions import UnauthorizedError
from whetstone_engine.http.holder import EngineHolder
from whetstone_engine.version import describe_engine

FINGERPRINT_HEADER = "x-whetstone-model-fingerprint"
VERSION_HEADER = "x-whetstone-engine-version"
DTYPE_HEADER = "x-whetstone-engine-dtype"
DEVICE_HEADER = "x-whetstone-engine-device"
_OPEN_PATHS = ("/health", "/ready")


class Envelope:
    """Wraps the application."""

    def __init__(self, app: ASGIApp, holder: EngineHolder, token: str | None) -> None:
        self._app = app
        self._holder = holder
        self._token = token

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_header(message: Message) -> None:
            engine = self._holder.engine
            if message["type"] == "http.response.start" and engine is not None:
                device, dtype = engine.model.device, engine.arithmetic.dtype
                message["headers"] = [
                    *message["headers"],
                    (FINGERPRINT_HEADER.encode(), engine.fingerprint.encode()),
                    (VERSION_HEADER.encode(), describe_engine(device.type, dtype).encode()),
                    (DTYPE_HEADER.encode(), dtype.encode()),
                    (DEVICE_HEADER.encode(), device_name(device).encode()),
                ]
            await send(message)

        if self._token is not None and scope["path"] not in _OPEN_PATHS:
            headers = dict(scope["headers"])
            given = headers.get(b"authorization", b"")
            if not hmac.compare_digest(given, f"Bearer {self._token}".encode()):
                error = UnauthorizedError("the bearer token is missing or wrong")
                response = JSONResponse(error.body(), error.status)
                await response(scope, receive, send_with_header)
                return
        await self._app(scope, receive, send_with_header)
