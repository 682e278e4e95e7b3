"""Whether there is room for what is about to be written."""

from __future__ import annotations

import shutil
from pathlib import Path

from whetstone_engine.model_files.errors import ModelFilesError

_MARGIN = 64 * 1024 * 1024


def require_space(folder: Path, needed: int, what: str) -> None:
    """Raises `MODEL_DISK_FULL` unless `needed` bytes and a small margin are free for `folder`."""
    free = shutil.disk_usage(folder).free
    if free >= needed + _MARGIN:
        return
    raise ModelFilesError(
        "MODEL_DISK_FULL",
        f"{what} needs {needed / 1e9:.2f} GB in {folder}; {free / 1e9:.2f} GB are free.",
        "free disk space, or set WHETSTONE_HOME to a folder on a larger disk",
    )
