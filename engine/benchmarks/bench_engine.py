"""The engine against the paper's pipeline, step by step, in one run on one machine.

`python -m benchmarks.bench_engine --model DIR [--samples N] [--batch 1,8,32] [--scope all,answer]
[--few N] [--baseline N] [--json FILE]` in `engine/`. The baseline does the first `--baseline`
samples once each: it does one at a time, so that its time per sample is known from a few. Between
them come the engine's batches of every size and scope, spread evenly, so that a noisy machine
favours neither; both use the same number of threads. Batches smaller than `--few` are measured on
that many samples, against the baseline's time for the same ones. Beside the time on the clock
stands the processor time, which other processes on the machine do not lengthen: with `--threads
1` its ratio is the one to read on a machine that is shared. Results are compared as well (scores,
losses, adapters, texts); exit code 1 where they differ by more than rounding explains.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch

from benchmarks.formula import Formula
from benchmarks.ignore import ignore
from benchmarks.paper_pipeline import PaperPipeline, TrainedBaseline
from benchmarks.roofline import matmul_peak, memory_bandwidth, processor_name
from benchmarks.samples import DEFAULT_FILE, BenchSample, BenchSettings, read_samples
from whetstone_engine.adapters.adapter import Adapter
from whetstone_engine.adapters.layout import draw_adapter
from whetstone_engine.config import EngineConfig
from whetstone_engine.engine import Engine
from whetstone_engine.jobs import (
    GenerateJob,
    SamplingSettings,
    ScoreJob,
    TrainExample,
    TrainJob,
    TrainResult,
    TrainSettings,
)
from whetstone_engine.scoring.split import split_candidates

STEPS = ("H", "G", "T", "I")
RESULTS = ("scores", "synthesis", "losses", "vectors", "adapted", "base")
TOLERANCES = {"largestScoreGap": 1e-3, "largestLossGap": 1e-3, "largestAdapterGap": 1e-2}
"""Absolute in log-probability, relative in the adapter's norm: fp32, five steps of AdamW."""


@dataclass
class Prepared:
    """A sample's tokens."""

    prompt: np.ndarray
    synthesis: np.ndarray
    trunk: np.ndarray
    tails: list[np.ndarray]
    pair: np.ndarray
    """The training pair's prompt: the sample's tools under the next sample's request."""
    completion: np.ndarray
    number: int
    """Place among the samples, and the adapter's seed."""


@dataclass
class Side:
    """What one side took and gave."""

    seconds: dict[str, float] = field(default_factory=lambda: dict.fromkeys((*STEPS, "B"), 0.0))
    processor: dict[str, float] = field(default_factory=lambda: dict.fromkeys((*STEPS, "B"), 0.0))
    """Processor seconds of all threads."""
    scores: list[list[float]] = field(default_factory=list)
    synthesis: list[list[int]] = field(default_factory=list)
    losses: list[tuple[float, ...]] = field(default_factory=list)
    vectors: list[torch.Tensor] = field(default_factory=list)
    adapted: list[list[int]] = field(default_factory=list)
    base: list[list[int]] = field(default_factory=list)

    def results_of(self, numbers: Sequence[int]) -> Side:
        """The results of these samples, without times."""
        part = Side()
        for name in RESULTS:
            setattr(part, name, [getattr(self, name)[number] for number in numbers])
        return part


class EngineSide:
    """Submits a group of samples at once and waits for all of it.

    An engine whose device thread was not started runs its passes on the caller's thread.
    """

    def __init__(
        self, engine: Engine, settings: BenchSettings, scope: str, *, started: bool = True
    ) -> None:
        self.engine = engine
        self.settings = settings
        self.scope = scope
        self.side = Side()
        self._started = started

    def run_jobs(self, jobs: Sequence[Any], step: str) -> list[Any]:
        """The results in the order of the jobs; the time is added to that of the step."""
        results: list[Any] = [None] * len(jobs)
        left = threading.Semaphore(0)

        def finish_at(number: int) -> Callable[[Any], None]:
            def finish(result: Any) -> None:
                results[number] = result
                left.release()

            return finish

        started, processor = time.perf_counter(), time.process_time()
        for number, job in enumerate(jobs):
            job.submitted = time.perf_counter()
            job.finish = finish_at(number)
            self.engine.scheduler.submit(job)
        for _ in jobs:
            while not self._started and not left.acquire(blocking=False):
                self._run_passes()
            if self._started:
                left.acquire()
        self.side.seconds[step] += time.perf_counter() - started
        self.side.processor[step] += time.process_time() - processor
        for result in results:
            if isinstance(result, BaseException):
                raise result
        return results

    def _generate_job(
        self, prompt: np.ndarray, maximum: int, adapter: Adapter | None = None
    ) -> GenerateJob:
        sampling = SamplingSettings(0.0, 1.0, 0, maximum, (), None)
        return GenerateJob(ignore, prompt, len(prompt), 1, sampling, None, adapter)

    @torch.no_grad()
    def _run_passes(self) -> None:
        scheduler = self.engine.scheduler
        for kind in sorted(scheduler.ready()[0]):
            scheduler.run_pass(kind)

    def run(self, group: Sequence[Prepared]) -> None:
        # In the product the steps of different samples overlap; here one at a time, to time each.
        self.score(group)
        self.write(group)
        adapters = self.train(group)
        self.answer(group, adapters)
        self.answer(group)

    def score(self, group: Sequence[Prepared]) -> None:
        """H."""
        scored = self.run_jobs(
            [ScoreJob(ignore, one.trunk, one.tails, len(one.prompt), None) for one in group], "H"
        )
        self.side.scores.extend([s.log_likelihood for s in one.scores] for one in scored)

    def write(self, group: Sequence[Prepared]) -> None:
        """G."""
        jobs = [self._generate_job(one.synthesis, self.settings.synthesis_tokens) for one in group]
        written = self.run_jobs(jobs, "G")
        self.side.synthesis.extend(list(one.choices[0].tokens) for one in written)

    def train(self, group: Sequence[Prepared]) -> list[Adapter]:
        """T; the adapters."""
        trained = self.run_jobs([self._train_job(one) for one in group], "T")
        self.side.losses.extend(one.trained.losses for one in trained)
        self.side.vectors.extend(one.trained.vector_P.cpu() for one in trained)
        return [self._adapter(one, number) for number, one in enumerate(trained)]

    def answer(self, group: Sequence[Prepared], adapters: Sequence[Adapter] | None = None) -> None:
        """I, with each sample's adapter, or by the base model."""
        maximum = self.settings.answer_tokens
        given: Sequence[Adapter | None] = adapters or [None] * len(group)
        jobs = [
            self._generate_job(one.prompt, maximum, adapter)
            for one, adapter in zip(group, given, strict=True)
        ]
        answered = self.run_jobs(jobs, "B" if adapters is None else "I")
        texts = self.side.base if adapters is None else self.side.adapted
        texts.extend(list(one.choices[0].tokens) for one in answered)

    def _train_job(self, one: Prepared) -> TrainJob:
        settings = self.settings
        return TrainJob(
            ignore,
            examples=(TrainExample(one.pair, one.completion),),
            settings=TrainSettings(
                settings.rank,
                settings.alpha,
                settings.learning_rate,
                settings.epochs,
                settings.warmup_ratio,
                "cosine",
                one.number,
                self.scope,
            ),
        )

    def _adapter(self, result: TrainResult, number: int) -> Adapter:
        settings, trained = self.settings, result.trained
        return Adapter(
            str(number),
            settings.rank,
            settings.alpha,
            self.scope,
            trained.vector_P,
            trained.losses,
            trained.weight_hash,
            result.trained_tokens,
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
        self.each: dict[int, Side] = {}
        """What it has done, by the sample's number."""

    def _timed(self, step: str, run: Callable[[], Any]) -> Any:
        started, processor = time.perf_counter(), time.process_time()
        result = run()
        if self.engine.model.device.type == "cuda":
            torch.cuda.synchronize()
        self.side.seconds[step] += time.perf_counter() - started
        self.side.processor[step] += time.process_time() - processor
        return result

    def run(self, one: Prepared) -> None:
        """The next sample, into `each`."""
        self.side = Side()
        self._sample(one)
        self.each[one.number] = self.side

    def together(self, numbers: Sequence[int]) -> Side:
        """These samples as one side."""
        whole = Side()
        for one in (self.each[number] for number in numbers):
            for step in whole.seconds:
                whole.seconds[step] += one.seconds[step]
                whole.processor[step] += one.processor[step]
            for name in RESULTS:
                getattr(whole, name).extend(getattr(one, name))
        return whole

    def _sample(self, one: Prepared) -> None:
        pipeline, settings, side = self.pipeline, self.settings, self.side
        prompt = one.prompt.tolist()
        layout = self.engine.stacker.layout(settings.rank)
        start = layout.matrices(draw_adapter(layout, one.number, torch.float32))
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
            "T",
            lambda: pipeline.train(one.pair.tolist(), one.completion.tolist(), settings, start),
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
        varied = (*sample.answer[:-1], samples[(number + 1) % len(samples)].answer[-1])
        pair = array(tokenizer.chat_prompt(varied))
        found.append(Prepared(prompt, synthesis, trunk, tails, pair, completion, number))
    return found


class Machine:
    """What the machine could do while the benchmark ran: the best of all measurements."""

    def __init__(self) -> None:
        self.peak = 0.0
        self.processor_peak = 0.0
        self.bandwidth = 0.0

    def measure(self, device: torch.device, dtype: torch.dtype) -> None:
        per_second, per_processor_second = matmul_peak(device, dtype)
        self.peak = max(self.peak, per_second)
        self.processor_peak = max(self.processor_peak, per_processor_second)
        self.bandwidth = max(self.bandwidth, memory_bandwidth(device))


def disagreements(found: dict[str, float]) -> list[str]:
    """Which results differ by more than rounding explains."""
    gaps = [name for name, most in TOLERANCES.items() if found.get(name, 0.0) > most]
    return gaps + [name for name, share in found.items() if name.startswith("equal") and share < 1]


def agreement(engine: Side, baseline: Side, *, trained: bool) -> dict[str, float]:
    """How equal the results are; the baseline knows no adapter of scope "answer"."""
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

    found = {
        "largestScoreGap": score_gap,
        "equalSynthesisTexts": same(engine.synthesis, baseline.synthesis),
        "equalBaseAnswers": same(engine.base, baseline.base),
    }
    if trained:
        found["largestLossGap"] = loss_gap
        found["largestAdapterGap"] = vector_gap
        found["equalAdaptedAnswers"] = same(engine.adapted, baseline.adapted)
    return found


def linear_parameters(engine: Engine) -> int:
    """Base weights that every position passes through, the head not counted."""
    config = engine.model_config
    attention = config.hidden_size * (2 * config.query_size + 2 * config.key_value_size)
    return config.layer_count * (attention + 3 * config.hidden_size * config.intermediate_size)


@dataclass
class Arm:
    """One way to run the engine: samples in flight and scope of the adapters."""

    scope: str
    batch: int
    samples: list[Prepared]
    side: EngineSide

    def groups(self) -> list[list[Prepared]]:
        return [
            self.samples[at : at + self.batch] for at in range(0, len(self.samples), self.batch)
        ]


def run_in_turn(
    engine: Engine, slow: BaselineSide, samples: Sequence[Prepared], arms: Sequence[Arm]
) -> Machine:
    """Spreads every arm's groups evenly among the baseline's samples; measures the machine too."""
    machine = Machine()
    turns: list[tuple[float, Callable[[], None]]] = []

    def baseline(one: Prepared) -> Callable[[], None]:
        def run() -> None:
            slow.run(one)
            # Beside the work, so that a neighbour who slows the one slows the other.
            machine.measure(engine.model.device, engine.model.dtype)

        return run

    def group(arm: Arm, samples: Sequence[Prepared]) -> Callable[[], None]:
        def run() -> None:
            engine.scheduler.prefix_cache.clear()
            arm.side.run(samples)
            engine.scheduler.prefix_cache.clear()

        return run

    for number, one in enumerate(samples):
        turns.append(((number + 0.5) / len(samples), baseline(one)))
    for arm in arms:
        groups = arm.groups()
        for number, part in enumerate(groups):
            turns.append(((number + 0.5) / len(groups), group(arm, part)))
    for _, run in sorted(turns, key=lambda turn: turn[0]):
        run()
    return machine


def count_tokens(
    samples: Sequence[Prepared], side: Side, settings: BenchSettings
) -> dict[str, int]:
    """Tokens that each step reads (H, T) or writes (G, I)."""
    return {
        "H": sum(len(one.trunk) + sum(map(len, one.tails)) for one in samples),
        "G": sum(map(len, side.synthesis)),
        "T": sum(len(one.pair) + len(one.completion) for one in samples) * settings.epochs,
        "I": sum(map(len, side.adapted)),
        "B": sum(map(len, side.base)),
    }


def summarise(
    engine: Engine, settings: BenchSettings, arm: Arm, slow: BaselineSide, machine: Machine
) -> dict[str, Any]:
    """One arm beside the baseline's time for the same samples."""
    prepared, batch, scope = arm.samples, arm.batch, arm.scope
    count = len(prepared)
    done = [number for number in slow.each if number < count]
    own, other = arm.side.side, slow.together(done)

    def compare(names: Sequence[str]) -> dict[str, float]:
        """Per sample: the baseline's over those it did, the engine's over all."""
        left = sum(other.seconds[name] for name in names) / len(done)
        right = sum(own.seconds[name] for name in names) / count
        processor = sum(other.processor[name] for name in names) / len(done)
        processor /= max(sum(own.processor[name] for name in names) / count, 1e-9)
        return {
            "baselineSeconds": left,
            "engineSeconds": right,
            "ratio": left / right,
            "processorRatio": processor,
        }

    steps = {step: compare((step,)) for step in (*STEPS, "B")}

    # Four passes: with one example the step at rate 0 shares the next one's gradient.
    formula = Formula(engine.model_config)
    training = (settings.epochs - 1) * sum(
        formula.training(len(one.pair), len(one.completion), scope) for one in prepared
    )
    decoded = sum(len(tokens) for tokens in own.base)
    # The base weights are read once for all rows of a step, the head included.
    config = engine.model_config
    width = engine.model.weights.embedding.element_size()
    step_bytes = width * (linear_parameters(engine) + config.hidden_size * config.vocabulary_size)
    read_bytes = step_bytes * decoded / batch
    tokens = count_tokens(prepared, own, settings)
    other_tokens = count_tokens([prepared[number] for number in done], other, settings)
    return {
        "batch": batch,
        "samples": count,
        "baselineSamples": len(done),
        "scope": scope,
        "steps": steps,
        "uncertain": compare(("H", "G", "T", "I")),
        "certain": compare(("H", "B")),
        "tokensPerSecond": {
            step: {
                "baseline": other_tokens[step] / other.seconds[step],
                "engine": tokens[step] / own.seconds[step],
            }
            for step in tokens
        },
        "shareOfMatmulPeakInT": training / own.seconds["T"] / machine.peak,
        "shareOfMatmulPeakInTByProcessorTime": training
        / max(own.processor["T"], 1e-9)
        / machine.processor_peak,
        "shareOfBandwidthInDecoding": read_bytes / own.seconds["B"] / machine.bandwidth,
        "matmulPeak": machine.peak,
        "memoryBandwidth": machine.bandwidth,
        "agreement": agreement(own.results_of(done), other, trained=scope == "all"),
    }


def table(result: dict[str, Any]) -> str:
    """The result of one batch size for people."""
    lines = [
        f"{result['samples']} samples ({result['baselineSamples']} by the baseline), "
        f"{result['batch']} in flight, scope {result['scope']}",
        f"{'step':<22}{'baseline s':>11}{'engine s':>10}{'ratio':>7}{'by CPU':>8}"
        f"{'baseline tok/s':>16}{'engine tok/s':>14}",
    ]
    names = {
        "H": "H score candidates",
        "G": "G write a pair",
        "T": "T train",
        "I": "I answer, adapted",
        "B": "I answer, base",
    }
    rates = result["tokensPerSecond"]
    rows = [(names[step], result["steps"][step], rates[step]) for step in names]
    rows += [(f"{kind} sample", result[kind], None) for kind in ("uncertain", "certain")]
    for name, row, rate in rows:
        line = (
            f"{name:<22}{row['baselineSeconds']:>11.4f}{row['engineSeconds']:>10.4f}"
            f"{row['ratio']:>7.1f}{row['processorRatio']:>8.1f}"
        )
        if rate is not None:
            line += f"{rate['baseline']:>16.0f}{rate['engine']:>14.0f}"
        lines.append(line)
    lines.append(
        f"T at {100 * result['shareOfMatmulPeakInT']:.0f} % of the measured matmul peak "
        f"({100 * result['shareOfMatmulPeakInTByProcessorTime']:.0f} % by processor time), "
        f"decoding at {100 * result['shareOfBandwidthInDecoding']:.0f} % of the measured bandwidth"
    )
    found = result["agreement"]
    wrong = disagreements(found)
    told = ", ".join(f"{name} {value:.2g}" for name, value in found.items())
    lines.append(f"{'DIFFERENT: ' + ', '.join(wrong) if wrong else 'results agree'} ({told})")
    return "\n".join(lines)


def main(argv: list[str] | None = None) -> int:
    """Prints tables, writes JSON; exit code 1 where the two sides disagree."""
    parser = argparse.ArgumentParser(prog="bench_engine", description=__doc__)
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--samples", type=int, default=32)
    parser.add_argument("--batch", default="1,8,32")
    parser.add_argument("--inputs", type=Path, default=DEFAULT_FILE)
    parser.add_argument("--scope", default="all,answer", help="all, answer or both")
    parser.add_argument("--threads", type=int, help="of both sides; default: the engine's choice")
    parser.add_argument("--baseline", type=int, default=8, help="samples that the baseline does")
    parser.add_argument("--few", type=int, default=8, help="samples of the smaller batch sizes")
    parser.add_argument("--device", default="cpu", help="cpu or cuda, of both sides")
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args(argv)
    config = EngineConfig(
        arguments.model, device=arguments.device, dtype="auto", threads=arguments.threads
    )
    engine = Engine(config)
    engine.start()
    pipeline = PaperPipeline(
        arguments.model,
        engine.tokenizer.end_token_ids,
        engine.model.device,
        engine.model.dtype,
    )
    settings = BenchSettings()
    prepared = prepare(engine, read_samples(arguments.inputs, arguments.samples))
    batches = [int(part) for part in arguments.batch.split(",")]
    scopes = arguments.scope.split(",")
    if min(batches) < 1 or not set(scopes) <= {"all", "answer"}:
        parser.error("--batch takes positive numbers, --scope takes all and answer")
    warm = prepared[:1]
    EngineSide(engine, settings, scopes[0]).run(warm)
    BaselineSide(pipeline, engine, settings).run(warm[0])
    arms = []
    for scope in scopes:
        for batch in batches:
            used = prepared[: max(batch, arguments.few)]
            arms.append(Arm(scope, batch, used, EngineSide(engine, settings, scope)))
    slow = BaselineSide(pipeline, engine, settings)
    before = os.getloadavg()[0]
    machine = run_in_turn(engine, slow, prepared[: arguments.baseline], arms)
    results = [summarise(engine, settings, arm, slow, machine) for arm in arms]
    for one in results:
        print(table(one), end="\n\n", flush=True)
    report = {
        "model": engine.name,
        "fingerprint": engine.fingerprint,
        "machine": {
            "processor": processor_name(),
            "cores": os.cpu_count(),
            "system": platform.platform(),
            "torch": torch.__version__,
            "loadBefore": round(before, 1),
            "loadAfter": round(os.getloadavg()[0], 1),
        },
        "threads": torch.get_num_threads(),
        "settings": asdict(settings),
        "tolerances": TOLERANCES,
        "results": results,
    }
    if arguments.json is not None:
        arguments.json.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    engine.stop()
    if engine.model.dtype == torch.bfloat16:
        return 0  # Rounding of bf16 alone changes texts; the figures are printed all the same.
    return 1 if any(disagreements(one["agreement"]) for one in results) else 0


if __name__ == "__main__":
    sys.exit(main())
