"""Runs the scenes in this process, which is patched for good: `python -m gpu.run_scenes MODEL`.

Prints one JSON object: for each model the failures and the counts of its scenes; with `--mutants`
the failures that each planted fault causes in the few scenes that must find it.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import sys
from pathlib import Path
from typing import Any

import torch
from torch._subclasses.fake_tensor import FakeTensorMode

from gpu import autograd_hooks, fake_device
from gpu.ledger import LEDGER, CountingMode

COUNTS = Path(__file__).parent / "counts.json"


def run_scenes(
    directory: Path, device: str, dtype: str, section: str, *, counted: bool = True
) -> dict[str, Any]:
    """Failures and counts of a section's scenes; `counted` holds them to `counts.json`."""
    from gpu.scenes import CAPTURES, SECTIONS, Scenes

    LEDGER.violations.clear()
    fake_device.State.replays = 0
    fake_device.CURRENT.index = 0
    ceilings = json.loads(COUNTS.read_text()) if counted and dtype == "bfloat16" else {}
    mode = FakeTensorMode(allow_non_fake_inputs=True)
    counting: Any = CountingMode
    with mode, counting(), torch.autograd.set_multithreading_enabled(False):
        try:
            run = Scenes(directory, device, dtype, ceilings, CAPTURES.get(section, "few"))
        except Exception as error:
            return {"failures": [f"start: {type(error).__name__}: {error}"], "counts": {}}
        run.failures += [f"warm-up: {one}" for one in LEDGER.violations]
        passes = run.engine.scheduler._decode.captured
        shapes = 0 if passes is None else len(passes.shapes)
        SECTIONS[section](run)
    return {
        "failures": run.failures,
        "counts": run.counts,
        "captured": shapes,
        "replays": fake_device.State.replays,
    }


def run_mutants(directory: Path, device: str) -> dict[str, Any]:
    """Each planted fault, in the few scenes that must find it; and what needs few scenes too."""
    from gpu.mutants import MUTANTS, planted

    found: dict[str, Any] = {
        "fp32": {one: run_scenes(directory, "cuda", "float32", one) for one in ("score", "train")},
        "mutants": {},
    }
    fake_device.State.failing_captures = True
    found["no captures"] = run_scenes(directory, device, "bfloat16", "answers")
    fake_device.State.failing_captures = False
    for mutant in MUTANTS:
        with planted(mutant):
            outcome = run_scenes(directory, device, "bfloat16", mutant.section)
        found["mutants"][mutant.name] = outcome["failures"]
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model", nargs="+", help="directory[=section,section]; default: every")
    parser.add_argument("--device", default="cuda:1")
    parser.add_argument(
        "--uncounted", nargs="*", default=[], help="names of models with more operations a layer"
    )
    parser.add_argument("--mutants", action="store_true")
    parser.add_argument("--verbose", action="store_true")
    arguments = parser.parse_args()
    if not arguments.verbose:
        logging.disable(logging.CRITICAL)
    torch.set_num_threads(1)
    autograd_hooks.answer_without_driver()
    fake_device.patch_cuda()
    fake_device.patch_reads()
    fake_device.patch_attention()
    fake_device.patch_libraries()
    found: dict[str, Any] = {}
    for argument in arguments.model:
        name, _, sections = argument.partition("=")
        directory = Path(name)
        if arguments.mutants:
            found[directory.name] = run_mutants(directory, arguments.device)
            continue
        found[directory.name] = {
            section: run_scenes(
                directory,
                arguments.device,
                "bfloat16",
                section,
                counted=directory.name not in arguments.uncounted,
            )
            for section in (sections or "every").split(",")
        }
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()
    sys.stdout.flush()
    # The patched table of functions must outlive the libraries that use it.
    os._exit(0)
