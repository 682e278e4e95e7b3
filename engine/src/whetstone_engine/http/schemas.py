"""The HTTP edge's request bodies. Unknown fields are refused by name."""

from __future__ import annotations

import math
import re
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

Seed = Annotated[int, Field(ge=0, lt=2**63)]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class ChatMessage(_Body):
    """One turn; content is plain text."""

    role: Literal["system", "user", "assistant", "tool"]
    content: str


class TextFormat(_Body):
    type: Literal["text"]


class NamedSchema(_Body):
    name: str = "answer"
    schema_: Any = Field(alias="schema")
    description: str | None = None
    strict: bool | None = None


class JsonSchemaFormat(_Body):
    type: Literal["json_schema"]
    json_schema: NamedSchema


class StructuralTagFormat(_Body):
    type: Literal["structural_tag"]
    format: dict[str, Any]


ResponseFormat = Annotated[
    TextFormat | JsonSchemaFormat | StructuralTagFormat, Field(discriminator="type")
]


class StreamOptions(_Body):
    include_usage: bool = False


class _Sampling(_Body):
    model: str
    n: int = Field(default=1, ge=1)
    temperature: float = Field(default=1.0, ge=0, le=2)
    top_p: float = Field(default=1.0, gt=0, le=1)
    seed: Seed | None = None
    stop: str | list[str] | None = None
    stream: bool = False
    stream_options: StreamOptions | None = None
    response_format: ResponseFormat | None = None

    def stop_texts(self) -> tuple[str, ...]:
        texts = [self.stop] if isinstance(self.stop, str) else self.stop or []
        return tuple(text for text in texts if text)


class ChatRequest(_Sampling):
    """`POST /v1/chat/completions`."""

    messages: list[ChatMessage] = Field(min_length=1)
    tools: list[dict[str, Any]] | None = None
    """For the model's chat template, in OpenAI's shape."""
    max_tokens: int | None = Field(default=None, ge=1)
    max_completion_tokens: int | None = Field(default=None, ge=1)
    logprobs: bool = False
    top_logprobs: int | None = Field(default=None, ge=0, le=20)
    continue_final_message: bool = False
    add_generation_prompt: bool | None = None

    @model_validator(mode="after")
    def _check(self) -> ChatRequest:
        if self.continue_final_message:
            if self.messages[-1].role != "assistant":
                raise ValueError("continue_final_message needs a final message of role assistant")
            if self.add_generation_prompt:
                raise ValueError("continue_final_message excludes add_generation_prompt")
        if self.top_logprobs is not None and not self.logprobs:
            raise ValueError("top_logprobs needs logprobs")
        return self


class CompletionRequest(_Sampling):
    """`POST /v1/completions`."""

    prompt: str
    max_tokens: int = Field(default=16, ge=1)
    logprobs: int | None = Field(default=None, ge=0, le=20)


class _PromptSource(_Body):
    messages: list[ChatMessage] | None = Field(default=None, min_length=1)
    tools: list[dict[str, Any]] | None = None
    """For the model's chat template, in OpenAI's shape; only with messages."""
    prompt: str | None = None

    @model_validator(mode="after")
    def _one_prompt(self) -> _PromptSource:
        if (self.messages is None) == (self.prompt is None):
            raise ValueError("exactly one of messages and prompt is needed")
        if self.tools is not None and self.messages is None:
            raise ValueError("tools needs messages")
        return self


class ScoreRequest(_PromptSource):
    """`POST /v1/score`."""

    model: str
    answerPrefix: str = ""
    candidates: list[str] = Field(min_length=1)
    suffix: str = ""
    closing: str | None = None
    """What must follow a candidate, whichever token it is part of."""
    tokens: bool = False
    """Whether each token's log-probability is wanted, and where in the candidate it lies."""

    @model_validator(mode="after")
    def _one_ending(self) -> ScoreRequest:
        if self.closing is not None and not re.fullmatch("[!-~]", self.closing):
            raise ValueError("closing must be one printable character of ASCII")
        if self.closing is not None and self.suffix:
            raise ValueError("only one of suffix and closing is allowed")
        return self


class AdapterExample(_PromptSource):
    """One training pair."""

    completion: str = Field(min_length=1)


class TrainingBody(_Body):
    """Fields of every training."""

    examples: list[AdapterExample] = Field(min_length=1)
    rank: int = Field(default=8, ge=1)
    alpha: float = Field(default=16.0, gt=0)
    learningRate: float = Field(default=1e-4, ge=0)
    warmupRatio: float = Field(default=0.03, ge=0, le=1)
    schedule: Literal["cosine", "constant", "linear"] = "cosine"
    seed: Seed
    scope: Literal["all", "answer"] = "all"


class AdapterRequest(TrainingBody):
    """`POST /v1/adapters`."""

    id: str = Field(min_length=1, max_length=400, pattern=r"^[A-Za-z0-9._:@+/=-]+$")
    epochs: int = Field(default=5, ge=1, le=1000)
    ttlSeconds: float = Field(default=600.0, gt=0)


class SegmentRequest(TrainingBody):
    """`POST /v1/stretches`: one segment of a long training: some of its steps, from one saved state
    to the next."""

    directory: str = Field(min_length=1, max_length=200, pattern=r"^[A-Za-z0-9._-]+$")
    batchSize: int = Field(default=8, ge=1, le=1024)
    firstStep: int = Field(default=0, ge=0)
    totalSteps: int = Field(ge=1)

    @property
    def last_step(self) -> int:
        """Steps done when the segment is."""
        return self.firstStep + math.ceil(len(self.examples) / self.batchSize)

    @model_validator(mode="after")
    def _ends_in_time(self) -> SegmentRequest:
        if self.last_step > self.totalSteps:
            raise ValueError(f"the examples end at step {self.last_step}, after totalSteps")
        return self


class LoadAdapterRequest(_Body):
    """`PUT /v1/adapters/{id}`: a PEFT directory inside the artifact folder."""

    directory: str = Field(min_length=1)
    ttlSeconds: float = Field(default=600.0, gt=0)


class LoadLoraRequest(_Body):
    """`POST /v1/load_lora_adapter`, as vLLM has it; the path lies in the artifact folder."""

    lora_name: str = Field(min_length=1, max_length=400)
    lora_path: str = Field(min_length=1)


class UnloadLoraRequest(_Body):
    """`POST /v1/unload_lora_adapter`, as vLLM has it."""

    lora_name: str = Field(min_length=1)
    lora_int_id: int | None = None
