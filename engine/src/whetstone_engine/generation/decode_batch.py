"""Generates answers: rows of different prompts, adapters, seeds and grammars decode together.

Rows with an adapter stay in front, so that the rest pay nothing for them. A row joins when its
prompt has been read and leaves when it is done; the last row takes its place.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812
from numpy.typing import NDArray
from torch import Tensor

from whetstone_engine.adapters.adapter import Adapter
from whetstone_engine.adapters.stacked import StackedAdapters, answer_only
from whetstone_engine.adapters.stacking import AdapterRows, AdapterStacker
from whetstone_engine.device.ledger import MemoryLedger
from whetstone_engine.generation.answer import Answer, AnswerWriter, new_answers
from whetstone_engine.generation.captured_passes import CapturedPasses
from whetstone_engine.generation.decode_pass import decode_logits
from whetstone_engine.generation.prompt_plan import PlannedPrompt
from whetstone_engine.generation.row_memory import RowMemory
from whetstone_engine.generation.token_choice import TokenChooser
from whetstone_engine.jobs import Choice, GenerateJob
from whetstone_engine.model.tokenizer import ChatTokenizer
from whetstone_engine.model.transformer import Transformer
from whetstone_engine.numerics.shapes import (
    KEY_MULTIPLE,
    ROW_MULTIPLE,
    padded_keys,
    prompt_block,
    round_up,
)
from whetstone_engine.prompts.prefill import PromptRow, PromptStates, read_prompts
from whetstone_engine.prompts.prefix_cache import PrefixCache

Finished = list[tuple[GenerateJob, Choice]]
"""Answers that became complete, each with its job."""
_EXPECTED_TOKENS = 512
"""Room for so many tokens is set aside with a row, or for all it may have if that is less."""


def expected_length(job: GenerateJob) -> int:
    """Positions that memory is set aside for when a row of this job joins."""
    return len(job.prompt) + min(job.sampling.maximum_tokens, _EXPECTED_TOKENS) + 1


class DecodeBatch:
    """The rows being generated."""

    def __init__(
        self,
        model: Transformer,
        tokenizer: ChatTokenizer,
        stacker: AdapterStacker,
        cache: PrefixCache | None,
        maximum_rows: int,
        ledger: MemoryLedger | None = None,
    ) -> None:
        self._model = model
        self._ledger = ledger or MemoryLedger()
        self._stacker = stacker
        self._cache = cache
        self._maximum_rows = maximum_rows
        self._writer = AnswerWriter(tokenizer, model.config.context_length)
        self._chooser = TokenChooser(model.config.vocabulary_size, maximum_rows)
        self.rows: list[Answer] = []
        self._adapted = 0
        """Rows with an adapter: the first ones."""
        self._adapter_rows: AdapterRows | None = None
        self._memory = RowMemory(model, maximum_rows)
        self.captured: CapturedPasses | None = None
        on_cpu = model.device.type == "cpu"
        self._one_thread = on_cpu and torch.get_num_threads() == 1

    @property
    def free_rows(self) -> int:
        return self._maximum_rows - len(self.rows)

    # -- memory ----------------------------------------------------------------------------

    @property
    def adapter_bytes(self) -> int:
        """Of the rows' adapters, stacked."""
        return 0 if self._adapter_rows is None else self._adapter_rows.byte_count

    @property
    def memory_bytes(self) -> int:
        """Keys and values of all rows, in use or not, and their adapters."""
        return self._memory.byte_count + self.adapter_bytes

    @property
    def memory_in_use(self) -> int:
        """Keys and values of all rows; 0 if no row uses them."""
        return self._memory.byte_count if self.rows else 0

    def memory_for(self, rows: int, length: int) -> int:
        """Bytes of keys and values once there are so many rows of so many positions."""
        return self._memory.bytes_for(rows, length, beside=bool(self.rows))

    def memory_alone(self, rows: int, length: int) -> int:
        """The same for rows without others beside them."""
        return self._memory.bytes_for(rows, length, beside=False)

    def idle_bytes(self) -> int:
        """What `release_idle` gives back."""
        return 0 if self.rows or self.captured is not None else self._memory.byte_count

    def release_idle(self) -> None:
        """Gives back memory that no row uses."""
        if not self.rows and self.captured is None:
            self._memory.release_all()

    def _reserve(self, rows: int, length: int) -> None:
        unused = self._ledger.unused()
        if unused is not None and not self._memory.has(rows, length):
            # Grown, memory that no row uses would be larger than the rows need.
            self.release_idle()
        self._memory.reserve(rows, length, None if unused is None else unused // 2)

    # -- captured passes -------------------------------------------------------------------

    def warm_up(self, *, rank: int, row_bytes: int, adapter_bytes: int, graph_bytes: int) -> None:
        """Sets memory aside for the rows and captures the passes over it; no row may decode."""
        assert not self.rows, "passes are captured while no row decodes"
        fitting = row_bytes // self._memory.bytes_per_position() // KEY_MULTIPLE * KEY_MULTIPLE
        longest = padded_keys(self._model.config.context_length)
        self._memory.set_aside(max(min(fitting, longest), KEY_MULTIPLE))
        self.captured = CapturedPasses(
            self._model,
            self._stacker,
            self._memory,
            rank=rank,
            adapter_bytes=adapter_bytes,
            graph_bytes=graph_bytes,
        )
        self.captured.warm_up()

    def release_captured(self) -> None:
        """Drops the captured passes: memory is short. Rows in decoding go on without."""
        self.captured = None
        if not self.rows:
            self._memory.release_all()

    # -- joining ---------------------------------------------------------------------------

    def read(self, planned: Sequence[PlannedPrompt]) -> Finished:
        """Reads prompts of one shape and draws each answer's first token.

        Prompts with an adapter must come first. Returns the answers that are already complete. If
        memory is short, the rows in decoding are as they were.
        """
        model = self._model
        shape = planned[0].shape
        joining = sum(one.job.choice_count for one in planned)
        longest = max(len(one.job.prompt) for one in planned) + 1
        if self._ledger.limit is not None:
            longest = max(expected_length(one.job) for one in planned)
        self._reserve(
            len(self.rows) + joining, min(longest, padded_keys(model.config.context_length))
        )
        states = read_prompts(
            model,
            [PromptRow(one.job.prompt, one.prefix) for one in planned],
            shape.cut,
            shape.end,
            self._stack_for_reading(planned),
        )
        self._keep_prompts(planned, states)
        answers = [answer for one in planned for answer in new_answers(one.job)]
        sources = [row for row, one in enumerate(planned) for _ in range(one.job.choice_count)]
        padding = round_up(len(planned), ROW_MULTIPLE) - len(planned)
        logits = model.logits(F.pad(states.last_hidden_Bd, (0, 0, 0, padding)))
        choices = self._accept(answers, logits[torch.tensor(sources, device=logits.device)])
        done: Finished = []
        for answer, source, choice in zip(answers, sources, choices, strict=True):
            if choice is not None:
                done.append((answer.job, choice))
            else:
                self._join(answer, states.keys_LBKTD[:, source], states.values_LBKTD[:, source])
        return done

    def _stack_for_reading(self, planned: Sequence[PlannedPrompt]) -> StackedAdapters | None:
        shape = planned[0].shape
        adapters = [one.job.adapter for one in planned if one.job.adapter is not None]
        silent = [
            one.base_tokens - shape.cut if adapter.scope == "answer" else 0
            for one, adapter in zip(planned, adapters, strict=False)
        ]
        return self._stacker.stack(adapters, answer_only(silent, shape.positions, self._model))

    def _keep_prompts(self, planned: Sequence[PlannedPrompt], states: PromptStates) -> None:
        """What the base model read goes into the prefix cache."""
        if self._cache is None:
            return
        for row, one in enumerate(planned):
            kept = one.base_tokens
            if kept and prompt_block(kept) == prompt_block(len(one.job.prompt)):
                self._cache.put(
                    one.job.prompt[:kept],
                    states.keys_LBKTD[:, row, :, :kept],
                    states.values_LBKTD[:, row, :, :kept],
                )

    def _join(self, answer: Answer, keys_LKTD: Tensor, values_LKTD: Tensor) -> None:
        place = len(self.rows)
        self.rows.append(answer)
        if answer.job.adapter is not None:
            first_plain = self._adapted
            if first_plain < place:
                self._memory.move(first_plain, place, self.rows[first_plain].length)
                self.rows[place], self.rows[first_plain] = self.rows[first_plain], answer
                place = first_plain
            self._adapted += 1
        self._memory.write(place, keys_LKTD, values_LKTD, answer.length)

    def _leave(self, place: int) -> None:
        if place < self._adapted:
            self._adapted -= 1
            self._replace(place, self._adapted)
            place = self._adapted
        self._replace(place, len(self.rows) - 1)
        self.rows.pop()
        if not self.rows:
            self._adapter_rows = None
            if self.captured is not None:
                self._memory.shrink()

    def _replace(self, place: int, source: int) -> None:
        self._memory.move(source, place, self.rows[source].length)
        self.rows[place] = self.rows[source]

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
        if self.captured is None:
            self._memory.release_all()
        else:
            self._memory.shrink()
        return rows

    # -- one step --------------------------------------------------------------------------

    def step(self) -> Finished:
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
        logits = None
        if self.captured is not None:
            logits = self.captured.logits(tokens, positions, adapters)
        if logits is None:
            logits = self.plain_logits(tokens, positions, adapters)
        choices = self._accept(self.rows, logits)
        done: Finished = []
        for place in range(count - 1, -1, -1):
            choice = choices[place]
            if choice is not None:
                done.append((self.rows[place].job, choice))
                self._leave(place)
        return done

    def plain_logits(
        self,
        tokens: NDArray[np.int64],
        positions: NDArray[np.int64],
        adapters: Sequence[Adapter],
    ) -> Tensor:
        """One step without captured passes, `[rows, V]`; the first rows have the adapters."""
        count = len(tokens)
        device = self._model.device
        padded = round_up(count, self._model.row_multiple)
        padding = (0, padded - count)
        return decode_logits(
            self._model,
            torch.from_numpy(np.pad(tokens, padding)).to(device),
            torch.from_numpy(np.pad(positions, padding)).to(device),
            self._memory.keys_LRKSD,
            self._memory.values_LRKSD,
            padded_keys(int(positions.max()) + 1),
            # With several threads, how a row's keys are shared out depends on the number of rows.
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
            like = adapters[0].vector
            kept = AdapterRows(self._stacker, rank, round_up(len(adapters), ROW_MULTIPLE), like)
            self._adapter_rows = kept
        return kept.load(adapters)

    def _accept(self, answers: Sequence[Answer], logits_RV: Tensor) -> list[Choice | None]:
        """Draws each answer's next token; a Choice if that completes the answer."""
        tokens = self._chooser.choose(answers, logits_RV)
        return [
            self._writer.append(answer, token)
            for answer, token in zip(answers, tokens, strict=True)
        ]
