"""Tokenized work for the device, and its results. Knows no HTTP and no chat templates."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from torch import Tensor

    from whetstone_engine.adapters.adapter import Adapter
    from whetstone_engine.training.trained import TrainedVector

Tokens = NDArray[np.int64]
Span = tuple[int, int]


@dataclass(frozen=True)
class Timing:
    """Milliseconds waited in the queue, and from the first device work to the last."""

    queue_ms: float
    compute_ms: float


@dataclass(eq=False)
class Job:
    """One unit of work; `finish` is called exactly once, from the device thread."""

    finish: Callable[[Any], None]
    """Receives the result, or the exception."""
    submitted: float = field(default_factory=time.perf_counter, kw_only=True)
    started: float | None = field(default=None, kw_only=True)
    cancelled: bool = field(default=False, kw_only=True)
    ended: bool = field(default=False, kw_only=True)
    """Whether `finish` has been called."""
    retried: bool = field(default=False, kw_only=True)
    """Whether it has run alone after a shortage of memory."""

    def start(self) -> None:
        if self.started is None:
            self.started = time.perf_counter()

    def timing(self) -> Timing:
        now = time.perf_counter()
        started = now if self.started is None else self.started
        return Timing((started - self.submitted) * 1e3, (now - started) * 1e3)


@dataclass(frozen=True)
class CandidateScore:
    """Summed log-probability of a candidate's tokens, and how many they are; the closing is one."""

    log_likelihood: float
    token_count: int
    token_values: tuple[float, ...] = ()
    """The log-probability of each token, in order; the closing's is the last."""


@dataclass(eq=False)
class ScoreJob(Job):
    """Candidates to score after one prompt.

    `trunk` is what all candidates share; each of `tails` is one candidate's own tokens.
    """

    trunk: Tokens
    tails: Sequence[Tokens]
    prompt_length: int
    """Tokens of the trunk that are the prompt: an answer-scoped adapter acts after them."""
    adapter: Adapter | None
    closing: Tokens | None = None
    """If given, a candidate must be followed by one of these tokens: the log of their summed
    probability is added to its score."""
    spans: Sequence[Sequence[Span]] = ()
    """Where in each candidate each of its tokens lies, `[start, end)` in characters; the closing's
    is empty."""

    def fed(self, tail: Tokens) -> int:
        """How many of a candidate's tokens are read: the last only if a closing follows it."""
        return len(tail) - (self.closing is None)


@dataclass(frozen=True)
class ScoreResult:
    scores: tuple[CandidateScore, ...]
    timing: Timing


@dataclass(frozen=True)
class SamplingSettings:
    """How tokens are chosen; temperature 0 takes the most likely one."""

    temperature: float
    top_p: float
    seed: int
    maximum_tokens: int
    stop: tuple[str, ...]
    logprobs: int | None
    """None: no log-probabilities; n: those of the n most likely tokens as well."""


@dataclass(frozen=True)
class TokenLogprob:
    token: int
    logprob: float
    top: tuple[tuple[int, float], ...]


@dataclass(frozen=True)
class Choice:
    """One finished answer."""

    index: int
    text: str
    tokens: tuple[int, ...]
    finish_reason: str
    logprobs: tuple[TokenLogprob, ...]


@dataclass(eq=False)
class GenerateJob(Job):
    """`choice_count` answers to one prompt."""

    prompt: Tokens
    prompt_length: int
    """Tokens before the answer's opening, which an answer-scoped adapter does not touch."""
    choice_count: int
    sampling: SamplingSettings
    grammar: Any
    """A compiled grammar, or None."""
    adapter: Adapter | None
    on_text: Callable[[int, str], None] | None = None
    """For streaming: called with (choice index, new text) from the device thread."""
    sent: dict[int, int] = field(default_factory=dict)
    """Characters streamed per choice; kept when the job has to start again."""


@dataclass(frozen=True)
class GenerateResult:
    choices: tuple[Choice, ...]
    timing: Timing


@dataclass(frozen=True)
class TrainExample:
    """One pair: the prompt's tokens, then the completion's with the turn's end token."""

    prompt: Tokens
    completion: Tokens


@dataclass(frozen=True)
class TrainSettings:
    """Hyper-parameters of one adapter (`docs/method.md`, section 4)."""

    rank: int
    alpha: float
    learning_rate: float
    epochs: int
    warmup_ratio: float
    schedule: str
    seed: int
    scope: str


@dataclass(frozen=True)
class TrainState:
    """A training between two steps: the adapter's vector and AdamW's moments, each `[P]`."""

    vector: Tensor
    first_moments: Tensor
    second_moments: Tensor


@dataclass(frozen=True)
class Segment:
    """Some steps of a long training (SFT), from one saved state to the next."""

    batch_size: int
    """Examples per optimization step; its gradient is the mean of theirs."""
    first_step: int
    total_steps: int
    """Of the whole training: the schedule runs over these."""
    state: TrainState | None
    """None at step 0."""


@dataclass(eq=False)
class TrainJob(Job):
    """One adapter to train."""

    examples: tuple[TrainExample, ...]
    settings: TrainSettings
    segment: Segment | None = None
    """If given, the job is trained alone, and `settings.epochs` is 1."""
    drawn: Tensor | None = None
    """The new adapter `[P]` on the CPU, if it was drawn ahead of the device thread."""


@dataclass(frozen=True)
class TrainResult:
    """A trained adapter, with its vector on the device."""

    trained: TrainedVector
    trained_tokens: int
    timing: Timing
