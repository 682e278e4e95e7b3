"""The one error that this package raises for what a user can meet."""

from __future__ import annotations


class ModelFilesError(Exception):
    """A model that cannot be provided: a stable code, one message, and the next step."""

    def __init__(self, code: str, message: str, hint: str) -> None:
        super().__init__(message)
        self.code = code
        self.hint = hint
