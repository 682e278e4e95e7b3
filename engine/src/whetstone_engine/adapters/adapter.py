"""One live adapter."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from torch import Tensor


@dataclass(eq=False)
class Adapter:
    """One trained adapter: its parameters `[P]` on the device, and their origin."""

    id: str
    rank: int
    alpha: float
    scope: str
    vector: Tensor
    losses: tuple[float, ...]
    weight_hash: str
    trained_tokens: int
    request_hash: str
    ttl_seconds: float
    last_used: float = field(default_factory=time.monotonic)

    @property
    def scale(self) -> float:
        """What the product with B is multiplied by."""
        return self.alpha / self.rank

    @property
    def byte_count(self) -> int:
        return self.vector.numel() * self.vector.element_size()

    def expires_in(self) -> float:
        """Seconds left; each use restarts the time to live."""
        return self.last_used + self.ttl_seconds - time.monotonic()
