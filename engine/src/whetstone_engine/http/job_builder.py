"""From a request to a tokenized job."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from whetstone_engine.engine import Engine
from whetstone_engine.exceptions import ContextLengthError, InvalidRequestError
from whetstone_engine.http.schemas import (
    AdapterRequest,
    ChatMessage,
    ChatRequest,
    CompletionRequest,
    ScoreRequest,
    SegmentRequest,
    TrainingBody,
)
from whetstone_engine.jobs import (
    GenerateJob,
    SamplingSettings,
    ScoreJob,
    Segment,
    Tokens,
    TrainExample,
    TrainJob,
    TrainSettings,
)
from whetstone_engine.model.tokenizer import Message
from whetstone_engine.scoring.split import spans_within, split_candidates


class JobBuilder:
    """Renders, tokenizes and checks requests for one engine."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def _check_context(self, length: int) -> None:
        limit = self._engine.context_length
        if length >= limit:
            raise ContextLengthError(
                f"the prompt has {length} tokens; the model's context is {limit} tokens, prompt "
                "and answer together"
            )

    def _prompt(
        self,
        messages: list[ChatMessage] | None,
        prompt: str | None,
        tools: list[dict[str, Any]] | None = None,
    ) -> list[int]:
        if messages is not None:
            return self._engine.tokenizer.chat_prompt(_turns(messages), tools)
        assert prompt is not None, "either messages or prompt is given"
        ids = self._engine.tokenizer.raw_prompt(prompt)
        if not ids:
            raise InvalidRequestError("prompt: has no tokens")
        return ids

    def score_job(self, request: ScoreRequest, finish: Callable[[Any], None]) -> ScoreJob:
        """Tokenizes a score request."""
        if len(request.candidates) > self._engine.config.maximum_candidates:
            raise InvalidRequestError(
                f"candidates: at most {self._engine.config.maximum_candidates} are scored at once"
            )
        adapter = self._engine.find_adapter(request.model)
        prompt = _array(self._prompt(request.messages, request.prompt, request.tools))
        opening = _array(self._engine.tokenizer.encode(request.answerPrefix))
        encoded = [
            self._engine.tokenizer.encode_with_spans(
                request.answerPrefix + candidate + request.suffix
            )
            for candidate in request.candidates
        ]
        trunk, tails = split_candidates(prompt, opening, [_array(ids) for ids, _ in encoded])
        closing = None
        if request.closing is not None:
            closing = self._engine.token_texts.beginning_with(request.closing)
        spans = [
            spans_within(
                len(candidate),
                len(request.answerPrefix),
                places[len(places) - len(tail) :],
                closed=closing is not None,
            )
            for candidate, tail, (_, places) in zip(request.candidates, tails, encoded, strict=True)
        ]
        job = ScoreJob(finish, trunk, tails, len(prompt), adapter, closing, spans)
        for number, tail in enumerate(tails):
            if not len(tail):
                raise InvalidRequestError(f"candidates[{number}]: has no tokens of its own")
            self._check_context(len(trunk) + job.fed(tail))
        return job

    def chat_job(self, request: ChatRequest, finish: Callable[[Any], None]) -> GenerateJob:
        """Tokenizes a chat request; compiles its grammar."""
        turns = _turns(request.messages)
        opening: list[int] = []
        if request.continue_final_message:
            opening = self._engine.tokenizer.encode(turns.pop()["content"])
            if not turns:
                raise InvalidRequestError("continue_final_message: there is no earlier message")
        prompt = self._engine.tokenizer.chat_prompt(turns, request.tools)
        maximum = request.max_completion_tokens or request.max_tokens or self._engine.context_length
        logprobs = (request.top_logprobs or 0) if request.logprobs else None
        return self._generate_job(request, prompt, opening, maximum, logprobs, finish)

    def completion_job(
        self, request: CompletionRequest, finish: Callable[[Any], None]
    ) -> GenerateJob:
        """Tokenizes a plain completion request."""
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
        limit = min(self._engine.config.maximum_choices, self._engine.config.maximum_rows)
        if request.n > limit:
            raise InvalidRequestError(f"n: at most {limit}")
        adapter = self._engine.find_adapter(request.model)
        self._check_context(len(prompt) + len(opening))
        grammar = None
        chosen = request.response_format
        if chosen is not None and chosen.type != "text":
            grammar = self._engine.grammars.compile(chosen.model_dump(by_alias=True))
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
        """Tokenizes a training request; the turn's end token closes each completion."""
        return TrainJob(
            finish,
            examples=self._train_examples(request),
            settings=self._train_settings(request, request.epochs),
        )

    def segment_job(
        self, request: SegmentRequest, segment: Segment, finish: Callable[[Any], None]
    ) -> TrainJob:
        """Tokenizes a segment of a long training."""
        return TrainJob(
            finish,
            examples=self._train_examples(request),
            settings=self._train_settings(request, 1),
            segment=segment,
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
        self._engine.adapter_bytes(request.rank)
        examples = []
        for number, example in enumerate(request.examples):
            prompt = self._prompt(example.messages, example.prompt, example.tools)
            completion = self._engine.tokenizer.encode(example.completion)
            if not completion:
                raise InvalidRequestError(f"examples[{number}].completion: has no tokens")
            completion.append(self._engine.tokenizer.turn_end_id)
            if len(prompt) + len(completion) > self._engine.context_length:
                raise ContextLengthError(
                    f"examples[{number}] has {len(prompt) + len(completion)} tokens; the model's "
                    f"context is {self._engine.context_length} tokens"
                )
            examples.append(TrainExample(_array(prompt), _array(completion)))
        return tuple(examples)


def _array(ids: list[int]) -> Tokens:
    return np.asarray(ids, dtype=np.int64)


def _turns(messages: list[ChatMessage]) -> list[Message]:
    return [{"role": message.role, "content": message.content} for message in messages]
