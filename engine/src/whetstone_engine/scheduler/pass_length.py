"""How many positions a pass may have: fewer while answers are being decoded."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

SHORT_SECONDS = 1.0
"""About how long a pass may take while rows wait for their next token."""
LEAST_POSITIONS = 512
"""A pass of so many positions uses the device as well as a longer one: passes are not made shorter
than that."""
_NEWEST = 0.25


class PassLength:
    """The budget of one kind of pass, from the seconds that its positions took so far.

    One job that needs more positions than the budget has its pass alone, whatever its length.
    """

    def __init__(
        self,
        most: int,
        hurried: Callable[[], bool],
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        """`most` positions at any time; `hurried`: whether rows wait for this pass to end."""
        self._most = most
        self._hurried = hurried
        self._clock = clock
        self._seconds_per_position = 0.0

    @property
    def hurried(self) -> bool:
        return self._hurried()

    def positions(self) -> int:
        """Padded positions that the next pass may have."""
        if self._seconds_per_position == 0 or not self.hurried:
            return self._most
        wanted = max(int(SHORT_SECONDS / self._seconds_per_position), LEAST_POSITIONS)
        return min(wanted, self._most)

    @contextmanager
    def timed(self, positions: int) -> Iterator[None]:
        """Times a pass of so many positions."""
        started = self._clock()
        yield
        if positions == 0:
            return
        found = (self._clock() - started) / positions
        known = self._seconds_per_position
        self._seconds_per_position = known + _NEWEST * (found - known) if known else found
