"""The store of prompts read before."""

from __future__ import annotations

import gc
import resource
from pathlib import Path

import numpy as np
import pytest
import torch

from whetstone_engine.prompts.prefix_cache import PrefixCache


def put(cache: PrefixCache, tokens: np.ndarray) -> None:
    states = torch.zeros(1, 1, len(tokens), 4)
    cache.put(tokens, states, states)


def cut(cache: PrefixCache, tokens: np.ndarray, most: int | None = None) -> int:
    found = cache.find(tokens, most)
    return 0 if found is None else found[1]


def test_whole_blocks_of_the_longest_shared_prefix_are_found() -> None:
    cache = PrefixCache(1 << 20)
    tokens = np.arange(100)
    put(cache, tokens)
    put(cache, np.concatenate((tokens[:40], tokens[:60])))
    assert cut(cache, np.concatenate((tokens[:99], [7, 7]))) == 96
    assert cut(cache, np.concatenate((tokens[:70], [7]))) == 64
    assert cut(cache, tokens[:33]) == 32
    assert cut(cache, tokens[:32]) == 0  # the last token's hidden state is needed
    assert cut(cache, np.concatenate((tokens, [7])), most=63) == 32
    assert cut(cache, np.concatenate(([7], tokens))) == 0


def test_prompts_of_another_block_are_not_reused() -> None:
    cache = PrefixCache(1 << 20)
    put(cache, np.arange(100))
    assert cut(cache, np.arange(600)) == 0


def test_the_least_recently_used_prompt_goes_first() -> None:
    cache = PrefixCache(1 << 20, maximum_prompts=2)
    first, second, third = (np.arange(64) + start for start in (0, 1000, 2000))
    put(cache, first)
    put(cache, second)
    assert cut(cache, np.append(first, 1)) == 64
    put(cache, third)
    assert [cut(cache, np.append(one, 1)) for one in (first, second, third)] == [64, 0, 64]
    assert len(cache) == 2
    assert cache.byte_count == 2 * 2 * 64 * 4 * 4


def test_a_shared_prefix_outlives_one_of_its_prompts() -> None:
    cache = PrefixCache(1 << 20, maximum_prompts=2)
    shared = np.arange(64)
    for ending in (1, 2, 3):
        put(cache, np.append(shared, ending))
    assert cut(cache, np.append(shared, 9)) == 64
    cache.clear()
    assert cut(cache, np.append(shared, 9)) == 0
    assert cache.byte_count == 0


def test_a_prompt_larger_than_the_whole_store_is_not_kept() -> None:
    cache = PrefixCache(1000)
    put(cache, np.arange(64))
    assert len(cache) == 0


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="memory is read from /proc")
def test_what_leaves_the_store_gives_its_memory_back() -> None:
    def resident() -> int:
        return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()

    keys = torch.ones(8, 4, 300, 64)[:, :, :256]
    size = 2 * keys.numel() * keys.element_size()
    cache = PrefixCache(100 * size)
    # After one large piece was given back, glibc takes others of that size from the heap.
    torch.empty(6 * 2**20)
    between = []
    for number in range(20):
        cache.put(np.full(256, number, dtype=np.int64), keys, keys)
        between.append(torch.ones(2**14))
    before = resident()
    cache.clear()
    gc.collect()
    assert before - resident() > 15 * size
    assert len(between) == 20
