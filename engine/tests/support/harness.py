"""Runs the engine's parts directly, and the same computation by transformers and PEFT."""

from __future__ import annotations

import math
import threading
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from peft import LoraConfig, get_peft_model
from torch import Tensor
from transformers import AutoModelForCausalLM

from whetstone_engine.adapters.adapter import Adapter
from whetstone_engine.adapters.layout import draw_adapter
from whetstone_engine.config import EngineConfig
from whetstone_engine.engine import Engine
from whetstone_engine.generation.decode_batch import DecodeBatch
from whetstone_engine.generation.prompt_plan import plan_prompt
from whetstone_engine.jobs import (
    CandidateScore,
    Choice,
    GenerateJob,
    SamplingSettings,
    ScoreJob,
    TrainExample,
    TrainJob,
    TrainSettings,
)
from whetstone_engine.prompts.prefix_cache import PrefixCache
from whetstone_engine.scoring.score_batch import plan_score, score_batch
from whetstone_engine.training.schedule import schedule_multipliers
from whetstone_engine.training.train_batch import TrainBatch
from whetstone_engine.training.trained import TrainedVector


def rms_norm(hidden: Tensor, weight: Tensor, epsilon: float) -> Tensor:
    return hidden * torch.rsqrt(hidden.pow(2).mean(-1, keepdim=True) + epsilon) * weight


def _norm_in_own_type(module: Any) -> Any:
    """What a norm of transformers computes, in the type of its input."""
    gemma = type(module).__name__.startswith("Gemma")
    weight = module.weight.detach() + 1 if gemma else module.weight
    epsilon = module.eps if gemma else module.variance_epsilon
    return partial(rms_norm, weight=weight, epsilon=epsilon)


def ignore(_: Any) -> None:
    """A job's `finish` where the caller runs the job itself."""


def train_settings(**changes: Any) -> TrainSettings:
    values: dict[str, Any] = {
        "rank": 8,
        "alpha": 16.0,
        "learning_rate": 0.01,
        "epochs": 5,
        "warmup_ratio": 0.03,
        "schedule": "cosine",
        "seed": 1,
        "scope": "all",
    }
    return TrainSettings(**{**values, **changes})


def sampling(**changes: Any) -> SamplingSettings:
    values: dict[str, Any] = {
        "temperature": 0.0,
        "top_p": 1.0,
        "seed": 1,
        "maximum_tokens": 24,
        "stop": (),
        "logprobs": None,
    }
    return SamplingSettings(**{**values, **changes})


class Harness:
    """One loaded model; every method runs on the calling thread."""

    def __init__(self, directory: Path, dtype: str, **config: Any) -> None:
        self.directory = directory
        self.engine = Engine(
            EngineConfig(model=directory, device="cpu", dtype=dtype, threads=1, **config)
        )
        self.torch_dtype = self.engine.model.dtype

    def ids(self, text: str) -> np.ndarray:
        return np.asarray(self.engine.tokenizer.encode(text), dtype=np.int64)

    def prompt(self, text: str) -> np.ndarray:
        turns: Any = [{"role": "user", "content": text}]
        return np.asarray(self.engine.tokenizer.chat_prompt(turns), dtype=np.int64)

    def example(self, query: str, answer: str) -> TrainExample:
        end = self.engine.tokenizer.turn_end_id
        completion = np.append(self.ids(answer), end)
        return TrainExample(self.prompt(query), completion)

    # -- the engine ------------------------------------------------------------------------

    def train(
        self, jobs: Sequence[TrainJob], cache: PrefixCache | None = None
    ) -> list[TrainedVector]:
        batch = TrainBatch(self.engine.model, self.engine.stacker, jobs, cache)
        with torch.no_grad():
            while not batch.done:
                batch.step()
        return batch.results()

    def adapter(self, trained: TrainedVector, settings: TrainSettings, name: str = "a") -> Adapter:
        return Adapter(
            id=name,
            rank=settings.rank,
            alpha=settings.alpha,
            scope=settings.scope,
            vector=trained.vector_P,
            losses=trained.losses,
            weight_hash=trained.weight_hash,
            trained_tokens=0,
            request_hash="",
            ttl_seconds=60,
        )

    def score(
        self, jobs: Sequence[ScoreJob], cache: PrefixCache | None = None
    ) -> list[list[tuple[float, int]]]:
        """Sums and counts of each job's candidates; results in the jobs' order."""
        return [
            [(each.log_likelihood, each.token_count) for each in one]
            for one in self.score_tokens(jobs, cache)
        ]

    def score_tokens(
        self, jobs: Sequence[ScoreJob], cache: PrefixCache | None = None
    ) -> list[list[CandidateScore]]:
        """Scores each job in one batch per shape; results in the jobs' order."""
        found: dict[int, list[CandidateScore]] = {}
        plans = [plan_score(job, cache, self.engine.model.candidate_multiple) for job in jobs]
        for shape in {one.shape for one in plans}:
            part = [one for one in plans if one.shape == shape]
            part.sort(key=lambda one: one.job.adapter is None)
            with torch.no_grad():
                scores = score_batch(self.engine.model, part, self.engine.stacker, cache)
            for planned, one in zip(part, scores, strict=True):
                found[id(planned.job)] = one
        return [found[id(job)] for job in jobs]

    def generate(
        self,
        jobs: Sequence[GenerateJob],
        cache: PrefixCache | None = None,
        join_after: Sequence[int] | None = None,
    ) -> list[list[Choice]]:
        """Generates all jobs in one batch; job i joins after `join_after[i]` steps."""
        engine = self.engine
        batch = DecodeBatch(engine.model, engine.tokenizer, engine.stacker, cache, 64)
        found: dict[int, list[Choice]] = {id(job): [] for job in jobs}
        joins = list(join_after or [0] * len(jobs))
        steps = 0
        with torch.no_grad():
            while batch.rows or any(join >= steps for join in joins):
                arriving = [job for job, join in zip(jobs, joins, strict=True) if join == steps]
                for job in arriving:
                    for owner, choice in batch.read([plan_prompt(job, cache)]):
                        found[id(owner)].append(choice)
                steps += 1
                if batch.rows:
                    for owner, choice in batch.step():
                        found[id(owner)].append(choice)
        return [sorted(found[id(job)], key=lambda choice: choice.index) for job in jobs]

    def generate_job(self, prompt: np.ndarray, **changes: Any) -> GenerateJob:
        fields = {
            "prompt": prompt,
            "prompt_length": len(prompt),
            "choice_count": changes.pop("n", 1),
            "grammar": changes.pop("grammar", None),
            "adapter": changes.pop("adapter", None),
        }
        return GenerateJob(ignore, sampling=sampling(**changes), **fields)

    def run(self, make: Any) -> Any:
        """Submits `make(finish)` to the running scheduler and waits; raises what it raised."""
        done = threading.Event()
        results: list[Any] = []

        def finish(result: Any) -> None:
            results.append(result)
            done.set()

        self.engine.scheduler.submit(make(finish))
        assert done.wait(60), "the job did not end"
        if isinstance(results[0], BaseException):
            raise results[0]
        return results[0]

    # -- the oracle ------------------------------------------------------------------------

    def reference(self) -> Any:
        """The model by transformers, whose norms compute in fp32: in an fp64 test, in fp64."""
        model = AutoModelForCausalLM.from_pretrained(self.directory, dtype=self.torch_dtype)
        if self.torch_dtype == torch.float64:
            for module in model.modules():
                if type(module).__name__.endswith("RMSNorm"):
                    module.forward = _norm_in_own_type(module)
        return model.eval()

    def log_probabilities(self, model: Any, tokens: np.ndarray) -> Tensor:
        """Log-probability of each token after the ones before it, `[T - 1]`."""
        ids = torch.from_numpy(tokens)[None]
        with torch.no_grad():
            logits = model(input_ids=ids).logits[0, :-1]
        found: Tensor = logits.log_softmax(-1).gather(1, ids[0, 1:, None])[:, 0]
        return found

    def peft(self, settings: TrainSettings, vector: Tensor, prompt_length: int = 0) -> Any:
        """A PEFT model with the matrices of `vector`.

        With scope "answer" its adapter is silent on the first `prompt_length - 1` positions.
        """
        layout = self.engine.stacker.layout(settings.rank)
        config = LoraConfig(
            r=settings.rank,
            lora_alpha=settings.alpha,
            lora_dropout=0.0,
            target_modules=layout.module_names,
            task_type="CAUSAL_LM",
        )
        model = get_peft_model(self.reference(), config, autocast_adapter_dtype=False)
        matrices = layout.matrices(vector)
        parameters = dict(model.named_parameters())
        with torch.no_grad():
            for name, matrix in matrices.items():
                path = f"base_model.model.model.layers.{name}.default.weight"
                parameters[path].copy_(matrix)
        if settings.scope == "answer":

            def silence(_: Any, __: Any, inner_BTr: Tensor) -> Tensor:
                active = torch.arange(inner_BTr.shape[1]) >= prompt_length - 1
                return inner_BTr * active[None, :, None]

            for name, module in model.named_modules():
                if name.endswith("lora_A.default"):
                    module.register_forward_hook(silence)
        return model

    def peft_train(self, job: TrainJob, batch_size: int = 1) -> tuple[Any, list[float]]:
        """Trains one job as the paper does: AdamW, clip 1.0, one example per step unless told else;
        then the gradients of a step's examples are accumulated, each example's loss a mean."""
        settings = job.settings
        layout = self.engine.stacker.layout(settings.rank)
        drawn = draw_adapter(layout, settings.seed, self.torch_dtype)
        model = self.peft(settings, drawn, len(job.examples[0].prompt))
        trained = [one for one in model.parameters() if one.requires_grad]
        optimizer = torch.optim.AdamW(trained, lr=settings.learning_rate, weight_decay=0.0)
        groups = [
            job.examples[start : start + batch_size]
            for start in range(0, len(job.examples), batch_size)
        ]
        steps = settings.epochs * len(groups)
        factors = schedule_multipliers(settings.schedule, steps, settings.warmup_ratio)
        losses = []
        for step in range(steps):
            for parameters in optimizer.param_groups:
                parameters["lr"] = settings.learning_rate * factors[step]
            group = groups[step % len(groups)]
            optimizer.zero_grad()
            total = 0.0
            for example in group:
                ids = torch.from_numpy(np.concatenate((example.prompt, example.completion)))[None]
                # transformers' own loss would round to fp32 first.
                logits = model(input_ids=ids).logits[0, len(example.prompt) - 1 : -1]
                targets = torch.from_numpy(example.completion)
                loss = torch.nn.functional.cross_entropy(logits, targets) / len(group)
                loss.backward()  # type: ignore[no-untyped-call]
                total += loss.item()
            torch.nn.utils.clip_grad_norm_(trained, 1.0)
            optimizer.step()
            losses.append(total)
        return model, losses


def peft_vector(harness: Harness, model: Any, rank: int) -> Tensor:
    """The PEFT model's matrices in the engine's layout."""
    layout = harness.engine.stacker.layout(rank)
    flat = torch.zeros(layout.size, dtype=harness.torch_dtype)
    parameters = dict(model.named_parameters())
    for name, matrix in layout.matrices(flat).items():
        matrix.copy_(parameters[f"base_model.model.model.layers.{name}.default.weight"].detach())
    return flat


def relative_error(left: Tensor, right: Tensor) -> float:
    return float((left - right).abs().max() / max(float(right.abs().max()), math.ulp(1.0)))
