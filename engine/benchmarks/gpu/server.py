"""An engine's process for the stages that need one."""

from __future__ import annotations

import contextlib
import importlib.util
import os
from collections.abc import Iterator
from pathlib import Path

from benchmarks.gpu.context import Context
from benchmarks.gpu.findings import SkippedError
from benchmarks.load import running_engine

_SOURCE = Path(__file__).parents[2] / "src"
_PACKAGES = ("fastapi", "uvicorn", "httpx", "prometheus_client", "xgrammar")


@contextlib.contextmanager
def engine_process(context: Context) -> Iterator[tuple[str, int, Path]]:
    """Its address, its process's id and the file of its log. Raises `SkippedError` if a package is
    not installed."""
    missing = [name for name in _PACKAGES if importlib.util.find_spec(name) is None]
    if missing:
        raise SkippedError(f"not installed: {', '.join(missing)}")
    os.environ["PYTHONPATH"] = str(_SOURCE)
    threads = () if context.on_cuda else ("--threads", "1")
    flags = ("--device", context.device, "--dtype", context.dtype, *threads)
    with running_engine(context.full, *flags) as running:
        yield running
