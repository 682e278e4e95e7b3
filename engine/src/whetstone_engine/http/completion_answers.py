"""OpenAI's two shapes of an answer: chat, and plain completion."""

from __future__ import annotations

import time
import uuid
from typing import Any

from whetstone_engine.engine import Engine
from whetstone_engine.http.schemas import ChatRequest, CompletionRequest
from whetstone_engine.jobs import Choice, GenerateJob, GenerateResult, TokenLogprob


class AnswerShape:
    """How one request's answers are written."""

    kind: str
    id_prefix: str
    chunk_kind: str

    def __init__(self, engine: Engine, body: ChatRequest | CompletionRequest) -> None:
        self._engine = engine
        self._body = body

    def head(self, *, streamed: bool) -> dict[str, Any]:
        """The fields that open every answer."""
        return {
            "id": f"{self.id_prefix}-{uuid.uuid4().hex}",
            "object": self.chunk_kind if streamed else self.kind,
            "created": int(time.time()),
            "model": self._body.model,
        }

    def content(self, choice: Choice) -> dict[str, Any]:
        """A finished choice."""
        raise NotImplementedError

    def delta(self, text: str) -> dict[str, Any]:
        """A piece of a choice's text."""
        raise NotImplementedError

    def last_delta(self) -> dict[str, Any]:
        """What goes with a choice's finish reason."""
        raise NotImplementedError

    def whole(self, job: GenerateJob, result: GenerateResult) -> dict[str, Any]:
        """The answer to a request that is not streamed."""
        return {
            **self.head(streamed=False),
            "choices": [
                {
                    "index": choice.index,
                    **self.content(choice),
                    "finish_reason": choice.finish_reason,
                }
                for choice in result.choices
            ],
            "usage": usage(job, result.choices),
            "timing": {
                "queueMs": round(result.timing.queue_ms, 3),
                "computeMs": round(result.timing.compute_ms, 3),
            },
        }


class ChatShape(AnswerShape):
    """`POST /v1/chat/completions`."""

    kind = "chat.completion"
    chunk_kind = "chat.completion.chunk"
    id_prefix = "chatcmpl"

    def content(self, choice: Choice) -> dict[str, Any]:
        return {
            "message": {"role": "assistant", "content": choice.text},
            "logprobs": _logprobs(self._engine, choice) if self._body.logprobs else None,
        }

    def delta(self, text: str) -> dict[str, Any]:
        return {"delta": {"role": "assistant", "content": text}}

    def last_delta(self) -> dict[str, Any]:
        return {"delta": {}}


class CompletionShape(AnswerShape):
    """`POST /v1/completions`."""

    kind = chunk_kind = "text_completion"
    id_prefix = "cmpl"

    def content(self, choice: Choice) -> dict[str, Any]:
        wanted = self._body.logprobs is not None
        return {
            "text": choice.text,
            "logprobs": _plain_logprobs(self._engine, choice) if wanted else None,
        }

    def delta(self, text: str) -> dict[str, Any]:
        return {"text": text}

    def last_delta(self) -> dict[str, Any]:
        return {"text": ""}


def usage(job: GenerateJob, choices: tuple[Choice, ...]) -> dict[str, int]:
    """Token counts, as OpenAI names them."""
    completion = sum(len(choice.tokens) for choice in choices)
    return {
        "prompt_tokens": len(job.prompt),
        "completion_tokens": completion,
        "total_tokens": len(job.prompt) + completion,
    }


def _logprobs(engine: Engine, choice: Choice) -> dict[str, Any]:
    def entry(token: int, logprob: float) -> dict[str, Any]:
        text = engine.tokenizer.backend.decode([token], skip_special_tokens=False)
        return {"token": text, "logprob": logprob, "bytes": list(text.encode())}

    def full(one: TokenLogprob) -> dict[str, Any]:
        top = [entry(token, logprob) for token, logprob in one.top]
        return {**entry(one.token, one.logprob), "top_logprobs": top}

    return {"content": [full(one) for one in choice.logprobs]}


def _plain_logprobs(engine: Engine, choice: Choice) -> dict[str, Any]:
    chat = _logprobs(engine, choice)["content"]
    return {
        "tokens": [one["token"] for one in chat],
        "token_logprobs": [one["logprob"] for one in chat],
        "top_logprobs": [
            {top["token"]: top["logprob"] for top in one["top_logprobs"]} for one in chat
        ],
    }
