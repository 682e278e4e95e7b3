"""Counts what reaches the device: operations, copies in both directions, and reads that wait."""

from __future__ import annotations

import sys
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode

NO_KERNEL = frozenset(
    (
        "view",
        "transpose",
        "slice",
        "select",
        "unsqueeze",
        "expand",
        "t",
        "split",
        "split_with_sizes",
        "detach",
        "as_strided",
        "alias",
        "permute",
        "_unsafe_view",
        "squeeze",
        "unbind",
        "chunk",
        "empty",
        "new_empty",
        "empty_like",
        "empty_strided",
        "_reshape_alias",
        "lift_fresh",
        "reshape",
        "new_empty_strided",
        "resize_",
        "set_",
        "diagonal",
    )
)
"""Operations that launch nothing."""
_COPIES = ("aten::_to_copy", "aten::copy_")


def engine_line() -> str:
    """The innermost line of the engine's own code that is running."""
    frame = sys._getframe(1)
    while frame is not None:
        path = Path(frame.f_code.co_filename)
        if "whetstone_engine" in path.parts:
            return f"{path.parent.name}/{path.name}:{frame.f_lineno}"
        frame = frame.f_back  # type: ignore[assignment]
    return "outside the engine"


@dataclass
class Ledger:
    """What was seen since `clear`."""

    operations: int = 0
    uploads: Counter[str] = field(default_factory=Counter)
    downloads: Counter[str] = field(default_factory=Counter)
    """Copies from the device, and reads of values: each waits for the device."""
    capturing: bool = False
    violations: list[str] = field(default_factory=list)
    """What a real device would have refused; kept by `clear`."""

    def clear(self) -> None:
        self.operations = 0
        self.uploads.clear()
        self.downloads.clear()

    def upload(self) -> None:
        self._note(self.uploads, "a copy to the device")

    def download(self) -> None:
        self._note(self.downloads, "a read from the device")

    def _note(self, where: Counter[str], what: str) -> None:
        where[engine_line()] += 1
        if self.capturing:
            self.violate(f"{what} inside a capture")

    def violate(self, what: str) -> None:
        self.violations.append(f"{what} at {engine_line()}")

    def counts(self) -> dict[str, int]:
        return {
            "operations": self.operations,
            "uploads": self.uploads.total(),
            "downloads": self.downloads.total(),
        }


LEDGER = Ledger()


def _tensors(values: Any) -> list[Tensor]:
    found: list[Tensor] = []
    for value in values if isinstance(values, list | tuple) else [values]:
        if isinstance(value, Tensor):
            found.append(value)
        elif isinstance(value, list | tuple):
            found.extend(_tensors(value))
    return found


class CountingMode(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """Sees every operation below autograd."""

    def __torch_dispatch__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: Any = None
    ) -> Any:
        outcome = func(*args, **(kwargs or {}))
        name: str = func._schema.name
        touched = [*_tensors(args), *_tensors(outcome)]
        on_device = any(tensor.device.type == "cuda" for tensor in touched)
        plain = name.removeprefix("aten::")
        if on_device and plain not in NO_KERNEL and not name.startswith("prim"):
            LEDGER.operations += 1
        if name in _COPIES:
            source = args[1] if name == "aten::copy_" else args[0]
            target = args[0] if name == "aten::copy_" else outcome
            if isinstance(source, Tensor) and source.device.type != target.device.type:
                if target.device.type == "cuda":
                    LEDGER.upload()
                else:
                    LEDGER.download()
        return outcome
