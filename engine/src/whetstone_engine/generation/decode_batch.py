"""Generates answers: rows of different prompts, adapters, seeds and grammars decode together.

Rows with an adapter stay in front, so that the rest pay nothing for them. A row joins when its
prompt has been read and leaves when it is done; the last row takes its place.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812
from numpy.typing import NDArray
from torch import Tensor

from whetstone_engine.adapters.layout import StackedAdapters
from whetstone_engine.adapters.registry import Adapter, AdapterRows, AdapterStacker
from whetstone_engine.generation.decode_pass import StaticPasses, decode_logits
from whetstone_engine.generation.sampling import RandomStream, choose_tokens
from whetstone_engine.jobs import Choice, GenerateJob, TokenLogprob
from whetstone_engine.model.tokenizer import ChatTokenizer
from whetstone_engine.model.transformer import Transformer
from whetstone_engine.numerics.shapes import (
    ROW_MULTIPLE,
    padded_keys,
    padded_prompt,
    prompt_block,
    round_up,
)
from whetstone_engine.numerics.summation import sum_rules
from whetstone_engine.prompts.prefill import PromptRow, base_tokens, read_prompts
from whetstone_engine.prompts.prefix_cache import CachedPrompt, PrefixCache, known_prefix

_GROWTH = 128


@dataclass(eq=False)
class Answer:
    """One answer in the making."""

    job: GenerateJob
    index: int
    stream: RandomStream
    matcher: Any
    tokens: list[int] = field(default_factory=list)
    logprobs: list[TokenLogprob] = field(default_factory=list)
    length: int = 0
    """Positions whose keys and values are known; the newest token's are not yet."""


@dataclass(frozen=True)
class PromptShape:
    """Jobs of one shape are read in one pass."""

    cut: int
    end: int


@dataclass(eq=False)
class PlannedPrompt:
    """A job with what the prefix cache has for it."""

    job: GenerateJob
    prefix: CachedPrompt | None
    shape: PromptShape


def _base_tokens(job: GenerateJob) -> int:
    return base_tokens(job.prompt, job.prompt_length, job.adapter)


def plan_prompt(job: GenerateJob, cache: PrefixCache | None) -> PlannedPrompt:
    """Looks up the longest reusable prefix: of what the base model reads, so none where an adapter
    acts on the whole prompt."""
    end = padded_prompt(len(job.prompt))
    prefix, cut = known_prefix(cache, job.prompt, _base_tokens(job))
    return PlannedPrompt(job, prefix, PromptShape(cut, end))


class DecodeBatch:
    """The rows being generated, with their keys and values `[L, rows, K, S, D]`."""

    def __init__(
        self,
        model: Transformer,
        tokenizer: ChatTokenizer,
        stacker: AdapterStacker,
        cache: PrefixCache | None,
        maximum_rows: int,
        *,
        static: bool | None = None,
    ) -> None:
        """`static`: steps of a few fixed shapes, replayed as CUDA graphs; by default on CUDA."""
        self._model = model
        self._tokenizer = tokenizer
        self._stacker = stacker
        self._cache = cache
        self._maximum_rows = maximum_rows
        self._end_ids = frozenset(tokenizer.end_token_ids)
        self.rows: list[Answer] = []
        self._adapted = 0
        self._adapter_rows: AdapterRows | None = None
        self._keys = self._values = self._empty(0, 0)
        self._bitmask: Tensor | None = None
        if static is None:
            static = model.device.type == "cuda"
        self._passes = StaticPasses(model, stacker) if static else None
        on_cpu = model.device.type == "cpu"
        self._one_thread = on_cpu and torch.get_num_threads() == 1
        self._row_multiple = sum_rules(torch.get_num_threads()).few_rows if on_cpu else ROW_MULTIPLE

    def _empty(self, rows: int, length: int) -> Tensor:
        config = self._model.config
        shape = (config.layer_count, rows, config.key_value_head_count, length, config.head_size)
        return torch.zeros(shape, dtype=self._model.dtype, device=self._model.device)

    @property
    def free_rows(self) -> int:
        return self._maximum_rows - len(self.rows)

    # -- joining ---------------------------------------------------------------------------

    def read(self, planned: Sequence[PlannedPrompt]) -> list[tuple[GenerateJob, list[Choice]]]:
        """Reads prompts of one shape and draws each answer's first token.

        Prompts with an adapter must come first. Returns the answers that are already complete.
        """
        model = self._model
        shape = planned[0].shape
        adapted = [one.job.adapter for one in planned if one.job.adapter is not None]
        active = None
        if any(adapter.scope == "answer" for adapter in adapted):
            active = torch.ones(
                len(adapted), shape.end - shape.cut, dtype=model.dtype, device=model.device
            )
            for row, one in enumerate(planned[: len(adapted)]):
                if adapted[row].scope == "answer":
                    active[row, : max(_base_tokens(one.job) - shape.cut, 0)] = 0
        # Memory is taken before the first row joins: a shortage leaves the batch as it was.
        joining = sum(one.job.choice_count for one in planned)
        longest = max(len(one.job.prompt) for one in planned)
        self._reserve(len(self.rows) + joining, longest + 1)
        states = read_prompts(
            model,
            [PromptRow(one.job.prompt, one.prefix) for one in planned],
            shape.cut,
            shape.end,
            self._stacker.stack(adapted, active),
        )
        answers: list[Answer] = []
        sources: list[int] = []
        for row, one in enumerate(planned):
            job = one.job
            length = len(job.prompt)
            kept = _base_tokens(job)
            if self._cache is not None and kept and prompt_block(kept) == prompt_block(length):
                self._cache.put(
                    job.prompt[:kept],
                    states.keys_LBKTD[:, row, :, :kept],
                    states.values_LBKTD[:, row, :, :kept],
                )
            for index in range(job.choice_count):
                stream = RandomStream(job.sampling.seed, index)
                answers.append(Answer(job, index, stream, self._matcher(job), length=length))
                sources.append(row)
        hidden = states.last_hidden_Bd
        padding = round_up(len(planned), ROW_MULTIPLE) - len(planned)
        logits = model.logits(F.pad(hidden, (0, 0, 0, padding)))[torch.tensor(sources)]
        finished = self._accept(answers, logits)
        done: list[tuple[GenerateJob, list[Choice]]] = []
        for answer, source, choice in zip(answers, sources, finished, strict=True):
            if choice is not None:
                done.append((answer.job, [choice]))
            else:
                self._join(answer, states.keys_LBKTD[:, source], states.values_LBKTD[:, source])
        return done

    @staticmethod
    def _matcher(job: GenerateJob) -> Any:
        if job.grammar is None:
            return None
        import xgrammar

        return xgrammar.GrammarMatcher(job.grammar)

    def _reserve(self, rows: int, length: int) -> None:
        have_rows, have_length = self._keys.shape[1], self._keys.shape[3]
        rows, length = round_up(rows, ROW_MULTIPLE), round_up(length, _GROWTH)
        if rows <= have_rows and length <= have_length:
            return
        rows, length = max(rows, have_rows), max(length, have_length)
        for name in ("_keys", "_values"):
            old: Tensor = getattr(self, name)
            new = self._empty(rows, length)
            new[:, :have_rows, :, :have_length] = old
            setattr(self, name, new)
        self._forget_passes()

    def _forget_passes(self) -> None:
        if self._passes is not None:
            self._passes.forget()

    def _move(self, source: int, target: int) -> None:
        """Copies a row's keys and values; the row list is the caller's."""
        if source != target:
            length = self.rows[source].length
            for tensor in (self._keys, self._values):
                tensor[:, target, :, :length] = tensor[:, source, :, :length]

    def _join(self, answer: Answer, keys_LKTD: Tensor, values_LKTD: Tensor) -> None:
        place = len(self.rows)
        if answer.job.adapter is not None:
            if self._adapted < place:
                self._move(self._adapted, place)
                self.rows.append(self.rows[self._adapted])
                place = self._adapted
                self.rows[place] = answer
            else:
                self.rows.append(answer)
            self._adapted += 1
        else:
            self.rows.append(answer)
        length = answer.length
        self._keys[:, place, :, :length] = keys_LKTD[:, :, :length]
        self._values[:, place, :, :length] = values_LKTD[:, :, :length]

    def _leave(self, place: int) -> None:
        if place < self._adapted:
            self._adapted -= 1
            self._move(self._adapted, place)
            self.rows[place] = self.rows[self._adapted]
            place = self._adapted
        last = len(self.rows) - 1
        self._move(last, place)
        self.rows[place] = self.rows[last]
        self.rows.pop()

    def remove_cancelled(self) -> None:
        """Drops the rows whose client is gone."""
        for place in range(len(self.rows) - 1, -1, -1):
            if self.rows[place].job.cancelled:
                self._leave(place)

    def clear(self) -> list[Answer]:
        """Drops all rows and the memory they hold; returns them."""
        rows, self.rows = self.rows, []
        self._adapted = 0
        self._adapter_rows = None
        self._keys = self._values = self._empty(0, 0)
        self._forget_passes()
        return rows

    # -- one step --------------------------------------------------------------------------

    def step(self) -> list[tuple[GenerateJob, list[Choice]]]:
        """One token for every row; returns the answers that became complete."""
        count = len(self.rows)
        self._reserve(count, max(row.length for row in self.rows) + 1)
        tokens = np.array([row.tokens[-1] for row in self.rows], dtype=np.int64)
        positions = np.array([row.length for row in self.rows], dtype=np.int64)
        for row in self.rows:
            row.length += 1
        adapters = [
            row.job.adapter for row in self.rows[: self._adapted] if row.job.adapter is not None
        ]
        if self._passes is not None:
            logits = self._passes.logits(tokens, positions, self._keys, self._values, adapters)
        else:
            logits = self._plain_logits(tokens, positions, adapters)
        finished = self._accept(self.rows, logits)
        done: list[tuple[GenerateJob, list[Choice]]] = []
        for place in range(count - 1, -1, -1):
            choice = finished[place]
            if choice is not None:
                done.append((self.rows[place].job, [choice]))
                self._leave(place)
        return done

    def _plain_logits(
        self,
        tokens: NDArray[np.int64],
        positions: NDArray[np.int64],
        adapters: Sequence[Adapter],
    ) -> Tensor:
        count = len(tokens)
        device = self._model.device
        padded = round_up(count, self._row_multiple)
        padding = (0, padded - count)
        return decode_logits(
            self._model,
            torch.from_numpy(np.pad(tokens, padding)).to(device),
            torch.from_numpy(np.pad(positions, padding)).to(device),
            self._keys,
            self._values,
            padded_keys(int(positions.max()) + 1),
            # Several threads may share one row's keys, or not, as the number of rows wants it.
            count if self._one_thread else padded,
            self._stack(adapters),
        )[:count]

    def _stack(self, adapters: Sequence[Adapter]) -> StackedAdapters | None:
        """The first rows' adapters, stacked; rows of those that stay are not copied again."""
        if not adapters:
            self._adapter_rows = None
            return None
        rank = max(adapter.rank for adapter in adapters)
        kept = self._adapter_rows
        if kept is None or kept.rank != rank or kept.row_count < len(adapters):
            # The old memory is given back before the new is taken.
            kept = self._adapter_rows = None
            like = self._stacker.vector(adapters[0], rank)
            kept = AdapterRows(self._stacker, rank, round_up(len(adapters), ROW_MULTIPLE), like)
            self._adapter_rows = kept
        return kept.load(adapters)

    # -- choosing and finishing ------------------------------------------------------------

    def _accept(self, answers: Sequence[Answer], logits: Tensor) -> list[Choice | None]:
        """Draws each answer's next token; a Choice where that completes the answer."""
        logits_RV = logits if logits.dtype == torch.float32 else logits.float()
        raw: Tensor | None = None
        if any(answer.job.sampling.logprobs is not None for answer in answers):
            raw = logits_RV.log_softmax(dim=1).cpu()
        constrained = [row for row, answer in enumerate(answers) if answer.matcher is not None]
        if constrained:
            logits_RV = self._mask(answers, constrained, logits_RV)
        sampling = [answer.job.sampling for answer in answers]
        tokens = choose_tokens(
            logits_RV,
            [one.temperature for one in sampling],
            [one.top_p for one in sampling],
            [
                answer.stream.draw() if answer.job.sampling.temperature > 0 else 0.0
                for answer in answers
            ],
        ).tolist()
        finished: list[Choice | None] = []
        for row, (answer, token) in enumerate(zip(answers, tokens, strict=True)):
            if raw is not None and answer.job.sampling.logprobs is not None:
                answer.logprobs.append(
                    _token_logprob(raw[row], token, answer.job.sampling.logprobs)
                )
            finished.append(self._advance(answer, token))
        return finished

    def _mask(
        self, answers: Sequence[Answer], constrained: Sequence[int], logits_RV: Tensor
    ) -> Tensor:
        import xgrammar

        count = logits_RV.shape[0]
        if self._bitmask is None or self._bitmask.shape[0] < count:
            self._bitmask = xgrammar.allocate_token_bitmask(
                max(count, self._maximum_rows), self._model.config.vocabulary_size
            )
        for row in constrained:
            answers[row].matcher.fill_next_token_bitmask(self._bitmask, row)
        logits_RV = logits_RV.contiguous()
        xgrammar.apply_token_bitmask_inplace(
            logits_RV,
            self._bitmask[:count].to(logits_RV.device),
            indices=list(constrained),
        )
        return logits_RV

    def _advance(self, answer: Answer, token: int) -> Choice | None:
        if token in self._end_ids:
            return self._finish(answer, self._tokenizer.decode(answer.tokens), "stop")
        answer.tokens.append(token)
        if answer.matcher is not None:
            accepted = answer.matcher.accept_token(token)
            assert accepted, f"the grammar refused token {token}, which its mask allowed"
        sampling = answer.job.sampling
        if sampling.stop:
            window = max(len(stop) for stop in sampling.stop) + 8
            recent = self._tokenizer.decode(answer.tokens[-window:])
            if any(stop in recent for stop in sampling.stop):
                text = self._tokenizer.decode(answer.tokens)
                places = [place for stop in sampling.stop if (place := text.find(stop)) >= 0]
                if places:
                    return self._finish(answer, text[: min(places)], "stop")
        if len(answer.tokens) >= sampling.maximum_tokens:
            return self._finish(answer, self._tokenizer.decode(answer.tokens), "length")
        if answer.length + 1 >= self._model.config.context_length:
            return self._finish(answer, self._tokenizer.decode(answer.tokens), "length")
        if answer.job.on_text is not None:
            self._stream(answer, self._tokenizer.decode(answer.tokens), final=False)
        return None

    def _finish(self, answer: Answer, text: str, reason: str) -> Choice:
        if answer.job.on_text is not None:
            self._stream(answer, text, final=True)
        return Choice(answer.index, text, tuple(answer.tokens), reason, tuple(answer.logprobs))

    def _stream(self, answer: Answer, text: str, *, final: bool) -> None:
        """Sends what cannot change any more: no half characters, no possible start of a stop."""
        held = max((len(stop) for stop in answer.job.sampling.stop), default=1) - 1
        safe = len(text) if final else len(text.rstrip("\ufffd")) - held
        sent = answer.job.sent.get(answer.index, 0)
        if safe > sent and answer.job.on_text is not None:
            answer.job.on_text(answer.index, text[sent:safe])
            answer.job.sent[answer.index] = safe


def _token_logprob(log_probabilities_V: Tensor, token: int, top: int) -> TokenLogprob:
    values, tokens = log_probabilities_V.topk(top) if top else (torch.empty(0), torch.empty(0))
    return TokenLogprob(
        token,
        float(log_probabilities_V[token]),
        tuple(zip((int(one) for one in tokens), values.tolist(), strict=True)),
    )
