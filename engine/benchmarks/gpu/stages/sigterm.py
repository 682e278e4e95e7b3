"""SIGTERM in the middle of work: the process ends soon, and every request is answered or closed."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from pathlib import Path

from benchmarks.gpu.context import Context
from benchmarks.gpu.server import engine_process

_REQUESTS = 16
_BUSY_SECONDS = 1.0
_MOST_SECONDS = 10.0
_LONG = 900


def run(context: Context) -> None:
    findings = context.findings
    with engine_process(context) as (url, pid, _):
        seconds, outcomes = asyncio.run(_interrupt(url, pid))
    findings.note("outcomes", outcomes)
    findings.limit("seconds until the process had ended", seconds, _MOST_SECONDS)
    findings.limit("requests without an end", _REQUESTS - sum(outcomes.values()), 0)


async def _interrupt(url: str, pid: int) -> tuple[float, dict[str, int]]:
    import httpx

    outcomes: dict[str, int] = {}
    async with httpx.AsyncClient(base_url=url, timeout=_MOST_SECONDS + 30) as client:
        model = (await client.get("/v1/models")).json()["data"][0]["id"]

        async def ask(number: int) -> None:
            body = {
                "model": model,
                "messages": [{"role": "user", "content": f"Tell story {number}."}],
                "max_tokens": _LONG,
                "seed": number,
            }
            try:
                status = (await client.post("/v1/chat/completions", json=body)).status_code
                outcome = str(status)
            except httpx.TransportError as error:
                outcome = type(error).__name__
            outcomes[outcome] = outcomes.get(outcome, 0) + 1

        asked = [asyncio.create_task(ask(number)) for number in range(_REQUESTS)]
        await asyncio.sleep(_BUSY_SECONDS)
        started = time.perf_counter()
        os.kill(pid, signal.SIGTERM)
        while _lives(pid) and time.perf_counter() - started < 2 * _MOST_SECONDS:
            await asyncio.sleep(0.02)
        seconds = time.perf_counter() - started
        await asyncio.wait(asked, timeout=_MOST_SECONDS)
    return seconds, outcomes


def _lives(pid: int) -> bool:
    """A child that has ended but was not waited for is a zombie."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"
