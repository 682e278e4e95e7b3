"""The stacked adapters of a batch whose rows come and go."""

from __future__ import annotations

import weakref
from collections.abc import Sequence

import pytest
import torch
from torch import Tensor

from support.harness import Harness
from whetstone_engine.adapters.adapter import Adapter
from whetstone_engine.adapters.stacking import AdapterRows, AdapterStacker
from whetstone_engine.model.config import ModelConfig


class CountingStacker(AdapterStacker):
    """Counts the rows filled."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__(config)
        self.filled = 0

    def fill(self, adapters: Sequence[Adapter], target_RP: Tensor, rank: int) -> None:
        self.filled += len(adapters)
        super().fill(adapters, target_RP, rank)


@pytest.fixture
def stacker(single: Harness) -> CountingStacker:
    return CountingStacker(single.engine.model_config)


def make_adapter(stacker: AdapterStacker, number: int, rank: int = 4) -> Adapter:
    generator = torch.Generator().manual_seed(number)
    vector = torch.randn(stacker.layout(rank).size, generator=generator)
    name = f"a{number}"
    return Adapter(name, rank, 8.0, "all", vector, (), name, 0, name, 60.0)


def plain(stacker: AdapterStacker, adapter: Adapter, rank: int) -> Tensor:
    """The adapter as the forward pass reads it, matrix by matrix."""
    wide = torch.zeros(stacker.layout(rank).size)
    target = stacker.layout(rank).matrices(wide)
    for name, matrix in stacker.layout(adapter.rank).matrices(adapter.vector).items():
        rows, columns = matrix.shape
        scale = adapter.alpha / adapter.rank if name.endswith("lora_B") else 1
        target[name][:rows, :columns] = matrix * scale
    return wide


def vectors(rows: AdapterRows, adapters: Sequence[Adapter], count: int | None = None) -> Tensor:
    return rows.load(adapters, count).stacked_RP.clone()


def test_stacked_adapters_are_padded_and_scaled_matrix_by_matrix(stacker: CountingStacker) -> None:
    made = [make_adapter(stacker, number, rank) for number, rank in enumerate((2, 4, 3, 4))]
    before = [one.vector.clone() for one in made]
    stacked = stacker.stack(made)
    assert stacked is not None
    assert torch.equal(stacked.stacked_RP, torch.stack([plain(stacker, one, 4) for one in made]))
    assert all(torch.equal(one.vector, kept) for one, kept in zip(made, before, strict=True))
    assert all(one.byte_count == one.vector.numel() * 4 for one in made)


def test_rows_that_come_and_go_are_those_of_a_new_stack(stacker: CountingStacker) -> None:
    made = [make_adapter(stacker, number, 4 if number % 2 else 2) for number in range(6)]
    rows = AdapterRows(stacker, 4, 5, torch.empty(0))
    for wanted in ([0, 1, 2], [0, 2], [0, 2, 3, 4, 5], [5, 2, 3, 4], [1], [1, 1, 0]):
        adapters = [made[number] for number in wanted]
        expected = torch.stack([plain(stacker, one, 4) for one in adapters])
        assert torch.equal(vectors(rows, adapters), expected)
        every = vectors(rows, adapters, 5)
        assert torch.equal(every[: len(wanted)], expected)
        assert not every[len(wanted) :].any()


def test_rows_that_stay_are_not_copied(stacker: CountingStacker) -> None:
    first, second, third = (make_adapter(stacker, number) for number in range(3))
    rows = AdapterRows(stacker, 4, 4, torch.empty(0))
    rows.load([first, second, third])
    assert stacker.filled == 3
    rows.load([first, third])
    assert stacker.filled == 4
    rows.load([first, third, second])
    rows.load([first, third, second])
    assert stacker.filled == 5


def test_an_adapter_that_is_dropped_is_not_kept_by_its_row(stacker: CountingStacker) -> None:
    adapter, other = make_adapter(stacker, 1), make_adapter(stacker, 2)
    rows = AdapterRows(stacker, 4, 4, torch.empty(0))
    rows.load([adapter])
    gone = weakref.ref(adapter)
    del adapter
    assert gone() is None
    assert torch.equal(vectors(rows, [other])[0], plain(stacker, other, 4))
