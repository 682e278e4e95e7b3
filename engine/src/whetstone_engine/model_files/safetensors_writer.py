"""Writes a safetensors file tensor by tensor; the library's own writer needs all in memory."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

ITEM_SIZES = {"F32": 4, "BF16": 2}


@dataclass(frozen=True)
class TensorSpec:
    """A tensor to be written."""

    name: str
    shape: tuple[int, ...]

    def size(self, dtype: str) -> int:
        """Bytes of its values."""
        return math.prod(self.shape) * ITEM_SIZES[dtype]


class SafetensorsWriter:
    """One file of tensors of one dtype, in the order and with the bytes of `save_file`.

    The header is written first, from the shapes; `write` then takes each tensor's bytes, in the
    order of `specs`. Leaving the context raises `ValueError` if a tensor is missing.
    """

    def __init__(self, path: Path, specs: Sequence[TensorSpec], dtype: str) -> None:
        self.specs = sorted(specs, key=lambda spec: spec.name)
        self._dtype = dtype
        self._path = path
        self._next = 0
        self._file: BinaryIO | None = None

    def __enter__(self) -> Self:
        self._file = self._path.open("wb")
        self._file.write(self._header())
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._file is not None:
            self._file.close()
        if kind is None and self._next != len(self.specs):
            raise ValueError(f"{self._path}: {self.specs[self._next].name} was not written")

    def write(self, name: str, chunks: Iterable[bytes | memoryview]) -> None:
        """Writes the next tensor; raises `ValueError` if it has another name or size."""
        spec = self.specs[self._next]
        if spec.name != name:
            raise ValueError(f"{name} was written where {spec.name} is due")
        assert self._file is not None, "write needs the context"
        size = sum(self._file.write(chunk) for chunk in chunks)
        if size != spec.size(self._dtype):
            raise ValueError(f"{name} has {size} bytes, expected {spec.size(self._dtype)}")
        self._next += 1

    def _header(self) -> bytes:
        entries: dict[str, object] = {"__metadata__": {"format": "pt"}}
        offset = 0
        for spec in self.specs:
            end = offset + spec.size(self._dtype)
            entries[spec.name] = {
                "dtype": self._dtype,
                "shape": list(spec.shape),
                "data_offsets": [offset, end],
            }
            offset = end
        text = json.dumps(entries, separators=(",", ":"), ensure_ascii=False).encode()
        padded = text + b" " * (-len(text) % 8)
        return len(padded).to_bytes(8, "little") + padded
