"""How much memory the process may use: `--memory-gb`, or what the machine and its cgroup have."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import torch

from whetstone_engine.device.memory import resident_bytes

_SHARE = 0.9
"""Of what is available; the rest is for other programs and for what is not counted."""
_FILES = {
    "": ("memory.max", "memory.current", "inactive_file"),
    "memory": ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file"),
}
"""By the controllers of a line in /proc/self/cgroup (version 2, version 1): a group's limit, its
use, and the name of what of that are files' pages, which the system takes back."""


def available_bytes(root: Path = Path("/")) -> int | None:
    """What the process could still take of the machine's and its cgroups' memory; None if the
    system does not say."""
    found = [_machine(root), *_groups(root)]
    known = [one for one in found if one is not None]
    return min(known) if known else None


def automatic_limit(device: torch.device) -> int | None:
    """For the CPU; a GPU's library says itself when memory is short."""
    available = available_bytes() if device.type == "cpu" else None
    return None if available is None else int(_SHARE * (available + resident_bytes()))


def limit_device(device: torch.device, limit: int) -> None:
    """On CUDA: the library's allocator refuses more, which is then a shortage like any other."""
    if device.type == "cuda":
        total = torch.cuda.get_device_properties(device).total_memory
        torch.cuda.set_per_process_memory_fraction(min(limit / total, 1.0), device)


def _machine(root: Path) -> int | None:
    for line in _text(root / "proc/meminfo").splitlines():
        name, _, value = line.partition(":")
        if name == "MemAvailable":
            return int(value.split()[0]) * 1024
    return None


def _groups(root: Path) -> Iterator[int | None]:
    """For the process's groups and all above them."""
    for line in _text(root / "proc/self/cgroup").splitlines():
        _, controllers, path = line.split(":", 2)
        kind = "memory" if "memory" in controllers.split(",") else controllers
        if kind not in _FILES:
            continue
        base = root / "sys/fs/cgroup" / kind
        group = base / path.lstrip("/")
        # In a container the path may be the host's, which is not there.
        for folder in dict.fromkeys((group, *group.parents, base)):
            if folder == base or base in folder.parents:
                yield _left(folder, *_FILES[kind])


def _left(folder: Path, limit_name: str, used_name: str, files_name: str) -> int | None:
    limit, used = _text(folder / limit_name).strip(), _text(folder / used_name).strip()
    if not limit.isdigit() or not used.isdigit():
        return None
    files = 0
    for line in _text(folder / "memory.stat").splitlines():
        name, _, value = line.partition(" ")
        if name == files_name:
            files = int(value)
    return max(int(limit) - int(used) + files, 0)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError):
        return ""
