"""Stands in for prometheus_client if it is not installed: the check needs few packages."""

from __future__ import annotations

import importlib.util
import sys
from types import ModuleType, SimpleNamespace
from typing import Any


class _Metric:
    """One number, for all labels together."""

    def __init__(self, *_: Any, **__: Any) -> None:
        self._value = 0.0

    def labels(self, *_: str) -> _Metric:
        return self

    def inc(self, amount: float = 1) -> None:
        self._value += amount

    def set(self, value: float) -> None:
        self._value = value

    def observe(self, _: float) -> None:
        """Distributions are not kept."""

    def collect(self) -> list[Any]:
        return [SimpleNamespace(samples=[SimpleNamespace(value=self._value)])]


def provide_metrics() -> None:
    """Must run before the engine is imported."""
    if importlib.util.find_spec("prometheus_client") is not None:
        return
    module: Any = ModuleType("prometheus_client")
    module.CollectorRegistry = object
    module.Counter = module.Gauge = module.Histogram = _Metric
    module.generate_latest = lambda _: b""
    sys.modules["prometheus_client"] = module
