"""Decoding few rows: the engine beside plain transformers, token by token, in one run.

`python -m benchmarks.decode --model DIR [--rows 1,2,4] [--types float32,bfloat16] [--tokens N]
[--threads N] [--json FILE]` in `engine/`. Every row decodes greedily after the same prompt, in each
type, on both sides. They take turns, a few tokens each, so that a noisy machine favors none.
transformers runs its own forward pass with its cache, without the overhead of `generate`; it gets
all rows as one batch. The time of a step is the median; beside the clock stands the processor time,
which other processes do not lengthen. A ratio above 1 means that the engine is faster.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from transformers import AutoModelForCausalLM, DynamicCache

from benchmarks.ignore import ignore
from benchmarks.output import machine_facts, print_result
from whetstone_engine.config import EngineConfig
from whetstone_engine.engine import Engine
from whetstone_engine.generation.decode_batch import DecodeBatch
from whetstone_engine.generation.prompt_plan import plan_prompt
from whetstone_engine.jobs import GenerateJob, SamplingSettings
from whetstone_engine.numerics.arithmetic import DTYPES

_TURN = 4
"""Tokens that a side decodes before the next one takes its turn."""
_PROMPT = "You have these tools: get_weather(city), send_mail(to, text). What is the weather? " * 3

Step = Callable[[], None]


@dataclass
class Timed:
    """Seconds of each step."""

    clock: list[float] = field(default_factory=list)
    processor: list[float] = field(default_factory=list)

    def run(self, step: Step, count: int) -> None:
        for _ in range(count):
            clock, processor = time.perf_counter(), time.process_time()
            step()
            self.clock.append(time.perf_counter() - clock)
            self.processor.append(time.process_time() - processor)

    def milliseconds(self) -> dict[str, float]:
        return {
            "clock": round(1e3 * median(self.clock), 3),
            "processor": round(1e3 * median(self.processor), 3),
        }


def engine_step(engine: Engine, prompt: NDArray[np.int64], rows: int, tokens: int) -> Step:
    """Reads the prompt; each call then writes one token of each row."""
    batch = DecodeBatch(engine.model, engine.tokenizer, engine.stacker, None, rows)
    sampling = SamplingSettings(0.0, 1.0, 1, tokens, (), None)
    jobs = [GenerateJob(ignore, prompt, len(prompt), 1, sampling, None, None) for _ in range(rows)]
    batch.read([plan_prompt(job, None) for job in jobs])

    def step() -> None:
        batch.step()
        assert len(batch.rows) == rows, "an answer ended early"

    return step


def plain_step(model: Any, prompt: NDArray[np.int64], rows: int) -> Step:
    """The same by transformers."""
    cache = DynamicCache(config=model.config)
    ids = torch.from_numpy(prompt)[None].expand(rows, -1)
    state = {"next": model(input_ids=ids, past_key_values=cache).logits[:, -1:].argmax(-1)}

    def step() -> None:
        logits = model(input_ids=state["next"], past_key_values=cache, use_cache=True).logits
        state["next"] = logits[:, -1:].argmax(-1)

    return step


def measure(
    directory: Path, rows: Sequence[int], tokens: int, threads: int, types: Sequence[str]
) -> dict[str, Any]:
    """Milliseconds per step of each side, by rows and type."""
    engines = {
        dtype: Engine(EngineConfig(directory, device="cpu", dtype=dtype, threads=threads))
        for dtype in types
    }
    for engine in engines.values():
        # Every row decodes to the last token, whatever the model writes.
        engine.tokenizer.end_token_ids = ()
    plain = {
        dtype: AutoModelForCausalLM.from_pretrained(directory, dtype=DTYPES[dtype]).eval()
        for dtype in types
    }
    prompt = np.asarray(engines[types[0]].tokenizer.encode(_PROMPT), dtype=np.int64)
    found = {}
    for count in rows:
        steps: dict[tuple[str, str], Step] = {}
        for dtype in types:
            steps["engine", dtype] = engine_step(engines[dtype], prompt, count, 4 * tokens)
            steps["transformers", dtype] = plain_step(plain[dtype], prompt, count)
        times = {side: Timed() for side in steps}
        for step in steps.values():
            step()
        for _ in range(-(-tokens // _TURN)):
            for side, step in steps.items():
                times[side].run(step, _TURN)
        found[str(count)] = _compare(times, types)
    return found


def _compare(times: dict[tuple[str, str], Timed], types: Sequence[str]) -> dict[str, Any]:
    taken = {side: timed.milliseconds() for side, timed in times.items()}
    compared: dict[str, Any] = {}
    for dtype in types:
        ours, theirs = taken["engine", dtype], taken["transformers", dtype]
        compared[dtype] = {
            "engineMs": ours,
            "transformersMs": theirs,
            "ratio": {unit: round(theirs[unit] / ours[unit], 2) for unit in ours},
        }
    return compared


def main(argv: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--rows", default="1,2,4")
    parser.add_argument("--types", default="float32,bfloat16")
    parser.add_argument("--tokens", type=int, default=64)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args(argv)
    torch.set_num_threads(options.threads)
    before = os.getloadavg()[0]
    with torch.no_grad():
        rows = measure(
            options.model,
            [int(text) for text in options.rows.split(",")],
            options.tokens,
            options.threads,
            options.types.split(","),
        )
    result = {
        "model": options.model.resolve().name,
        **machine_facts(options.threads, before),
        "tokens": options.tokens,
        "rows": rows,
    }
    print_result(result, options.json)


if __name__ == "__main__":
    main()
