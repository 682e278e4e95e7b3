"""Speeds to reach, by card. They judge the card's run; a goal that is not met is not an error."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Goal:
    """A figure's bound."""

    bound: float
    at_most: bool

    def met(self, value: float) -> bool:
        return value <= self.bound if self.at_most else value >= self.bound


def _most(bound: float) -> Goal:
    return Goal(bound, at_most=True)


def _least(bound: float) -> Goal:
    return Goal(bound, at_most=False)


_H100 = {
    "train ms per job, scope all, 32 in flight": _most(40),
    "train ms per job, scope answer, 32 in flight": _most(10),
    "scores per second, 32 in flight": _least(200),
    "decoded tokens per second": _least(14_000),
    "ms per step of one row": _most(3),
    "uncertain sample, times the baseline, 1 in flight": _least(3),
    "uncertain sample, times the baseline, 32 in flight": _least(25),
    "bytes per trained position": _most(1.3e6),
}
_GOALS = {
    "H100": _H100,
    "H200": _H100,
    "A40": {
        "train ms per job, scope all, 32 in flight": _most(220),
        "decoded tokens per second": _least(5_000),
        "bytes per trained position": _most(1.3e6),
    },
}


def goals_for(card: str) -> dict[str, Goal]:
    """The goals of the card of this name; none for a card that has none."""
    return next((goals for part, goals in _GOALS.items() if part in card), {})
