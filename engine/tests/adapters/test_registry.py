"""Live adapters are bounded by number and by bytes; adapters in the making count."""

from __future__ import annotations

import time
from collections.abc import Sequence

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from whetstone_engine.adapters.adapter import Adapter
from whetstone_engine.adapters.registry import AdapterRegistry
from whetstone_engine.exceptions import InvalidRequestError, OverloadedError


def make(name: str, numbers: int = 10, ttl_seconds: float = 60.0) -> Adapter:
    return Adapter(name, 1, 1.0, "all", torch.zeros(numbers), (), "", 0, "", ttl_seconds)


def test_bytes_are_bounded_and_given_back() -> None:
    registry = AdapterRegistry(10, 100)
    registry.reserve("a", 40)
    registry.reserve("b", 40)
    with pytest.raises(OverloadedError) as refused:
        registry.reserve("c", 40)
    assert refused.value.message == (
        "live adapters take 80 of the 100 bytes that this engine keeps"
    )
    assert refused.value.headers == {"Retry-After": "2"}
    registry.put(make("a"))
    registry.release("b")
    registry.reserve("c", 40)
    assert registry.drop("a")
    registry.reserve("d", 40)


def test_an_adapter_that_can_never_fit_is_refused_for_good() -> None:
    with pytest.raises(InvalidRequestError) as refused:
        AdapterRegistry(10, 100).reserve("a", 104)
    assert refused.value.message == (
        "rank: an adapter of this rank takes 104 bytes; at most 100 are kept"
    )


def test_the_number_counts_adapters_in_the_making() -> None:
    registry = AdapterRegistry(2, 1000)
    registry.put(make("a"))
    registry.reserve("b", 40)
    with pytest.raises(OverloadedError, match="2 adapters are live, the most this engine keeps"):
        registry.reserve("c", 40)
    registry.put(make("b"))
    assert [one.id for one in registry.all()] == ["a", "b"]


def test_expired_adapters_make_room() -> None:
    registry = AdapterRegistry(1, 40)
    registry.put(make("a", ttl_seconds=0.01))
    time.sleep(0.02)
    registry.reserve("b", 40)


@given(
    st.lists(
        st.tuples(st.sampled_from(["reserve", "put", "drop", "release"]), st.integers(0, 4)),
        max_size=40,
    )
)
def test_no_order_of_calls_exceeds_the_bounds(calls: Sequence[tuple[str, int]]) -> None:
    registry = AdapterRegistry(3, 120)
    reserved: set[str] = set()
    for call, number in calls:
        name = str(number)
        if call == "reserve":
            try:
                registry.reserve(name, 40)
                reserved.add(name)
            except OverloadedError:
                pass
        elif call == "put" and name in reserved:
            registry.put(make(name))
            reserved.discard(name)
        elif call == "drop":
            registry.drop(name)
        elif call == "release":
            registry.release(name)
            reserved.discard(name)
        live = {one.id for one in registry.all()}
        assert len(live | reserved) <= 3
        assert sum(one.byte_count for one in registry.all()) + 40 * len(reserved) <= 160
