"""The KV cache of recent prompts, base model only: requests that share a prefix reuse it.

A certain sample's answer reuses the prompt that was scored; tools shared by many samples are read
once. Reuse is by whole blocks, so that a reused prefix gives bit-equal results.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from whetstone_engine.device.memory import own_copy
from whetstone_engine.numerics.shapes import prompt_block


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

    def __init__(
        self,
        maximum_bytes: int,
        maximum_prompts: int = 512,
        room: Callable[[int], int] | None = None,
    ) -> None:
        """`room(bytes held now)`: how many bytes it may hold now, if that is less."""
        self._maximum_bytes = maximum_bytes
        self._maximum_prompts = maximum_prompts
        self._room = room
        self._entries: OrderedDict[bytes, CachedPrompt] = OrderedDict()
        self._by_prefix: dict[tuple[int, bytes], dict[bytes, None]] = {}
        """Keys of the entries that begin with these whole blocks."""
        self.byte_count = 0
        self.hit_tokens = 0

    def __len__(self) -> int:
        return len(self._entries)

    def find(
        self, tokens: NDArray[np.int64], most: int | None = None
    ) -> tuple[CachedPrompt, int] | None:
        """An entry sharing the longest prefix, and how many whole blocks' tokens to reuse.

        At most the first `most` tokens, and never the last: its hidden state is needed.
        """
        block = prompt_block(len(tokens))
        most = len(tokens) - 1 if most is None else min(most, len(tokens) - 1)
        for length in range(most // block * block, 0, -block):
            keys = self._by_prefix.get((block, tokens[:length].tobytes()))
            if keys:
                key = next(reversed(keys))
                self._entries.move_to_end(key)
                self.hit_tokens += length
                return self._entries[key], length
        return None

    def put(self, tokens: NDArray[np.int64], keys_LKTD: Tensor, values_LKTD: Tensor) -> None:
        """Keeps a prompt as the base model reads it; `keys_LKTD` and `values_LKTD` are copied."""
        key = tokens.tobytes()
        if key in self._entries:
            self._entries.move_to_end(key)
            return
        size = 2 * keys_LKTD.numel() * keys_LKTD.element_size()
        most = self._maximum_bytes
        if self._room is not None:
            most = min(most, self._room(self.byte_count))
        if size > most:
            return
        self.shrink(self.byte_count + size - most)
        entry = CachedPrompt(
            tokens, prompt_block(len(tokens)), own_copy(keys_LKTD), own_copy(values_LKTD)
        )
        self._entries[key] = entry
        for prefix in _prefixes(entry):
            self._by_prefix.setdefault(prefix, {})[key] = None
        self.byte_count += entry.byte_count
        while len(self._entries) > self._maximum_prompts:
            self._drop()

    def shrink(self, byte_count: int) -> None:
        """Drops the oldest prompts, of so many bytes or more."""
        wanted = self.byte_count - byte_count
        while self._entries and self.byte_count > wanted:
            self._drop()

    def _drop(self) -> None:
        key, entry = self._entries.popitem(last=False)
        self.byte_count -= entry.byte_count
        for prefix in _prefixes(entry):
            keys = self._by_prefix[prefix]
            del keys[key]
            if not keys:
                del self._by_prefix[prefix]

    def clear(self) -> None:
        """Drops everything, to free memory."""
        self._entries.clear()
        self._by_prefix.clear()
        self.byte_count = 0


def known_prefix(
    cache: PrefixCache | None, tokens: NDArray[np.int64], most: int | None = None
) -> tuple[CachedPrompt | None, int]:
    """What `find` finds and how many tokens of it; (None, 0) if there is nothing or no cache."""
    found = None if cache is None else cache.find(tokens, most)
    return found or (None, 0)


def bytes_of(prompts: Iterable[CachedPrompt | None]) -> int:
    """Of all of them, each counted once."""
    return sum({id(one): one.byte_count for one in prompts if one is not None}.values())


def _prefixes(entry: CachedPrompt) -> list[tuple[int, bytes]]:
    block = entry.block
    return [
        (block, entry.tokens[:length].tobytes())
        for length in range(block, len(entry.tokens) + 1, block)
    ]
