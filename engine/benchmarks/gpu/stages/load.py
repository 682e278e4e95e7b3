"""Many clients at once over HTTP, some of them rude."""

from __future__ import annotations

import asyncio

from benchmarks.gpu.context import Context
from benchmarks.gpu.server import engine_process
from benchmarks.load import run_load

_REST_SECONDS = 1


def run(context: Context) -> None:
    sizes, findings = context.sizes, context.findings
    with engine_process(context) as (url, pid, log):
        report = asyncio.run(
            run_load(
                url,
                pid,
                sizes.load_seconds,
                sizes.load_clients,
                exact=not context.on_cuda,
                kinds=sizes.load_kinds,
                rest_seconds=_REST_SECONDS,
            )
        )
        warnings = log.read_text().splitlines()[1:]
    findings.note("requests", dict(sorted(report.requests.items())))
    findings.note("requests per second", sum(report.requests.values()) / sizes.load_seconds)
    findings.note("answers unlike the ones computed alone", report.different)
    findings.note("wrong", report.wrong[:5])
    findings.note("warnings", warnings[:5])
    findings.limit("wrong answers", len(report.wrong), 0)
    findings.limit("warnings in the log", len(warnings), 0)
    findings.limit("adapters left behind", report.live_adapters, 0)
    findings.limit("rows left behind", report.decode_rows, 0)
