"""Runs jobs of `whetstone_engine.model_files` against a Hub on loopback."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any


def run_job(job: dict[str, Any], endpoint: str, home: Path, **env: str) -> list[dict[str, Any]]:
    """The events of one job, in a process of its own: the library reads its settings on import."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("HF_")}
    process = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-m", "whetstone_engine.model_files"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**inherited, "HF_ENDPOINT": endpoint, "HF_HOME": str(home), **env},
    )
    assert process.stdin is not None and process.stdout is not None and process.stderr is not None
    process.stdin.write(json.dumps(job) + "\n")
    process.stdin.flush()
    events = [json.loads(line) for line in process.stdout]
    process.wait()
    process.stdin.close()
    errors = process.stderr.read()
    assert "hf_" not in errors + json.dumps(events)
    if process.returncode != 0:
        assert events[-1:] and events[-1]["event"] == "error", errors
    return events


def error_of(events: list[dict[str, Any]]) -> tuple[str, str]:
    """Code and message of the error that ended a job."""
    assert events[-1]["event"] == "error", events
    return events[-1]["code"], events[-1]["message"]
