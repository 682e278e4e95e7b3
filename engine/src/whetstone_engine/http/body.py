"""Reads and checks request bodies."""

from __future__ import annotations

from typing import TypeVar

from fastapi import Request
from pydantic import BaseModel, ValidationError
from starlette.requests import ClientDisconnect

from whetstone_engine.exceptions import (
    InvalidRequestError,
    JobCancelledError,
    RequestTooLargeError,
)

_Body = TypeVar("_Body", bound=BaseModel)
_READ_AND_DROPPED = 4
"""How often the largest body is read from a client that sends more: one that is still sending when
its connection closes never sees the answer."""


def first_problem(error: ValidationError) -> str:
    """One line that names the field and what is wrong with it."""
    problem = error.errors(include_url=False)[0]
    parts = [part for part in problem["loc"] if not str(part).startswith("function-")]
    field = ""
    for part in parts:
        field += f"[{part}]" if isinstance(part, int) else f".{part}" if field else str(part)
    if problem["type"] == "extra_forbidden":
        return f"{field}: this field is not supported"
    message = problem["msg"].removeprefix("Value error, ")
    message = message[:1].lower() + message[1:]
    return f"{field}: {message}" if field else message


async def read_body(request: Request, form: type[_Body], limit: int) -> _Body:
    """The body as `form`; raises `InvalidRequestError` or `RequestTooLargeError`."""
    declared = request.headers.get("content-length", "")
    if not declared.isdigit():
        declared = ""
    received = bytearray()
    length = 0
    headers: dict[str, str] = {}
    try:
        async for chunk in request.stream():
            length += len(chunk)
            if length <= limit:
                received.extend(chunk)
            elif length > _READ_AND_DROPPED * limit:
                # What is left unread makes the connection useless for another request.
                headers["Connection"] = "close"
                break
    except ClientDisconnect as error:
        raise JobCancelledError from error
    if length > limit:
        size = f"has {declared} bytes; at most {limit} are read"
        if not declared:
            size = f"has more than {limit} bytes"
        raise RequestTooLargeError(f"the body {size}", headers=headers)
    try:
        return form.model_validate_json(bytes(received))
    except ValidationError as error:
        raise InvalidRequestError(first_problem(error)) from error
