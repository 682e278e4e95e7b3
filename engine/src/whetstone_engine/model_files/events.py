"""What a run reports: one JSON object per line on standard output."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from typing import Any

from whetstone_engine.model_files.errors import ModelFilesError

Progress = Callable[[int, int], None]
"""Told the bytes that are done, of all."""


def emit(event: str, **fields: Any) -> None:
    """Writes one event at once, so that the reader can show it while the work goes on."""
    print(json.dumps({"event": event, **fields}), file=sys.stdout, flush=True)


def progress(label: str, done: int, total: int) -> None:
    """Bytes done so far, of all; the reader decides how often to show them."""
    emit("progress", label=label, done=done, total=total)


def failed(error: ModelFilesError) -> None:
    """The last event of a run that fails."""
    emit("error", code=error.code, message=str(error), hint=error.hint)
