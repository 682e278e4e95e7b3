"""Decoding by captured passes beside decoding without: results, and time per step."""

from __future__ import annotations

import time
from statistics import median

import numpy as np
import torch

from benchmarks.gpu.context import FIRST_TOKEN, Context
from benchmarks.ignore import ignore
from whetstone_engine.adapters.adapter import Adapter
from whetstone_engine.adapters.layout import draw_adapter, parameter_dtype
from whetstone_engine.engine import Engine
from whetstone_engine.generation.decode_batch import DecodeBatch
from whetstone_engine.generation.prompt_plan import plan_prompt
from whetstone_engine.jobs import GenerateJob, SamplingSettings

_BYTES = 8 * 2**30
_GRAPH_BYTES = 2**30
_WARM_STEPS = 4
_MOST_GAP = {"float32": 1e-3, "bfloat16": 0.15}
"""Root mean square, in log-probability. A captured pass pads keys to another length, so that sums
are rounded in another order; a wrong replay is off by about 1."""


def run(context: Context) -> None:
    """Many rows at the length of `decode_keys`, then one row; each with and without an adapter."""
    sizes, findings = context.sizes, context.findings
    engine = context.engine(context.full)
    adapters = [None, _adapter(engine)]
    with torch.no_grad():
        for rows, name in ((sizes.decode_rows, "rows"), (1, "one row")):
            for adapter in adapters:
                label = name if adapter is None else f"{name}, adapted"
                eager = _Decoder(context, engine, rows, adapter, captured=False)
                plain, seconds = eager.decode()
                findings.note(f"ms per step without replay, {label}", 1e3 * seconds)
                eager.release()
                replayed = _Decoder(context, engine, rows, adapter, captured=True)
                gap = replayed.gap()
                tokens, seconds = replayed.decode()
                findings.note(f"ms per step, {label}", 1e3 * seconds)
                findings.limit(f"gap, {label}", gap, _MOST_GAP[context.dtype])
                # In bf16 a near tie turns now and then, and the row differs from there on.
                findings.note(f"different tokens, {label}", float(np.mean(tokens != plain)))
                findings.limit(f"steps that were not replayed, {label}", replayed.missed, 0)
                replayed.release()
                if adapter is None and rows > 1:
                    findings.note("captured shapes", replayed.shapes)
                    findings.note("decoded tokens per second", rows / seconds)
                elif adapter is None:
                    findings.note("ms per step of one row", 1e3 * seconds)


def _adapter(engine: Engine) -> Adapter:
    layout = engine.stacker.layout(engine.config.captured_rank)
    vector = draw_adapter(layout, 1, parameter_dtype(engine.model.dtype))
    # B is not zero, so that the adapter acts.
    vector.add_(torch.randn(vector.shape, generator=torch.Generator().manual_seed(2)) * 0.01)
    device = engine.model.device
    return Adapter("a", layout.rank, 16.0, "all", vector.to(device), (), "", 0, "", 600.0)


class _Decoder:
    """Rows that decode greedily after prompts of their own."""

    def __init__(
        self,
        context: Context,
        engine: Engine,
        rows: int,
        adapter: Adapter | None,
        *,
        captured: bool,
    ) -> None:
        sizes = context.sizes
        self._context = context
        self._steps = sizes.decode_steps
        self._batch = DecodeBatch(
            engine.model, engine.tokenizer, engine.stacker, None, sizes.decode_rows
        )
        if captured:
            self._batch.warm_up(
                rank=engine.config.captured_rank,
                row_bytes=_BYTES,
                adapter_bytes=_BYTES,
                graph_bytes=_GRAPH_BYTES,
            )
        passes = self._batch.captured
        self.shapes = 0 if passes is None else len(passes.shapes)
        self.missed = 0
        most = self._steps + _WARM_STEPS + 2
        jobs = [
            _job(number, sizes.decode_keys - most, sizes.model.vocabulary_size, most, adapter)
            for number in range(rows)
        ]
        for job in jobs:
            self._batch.read([plan_prompt(job, None)])

    def gap(self) -> float:
        """Between the log-probabilities of the next step, replayed and not."""
        assert self._batch.captured is not None
        inputs = _inputs(self._batch)
        replayed = self._batch.captured.logits(*inputs)
        if replayed is None:
            return float("nan")
        found = replayed.float().log_softmax(-1)
        plain = self._batch.plain_logits(*inputs).float().log_softmax(-1)
        return float((found - plain).pow(2).mean().sqrt())

    def decode(self) -> tuple[np.ndarray, float]:
        """The tokens of the rows, `[rows, steps]`, and the median seconds of a step."""
        times: list[float] = []
        for number in range(_WARM_STEPS + self._steps):
            self._context.synchronize()
            started = time.perf_counter()
            self._step()
            self._context.synchronize()
            if number >= _WARM_STEPS:
                times.append(time.perf_counter() - started)
        return np.array([row.tokens for row in self._batch.rows]), median(times)

    def _step(self) -> None:
        passes = self._batch.captured
        if passes is not None:
            _, positions, adapters = _inputs(self._batch)
            self.missed += passes.find(len(positions), int(positions.max()) + 1, adapters) is None
        self._batch.step()

    def release(self) -> None:
        self._batch.clear()
        self._batch.release_captured()


def _inputs(batch: DecodeBatch) -> tuple[np.ndarray, np.ndarray, list[Adapter]]:
    """Tokens, positions and adapters of the next step."""
    tokens = np.array([row.tokens[-1] for row in batch.rows], dtype=np.int64)
    positions = np.array([row.length for row in batch.rows], dtype=np.int64)
    return tokens, positions, [one.job.adapter for one in batch.rows if one.job.adapter is not None]


def _job(
    number: int, length: int, vocabulary: int, maximum: int, adapter: Adapter | None
) -> GenerateJob:
    random = np.random.default_rng(number)
    prompt = random.integers(FIRST_TOKEN, vocabulary, length, dtype=np.int64)
    sampling = SamplingSettings(0.0, 1.0, 1, maximum, (), None)
    return GenerateJob(ignore, prompt, length, 1, sampling, None, adapter)
