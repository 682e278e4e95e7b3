"""Upper bounds of the memory that passes take, from shapes alone, in bytes.

They count tensors that are alive at once; `tests/scheduler/test_pass_memory.py` holds them against
what real passes take. d is the hidden size, f the intermediate size, q and k are the sizes of
queries and keys.
"""

from __future__ import annotations

from collections.abc import Iterable

import torch

from whetstone_engine.model.config import ModelConfig
from whetstone_engine.numerics.shapes import ROW_MULTIPLE, round_up

_WIDE = 4
"""Bytes of a number in fp32: adapters, probabilities."""
_SAMPLED_BYTES = 96
"""Of each token of the vocabulary, while a row's next token is drawn: probabilities in fp64,
sorted."""
_MASK_COPIES = 3


class PassMemory:
    """For one model and type of numbers."""

    def __init__(self, config: ModelConfig, dtype: torch.dtype) -> None:
        d, f = config.hidden_size, config.intermediate_size
        q, k = config.query_size, config.key_value_size
        size = dtype.itemsize
        wide = max(size, _WIDE)
        self._hidden = d * size
        self._layers = config.layer_count
        self._vocabulary = config.vocabulary_size
        self._windows = len(config.windows)
        self._size = size
        self.keys = 2 * config.layer_count * k * size
        """Of one position's keys and values."""
        attending = 4 * d + 7 * q + 6 * k
        multiplying = 3 * d + 5 * f
        self._forward = max(attending, multiplying) * size
        self._adapting = (max(2 * f, q + 2 * k) + max(d, f, q)) * wide
        """Beside `_forward`, at positions that an adapter acts on."""
        own = (4 * d + 3 * q + 2 * k + 3 * f) * size
        copied = 0 if size == wide else (2 * d + q + f) * wide
        self._saved = config.layer_count * (own + copied)
        self._ranked = config.layer_count * 8 * wide
        """Of each rank of an adapter, at each trained position."""
        self._backward = (3 * d + 8 * f + 4 * q) * wide

    # -- parts of passes -------------------------------------------------------------------

    def forward(self, positions: int, *, adapted: bool) -> int:
        """Without gradients; the keys and values that are kept not counted."""
        return positions * (self._forward + (self._adapting if adapted else 0))

    def logits(self, rows: int) -> int:
        """And what is computed from them, tokens not drawn."""
        return round_up(rows, ROW_MULTIPLE) * (
            self._vocabulary * (self._size + 2 * _WIDE) + 3 * self._hidden
        )

    def drawing(self, rows: int) -> int:
        return rows * self._vocabulary * _SAMPLED_BYTES

    def masks(self, elements: int) -> int:
        return elements * _MASK_COPIES * self._size * self._windows

    def causal(self, start: int, end: int) -> int:
        """Masks of a prompt that is read block by block."""
        return self.masks((end - start) * (start + end + 128) // 2)

    # -- passes ----------------------------------------------------------------------------

    def score(
        self,
        jobs: int,
        *,
        cut: int,
        trunk: int,
        tail: int,
        kept: int,
        adapters: int,
    ) -> int:
        """`adapters`: bytes of all that take part."""
        positions = jobs * (trunk - cut + tail)
        columns = trunk + tail
        return (
            self.forward(positions, adapted=adapters > 0)
            + adapters
            # Known, joined with the new, and a copy for the cache.
            + (2 * jobs * columns + trunk) * self.keys
            + self.causal(cut, trunk)
            + self.masks(jobs * tail * columns)
            + self.logits(min(jobs * kept, 512))
            + 2 * jobs * kept * self._hidden
        )

    def read(
        self, jobs: int, *, cut: int, end: int, answers: int, sampled: int, adapters: int
    ) -> int:
        """Reading prompts and drawing their answers' first tokens; rows' memory not counted."""
        return (
            self.forward(jobs * (end - cut), adapted=adapters > 0)
            + adapters
            + (jobs + 1) * end * self.keys
            + self.causal(cut, end)
            + self.logits(jobs)
            + self.logits(answers)
            + self.drawing(sampled)
        )

    def decode(self, rows: int, *, keys: int, sampled: int, adapted: bool) -> int:
        """One step; rows' memory and their adapters not counted."""
        padded = round_up(rows, ROW_MULTIPLE)
        return (
            self.forward(padded, adapted=adapted)
            + self.masks(padded * round_up(keys, 128))
            + self.logits(padded)
            + self.drawing(sampled)
        )

    def train_held(self, jobs: int, *, parameters: int, shapes: Iterable[tuple[int, int]]) -> int:
        """From the first step to the last. `parameters`: of one adapter; `shapes`: past and length
        of each example."""
        of_examples = sum(
            past * self.keys + self.masks(length * (past + length)) for past, length in shapes
        )
        return jobs * (4 * parameters * max(self._size, _WIDE) + of_examples)

    def train_step(
        self, jobs: int, *, parameters: int, rank: int, past: int, length: int, targets: int
    ) -> int:
        """Forward and backward pass and the update."""
        wide = max(self._size, _WIDE)
        positions = jobs * length
        joined = 2 * jobs * (past + length) * self.keys if past else 0
        return (
            positions * (self._saved + rank * self._ranked + self._backward)
            + joined
            + self.masks(length * length)
            + self.logits(jobs * targets)
            + 4 * jobs * parameters * wide
        )
