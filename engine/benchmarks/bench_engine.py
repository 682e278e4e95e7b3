"""The engine against the paper's pipeline, step by step, in one run on one machine.

`python -m benchmarks.bench_engine --model DIR [--samples N] [--batch 1,8,32] [--json FILE]` in
`engine/`. Both sides take turns on groups of samples, so that a noisy machine favours neither; both
use the same number of threads. Results are compared as well: scores, losses, adapters, texts.
"""

from __future__ import annotations

import argparse
import json
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch

from benchmarks.paper_pipeline import PaperPipeline, TrainedBaseline
from benchmarks.roofline import matmul_peak, memory_bandwidth
from benchmarks.samples import DEFAULT_FILE, BenchSample, BenchSettings, read_samples
from whetstone_engine.adapters import Adapter
from whetstone_engine.config import EngineConfig
from whetstone_engine.engine import Engine
from whetstone_engine.jobs import (
    GenerateJob,
    SamplingSettings,
    ScoreJob,
    TrainExample,
    TrainJob,
    TrainSettings,
)
from whetstone_engine.lora import draw_adapter
from whetstone_engine.score import split_candidates

STEPS = ("H", "G", "T", "I")


@dataclass
class Prepared:
    """A sample's tokens."""

    sample: BenchSample
    prompt: np.ndarray
    synthesis: np.ndarray
    trunk: np.ndarray
    tails: list[np.ndarray]
    completion: np.ndarray
    seed: int


@dataclass
class Side:
    """What one side took and gave."""

    seconds: dict[str, float] = field(default_factory=lambda: dict.fromkeys((*STEPS, "B"), 0.0))
    scores: list[list[float]] = field(default_factory=list)
    synthesis: list[list[int]] = field(default_factory=list)
    losses: list[tuple[float, ...]] = field(default_factory=list)
    vectors: list[torch.Tensor] = field(default_factory=list)
    adapted: list[list[int]] = field(default_factory=list)
    base: list[list[int]] = field(default_factory=list)


class EngineSide:
    """Submits a group of samples at once and waits for all of it."""

    def __init__(self, engine: Engine, settings: BenchSettings, scope: str) -> None:
        self.engine = engine
        self.settings = settings
        self.scope = scope
        self.side = Side()

    def _run(self, jobs: Sequence[Any], step: str) -> list[Any]:
        results: list[Any] = [None] * len(jobs)
        left = threading.Semaphore(0)

        def finish_at(number: int) -> Callable[[Any], None]:
            def finish(result: Any) -> None:
                results[number] = result
                left.release()

            return finish

        started = time.perf_counter()
        for number, job in enumerate(jobs):
            job.submitted = time.perf_counter()
            job.finish = finish_at(number)
            self.engine.scheduler.submit(job)
        for _ in jobs:
            left.acquire()
        self.side.seconds[step] += time.perf_counter() - started
        for result in results:
            if isinstance(result, BaseException):
                raise result
        return results

    def _generate_job(
        self, prompt: np.ndarray, maximum: int, adapter: Adapter | None = None
    ) -> GenerateJob:
        sampling = SamplingSettings(0.0, 1.0, 0, maximum, (), None)
        return GenerateJob(_ignore, prompt, len(prompt), 1, sampling, None, adapter)

    def run(self, group: Sequence[Prepared]) -> None:
        settings = self.settings
        # In the product the steps of different samples overlap; here one at a time, to time each.
        scored = self._run(
            [ScoreJob(_ignore, one.trunk, one.tails, len(one.prompt), None) for one in group], "H"
        )
        self.side.scores.extend([s.log_likelihood for s in one.scores] for one in scored)
        written = self._run(
            [self._generate_job(one.synthesis, settings.synthesis_tokens) for one in group], "G"
        )
        self.side.synthesis.extend(list(one.choices[0].tokens) for one in written)
        trained = self._run([self._train_job(one) for one in group], "T")
        self.side.losses.extend(one.losses for one in trained)
        self.side.vectors.extend(one.vector for one in trained)
        adapters = [self._adapter(one, number) for number, one in enumerate(trained)]
        adapted = self._run(
            [
                self._generate_job(one.prompt, settings.answer_tokens, adapter)
                for one, adapter in zip(group, adapters, strict=True)
            ],
            "I",
        )
        self.side.adapted.extend(list(one.choices[0].tokens) for one in adapted)
        base = self._run(
            [self._generate_job(one.prompt, settings.answer_tokens) for one in group], "B"
        )
        self.side.base.extend(list(one.choices[0].tokens) for one in base)

    def _train_job(self, one: Prepared) -> TrainJob:
        settings = self.settings
        return TrainJob(
            _ignore,
            examples=(TrainExample(one.prompt, one.completion),),
            settings=TrainSettings(
                settings.rank,
                settings.alpha,
                settings.learning_rate,
                settings.epochs,
                settings.warmup_ratio,
                "cosine",
                one.seed,
                self.scope,
            ),
        )

    def _adapter(self, trained: Any, number: int) -> Adapter:
        settings = self.settings
        return Adapter(
            str(number),
            settings.rank,
            settings.alpha,
            self.scope,
            trained.vector,
            trained.losses,
            trained.weight_hash,
            trained.trained_tokens,
            "",
            600.0,
        )


class BaselineSide:
    """The same group, one request at a time."""

    def __init__(self, pipeline: PaperPipeline, engine: Engine, settings: BenchSettings) -> None:
        self.pipeline = pipeline
        self.engine = engine
        self.settings = settings
        self.side = Side()

    def _timed(self, step: str, run: Callable[[], Any]) -> Any:
        started = time.perf_counter()
        result = run()
        self.side.seconds[step] += time.perf_counter() - started
        return result

    def run(self, group: Sequence[Prepared]) -> None:
        for one in group:
            self._sample(one)

    def _sample(self, one: Prepared) -> None:
        pipeline, settings, side = self.pipeline, self.settings, self.side
        prompt = one.prompt.tolist()
        layout = self.engine.stacker.layout(settings.rank)
        start = layout.matrices(draw_adapter(layout, one.seed, torch.float32))
        trunk = one.trunk.tolist()
        tails = [tail.tolist() for tail in one.tails]
        side.scores.append(self._timed("H", lambda: pipeline.score(trunk, tails)))
        synthesis = one.synthesis.tolist()
        side.synthesis.append(
            self._timed("G", lambda: pipeline.generate(synthesis, settings.synthesis_tokens))
        )
        side.base.append(
            self._timed("B", lambda: pipeline.generate(prompt, settings.answer_tokens))
        )
        trained: TrainedBaseline = self._timed(
            "T", lambda: pipeline.train(prompt, one.completion.tolist(), settings, start)
        )
        side.losses.append(trained.losses)
        flat = torch.zeros(layout.size)
        views = layout.matrices(flat)
        for name, matrix in pipeline.matrices(trained.model, list(views)).items():
            views[name].copy_(matrix)
        side.vectors.append(flat)
        side.adapted.append(
            self._timed(
                "I", lambda: pipeline.generate(prompt, settings.answer_tokens, trained.model)
            )
        )
        self._timed("T", trained.detach)


def _ignore(_: Any) -> None:
    """Replaced when the job is submitted."""


def prepare(engine: Engine, samples: Sequence[BenchSample]) -> list[Prepared]:
    """Tokenises; the training pair's completion names the first candidate (T needs some target)."""
    tokenizer = engine.tokenizer

    def array(ids: list[int]) -> np.ndarray:
        return np.asarray(ids, dtype=np.int64)

    found = []
    for number, sample in enumerate(samples):
        prompt = array(tokenizer.chat_prompt(sample.answer))
        opening = array(tokenizer.encode(sample.opening))
        sequences = [
            array(tokenizer.encode(sample.opening + name + sample.closing))
            for name in sample.candidates
        ]
        trunk, tails = split_candidates(prompt, opening, sequences)
        answer = f'{sample.opening}{sample.candidates[0]}", "arguments": {{"name": "Gretar 42"}}}}]'
        completion = array([*tokenizer.encode(answer + "</tool_call>"), tokenizer.turn_end_id])
        synthesis = array(tokenizer.chat_prompt(sample.synthesis))
        found.append(Prepared(sample, prompt, synthesis, trunk, tails, completion, number))
    return found


def agreement(engine: Side, baseline: Side) -> dict[str, float]:
    """How equal the results are."""
    score_gap = max(
        abs(a - b)
        for one, other in zip(engine.scores, baseline.scores, strict=True)
        for a, b in zip(one, other, strict=True)
    )
    loss_gap = max(
        abs(a - b)
        for one, other in zip(engine.losses, baseline.losses, strict=True)
        for a, b in zip(one, other, strict=True)
    )
    vector_gap = max(
        float((one - other).norm() / other.norm())
        for one, other in zip(engine.vectors, baseline.vectors, strict=True)
    )

    def same(left: list[list[int]], right: list[list[int]]) -> float:
        return float(np.mean([one == other for one, other in zip(left, right, strict=True)]))

    return {
        "largestScoreGap": score_gap,
        "largestLossGap": loss_gap,
        "largestAdapterGap": vector_gap,
        "equalSynthesisTexts": same(engine.synthesis, baseline.synthesis),
        "equalAdaptedAnswers": same(engine.adapted, baseline.adapted),
        "equalBaseAnswers": same(engine.base, baseline.base),
    }


def linear_parameters(engine: Engine) -> int:
    """Base weights that every position passes through, the head not counted."""
    config = engine.model_config
    attention = config.hidden_size * (2 * config.query_size + 2 * config.key_value_size)
    return config.layer_count * (attention + 3 * config.hidden_size * config.intermediate_size)


def measure(
    engine: Engine,
    pipeline: PaperPipeline,
    prepared: Sequence[Prepared],
    batch: int,
    settings: BenchSettings,
    scope: str,
    peak: float,
    bandwidth: float,
) -> dict[str, Any]:
    """One batch size: groups of `batch` samples, the two sides in turn."""
    fast = EngineSide(engine, settings, scope)
    slow = BaselineSide(pipeline, engine, settings)
    for first in range(0, len(prepared), batch):
        group = prepared[first : first + batch]
        for side in (fast, slow) if first // batch % 2 == 0 else (slow, fast):
            side.run(group)
        engine.scheduler.prefix_cache.clear()
    count = len(prepared)
    own, other = fast.side, slow.side
    steps = {
        step: {
            "baselineSeconds": other.seconds[step] / count,
            "engineSeconds": own.seconds[step] / count,
            "ratio": other.seconds[step] / own.seconds[step],
        }
        for step in (*STEPS, "B")
    }

    def whole(names: Sequence[str]) -> dict[str, float]:
        left = sum(other.seconds[name] for name in names) / count
        right = sum(own.seconds[name] for name in names) / count
        return {"baselineSeconds": left, "engineSeconds": right, "ratio": left / right}

    trained_tokens = sum(len(one.prompt) + len(one.completion) for one in prepared)
    # Forward and backward to the inputs, for the passes of a careful run (five); ours makes four.
    training = 4 * linear_parameters(engine) * trained_tokens * (settings.epochs - 1)
    decoded = sum(len(tokens) for tokens in own.base)
    bytes_per_step = 4 * linear_parameters(engine)
    decode_steps = decoded / batch
    return {
        "batch": batch,
        "samples": count,
        "scope": scope,
        "steps": steps,
        "uncertain": whole(("H", "G", "T", "I")),
        "certain": whole(("H", "B")),
        "tokensPerSecond": {
            "engineDecode": decoded / own.seconds["B"],
            "baselineDecode": sum(len(tokens) for tokens in other.base) / other.seconds["B"],
            "engineTrain": trained_tokens * settings.epochs / own.seconds["T"],
        },
        "shareOfMatmulPeakInT": training / own.seconds["T"] / peak,
        "shareOfBandwidthInDecoding": bytes_per_step * decode_steps / own.seconds["B"] / bandwidth,
        "agreement": agreement(own, other) if scope == "all" else None,
    }


def table(result: dict[str, Any]) -> str:
    """The result of one batch size for people."""
    lines = [
        f"{result['samples']} samples, {result['batch']} in flight, scope {result['scope']}",
        f"{'step':<28}{'baseline s':>12}{'engine s':>12}{'ratio':>8}",
    ]
    names = {
        "H": "H score candidates",
        "G": "G write a pair",
        "T": "T train",
        "I": "I answer, adapted",
        "B": "I answer, base",
    }
    rows = [(names[step], result["steps"][step]) for step in names]
    rows += [("uncertain sample", result["uncertain"]), ("certain sample", result["certain"])]
    for name, row in rows:
        lines.append(
            f"{name:<28}{row['baselineSeconds']:>12.4f}{row['engineSeconds']:>12.4f}"
            f"{row['ratio']:>8.1f}"
        )
    rates = result["tokensPerSecond"]
    lines.append(
        f"decoding {rates['engineDecode']:.0f} tokens/s (baseline {rates['baselineDecode']:.0f}); "
        f"T at {100 * result['shareOfMatmulPeakInT']:.0f} % of the matmul peak, "
        f"decoding at {100 * result['shareOfBandwidthInDecoding']:.0f} % of the bandwidth"
    )
    if result["agreement"] is not None:
        lines.append("agreement " + json.dumps(result["agreement"]))
    return "\n".join(lines)


def main(argv: list[str] | None = None) -> int:
    """Prints tables, writes JSON; exit code 1 where the two sides disagree."""
    parser = argparse.ArgumentParser(prog="bench_engine", description=__doc__)
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--samples", type=int, default=32)
    parser.add_argument("--batch", default="1,8,32")
    parser.add_argument("--inputs", type=Path, default=DEFAULT_FILE)
    parser.add_argument("--scope", choices=("all", "answer"), default="all")
    parser.add_argument("--threads", type=int, help="of both sides; default: the engine's choice")
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args(argv)
    config = EngineConfig(arguments.model, device="cpu", threads=arguments.threads)
    engine = Engine(config)
    engine.start()
    pipeline = PaperPipeline(arguments.model, engine.tokenizer.end_token_ids)
    settings = BenchSettings()
    prepared = prepare(engine, read_samples(arguments.inputs, arguments.samples))
    peak = matmul_peak(engine.model.device, torch.float32)
    bandwidth = memory_bandwidth(engine.model.device)
    warm = prepared[:1]
    EngineSide(engine, settings, arguments.scope).run(warm)
    BaselineSide(pipeline, engine, settings).run(warm)
    results = []
    for batch in (int(part) for part in arguments.batch.split(",")):
        engine.scheduler.prefix_cache.clear()
        one = measure(engine, pipeline, prepared, batch, settings, arguments.scope, peak, bandwidth)
        results.append(one)
        print(table(one), end="\n\n", flush=True)
    report = {
        "model": engine.name,
        "fingerprint": engine.fingerprint,
        "threads": torch.get_num_threads(),
        "matmulPeak": peak,
        "memoryBandwidth": bandwidth,
        "settings": asdict(settings),
        "results": results,
    }
    if arguments.json is not None:
        arguments.json.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    engine.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
