"""Rows of a product are the same bits in any company."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import torch

from whetstone_engine.model.weights import Projection
from whetstone_engine.numerics.products import batched, input_gradient, linear
from whetstone_engine.numerics.shapes import ROW_MULTIPLE
from whetstone_engine.numerics.summation import sum_rules

TINY = ((192, 576), (192, 192), (192, 1024), (512, 192))
SMOLLM2 = ((576, 960), (1536, 576))
ROWS = (16, 64, 112, 176, 192, 384)


@pytest.fixture
def threads(request: pytest.FixtureRequest) -> Iterator[int]:
    before = torch.get_num_threads()
    torch.set_num_threads(request.param)
    yield request.param
    torch.set_num_threads(before)


@pytest.mark.parametrize(
    ("threads", "shapes"),
    [(1, TINY), (1, SMOLLM2), (2, SMOLLM2)],
    indirect=["threads"],
)
def test_a_row_does_not_depend_on_how_many_there_are(
    threads: int, shapes: tuple[tuple[int, int], ...]
) -> None:
    generator = torch.Generator().manual_seed(1)
    for inner, outer in shapes:
        base = Projection(torch.randn(outer, inner, generator=generator), None)
        inputs = torch.randn(max(ROWS), inner, generator=generator)
        gradients = torch.randn(max(ROWS), outer, generator=generator)
        forward = linear(inputs, base)
        backward = input_gradient(gradients, base.weight)
        for rows in ROWS:
            assert torch.equal(linear(inputs[:rows], base), forward[:rows]), (inner, outer, rows)
            found = input_gradient(gradients[:rows], base.weight)
            assert torch.equal(found, backward[:rows]), (inner, outer, rows)


@pytest.mark.parametrize("threads", [1], indirect=True)
def test_few_rows_are_the_same_bits_as_many_with_one_thread(threads: int) -> None:
    generator = torch.Generator().manual_seed(2)
    for inner, outer in TINY:
        base = Projection(torch.randn(outer, inner, generator=generator), None)
        inputs = torch.randn(ROW_MULTIPLE * 4, inner, generator=generator)
        every = linear(inputs, base)
        few = sum_rules(threads).few_rows
        for rows in range(few, ROW_MULTIPLE + 1, few):
            assert torch.equal(linear(inputs[:rows], base), every[:rows]), (inner, outer, rows)


@pytest.mark.parametrize("threads", [1, 2], indirect=True)
@pytest.mark.parametrize("length", [1, 16, 64, 160])
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
    for one in (Projection(weight, bias), Projection(weight, None)):
        plain = torch.nn.functional.linear(inputs, one.weight, one.bias)
        torch.testing.assert_close(linear(inputs, one), plain, rtol=1e-4, atol=1e-4)
    leaf = inputs[0].clone().requires_grad_()
    probe = torch.randn(24, 1800, generator=generator)
    expected = torch.autograd.grad(torch.nn.functional.linear(leaf, weight), leaf, probe)[0]
    torch.testing.assert_close(input_gradient(probe, weight), expected, rtol=1e-4, atol=1e-4)
