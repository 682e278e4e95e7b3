"""One limit for all memory of the process (`--memory-gb`): who holds how much, and what still fits.

Two things are counted. What is *held* outlives a pass: weights, live adapters, rows in decoding,
batches in training, prompts kept. A *pass* needs memory while it runs, and one pass runs at a time;
work that is under way will need its next pass, so the largest of these is kept free. Prompts, and
rows' memory that no row uses, are given up where something else needs the room.

Only the device thread changes a ledger; other threads may read it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass(frozen=True)
class Spare:
    """Memory that its holder can do without."""

    byte_count: Callable[[], int]
    """What can be given up now."""
    give_up: Callable[[int], None]
    """Gives up so many bytes, or all it can."""


class MemoryLedger:
    """What the process uses its memory for, within the limit.

    Without a limit everything fits. A limit that is not `strict` was chosen by the engine itself:
    it bounds batches, but one job alone may exceed it.
    """

    def __init__(self, limit: int | None = None, *, strict: bool = True) -> None:
        self.limit = limit
        self.strict = strict and limit is not None
        self.peak = 0
        """The most bytes counted so far."""
        self._kept: dict[str, int] = {}
        self._parts: dict[str, Callable[[], int]] = {}
        self._spares: list[Spare] = []
        self._passes: dict[str, int] = {}
        """By kind of work that is under way: bytes of its next pass."""
        self._running = 0
        self._waiting: list[str] = []

    def keep(self, part: str, byte_count: int) -> None:
        """Names a part of what is held that stays to the end."""
        self._kept[part] = byte_count

    def add(self, part: str, byte_count: Callable[[], int], spare: Spare | None = None) -> None:
        """Names a part that comes and goes. Spares are given up in the order of their parts."""
        self._parts[part] = byte_count
        if spare is not None:
            self._spares.append(spare)

    # -- what others may know --------------------------------------------------------------

    def used(self) -> dict[str, int]:
        """Bytes of each part; `passes`: of the running pass, or kept free for the next one."""
        held = self._kept | {part: count() for part, count in self._parts.items()}
        return held | {"passes": max(self._running, self._next_pass())}

    # -- before work begins ----------------------------------------------------------------

    def fits(self, held: int, of_pass: int) -> bool:
        """Whether work fits that will hold so much and whose passes need so much, with all spares
        given up."""
        if self.limit is None:
            return True
        return self._taken() + held + max(of_pass, self._next_pass()) <= self.limit

    def has_room(self, held: int, of_pass: int) -> bool:
        """The same for a further job of a batch: it may not push out more spares than leave them
        half of the room."""
        if self.limit is None:
            return True
        room = self.limit - self._taken()
        needed = held + max(of_pass, self._next_pass())
        return needed <= max(room - self._spare_bytes(), room // 2)

    def excess(self, held: int, of_pass: int) -> int:
        """By how many bytes work alone exceeds the limit; 0 or less: it can fit."""
        return 0 if self.limit is None else self._lasting() + held + of_pass - self.limit

    def may_begin(self, kind: str, held: int, of_pass: int) -> bool:
        """Whether work of this kind may begin. One that must wait for room is the next to get it:
        later ones that would hold some may not take it away."""
        next_one = not held or self._waiting[:1] in ([], [kind])
        if next_one and not self.must_wait(held, of_pass):
            self.stop_waiting(kind)
            return True
        if kind not in self._waiting:
            self._waiting.append(kind)
        return False

    def stop_waiting(self, kind: str) -> None:
        """No job of this kind waits for room (any more)."""
        if kind in self._waiting:
            self._waiting.remove(kind)

    def must_wait(self, held: int, of_pass: int) -> bool:
        """Whether work does not fit now and will once other work has ended. With nothing under way
        it is tried instead, and fails with `MemoryError` if it is too large."""
        return bool(self._passes) and not self.fits(held, of_pass)

    def expect(self, kind: str, of_pass: int) -> None:
        """Keeps room for the next pass of work that is under way; 0: none is."""
        if of_pass:
            self._passes[kind] = of_pass
        else:
            self._passes.pop(kind, None)

    # -- while a pass runs -----------------------------------------------------------------

    @contextmanager
    def running(self, needed: int) -> Iterator[None]:
        """Counts a pass; gives up spares for it first. Raises `MemoryError` if that is not enough.

        `needed` includes what the pass leaves behind.
        """
        if self.limit is not None:
            over = self._held() + needed - self.limit
            for spare in self._spares:
                if over > 0:
                    before = spare.byte_count()
                    spare.give_up(over)
                    over -= before - spare.byte_count()
            if over > 0 and self.strict:
                raise MemoryError(f"{over} bytes more than --memory-gb allows")
        self._running = needed
        self.note()
        try:
            yield
        finally:
            self._running = 0
            self.note()

    def note(self) -> None:
        """Brings the peak up to date."""
        self.peak = max(self.peak, self._held() + self._running)

    def unused(self) -> int | None:
        """Bytes that nothing uses now; None: there is no limit."""
        if self.limit is None:
            return None
        return max(self.limit - self._held() - self._running, 0)

    def spare_room(self, held_now: int) -> int:
        """Bytes that a spare which holds `held_now` may hold in all."""
        if self.limit is None:
            return 2**62
        return max(self.limit - self._held() + held_now - max(self._running, self._next_pass()), 0)

    # -- sums ------------------------------------------------------------------------------

    def _lasting(self) -> int:
        return sum(self._kept.values())

    def _held(self) -> int:
        return self._lasting() + sum(count() for count in self._parts.values())

    def _spare_bytes(self) -> int:
        return sum(spare.byte_count() for spare in self._spares)

    def _taken(self) -> int:
        """Held by what cannot give it up."""
        return self._held() - self._spare_bytes()

    def _next_pass(self) -> int:
        return max(self._passes.values(), default=0)
