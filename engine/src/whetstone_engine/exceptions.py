"""Errors a client can meet, each with OpenAI's three fields and an HTTP status."""

from __future__ import annotations


class EngineError(Exception):
    """Base of every error that is answered to a client."""

    status = 500
    type = "server_error"
    code = "internal_error"

    def __init__(self, message: str, *, headers: dict[str, str] | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.headers = headers or {}

    def body(self) -> dict[str, dict[str, str]]:
        """The JSON answer: `{error: {message, type, code}}`."""
        return {"error": {"message": self.message, "type": self.type, "code": self.code}}


class InvalidRequestError(EngineError):
    """The request can never succeed as it is: a wrong field, type or value."""

    status = 400
    type = "invalid_request_error"
    code = "invalid_request"


class RequestTooLargeError(InvalidRequestError):
    """The body has more bytes than the server reads."""

    status = 413


class ContextLengthError(InvalidRequestError):
    """The prompt, or the prompt plus the answer asked for, is longer than the model's context."""

    code = "context_length_exceeded"


class TemplateWithoutToolsError(InvalidRequestError):
    """The request has tools, and the model's chat template does not write them."""

    code = "template_without_tools"


class ModelNotFoundError(EngineError):
    """No live adapter and no base model has this name; the base model never answers for it."""

    status = 404
    type = "invalid_request_error"
    code = "model_not_found"


class AdapterConflictError(EngineError):
    """An adapter with this id is live and was made from another request."""

    status = 409
    type = "invalid_request_error"
    code = "adapter_conflict"


class ArtifactNotFoundError(EngineError):
    """A directory, or a saved state of a long training, is not in the artifact folder."""

    status = 404
    type = "invalid_request_error"
    code = "artifact_not_found"


class OverloadedError(EngineError):
    """A queue or the table of live adapters is full; the same request can succeed later."""

    status = 429
    type = "rate_limit_error"
    code = "engine_overloaded"

    def __init__(self, message: str, *, retry_after_seconds: int = 1) -> None:
        super().__init__(message, headers={"Retry-After": str(retry_after_seconds)})


class OutOfMemoryError(EngineError):
    """One job alone does not fit in the device's memory."""

    status = 503
    type = "server_error"
    code = "out_of_memory"


class MemoryLimitError(EngineError):
    """One job alone needs more memory than `--memory-gb` allows; nothing has to be waited for."""

    status = 400
    type = "invalid_request_error"
    code = "memory_limit_exceeded"


class StartError(Exception):
    """The engine cannot start with these settings; the message says why in one line."""


class UnauthorizedError(EngineError):
    """The bearer token is missing or wrong."""

    status = 401
    type = "invalid_request_error"
    code = "unauthorized"


class ShuttingDownError(EngineError):
    """The process is ending; the job was not finished."""

    status = 503
    code = "shutting_down"


class NotReadyError(EngineError):
    """The model is still being loaded."""

    status = 503
    code = "not_ready"


class ModelInvalidError(Exception):
    """The model directory cannot be served; the message says why in one line."""


class JobCancelledError(Exception):
    """The client went away before its job was done."""
