"""Runs one stage in a process of its own, for at most its budget.

A process per stage: a kernel that hangs, a device that fails for good or memory that is not given
back ends with it. The parent never touches the device, so that it can fork.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
import time
import traceback
from pathlib import Path
from typing import Any

import torch

from benchmarks.gpu.context import Context
from benchmarks.gpu.findings import Findings, SkippedError
from benchmarks.gpu.plan import Stage
from benchmarks.gpu.sizes import Sizes

_ERROR_CHARACTERS = 4000
_FORK = multiprocessing.get_context("fork")


def run_stage(stage: Stage, sizes: Sizes, device: str, folder: Path, card: str) -> dict[str, Any]:
    """The stage's record; what it found before it failed or ran out of time is in it."""
    path, told = folder / f"{stage.name}.json", folder / f"{stage.name}.end"
    started = time.perf_counter()
    process = _FORK.Process(target=_main, args=(stage, sizes, device, folder, card, path, told))
    process.start()
    process.join(stage.budget_seconds)
    record: dict[str, Any] = {"name": stage.name, "state": "done", "error": None}
    if process.is_alive():
        record |= {"state": "timed out", "error": f"stopped after {stage.budget_seconds} s"}
    elif told.exists():
        record |= json.loads(told.read_text(encoding="utf-8"))
    else:
        record |= {"state": "failed", "error": f"the process ended with {process.exitcode}"}
    _end(process)
    found = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    empty: dict[str, Any] = {"figures": {}, "limits": [], "goals": []}
    seconds = round(time.perf_counter() - started, 2)
    return {**record, "seconds": seconds, "budget_seconds": stage.budget_seconds, **empty, **found}


def _end(process: Any) -> None:
    """The stage's process and all that it started."""
    if process.is_alive():
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            process.kill()
        process.join()


def _main(
    stage: Stage, sizes: Sizes, device: str, folder: Path, card: str, path: Path, told: Path
) -> None:
    os.setsid()
    if not device.startswith("cuda"):
        torch.set_num_threads(1)
    end: dict[str, Any] = {"state": "done", "error": None}
    try:
        stage.run(Context(sizes, device, folder, Findings(path, card)))
    except SkippedError as error:
        end = {"state": "skipped", "error": str(error)}
    except BaseException:
        end = {"state": "failed", "error": traceback.format_exc()[-_ERROR_CHARACTERS:]}
    told.write_text(json.dumps(end), encoding="utf-8")
    # Libraries' threads are not worth waiting for.
    os._exit(0)
