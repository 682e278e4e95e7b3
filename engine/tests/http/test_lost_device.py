"""A device that fails for good ends the process, so that its supervisor starts another."""

from __future__ import annotations

import subprocess
import sys

SCRIPT = """
import whetstone_engine.__main__ as main
main._LAST_ANSWERS_SECONDS = 0.01
main._end_for_lost_device("the device failed and the engine restarts: CUDA error: x")
"""


def test_the_process_ends_with_one_clear_line() -> None:
    child = subprocess.run(
        [sys.executable, "-c", SCRIPT], capture_output=True, text=True, timeout=60
    )
    assert child.returncode == 1
    assert child.stderr == (
        "ENGINE_DEVICE_LOST: the device failed and the engine restarts: CUDA error: x\n"
    )
