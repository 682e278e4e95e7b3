"""What the engine does on a GPU: every kind of work, in the combinations that take other paths."""

from __future__ import annotations

import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
import torch
from torch import Tensor
from torch._subclasses.fake_tensor import FakeTensor

from gpu.fake_device import CURRENT, State
from gpu.ledger import LEDGER
from whetstone_engine.adapters.adapter import Adapter
from whetstone_engine.config import EngineConfig
from whetstone_engine.device.cuda import enter_device
from whetstone_engine.engine import Engine
from whetstone_engine.generation import captured_passes
from whetstone_engine.jobs import (
    GenerateJob,
    SamplingSettings,
    ScoreJob,
    Segment,
    TrainExample,
    TrainJob,
    TrainResult,
    TrainSettings,
    TrainState,
)

TOOLS = ["get_weather", "send_mail now", "x"]
LONG = "What is the weather in Paris tomorrow? Book a table for two, and call me a taxi. " * 12
PAIR = ("weather?", "get_weather")


Ceilings = dict[str, dict[str, int]]
"""For each kind of pass the most operations, uploads and downloads it may take."""


class AnyGrammar:
    """A grammar's state that allows everything; its mask is filled on the host."""

    def fill_next_token_bitmask(self, bitmask: Tensor, row: int) -> None:
        if bitmask.device.type != "cpu":
            LEDGER.violate("a grammar's mask is filled on the device")

    def accept_token(self, token: int) -> bool:
        return True


class Scenes:
    """One engine on a fake device; its passes run on this thread."""

    def __init__(
        self,
        directory: Path,
        device: str,
        dtype: str,
        ceilings: Ceilings,
        captures: str = "all",
    ) -> None:
        """`captures`: of which decoding passes, first: all, those over the most keys ("few"), or
        "none". All of them take longer than most scenes."""
        self.failures: list[str] = []
        self._ceilings = ceilings
        self.counts: dict[str, dict[str, int]] = {}
        State.warm = False
        self.engine = Engine(
            EngineConfig(model=directory, device=device, dtype=dtype, threads=1, maximum_rows=16)
        )
        # As the device thread begins, which is not the thread that loaded the model.
        CURRENT.index = 0
        enter_device(self.engine.model.device)
        if captures != "none":
            shortest = captured_passes._SHORTEST_KEYS if captures == "all" else sys.maxsize
            with (
                torch.no_grad(),
                patch.object(captured_passes, "_SHORTEST_KEYS", shortest),
            ):
                self.engine.scheduler.warm_up()
        State.warm = True

    # -- jobs ------------------------------------------------------------------------------

    def _prompt(self, text: str) -> np.ndarray:
        turns: Any = [{"role": "user", "content": text}]
        return np.asarray(self.engine.tokenizer.chat_prompt(turns), dtype=np.int64)

    def _ids(self, text: str) -> np.ndarray:
        return np.asarray(self.engine.tokenizer.encode(text), dtype=np.int64)

    def score(
        self, text: str, adapter: Adapter | None = None, closing: str | None = None
    ) -> ScoreJob:
        prompt, tails = self._prompt(text), [self._ids(one) for one in TOOLS]
        tokens = None if closing is None else self.engine.token_texts.beginning_with(closing)
        return ScoreJob(print, prompt, tails, len(prompt), adapter, tokens)

    def generate(self, text: str, adapter: Adapter | None = None, **changes: Any) -> GenerateJob:
        prompt = self._prompt(text)
        sampling = {
            "temperature": 0.0,
            "top_p": 1.0,
            "seed": 1,
            "maximum_tokens": 4,
            "stop": (),
            "logprobs": None,
        }
        n, grammar = changes.pop("n", 1), changes.pop("grammar", None)
        settings = SamplingSettings(**{**sampling, **changes})
        return GenerateJob(print, prompt, len(prompt), n, settings, grammar, adapter)

    def train(
        self,
        *pairs: tuple[str, str],
        scope: str = "all",
        rank: int = 8,
        seed: int = 1,
        segment: Segment | None = None,
    ) -> TrainJob:
        end = self.engine.tokenizer.turn_end_id
        examples = tuple(
            TrainExample(self._prompt(query), np.append(self._ids(answer), end))
            for query, answer in pairs
        )
        epochs = 2 if segment is None else 1
        settings = TrainSettings(rank, 2.0 * rank, 1e-3, epochs, 0.03, "cosine", seed, scope)
        return TrainJob(print, examples=examples, settings=settings, segment=segment)

    def adapter(self, job: TrainJob, result: Any) -> Adapter:
        assert isinstance(result, TrainResult), result
        vector = result.trained.vector_P
        assert vector.device == self.engine.model.device, "the adapter left the device"
        wanted = torch.float64 if self.engine.model.dtype == torch.float64 else torch.float32
        assert vector.dtype == wanted, f"an adapter of {vector.dtype}"
        settings = job.settings
        return Adapter(
            "a", settings.rank, settings.alpha, settings.scope, vector, (), "", 0, "", 60.0
        )

    # -- running ---------------------------------------------------------------------------

    def run(self, name: str, *jobs: Any) -> list[Any]:
        """Runs passes until the jobs have ended; what goes wrong is a failure of this name."""
        scheduler = self.engine.scheduler
        results: list[Any] = [None] * len(jobs)
        for number, job in enumerate(jobs):
            job.finish = lambda result, number=number: results.__setitem__(number, result)
            job.submitted = time.perf_counter() - 1
            scheduler.submit(job)
        before = len(LEDGER.violations)
        with torch.no_grad():
            while ready := scheduler.ready()[0]:
                for kind in sorted(ready):
                    scheduler.run_pass(kind)
        for result in results:
            if result is None or isinstance(result, BaseException):
                self._fail(name, repr(result))
                break
        self.failures += [f"{name}: {one}" for one in LEDGER.violations[before:]]
        return results

    def check(self, name: str, call: Callable[[], Any]) -> Any:
        """Runs something else; an exception is a failure."""
        before = len(LEDGER.violations)
        try:
            found = call()
        except Exception as error:
            places = [line.strip() for line in traceback.format_exc().splitlines()]
            places = [line for line in places if "whetstone_engine/" in line]
            self._fail(name, f"{places[-1] if places else '?'} {type(error).__name__}: {error}")
            return None
        self.failures += [f"{name}: {one}" for one in LEDGER.violations[before:]]
        return found

    def _fail(self, name: str, what: str) -> None:
        self.failures.append(f"{name}: {what}")

    def count(self, name: str, call: Callable[[], Any]) -> None:
        """Counts what one pass takes."""
        LEDGER.clear()
        with torch.no_grad():
            self.check(f"counting {name}", call)
        self.counts[name] = LEDGER.counts()
        most = self._ceilings.get(name, {})
        for what, count in self.counts[name].items():
            if count > most.get(what, count):
                self._fail(f"counting {name}", f"{count} {what}, at most {most[what]} before")

    def count_pass(self, name: str, kind: str, *jobs: Any, skip: int = 0) -> None:
        """Counts what the pass after `skip` others takes; then lets the jobs end."""
        scheduler = self.engine.scheduler
        for job in jobs:
            job.finish = lambda _: None
            job.submitted = time.perf_counter() - 1
            scheduler.submit(job)
        with torch.no_grad():
            for _ in range(skip):
                self._pass(kind)
        self.count(name, lambda: self._pass(kind))
        for job in jobs:
            job.cancelled = True
        with torch.no_grad():
            while ready := scheduler.ready()[0]:
                for one in ready:
                    scheduler.run_pass(one)

    def _pass(self, kind: str) -> None:
        """Before rows are decoded, the prompts that can join are read."""
        scheduler = self.engine.scheduler
        joins = kind == "decode" and "prompt" in scheduler.ready()[0]
        scheduler.run_pass("prompt" if joins else kind)

    def new_adapter(self, scope: str = "all") -> Adapter:
        """An adapter that no training made."""
        size = self.engine.stacker.layout(8).size
        vector = torch.zeros(size, device=self.engine.model.device)
        return Adapter("new", 8, 16.0, scope, vector, (), "", 0, "", 60.0)


def every_scene(run: Scenes) -> None:
    """All paths, then the counts of each kind of pass."""
    model = run.engine.model
    assert isinstance(model.weights.embedding, FakeTensor), "the weights are real"
    assert model.weights.embedding.device.type == "cuda", "the weights are on the host"
    run.run("score", run.score("You have tools"))
    run.run("score from the prefix cache", run.score("You have tools"), run.score("You have"))
    run.run(
        "score with closings",
        run.score("You have tools", closing='"'),
        run.score("You have", closing="("),
        run.score("You have"),
    )
    run.run("score a long prompt", run.score(LONG), run.score(LONG))
    run.run("score a long prompt from a prefix", run.score(LONG + "more"))
    adapters = _train(run)
    for name, adapter in adapters.items():
        run.run(f"score with {name}", run.score("You have tools", adapter), run.score("You have"))
    run.run(
        "score with adapters of two ranks", *(run.score("You", one) for one in adapters.values())
    )
    _generate(run, adapters)
    run.run(
        "everything at once",
        run.score("You have tools"),
        run.train(PAIR),
        run.generate("hello", n=2),
        run.generate("hello", next(iter(adapters.values()), None)),
    )
    _export(run, adapters)
    _count(run, adapters)


def _train(run: Scenes) -> dict[str, Adapter]:
    found: dict[str, Adapter] = {}

    def keep(name: str, job: TrainJob) -> None:
        result = run.run(f"train {name}", job)[0]
        adapter = run.check(f"keep {name}", lambda: run.adapter(job, result))
        if adapter is not None:
            found[name] = adapter

    pairs = [(f"weather {number}?", "get_weather " * (number + 1)) for number in range(4)]
    for scope in ("all", "answer"):
        keep(f"scope {scope}", run.train(PAIR, scope=scope))
        two = [(f"weather {number}?", "get_weather now") for number in range(2)]
        jobs = [run.train(*two, scope=scope, seed=seed) for seed in range(2)]
        run.run(f"train scope {scope}, two jobs of two examples", *jobs)
        segment = run.train(*pairs, scope=scope, segment=Segment(2, 0, 4, None))
        result = run.run(f"train a segment, scope {scope}", segment)[0]
        if isinstance(result, TrainResult):
            size = result.trained.vector_P.shape
            state = TrainState(torch.zeros(size), torch.zeros(size), torch.zeros(size))
            again = run.train(*pairs, scope=scope, segment=Segment(2, 2, 4, state))
            run.run(f"train a segment from a saved state, scope {scope}", again)
    long = [(LONG * 2, "get_weather " * number) for number in range(1, 6)]
    run.run("train a segment beyond the budget", run.train(*long, segment=Segment(5, 0, 1, None)))
    keep("rank 4", run.train(PAIR, rank=4))
    keep("rank 16", run.train(PAIR, rank=16))
    return found


def _generate(run: Scenes, adapters: dict[str, Adapter]) -> None:
    run.run("generate", run.generate("hello"))
    replays = State.replays
    run.run(
        "generate by sampling",
        run.generate("hello", temperature=0.7),
        run.generate("hello", temperature=0.9, top_p=0.8),
    )
    if State.replays == replays:
        run.failures.append("generate by sampling: no captured pass was replayed")
    run.run("generate three, with stops", run.generate("hello", n=3, stop=("zz",)))
    run.run("generate with log-probabilities", run.generate("hello", logprobs=3))
    run.run("generate after long prompts", run.generate(LONG), run.generate(LONG + "and more"))
    run.run(
        "generate by a grammar", run.generate("hello", grammar=AnyGrammar()), run.generate("hello")
    )
    for name, adapter in adapters.items():
        run.run(
            f"generate with {name} beside the base model",
            run.generate("hello", adapter),
            run.generate("hello", temperature=0.7),
        )
    run.run(
        "generate with adapters of three ranks",
        *(run.generate("hello", one) for one in adapters.values()),
    )
    run.run(
        "generate while rows join and leave",
        *(run.generate("hello", maximum_tokens=2 + number % 5) for number in range(40)),
    )


def _export(run: Scenes, adapters: dict[str, Adapter]) -> None:
    adapter = adapters.get("scope all")
    if adapter is None:
        return
    from whetstone_engine.adapters import peft_directory

    seen: list[Tensor] = []
    files: Any = peft_directory
    real = files.save

    def save(tensors: dict[str, Tensor], metadata: dict[str, str]) -> bytes:
        seen.extend(tensors.values())
        return b""

    files.save = save
    layout = run.engine.stacker.layout(adapter.rank)
    run.count(
        "export",
        lambda: peft_directory.peft_files(adapter.vector, adapter.alpha, "all", layout, "m"),
    )
    files.save = real
    if not seen or any(tensor.device.type != "cpu" for tensor in seen):
        run.failures.append("export: tensors on the device")


def _count(run: Scenes, adapters: dict[str, Adapter]) -> None:
    """One pass of each kind, of a size that does not change."""

    def rows(*adapters: Adapter | None, **changes: Any) -> list[GenerateJob]:
        return [run.generate("count me", one, maximum_tokens=8, **changes) for one in adapters]

    run.engine.scheduler.prefix_cache.clear()
    run.count_pass("score", "score", run.score("count me"), run.score("count me"))
    run.count_pass("read prompts", "prompt", *rows(None, None))
    _count_decoding(run)
    run.count_pass("decode by sampling", "decode", *rows(None, None, temperature=0.7), skip=2)
    run.count_pass("decode, log-probabilities", "decode", *rows(None, None, logprobs=3), skip=2)
    if "scope all" in adapters and "rank 16" in adapters:
        adapter, wide = adapters["scope all"], adapters["rank 16"]
        run.count_pass("decode with adapters", "decode", *rows(adapter, adapter, None), skip=3)
        run.count_pass("decode without captured passes", "decode", *rows(wide), skip=2)
    _count_training(run)


def _count_decoding(run: Scenes) -> None:
    plain = [run.generate("count me", maximum_tokens=8) for _ in range(3)]
    run.count_pass("decode", "decode", *plain, skip=2)
    grammar = run.generate("count me", maximum_tokens=8, grammar=AnyGrammar())
    run.count_pass("decode by a grammar", "decode", grammar, skip=2)


def _count_training(run: Scenes) -> None:
    for scope in ("all", "answer"):
        jobs = [run.train(PAIR, scope=scope, seed=seed) for seed in range(2)]
        run.count_pass(f"train step, scope {scope}", "train", *jobs, skip=1)


def _few_scores(run: Scenes) -> None:
    run.run("score", run.score(LONG))
    run.run("score from a prefix", run.score(LONG + "more"))
    run.run("score with an adapter", run.score("You have", run.new_adapter("answer")))


def _answers(run: Scenes) -> None:
    run.run("generate", run.generate("hello", run.new_adapter()), run.generate("hello"))


def _few_answers(run: Scenes) -> None:
    _answers(run)
    _count_decoding(run)


def _few_trainings(run: Scenes) -> None:
    job = run.train(PAIR)
    result = run.run("train", job)[0]
    run.check("keep", lambda: run.adapter(job, result))
    _count_training(run)


SECTIONS: dict[str, Callable[[Scenes], None]] = {
    "every": every_scene,
    "score": _few_scores,
    "generate": _few_answers,
    "answers": _answers,
    "warm-up": lambda run: None,
    "train": _few_trainings,
    "export": lambda run: _export(run, {"scope all": run.new_adapter()}),
}
"""All scenes, or the few that a planted fault needs."""
CAPTURES = {"every": "all", "score": "none", "train": "none", "export": "none"}
"""What a section needs; the others: few."""
