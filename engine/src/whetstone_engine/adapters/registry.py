"""The live adapters by id, bounded by number and by bytes."""

from __future__ import annotations

import threading
import time

from whetstone_engine.adapters.adapter import Adapter
from whetstone_engine.exceptions import InvalidRequestError, ModelNotFoundError, OverloadedError

_RETRY_SECONDS = 2


class AdapterRegistry:
    """Safe to call from any thread.

    A training or a load reserves its place first, so that adapters in the making count as well.
    """

    def __init__(self, maximum: int, maximum_bytes: int) -> None:
        self.maximum = maximum
        self.maximum_bytes = maximum_bytes
        self._adapters: dict[str, Adapter] = {}
        self._reserved: dict[str, int] = {}
        self._lock = threading.Lock()

    def _expire(self) -> None:
        for adapter in [one for one in self._adapters.values() if one.expires_in() <= 0]:
            del self._adapters[adapter.id]

    def find(self, adapter_id: str) -> Adapter | None:
        """The live adapter; its time to live goes on."""
        with self._lock:
            self._expire()
            return self._adapters.get(adapter_id)

    def use(self, adapter_id: str) -> Adapter:
        """The live adapter; its time to live restarts. Raises `ModelNotFoundError`."""
        with self._lock:
            self._expire()
            adapter = self._adapters.get(adapter_id)
            if adapter is None:
                raise ModelNotFoundError(
                    f"no model or live adapter is named {adapter_id!r}; it may have expired, or "
                    "died with an earlier process: train it again"
                )
            adapter.last_used = time.monotonic()
            return adapter

    def reserve(self, adapter_id: str, byte_count: int) -> None:
        """Keeps a place for an adapter in the making.

        Raises `OverloadedError` if all places or bytes are taken, and `InvalidRequestError` if the
        adapter could never fit.
        """
        with self._lock:
            self._expire()
            if byte_count > self.maximum_bytes:
                raise InvalidRequestError(
                    f"rank: an adapter of this rank takes {byte_count} bytes; at most "
                    f"{self.maximum_bytes} are kept"
                )
            taken = self._adapters.keys() | self._reserved.keys()
            if len(taken - {adapter_id}) >= self.maximum:
                raise OverloadedError(
                    f"{self.maximum} adapters are live, the most this engine keeps",
                    retry_after_seconds=_RETRY_SECONDS,
                )
            used = sum(adapter.byte_count for adapter in self._adapters.values())
            used += sum(self._reserved.values())
            if used + byte_count > self.maximum_bytes:
                raise OverloadedError(
                    f"live adapters take {used} of the {self.maximum_bytes} bytes that this "
                    "engine keeps",
                    retry_after_seconds=_RETRY_SECONDS,
                )
            self._reserved[adapter_id] = byte_count

    def release(self, adapter_id: str) -> None:
        """Gives a reserved place back."""
        with self._lock:
            self._reserved.pop(adapter_id, None)

    def put(self, adapter: Adapter) -> None:
        """Makes an adapter live; a place reserved for it is taken by it."""
        with self._lock:
            self._reserved.pop(adapter.id, None)
            self._adapters[adapter.id] = adapter

    def drop(self, adapter_id: str) -> bool:
        """Forgets an adapter; False if there was none."""
        with self._lock:
            return self._adapters.pop(adapter_id, None) is not None

    def all(self) -> list[Adapter]:
        with self._lock:
            self._expire()
            return list(self._adapters.values())
