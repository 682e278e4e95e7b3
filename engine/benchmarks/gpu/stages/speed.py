"""H, G, T and I with several numbers of samples in flight, beside the paper's pipeline."""

from __future__ import annotations

from typing import Any

from benchmarks.bench_engine import Arm, BaselineSide, EngineSide, Prepared, run_in_turn, summarise
from benchmarks.gpu.context import Context
from benchmarks.paper_pipeline import PaperPipeline
from whetstone_engine.engine import Engine

_SCOPES = ("all", "answer")
_LEAST_SAMPLES = 4


def run(context: Context) -> None:
    """The baseline does a few samples first; then every number in flight, in both scopes."""
    sizes, findings = context.sizes, context.findings
    engine = context.engine(context.full)
    engine.start()
    samples = context.samples(max(*sizes.in_flight, _LEAST_SAMPLES))
    pipeline = PaperPipeline(
        context.full, engine.tokenizer.end_token_ids, engine.model.device, engine.model.dtype
    )
    baseline = BaselineSide(pipeline, engine, sizes.settings)
    baseline.run(samples[-1])  # Libraries choose their kernels.
    baseline.each.clear()
    machine = run_in_turn(engine, baseline, samples[: sizes.baseline_samples], [])
    for count in sizes.in_flight:
        for scope in _SCOPES:
            arm = _arm(engine, context, samples[: max(count, _LEAST_SAMPLES)], scope, count)
            run_in_turn(engine, baseline, [], [arm])
            found = summarise(engine, sizes.settings, arm, baseline, machine)
            _note(context, found, scope, count)
            findings.note(f"scope {scope}, {count} in flight", _figures(found))
    engine.stop()


def _arm(engine: Engine, context: Context, samples: list[Prepared], scope: str, count: int) -> Arm:
    """Its shapes have been met before it is measured."""
    EngineSide(engine, context.sizes.settings, scope).run(samples[:count])
    return Arm(scope, count, samples, EngineSide(engine, context.sizes.settings, scope))


def _figures(found: dict[str, Any]) -> dict[str, Any]:
    parts = {**found["steps"], "uncertain": found["uncertain"], "certain": found["certain"]}
    figures = {
        name: {key: one[key] for key in ("baselineSeconds", "engineSeconds", "ratio")}
        for name, one in parts.items()
    }
    names = ("shareOfMatmulPeakInT", "shareOfBandwidthInDecoding", "agreement")
    return {**figures, **{name: found[name] for name in names}}


def _note(context: Context, found: dict[str, Any], scope: str, count: int) -> None:
    """The figures that cards have goals for."""
    note, place = context.findings.note, f"{count} in flight"
    note(f"train ms per job, scope {scope}, {place}", 1e3 * found["steps"]["T"]["engineSeconds"])
    if scope == "answer":
        # Scores have no adapter: one scope's are enough.
        note(f"scores per second, {place}", 1 / found["steps"]["H"]["engineSeconds"])
    else:
        note(f"uncertain sample, times the baseline, {place}", found["uncertain"]["ratio"])
