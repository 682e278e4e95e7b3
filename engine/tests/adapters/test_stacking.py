"""The stacked adapters of a batch whose rows come and go."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
import torch
from torch import Tensor

from support.harness import Harness
from whetstone_engine.adapters.registry import Adapter, AdapterRows, AdapterStacker
from whetstone_engine.model.config import ModelConfig


class CountingStacker(AdapterStacker):
    """Counts the vectors asked for."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__(config)
        self.asked = 0

    def vector(self, adapter: Adapter, rank: int) -> Tensor:
        self.asked += 1
        return super().vector(adapter, rank)


@pytest.fixture
def stacker(single: Harness) -> CountingStacker:
    return CountingStacker(single.engine.model_config)


def make_adapter(stacker: AdapterStacker, number: int, rank: int = 4) -> Adapter:
    generator = torch.Generator().manual_seed(number)
    vector = torch.randn(stacker.layout(rank).size, generator=generator)
    name = f"a{number}"
    return Adapter(name, rank, 8.0, "all", vector, (), name, 0, name, 60.0)


def vectors(rows: AdapterRows, adapters: Sequence[Adapter], *, every_row: bool = False) -> Tensor:
    return rows.load(adapters, every_row=every_row).stacked_RP.clone()


def test_rows_that_come_and_go_are_those_of_a_new_stack(stacker: CountingStacker) -> None:
    made = [make_adapter(stacker, number, 4 if number % 2 else 2) for number in range(6)]
    rows = AdapterRows(stacker, 4, 5, torch.empty(0))
    for wanted in ([0, 1, 2], [0, 2], [0, 2, 3, 4, 5], [5, 2, 3, 4], [1], [1, 1, 0]):
        adapters = [made[number] for number in wanted]
        expected = torch.stack([AdapterStacker.vector(stacker, one, 4) for one in adapters])
        assert torch.equal(vectors(rows, adapters), expected)
        every = vectors(rows, adapters, every_row=True)
        assert torch.equal(every[: len(wanted)], expected)
        assert not every[len(wanted) :].any()


def test_rows_that_stay_are_not_copied(stacker: CountingStacker) -> None:
    first, second, third = (make_adapter(stacker, number) for number in range(3))
    rows = AdapterRows(stacker, 4, 4, torch.empty(0))
    rows.load([first, second, third])
    assert stacker.asked == 3
    rows.load([first, third])
    assert stacker.asked == 4
    rows.load([first, third, second])
    rows.load([first, third, second])
    assert stacker.asked == 5
