"""Out of memory: with most of the card taken by ballast, every job must still end with its result.

Without a card the shortage is played: a pass over too many positions fails as an allocation does.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import torch

from benchmarks.bench_engine import EngineSide, Prepared
from benchmarks.gpu.context import Context
from whetstone_engine.engine import Engine
from whetstone_engine.model.transformer import Transformer

_LEFT_SHARES = (0.5, 0.25)
"""Of the memory that the jobs took without ballast."""
_MOST_LOSS_GAP = {"float32": 1e-4, "bfloat16": 0.05}


def run(context: Context) -> None:
    findings = context.findings
    # Everything in one pass, so that half of the memory cannot do.
    jobs, positions = context.sizes.shortage_jobs, context.sizes.prompt + context.sizes.completion
    engine = context.engine(context.full, budget=2 * jobs * positions)
    group = context.samples(jobs)
    plain = _outcome(engine, context, group)
    if context.on_cuda:
        needed = context.peak_bytes(lambda: _outcome(engine, context, group))
        findings.note("bytes needed", needed)
    else:
        needed = jobs * positions
    for share in _LEFT_SHARES:
        before_splits = _splits(engine)
        with _short(context, engine, int(share * needed)):
            found = _outcome(engine, context, group)
        splits = _splits(engine) - before_splits
        label = f"{share:.0%} of the memory needed"
        findings.note(f"batches split, {label}", splits)
        # A shortage that split nothing was none: the ballast was too small.
        findings.limit(f"1 - batches split, {label}", 1 - min(splits, 1), 0)
        most = _MOST_LOSS_GAP[context.dtype]
        findings.limit(f"largest loss gap, {label}", _gap(found, plain), most)
    splits = _splits(engine)
    again = _outcome(engine, context, group)
    findings.limit("batches split after the shortage", _splits(engine) - splits, 0)
    findings.limit("largest loss gap after the shortage", _gap(again, plain), most)


def _outcome(engine: Engine, context: Context, group: list[Prepared]) -> list[float]:
    """The jobs' losses; raises what a job failed with."""
    engine.scheduler.prefix_cache.clear()
    side = EngineSide(engine, context.sizes.settings, "all", started=False)
    side.score(group)
    side.train(group)
    return [loss for losses in side.side.losses for loss in losses]


def _splits(engine: Engine) -> float:
    for metric in engine.metrics.splits.collect():
        return float(metric.samples[0].value)
    return float("nan")


def _gap(found: list[float], plain: list[float]) -> float:
    return max(abs(one - other) for one, other in zip(found, plain, strict=True))


@contextlib.contextmanager
def _short(context: Context, engine: Engine, left: int) -> Iterator[None]:
    """`left`: bytes on a card, positions of a pass without one."""
    if context.on_cuda:
        torch.cuda.empty_cache()
        free = torch.cuda.mem_get_info(engine.model.device)[0]
        ballast = torch.empty(max(free - left, 0), dtype=torch.uint8, device=engine.model.device)
        try:
            yield
        finally:
            del ballast
            torch.cuda.empty_cache()
        return
    whole = Transformer.run

    def run_if_it_fits(model: Transformer, tokens: torch.Tensor, *rest: Any) -> torch.Tensor:
        if tokens.numel() > left:
            raise torch.OutOfMemoryError("the shortage is played")
        return whole(model, tokens, *rest)

    Transformer.run = run_if_it_fits  # type: ignore[method-assign, assignment]
    try:
        yield
    finally:
        Transformer.run = whole  # type: ignore[method-assign]
