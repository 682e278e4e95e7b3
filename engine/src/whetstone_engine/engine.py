"""The engine: everything of one loaded model, and the way from a request to a job."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from whetstone_engine.adapters.layout import weight_hash
from whetstone_engine.adapters.peft_directory import (
    artifact_path,
    peft_files,
    read_peft_config,
    read_peft_vector,
    tar_of,
)
from whetstone_engine.adapters.registry import Adapter, AdapterRegistry, AdapterStacker
from whetstone_engine.config import EngineConfig
from whetstone_engine.exceptions import (
    AdapterConflictError,
    ContextLengthError,
    InvalidRequestError,
    ModelInvalidError,
    ModelNotFoundError,
)
from whetstone_engine.generation.grammar import GrammarCompiler
from whetstone_engine.http.schemas import (
    AdapterRequest,
    ChatMessage,
    ChatRequest,
    CompletionRequest,
    ScoreRequest,
    StretchRequest,
    TrainingBody,
)
from whetstone_engine.jobs import (
    GenerateJob,
    SamplingSettings,
    ScoreJob,
    Stretch,
    Tokens,
    TrainExample,
    TrainJob,
    TrainSettings,
)
from whetstone_engine.metrics import Metrics
from whetstone_engine.model.config import read_model_config
from whetstone_engine.model.fingerprint import model_fingerprint
from whetstone_engine.model.tokenizer import ChatTokenizer, Message
from whetstone_engine.model.transformer import Transformer
from whetstone_engine.model.weights import load_weights
from whetstone_engine.scheduler.scheduler import Scheduler
from whetstone_engine.scoring.score_batch import split_candidates

_DTYPES = {"float32": torch.float32, "bfloat16": torch.bfloat16, "float64": torch.float64}

_SMALL_HIDDEN_SIZE = 512


def _array(ids: list[int]) -> Tokens:
    return np.asarray(ids, dtype=np.int64)


def choose_device(name: str) -> torch.device:
    """`auto` takes CUDA where there is one."""
    if name == "auto":
        name = "cuda" if torch.cuda.is_available() else "cpu"
    return torch.device(name)


class Engine:
    """One model on one device. `start` begins the device thread."""

    def __init__(self, config: EngineConfig) -> None:
        started = time.perf_counter()
        self.config = config
        self.name = config.model.resolve().name
        device = choose_device(config.device)
        dtype = config.dtype
        if dtype == "auto":
            dtype = "bfloat16" if device.type == "cuda" else "float32"
        self.dtype = dtype
        self.model_config = read_model_config(config.model)
        if config.threads is not None:
            torch.set_num_threads(config.threads)
        elif self.model_config.hidden_size < _SMALL_HIDDEN_SIZE:
            torch.set_num_threads(1)
        self.tokenizer = ChatTokenizer(config.model, self.model_config.end_token_ids)
        if self.tokenizer.backend.get_vocab_size() > self.model_config.vocabulary_size:
            raise ModelInvalidError(
                f"{config.model}: the tokenizer has more tokens than the model's vocabulary"
            )
        self.fingerprint = model_fingerprint(config.model)
        weights = load_weights(config.model, self.model_config, device, _DTYPES[dtype])
        self.model = Transformer(self.model_config, weights)
        self.grammars = GrammarCompiler(self.tokenizer, self.model_config.vocabulary_size)
        self.stacker = AdapterStacker(self.model_config)
        self.adapters = AdapterRegistry(config.maximum_adapters)
        self.metrics = Metrics()
        self.scheduler = Scheduler(self.model, self.tokenizer, self.stacker, config, self.metrics)
        self.load_seconds = time.perf_counter() - started

    @property
    def context_length(self) -> int:
        return self.model_config.context_length

    def start(self) -> None:
        self.scheduler.start()

    def stop(self) -> None:
        self.scheduler.stop()

    # -- from requests to jobs -------------------------------------------------------------

    def find_adapter(self, model: str) -> Adapter | None:
        """None for the base model, the adapter for a live one; else `ModelNotFoundError`."""
        return None if model == self.name else self.adapters.use(model)

    def require_base(self, model: str) -> None:
        if model != self.name:
            raise ModelNotFoundError(f"the base model is named {self.name!r}, not {model!r}")

    def _check_context(self, length: int) -> None:
        if length >= self.context_length:
            raise ContextLengthError(
                f"the prompt has {length} tokens; the model's context is {self.context_length} "
                "tokens, prompt and answer together"
            )

    def _prompt(self, messages: list[ChatMessage] | None, prompt: str | None) -> list[int]:
        if messages is not None:
            return self.tokenizer.chat_prompt(_turns(messages))
        assert prompt is not None, "either messages or prompt is given"
        ids = self.tokenizer.raw_prompt(prompt)
        if not ids:
            raise InvalidRequestError("prompt: has no tokens")
        return ids

    def score_job(self, request: ScoreRequest, finish: Callable[[Any], None]) -> ScoreJob:
        """Tokenises a score request."""
        if len(request.candidates) > self.config.maximum_candidates:
            raise InvalidRequestError(
                f"candidates: at most {self.config.maximum_candidates} are scored at once"
            )
        adapter = self.find_adapter(request.model)
        prompt = _array(self._prompt(request.messages, request.prompt))
        opening = _array(self.tokenizer.encode(request.answerPrefix))
        sequences = [
            _array(self.tokenizer.encode(request.answerPrefix + candidate + request.suffix))
            for candidate in request.candidates
        ]
        trunk, tails = split_candidates(prompt, opening, sequences)
        for number, tail in enumerate(tails):
            if not len(tail):
                raise InvalidRequestError(f"candidates[{number}]: has no tokens of its own")
            self._check_context(len(trunk) + len(tail) - 1)
        return ScoreJob(finish, trunk, tails, len(prompt), adapter)

    def chat_job(self, request: ChatRequest, finish: Callable[[Any], None]) -> GenerateJob:
        """Tokenises a chat request; compiles its grammar."""
        turns = _turns(request.messages)
        opening: list[int] = []
        if request.continue_final_message:
            opening = self.tokenizer.encode(turns.pop()["content"])
            if not turns:
                raise InvalidRequestError("continue_final_message: there is no earlier message")
        prompt = self.tokenizer.chat_prompt(turns)
        maximum = request.max_completion_tokens or request.max_tokens or self.context_length
        logprobs = (request.top_logprobs or 0) if request.logprobs else None
        return self._generate_job(request, prompt, opening, maximum, logprobs, finish)

    def completion_job(
        self, request: CompletionRequest, finish: Callable[[Any], None]
    ) -> GenerateJob:
        """Tokenises a plain completion request."""
        prompt = self._prompt(None, request.prompt)
        return self._generate_job(request, prompt, [], request.max_tokens, request.logprobs, finish)

    def _generate_job(
        self,
        request: ChatRequest | CompletionRequest,
        prompt: list[int],
        opening: list[int],
        maximum_tokens: int,
        logprobs: int | None,
        finish: Callable[[Any], None],
    ) -> GenerateJob:
        limit = min(self.config.maximum_choices, self.config.maximum_rows)
        if request.n > limit:
            raise InvalidRequestError(f"n: at most {limit}")
        adapter = self.find_adapter(request.model)
        self._check_context(len(prompt) + len(opening))
        grammar = None
        chosen = request.response_format
        if chosen is not None and chosen.type != "text":
            grammar = self.grammars.compile(chosen.model_dump(by_alias=True))
        seed = request.seed
        if seed is None:
            seed = int(np.random.SeedSequence().generate_state(1, np.uint64)[0] >> np.uint64(1))
        return GenerateJob(
            finish,
            prompt=_array(prompt + opening),
            prompt_length=len(prompt),
            choice_count=request.n,
            sampling=SamplingSettings(
                temperature=request.temperature,
                top_p=request.top_p,
                seed=seed,
                maximum_tokens=maximum_tokens,
                stop=request.stop_texts(),
                logprobs=logprobs,
            ),
            grammar=grammar,
            adapter=adapter,
        )

    def train_job(self, request: AdapterRequest, finish: Callable[[Any], None]) -> TrainJob:
        """Tokenises a training request; the turn's end token closes each completion."""
        return TrainJob(
            finish,
            examples=self._train_examples(request),
            settings=self._train_settings(request, request.epochs),
        )

    def stretch_job(
        self, request: StretchRequest, stretch: Stretch, finish: Callable[[Any], None]
    ) -> TrainJob:
        """Tokenises a stretch of a long training."""
        return TrainJob(
            finish,
            examples=self._train_examples(request),
            settings=self._train_settings(request, 1),
            stretch=stretch,
        )

    def _train_settings(self, request: TrainingBody, epochs: int) -> TrainSettings:
        return TrainSettings(
            rank=request.rank,
            alpha=request.alpha,
            learning_rate=request.learningRate,
            epochs=epochs,
            warmup_ratio=request.warmupRatio,
            schedule=request.schedule,
            seed=request.seed,
            scope=request.scope,
        )

    def _train_examples(self, request: TrainingBody) -> tuple[TrainExample, ...]:
        if request.rank > self.config.maximum_rank:
            raise InvalidRequestError(f"rank: at most {self.config.maximum_rank}")
        examples = []
        for number, example in enumerate(request.examples):
            prompt = self._prompt(example.messages, example.prompt)
            completion = self.tokenizer.encode(example.completion)
            if not completion:
                raise InvalidRequestError(f"examples[{number}].completion: has no tokens")
            completion.append(self.tokenizer.turn_end_id)
            if len(prompt) + len(completion) > self.context_length:
                raise ContextLengthError(
                    f"examples[{number}] has {len(prompt) + len(completion)} tokens; the model's "
                    f"context is {self.context_length} tokens"
                )
            examples.append(TrainExample(_array(prompt), _array(completion)))
        return tuple(examples)

    # -- adapters as files -----------------------------------------------------------------

    def export_adapter(self, adapter_id: str) -> bytes:
        """A live adapter as the tar of a PEFT directory."""
        adapter = self.adapters.use(adapter_id)
        if adapter.scope != "all":
            raise InvalidRequestError(
                f"adapter {adapter_id!r} acts on the answer only, which PEFT cannot express"
            )
        layout = self.stacker.layout(adapter.rank)
        return tar_of(peft_files(adapter.vector, adapter.alpha, adapter.scope, layout, self.name))

    def load_adapter(self, adapter_id: str, directory: str, ttl_seconds: float) -> Adapter:
        """Makes a PEFT directory of the artifact folder a live adapter."""
        path = artifact_path(self.config.artifacts, directory)
        rank, alpha, scope = read_peft_config(path)
        if not 1 <= rank <= self.config.maximum_rank:
            raise InvalidRequestError(f"rank: at most {self.config.maximum_rank}")
        dtype = torch.float64 if self.model.dtype == torch.float64 else torch.float32
        flat = read_peft_vector(path, self.stacker.layout(rank), self.model_config, dtype)
        digest = weight_hash(flat)
        live = self.adapters.find(adapter_id)
        request_hash = f"file:{rank}:{alpha}:{scope}:{digest}"
        if live is not None:
            if live.request_hash != request_hash:
                raise AdapterConflictError(f"adapter {adapter_id!r} is live with other weights")
            return self.adapters.use(adapter_id)
        self.adapters.check_room()
        adapter = Adapter(
            id=adapter_id,
            rank=rank,
            alpha=alpha,
            scope=scope,
            vector=flat.to(self.model.device),
            losses=(),
            weight_hash=digest,
            trained_tokens=0,
            request_hash=request_hash,
            ttl_seconds=ttl_seconds,
        )
        self.adapters.put(adapter)
        return adapter

    def refresh_gauges(self) -> None:
        """Brings the gauges up to date before they are read."""
        metrics = self.metrics
        for kind, depth in self.scheduler.depths().items():
            metrics.queue_depth.labels(kind).set(depth)
        live = self.adapters.all()
        metrics.live_adapters.set(len(live))
        metrics.adapter_bytes.set(sum(adapter.byte_count for adapter in live))
        metrics.prefix_bytes.set(self.scheduler.prefix_cache.byte_count)
        metrics.running_rows.set(self.scheduler.active_rows())


def _turns(messages: list[ChatMessage]) -> list[Message]:
    return [{"role": message.role, "content": message.content} for message in messages]


def canonical_json(value: Any) -> str:
    """One text per JSON value: sorted keys, no spaces."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
