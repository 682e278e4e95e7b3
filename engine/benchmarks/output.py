"""What a benchmark tells: the machine, and its result as JSON."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch

from benchmarks.roofline import processor_name


def machine_facts(threads: int, load_before: float) -> dict[str, Any]:
    """Processor, library, threads, and the load average before the run and now."""
    return {
        "processor": processor_name(),
        "torch": torch.__version__,
        "threads": threads,
        "load": [round(load_before, 1), round(os.getloadavg()[0], 1)],
    }


def print_result(result: Mapping[str, Any], file: Path | None) -> None:
    """Prints a result, and writes it into a file if one is named."""
    text = json.dumps(result, indent=2)
    print(text)
    if file is not None:
        file.write_text(text + "\n", encoding="utf-8")
