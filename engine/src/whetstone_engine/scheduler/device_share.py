"""Which kind of pass goes next: kinds share the device by the seconds that their passes took."""

from __future__ import annotations

from collections.abc import Sequence, Set


class DeviceShare:
    """The ready kind that has had the least time, relative to its weight, goes next.

    A kind of weight 1/4 gets a quarter of the time that a kind of weight 1 gets. Time during which
    a kind has nothing to do is not saved up.
    """

    def __init__(self, kinds: Sequence[str]) -> None:
        """Of kinds that are equal, the one named first goes first."""
        self._spent = dict.fromkeys(kinds, 0.0)
        """Seconds divided by the weight at that time."""
        self._busy: frozenset[str] = frozenset()

    def next(self, ready: Set[str]) -> str:
        """The kind to run, of those that have a pass to run."""
        floor = min(self._spent[kind] for kind in (self._busy & ready) or ready)
        for kind in ready - self._busy:
            self._spent[kind] = max(self._spent[kind], floor)
        self._busy = frozenset(ready)
        return min((kind for kind in self._spent if kind in ready), key=self._spent.__getitem__)

    def charge(self, kind: str, seconds: float, weight: float) -> None:
        """Notes a pass."""
        self._spent[kind] += seconds / weight

    def rest(self) -> None:
        """Nothing is ready: no kind is ahead of another."""
        self._busy = frozenset()
