"""Samples of several steps in flight at once: does every kind of work go on?

`python -m benchmarks.mixed_load [--model DIR] [--samples N] [--in-flight N] [--threads N]
[--layers N] [--memory-gb N] [--source NAME=DIR ...] [--rounds N] [--json FILE]` in `engine/`.

Each sample is scored (H), gets a synthetic pair written (G), an adapter trained (T, whole prompt),
and is answered with it (I); as one ends, the next begins. Without `--model` a model of random
weights of Qwen2.5-0.5B's widths is made, with few layers. Each `--source` is an engine's folder
`src`, such as another commit's: the sides take turns, each in a process of its own. Told are
samples per minute, when answers ended, decoding steps per minute while rows were waiting for a
token, the longest time that they waited for one, the share of the device thread's processor time
that went into no pass, and the process's memory: before and after the load, at most, and at rest.
`--memory-gb` applies to sources that know it.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from dataclasses import dataclass, field, replace
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from benchmarks.ignore import ignore
from benchmarks.output import machine_facts, print_result
from benchmarks.pass_time import PassTime
from benchmarks.random_model import Qwen2Shape, save_random_qwen2
from whetstone_engine.adapters.adapter import Adapter
from whetstone_engine.config import EngineConfig
from whetstone_engine.device.memory import limit_arenas
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

_SHAPE = Qwen2Shape(896, 4864, 4, 14, 2, 16384, 2048)
_SETTINGS = TrainSettings(8, 16.0, 3e-3, 5, 0.03, "cosine", 1, "all")
_PROMPTS = (160, 480)
"""Tokens of the shortest and the longest prompt."""
_CANDIDATES, _CANDIDATE_TOKENS = 4, 4
_SYNTHESIS_TOKENS, _ANSWER_TOKENS = 64, 48
_REST_SECONDS = 2.5
"""After so long without work the engine has given free memory back."""


@dataclass
class Waits:
    """When decoding steps ended, and how long rows waited for them."""

    steps: int = 0
    waited: float = 0.0
    longest: float = 0.0
    _since: float | None = None

    def watch(self, engine: Engine) -> None:
        """Notes each step of the engine from now on."""
        decode = engine.scheduler._decode
        step, read = decode.step, decode.read

        def watched_step() -> Any:
            done = step()
            self._note(bool(decode.rows), stepped=True)
            return done

        def watched_read(planned: Any) -> Any:
            had_rows = bool(decode.rows)
            done = read(planned)
            if not had_rows:
                self._note(bool(decode.rows), stepped=False)
            return done

        decode.step = watched_step  # type: ignore[method-assign]
        decode.read = watched_read  # type: ignore[method-assign]

    def _note(self, rows_left: bool, *, stepped: bool) -> None:
        now = time.perf_counter()
        if stepped:
            self.steps += 1
        if self._since is not None:
            self.waited += now - self._since
            self.longest = max(self.longest, now - self._since)
        self._since = now if rows_left else None


@dataclass
class Ends:
    """When answers and samples ended, seconds from the start."""

    answers: list[float] = field(default_factory=list)
    samples: list[float] = field(default_factory=list)


class MixedLoad:
    """Runs samples through an engine, so many in flight."""

    def __init__(self, engine: Engine, samples: int, in_flight: int) -> None:
        self.ends = Ends()
        self._engine = engine
        self._samples = samples
        self._in_flight = in_flight
        self._next = 0
        self._lock = threading.Lock()
        self._all_done = threading.Event()
        self._errors: list[BaseException] = []
        self._started = 0.0

    def run(self) -> None:
        self._started = time.perf_counter()
        for _ in range(min(self._in_flight, self._samples)):
            self._begin()
        self._all_done.wait()
        if self._errors:
            raise self._errors[0]

    def _begin(self) -> None:
        with self._lock:
            number = self._next
            self._next += 1
        if number < self._samples:
            _Sample(self, number).score()

    def submit(self, job: Any, then: Any) -> None:
        """Queues a job; `then(result)` runs on the device thread."""

        def finish(result: Any) -> None:
            if isinstance(result, BaseException):
                self._errors.append(result)
                self._all_done.set()
            else:
                then(result)

        job.finish = finish
        self._engine.scheduler.submit(job)

    def end_answer(self) -> None:
        self.ends.answers.append(time.perf_counter() - self._started)

    def end_sample(self) -> None:
        self.ends.samples.append(time.perf_counter() - self._started)
        if len(self.ends.samples) == self._samples:
            self._all_done.set()
        else:
            self._begin()

    @property
    def vocabulary(self) -> int:
        return min(self._engine.model_config.vocabulary_size, 384)


class _Sample:
    """H, G, T and I of one sample."""

    def __init__(self, load: MixedLoad, number: int) -> None:
        self._load = load
        self._draw = np.random.default_rng(number)
        self._prompt = self._tokens(int(self._draw.integers(*_PROMPTS)))

    def _tokens(self, count: int) -> NDArray[np.int64]:
        return self._draw.integers(3, self._load.vocabulary, count)

    def score(self) -> None:
        tails = [self._tokens(_CANDIDATE_TOKENS) for _ in range(_CANDIDATES)]
        job = ScoreJob(ignore, self._prompt, tails, len(self._prompt), None)
        self._load.submit(job, lambda _: self._write())

    def _write(self) -> None:
        self._load.submit(self._answer(_SYNTHESIS_TOKENS, None), self._train)

    def _answer(self, tokens: int, adapter: Adapter | None) -> GenerateJob:
        sampling = SamplingSettings(0.0, 1.0, 1, tokens, (), None)
        return GenerateJob(ignore, self._prompt, len(self._prompt), 1, sampling, None, adapter)

    def _train(self, written: Any) -> None:
        self._load.end_answer()
        completion = np.array(written.choices[0].tokens[:24], dtype=np.int64)
        job = TrainJob(ignore, (TrainExample(self._prompt, completion),), _SETTINGS)
        self._load.submit(job, self._apply)

    def _apply(self, result: TrainResult) -> None:
        vector = result.trained.vector_P
        settings = _SETTINGS
        adapter = Adapter(
            "a", settings.rank, settings.alpha, settings.scope, vector, (), "", 0, "", 60.0
        )
        self._load.submit(self._answer(_ANSWER_TOKENS, adapter), lambda _: self._end())

    def _end(self) -> None:
        self._load.end_answer()
        self._load.end_sample()


def _measure(options: argparse.Namespace) -> dict[str, Any]:
    """One side, in this process."""
    torch.set_num_threads(options.threads)
    limit_arenas()
    limit: dict[str, Any] = (
        {} if options.memory_gb is None else {"memory_bytes": int(options.memory_gb * 1e9)}
    )
    if "memory_bytes" not in EngineConfig.__dataclass_fields__:
        limit = {}
    engine = Engine(
        EngineConfig(options.model, device="cpu", dtype="float32", threads=options.threads, **limit)
    )
    # Every answer has the same length, whatever the model writes.
    engine.tokenizer.end_token_ids = ()
    engine.scheduler._decode._writer._end_ids = frozenset()
    engine.start()
    MixedLoad(engine, 2, 2).run()
    waits = Waits()
    waits.watch(engine)
    passes = PassTime(engine)
    before = _device_seconds(engine)
    load = MixedLoad(engine, options.samples, options.in_flight)
    memory = Resident()
    with memory:
        load.run()
    shares = passes.shares()
    time.sleep(_REST_SECONDS)
    ledger = getattr(engine, "memory", None)
    after = _device_seconds(engine)
    seconds = {kind: value - before[kind] for kind, value in after.items()}
    engine.stop()
    ends = load.ends
    return {
        "seconds": round(ends.samples[-1], 1),
        "samplesPerMinute": round(60 * options.samples / ends.samples[-1], 2),
        "firstAnswer": round(ends.answers[0], 1),
        "medianAnswer": round(median(ends.answers), 1),
        "medianSample": round(median(ends.samples), 1),
        "decodeSteps": waits.steps,
        "decodeStepsPerMinuteOfWaiting": round(60 * waits.steps / max(waits.waited, 1e-9), 1),
        "longestWaitForToken": round(waits.longest, 2),
        "residentMb": memory.megabytes | {"rest": resident_megabytes()},
        "countedMb": {
            part: round(size / 1e6)
            for part, size in ({} if ledger is None else ledger.used()).items()
        },
        "countedPeakMb": None if ledger is None else round(ledger.peak / 1e6),
        "limitMb": None if ledger is None or ledger.limit is None else round(ledger.limit / 1e6),
        "deviceThread": shares,
        "deviceSeconds": {kind: round(value, 1) for kind, value in sorted(seconds.items())},
    }


def resident_megabytes() -> int:
    """Of this process."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return round(pages * os.sysconf("SC_PAGE_SIZE") / 1e6)


class Resident:
    """Watches the process's memory."""

    def __init__(self) -> None:
        self.megabytes = {"start": resident_megabytes(), "most": 0}
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()
        self.megabytes["end"] = resident_megabytes()

    def _watch(self) -> None:
        while not self._ended.wait(0.05):
            self.megabytes["most"] = max(self.megabytes["most"], resident_megabytes())


def _device_seconds(engine: Engine) -> dict[str, float]:
    found: dict[str, float] = defaultdict(float)
    for metric in engine.metrics.device_seconds.collect():
        for sample in metric.samples:
            if sample.name.endswith("_total"):
                found[sample.labels["kind"]] = sample.value
    return found


def _in_process(options: argparse.Namespace, model: Path, source: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks.mixed_load", "--here", "--model", str(model)]
    for name in ("samples", "in_flight", "threads", "memory_gb"):
        if getattr(options, name) is None:
            continue
        command += [f"--{name.replace('_', '-')}", str(getattr(options, name))]
    environment = {**os.environ, "PYTHONPATH": source}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stderr)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def main(argv: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path)
    parser.add_argument("--samples", type=int, default=24)
    parser.add_argument("--in-flight", type=int, default=16)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--layers", type=int, default=_SHAPE.layer_count)
    parser.add_argument("--memory-gb", type=float)
    parser.add_argument("--source", action="append", help="NAME=DIR; default: this tree's src")
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args(argv)
    if options.here:
        print(json.dumps(_measure(options)))
        return
    sources = dict(one.split("=", 1) for one in options.source or [])
    sources = sources or {"engine": str(Path(__file__).resolve().parents[1] / "src")}
    before = os.getloadavg()[0]
    found: dict[str, list[Any]] = {name: [] for name in sources}
    with tempfile.TemporaryDirectory() as folder:
        model = options.model
        if model is None:
            model = Path(folder) / "random"
            save_random_qwen2(model, replace(_SHAPE, layer_count=options.layers), seed=1)
        for _ in range(options.rounds):
            for name, source in sources.items():
                found[name].append(_in_process(options, model, source))
    result = {
        "model": f"random weights, Qwen2.5-0.5B's widths, {options.layers} layers"
        if options.model is None
        else options.model.resolve().name,
        **machine_facts(options.threads, before),
        "samples": options.samples,
        "inFlight": options.in_flight,
        "sides": found,
    }
    print_result(result, options.json)


if __name__ == "__main__":
    main()
