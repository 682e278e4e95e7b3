"""The limit that the engine chooses: what the machine and its cgroups have left."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from whetstone_engine.device import limit
from whetstone_engine.device.limit import available_bytes, limit_device

MACHINE = "MemTotal:  8000 kB\nMemFree:  1000 kB\nMemAvailable:  5000 kB\n"


def write(root: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="ascii")
    return root


def test_without_groups_the_machines_memory_counts(tmp_path: Path) -> None:
    assert available_bytes(write(tmp_path, {"proc/meminfo": MACHINE})) == 5000 * 1024


def test_nothing_is_known_of_another_system(tmp_path: Path) -> None:
    assert available_bytes(tmp_path) is None


@pytest.mark.parametrize(
    ("own", "above", "expected"),
    [("3000000", "max", 2000000), ("max", "2500000", 1400000), ("max", "max", 5000 * 1024)],
)
def test_the_tightest_group_counts(tmp_path: Path, own: str, above: str, expected: int) -> None:
    group = "sys/fs/cgroup/batch"
    files = {
        "proc/meminfo": MACHINE,
        "proc/self/cgroup": "0::/batch/job\n",
        f"{group}/job/memory.max": f"{own}\n",
        f"{group}/job/memory.current": "1500000\n",
        f"{group}/job/memory.stat": "anon 1\ninactive_file 500000\n",
        f"{group}/memory.max": f"{above}\n",
        f"{group}/memory.current": "1100000\n",
    }
    assert available_bytes(write(tmp_path, files)) == expected


def test_in_a_container_the_groups_root_is_the_containers_own(tmp_path: Path) -> None:
    files = {
        "proc/meminfo": MACHINE,
        "proc/self/cgroup": "0::/kubepods/pod1\n",
        "sys/fs/cgroup/memory.max": "2000000\n",
        "sys/fs/cgroup/memory.current": "500000\n",
    }
    assert available_bytes(write(tmp_path, files)) == 1500000


def test_groups_of_version_1(tmp_path: Path) -> None:
    files = {
        "proc/meminfo": MACHINE,
        "proc/self/cgroup": "5:cpu,cpuacct:/job\n4:memory:/job\n",
        "sys/fs/cgroup/memory/job/memory.limit_in_bytes": "3000000\n",
        "sys/fs/cgroup/memory/job/memory.usage_in_bytes": "1000000\n",
        "sys/fs/cgroup/memory/job/memory.stat": "inactive_file 1\ntotal_inactive_file 250000\n",
    }
    assert available_bytes(write(tmp_path, files)) == 2250000


def test_on_cuda_the_librarys_allocator_is_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    class Card:
        total_memory = 8 * 10**9

    told: list[object] = []
    monkeypatch.setattr(torch.cuda, "get_device_properties", lambda device: Card)
    monkeypatch.setattr(
        torch.cuda, "set_per_process_memory_fraction", lambda *values: told.append(values)
    )
    device = torch.device("cuda", 1)
    limit_device(device, 2 * 10**9)
    limit_device(device, 9 * 10**9)
    assert told == [(0.25, device), (1.0, device)]
    limit_device(torch.device("cpu"), 1)
    assert len(told) == 2


def test_a_gpu_has_no_limit_unless_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limit, "available_bytes", lambda: 10**9)
    monkeypatch.setattr(limit, "resident_bytes", lambda: 10**8)
    assert limit.automatic_limit(torch.device("cuda", 0)) is None
    assert limit.automatic_limit(torch.device("cpu")) == 990_000_000
