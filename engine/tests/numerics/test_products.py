"""Rows of a product are the same bits in any company."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial

import pytest
import torch
from torch import Tensor

from whetstone_engine.model.weights import Projection
from whetstone_engine.numerics import packing
from whetstone_engine.numerics.arithmetic import measure_speeds
from whetstone_engine.numerics.packing import PackedWeight, can_pack
from whetstone_engine.numerics.products import batched, input_gradient, linear
from whetstone_engine.numerics.shapes import ROW_MULTIPLE
from whetstone_engine.numerics.summation import packed_rows, plain_rules

TINY = ((192, 576), (192, 192), (192, 1024), (512, 192))
SMOLLM2 = ((576, 960), (1536, 576))
QWEN = ((896, 1152), (4864, 896))
ROWS = (16, 64, 112, 176, 192, 384)


@pytest.fixture
def threads(request: pytest.FixtureRequest) -> Iterator[int]:
    before = torch.get_num_threads()
    torch.set_num_threads(request.param)
    yield request.param
    torch.set_num_threads(before)


def projection(inner: int, outer: int, dtype: torch.dtype, packed: bool) -> Projection:
    weight = torch.randn(outer, inner, generator=torch.Generator().manual_seed(inner)).to(dtype)
    return Projection(PackedWeight(weight) if packed else weight, None)


def same_rows(product: Callable[[Tensor], Tensor], inputs: Tensor, counts: Iterable[int]) -> None:
    """Every part of every size has the bits that its rows have among all."""
    every = product(inputs)
    for rows in counts:
        for at in range(0, len(inputs) - rows + 1, rows):
            part = product(inputs[at : at + rows])
            assert torch.equal(part, every[at : at + rows]), (tuple(inputs.shape), rows, at)


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
@pytest.mark.parametrize("packed", [True, False])
@pytest.mark.parametrize(
    ("threads", "shapes"),
    [(1, TINY), (1, SMOLLM2), (2, SMOLLM2), (1, QWEN)],
    indirect=["threads"],
)
def test_a_row_does_not_depend_on_how_many_there_are(
    threads: int, shapes: tuple[tuple[int, int], ...], packed: bool, dtype: torch.dtype
) -> None:
    if packed and packed_rows(dtype, threads, frozenset(shapes)) is None:
        pytest.skip("this processor's packed products depend on the number of rows")
    if not packed and not plain_rules(dtype, threads).invariant:
        pytest.skip("this processor's products of this type depend on the number of rows")
    for inner, outer in shapes:
        base = projection(inner, outer, dtype, packed)
        generator = torch.Generator().manual_seed(1)
        inputs = torch.randn(max(ROWS), inner, generator=generator).to(dtype)
        same_rows(partial(linear, base=base), inputs, ROWS)
        gradients = torch.randn(max(ROWS), outer, generator=generator).to(dtype)
        same_rows(partial(input_gradient, weight_oi=base.weight), gradients, ROWS)


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
@pytest.mark.parametrize("packed", [True, False])
@pytest.mark.parametrize(
    ("threads", "shapes"), [(1, TINY), (1, SMOLLM2), (1, QWEN)], indirect=["threads"]
)
def test_few_rows_are_the_same_bits_as_many_with_one_thread(
    threads: int, shapes: tuple[tuple[int, int], ...], packed: bool, dtype: torch.dtype
) -> None:
    few = (
        packed_rows(dtype, threads, frozenset(shapes))
        if packed
        else plain_rules(dtype, threads).few_rows
    )
    if few is None:
        pytest.skip("this processor's packed products depend on the number of rows")
    for inner, outer in shapes:
        base = projection(inner, outer, dtype, packed)
        generator = torch.Generator().manual_seed(2)
        inputs = torch.randn(ROW_MULTIPLE * 4, inner, generator=generator).to(dtype)
        counts = range(few, ROW_MULTIPLE + 1, few)
        same_rows(partial(linear, base=base), inputs, counts)


@pytest.mark.parametrize("threads", [1, 2], indirect=True)
@pytest.mark.parametrize("length", [1, 4, 16, 40, 64, 160])
def test_a_job_alone_has_the_product_it_has_among_others(threads: int, length: int) -> None:
    generator = torch.Generator().manual_seed(3)
    for inner in (192, 512, 576, 1536):
        left = torch.randn(5, 24, inner, generator=generator)
        right = torch.randn(5, length, inner, generator=generator).transpose(1, 2)
        every = batched(left, right)
        for job in range(5):
            alone = batched(left[job : job + 1], right[job : job + 1])
            assert torch.equal(alone[0], every[job]), (inner, job)


def test_products_and_gradients_are_those_of_the_plain_layer() -> None:
    generator = torch.Generator().manual_seed(4)
    weight = torch.randn(1800, 2000, generator=generator, dtype=torch.float32) / 40
    bias = torch.randn(1800, generator=generator)
    inputs = torch.randn(2, 24, 2000, generator=generator)
    packed = PackedWeight(weight)
    for one in (
        Projection(weight, bias),
        Projection(weight, None),
        Projection(packed, bias),
        Projection(packed, None),
    ):
        plain = torch.nn.functional.linear(inputs, weight, one.bias)
        torch.testing.assert_close(linear(inputs, one), plain, rtol=1e-4, atol=1e-4)
    leaf = inputs[0].clone().requires_grad_()
    probe = torch.randn(24, 1800, generator=generator)
    expected = torch.autograd.grad(torch.nn.functional.linear(leaf, weight), leaf, probe)[0]
    for either in (weight, packed):
        torch.testing.assert_close(input_gradient(probe, either), expected, rtol=1e-4, atol=1e-4)


def test_weights_are_not_packed_where_the_processor_refuses(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(*_: object) -> Tensor:
        raise RuntimeError("bf16 path needs the cpu support avx512bw")

    packing._processor_packs.cache_clear()
    monkeypatch.setattr(packing, "_pack", refuse)
    assert not can_pack(torch.device("cpu"), torch.bfloat16)
    assert measure_speeds()["bfloat16"].many_rows > 0
    packing._processor_packs.cache_clear()
