"""Keys and values of recent prompts, base model only.

A certain sample's answer starts from the prompt that was scored; tools shared by many samples are
read once. Reuse is by whole blocks, so that a reused prefix gives bit-equal results.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from whetstone_engine.shapes import prompt_block


@dataclass(frozen=True)
class CachedPrompt:
    """One prompt's tokens with its keys and values, `[L, K, T, D]` each."""

    tokens: NDArray[np.int64]
    block: int
    keys_LKTD: Tensor
    values_LKTD: Tensor

    @property
    def byte_count(self) -> int:
        tensor = self.keys_LKTD
        return 2 * tensor.numel() * tensor.element_size()


class PrefixCache:
    """Least-recently-used store bounded by bytes and by number of prompts."""

    def __init__(self, maximum_bytes: int, maximum_prompts: int = 128) -> None:
        self._maximum_bytes = maximum_bytes
        self._maximum_prompts = maximum_prompts
        self._entries: OrderedDict[bytes, CachedPrompt] = OrderedDict()
        self.byte_count = 0
        self.hit_tokens = 0

    def __len__(self) -> int:
        return len(self._entries)

    def find(
        self, tokens: NDArray[np.int64], most: int | None = None
    ) -> tuple[CachedPrompt, int] | None:
        """The entry sharing the longest prefix, and how many whole blocks' tokens to reuse.

        At most the first `most` tokens, and never the last: its hidden state is needed.
        """
        block = prompt_block(len(tokens))
        most = len(tokens) - 1 if most is None else min(most, len(tokens) - 1)
        best: tuple[CachedPrompt, int] | None = None
        best_key = b""
        for key, entry in self._entries.items():
            if entry.block != block:
                continue
            limit = min(len(entry.tokens), most)
            differing = np.flatnonzero(entry.tokens[:limit] != tokens[:limit])
            common = int(differing[0]) if len(differing) else limit
            reusable = common // block * block
            if reusable and (best is None or reusable > best[1]):
                best, best_key = (entry, reusable), key
        if best is not None:
            self._entries.move_to_end(best_key)
            self.hit_tokens += best[1]
        return best

    def put(self, tokens: NDArray[np.int64], keys_LKTD: Tensor, values_LKTD: Tensor) -> None:
        """Keeps a prompt as the base model reads it; `keys_LKTD` and `values_LKTD` are copied."""
        key = tokens.tobytes()
        if key in self._entries:
            self._entries.move_to_end(key)
            return
        if 2 * keys_LKTD.numel() * keys_LKTD.element_size() > self._maximum_bytes:
            return
        entry = CachedPrompt(
            tokens, prompt_block(len(tokens)), keys_LKTD.clone(), values_LKTD.clone()
        )
        self._entries[key] = entry
        self.byte_count += entry.byte_count
        while self.byte_count > self._maximum_bytes or len(self._entries) > self._maximum_prompts:
            _, dropped = self._entries.popitem(last=False)
            self.byte_count -= dropped.byte_count

    def clear(self) -> None:
        """Drops everything; used when memory is short."""
        self._entries.clear()
        self.byte_count = 0
