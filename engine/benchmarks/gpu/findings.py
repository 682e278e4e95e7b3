"""What a stage found, written to a file with every entry: a stage that is killed leaves it."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

from benchmarks.gpu.goals import goals_for


class SkippedError(Exception):
    """The stage cannot run here; its text says why."""


class Findings:
    """Figures; limits, which must hold on every machine; goals, which depend on the card."""

    def __init__(self, path: Path, card: str) -> None:
        self._path = path
        self._goals = goals_for(card)
        self.figures: dict[str, Any] = {}
        self.limits: list[dict[str, Any]] = []
        self.goals: list[dict[str, Any]] = []

    def note(self, name: str, value: Any) -> None:
        """A figure. If the card has a goal of this name, it is compared with it."""
        value = _plain(value)
        self.figures[name] = value
        goal = self._goals.get(name)
        if goal is not None and isinstance(value, int | float):
            bound = {"at_most" if goal.at_most else "at_least": goal.bound}
            self.goals.append({"name": name, "value": value, **bound, "met": goal.met(value)})
        self._save()

    def limit(self, name: str, value: float, most: float) -> None:
        """A figure that must not exceed `most`; not a number never holds."""
        plain = _plain(value)
        holds = isinstance(plain, int | float) and plain <= most
        self.limits.append({"name": name, "value": plain, "at_most": most, "met": holds})
        self._save()

    def _save(self) -> None:
        content = {"figures": self.figures, "limits": self.limits, "goals": self.goals}
        part = self._path.with_suffix(".part")
        part.write_text(json.dumps(content), encoding="utf-8")
        part.replace(self._path)


def _plain(value: Any) -> Any:
    """Four significant digits; infinities and NaN as text, which JSON lacks."""
    if isinstance(value, float):
        return float(f"{value:.4g}") if math.isfinite(value) else str(value)
    if isinstance(value, dict):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value
