"""One answer in the making: its tokens, when it ends, and what of its text can be sent."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from whetstone_engine.generation.sampling import RandomStream
from whetstone_engine.jobs import Choice, GenerateJob, TokenLogprob
from whetstone_engine.model.tokenizer import ChatTokenizer

_STOP_MARGIN = 8
"""Tokens decoded beyond the longest stop text's length, to find a stop that begins inside one."""


@dataclass(eq=False)
class Answer:
    """One row of the decoding batch."""

    job: GenerateJob
    index: int
    stream: RandomStream
    matcher: Any
    """The grammar's state, or None."""
    tokens: list[int] = field(default_factory=list)
    logprobs: list[TokenLogprob] = field(default_factory=list)
    length: int = 0
    """Positions whose keys and values are known; the newest token's are not yet."""


def new_answers(job: GenerateJob) -> list[Answer]:
    """The answers that a job asks for, none with a token yet."""
    return [
        Answer(
            job,
            index,
            RandomStream(job.sampling.seed, index),
            _matcher(job.grammar),
            length=len(job.prompt),
        )
        for index in range(job.choice_count)
    ]


def _matcher(grammar: Any) -> Any:
    if grammar is None:
        return None
    import xgrammar

    return xgrammar.GrammarMatcher(grammar)


class AnswerWriter:
    """Appends tokens to answers and decides when an answer is complete."""

    def __init__(self, tokenizer: ChatTokenizer, context_length: int) -> None:
        self._tokenizer = tokenizer
        self._context_length = context_length
        self._end_ids = frozenset(tokenizer.end_token_ids)

    def append(self, answer: Answer, token: int) -> Choice | None:
        """Adds a token; a Choice if that completes the answer."""
        if token in self._end_ids:
            return self._finish(answer, self._tokenizer.decode(answer.tokens), "stop")
        answer.tokens.append(token)
        if answer.matcher is not None:
            accepted = answer.matcher.accept_token(token)
            assert accepted, f"the grammar refused token {token}, which its mask allowed"
        stopped = self._text_before_stop(answer)
        if stopped is not None:
            return self._finish(answer, stopped, "stop")
        full = answer.length + 1 >= self._context_length
        if full or len(answer.tokens) >= answer.job.sampling.maximum_tokens:
            return self._finish(answer, self._tokenizer.decode(answer.tokens), "length")
        if answer.job.on_text is not None:
            self._send(answer, self._tokenizer.decode(answer.tokens), final=False)
        return None

    def _text_before_stop(self, answer: Answer) -> str | None:
        stops = answer.job.sampling.stop
        if not stops:
            return None
        window = max(len(stop) for stop in stops) + _STOP_MARGIN
        recent = self._tokenizer.decode(answer.tokens[-window:])
        if not any(stop in recent for stop in stops):
            return None
        text = self._tokenizer.decode(answer.tokens)
        places = [place for stop in stops if (place := text.find(stop)) >= 0]
        return text[: min(places)] if places else None

    def _finish(self, answer: Answer, text: str, reason: str) -> Choice:
        if answer.job.on_text is not None:
            self._send(answer, text, final=True)
        return Choice(answer.index, text, tuple(answer.tokens), reason, tuple(answer.logprobs))

    def _send(self, answer: Answer, text: str, *, final: bool) -> None:
        """Sends text that cannot change: no half characters, no possible start of a stop."""
        held = max((len(stop) for stop in answer.job.sampling.stop), default=1) - 1
        safe = len(text) if final else len(text.rstrip("\ufffd")) - held
        sent = answer.job.sent.get(answer.index, 0)
        if safe > sent and answer.job.on_text is not None:
            answer.job.on_text(answer.index, text[sent:safe])
            answer.job.sent[answer.index] = safe
