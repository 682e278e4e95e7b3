"""Answers that a grammar constrains must parse, whatever the model would write."""

from __future__ import annotations

import importlib.util
import json

from benchmarks.bench_engine import EngineSide
from benchmarks.gpu.context import Context
from benchmarks.gpu.findings import SkippedError
from benchmarks.ignore import ignore
from benchmarks.load import SCHEMA
from whetstone_engine.jobs import GenerateJob, SamplingSettings

_ANSWERS = 8
_TOKENS = 200


def run(context: Context) -> None:
    if importlib.util.find_spec("xgrammar") is None:
        raise SkippedError("xgrammar is not installed")
    engine = context.engine(context.thin)
    grammar = engine.grammars.compile({"type": "json_schema", "json_schema": {"schema": SCHEMA}})
    jobs = [
        GenerateJob(
            ignore,
            one.prompt,
            len(one.prompt),
            1,
            SamplingSettings(1.0, 1.0, number, _TOKENS, (), None),
            grammar,
            None,
        )
        for number, one in enumerate(context.samples(_ANSWERS))
    ]
    side = EngineSide(engine, context.sizes.settings, "all", started=False)
    texts = [one.choices[0].text for one in side.run_jobs(jobs, "G")]
    context.findings.note("answers", texts[:2])
    wrong = sum(not _fits(text) for text in texts)
    context.findings.limit("answers that do not follow the schema", wrong, 0)


def _fits(text: str) -> bool:
    try:
        calls = json.loads(text)
    except ValueError:
        return False
    return isinstance(calls, list) and all(set(one) == {"name", "sure"} for one in calls)
