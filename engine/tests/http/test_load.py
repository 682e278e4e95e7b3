"""Two hundred clients at once; WHETSTONE_LOAD_SECONDS lengthens the run."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

from benchmarks.load import LIMITS, MOST_GROWTH, run_load

from support.process import Process


def test_under_load_every_answer_is_the_one_computed_alone(
    model_directories: dict[str, Path],
) -> None:
    seconds = float(os.environ.get("WHETSTONE_LOAD_SECONDS", "60"))
    process = Process(model_directories["qwen2"], *LIMITS)
    try:
        report = asyncio.run(run_load(process.url, process.child.pid, seconds, clients=200))
        assert report.wrong == []
        assert report.live_adapters == 0
        assert report.decode_rows == 0
        assert report.growth < MOST_GROWTH, f"{report.warm_bytes} -> {report.end_bytes} bytes"
        assert report.requests["/v1/score 200"] > 20
        assert report.requests["/v1/chat/completions 200"] > 20
        assert report.requests["/v1/adapters 200"] > 6
        assert report.requests["gone away"] > 0
        for refused in ("malformed 400", "oversized 413", "unknown field 400", "too long 400"):
            assert report.requests[refused] > 0, refused
        assert report.queue_full > 0
        assert report.slots_full > 0
        print(dict(report.requests))
    finally:
        process.stop()
