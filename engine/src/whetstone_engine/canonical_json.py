"""One text per JSON value, for hashes and comparisons."""

from __future__ import annotations

import hashlib
import json
from typing import Any


def canonical_json(value: Any) -> str:
    """Sorted keys, no spaces."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def json_hash(value: Any) -> str:
    """SHA-256 hex of the canonical text."""
    return hashlib.sha256(canonical_json(value).encode()).hexdigest()
