"""The engine's results beside transformers' and PEFT's, in fp32, on layers of full width."""

from __future__ import annotations

import torch

from benchmarks.bench_engine import (
    TOLERANCES,
    BaselineSide,
    EngineSide,
    agreement,
)
from benchmarks.gpu.context import Context
from benchmarks.paper_pipeline import PaperPipeline

_SAMPLES = 2


def run(context: Context) -> None:
    """Scores, losses, trained adapters and greedy texts, with and without an adapter."""
    settings, findings = context.sizes.settings, context.findings
    engine = context.engine(context.thin, "float32")
    group = context.samples(_SAMPLES)
    ours = EngineSide(engine, settings, "all", started=False)
    ours.run(group)
    pipeline = PaperPipeline(
        context.thin, engine.tokenizer.end_token_ids, engine.model.device, torch.float32
    )
    theirs = BaselineSide(pipeline, engine, settings)
    for one in group:
        theirs.run(one)
    found = agreement(ours.side, theirs.together(range(_SAMPLES)), trained=True)
    for name, most in TOLERANCES.items():
        findings.limit(name, found[name], most)
    for name, share in found.items():
        if name.startswith("equal"):
            findings.limit(f"1 - {name}", 1 - share, 0)
