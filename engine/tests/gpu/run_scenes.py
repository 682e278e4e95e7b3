"""Runs the scenes in this process, which is patched for good: `python -m gpu.run_scenes`.

Prints one JSON object: for each family the failures and the counts of all scenes; with `--mutants`
those of the sound engine and of each planted fault, in the few scenes that must find it.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

import torch
from torch._subclasses.fake_tensor import FakeTensorMode

from gpu import autograd_hooks, fake_device
from gpu.ledger import LEDGER, CountingMode
from support.random_models import make_model

COUNTS = Path(__file__).parent / "counts.json"


def run_scenes(directory: Path, device: str, dtype: str, section: str) -> dict[str, Any]:
    """Failures and counts of a section's scenes."""
    from gpu.scenes import SECTIONS, Scenes

    LEDGER.violations.clear()
    fake_device.State.replays = 0
    fake_device.CURRENT.index = 0
    ceilings = json.loads(COUNTS.read_text()) if dtype == "bfloat16" else {}
    mode = FakeTensorMode(allow_non_fake_inputs=True)
    counting: Any = CountingMode
    with mode, counting(), torch.autograd.set_multithreading_enabled(False):
        try:
            run = Scenes(directory, device, dtype, ceilings)
        except Exception as error:
            return {"failures": [f"start: {type(error).__name__}: {error}"], "counts": {}}
        run.failures += [f"warm-up: {one}" for one in LEDGER.violations]
        captured = run.engine.scheduler._decode.captured
        shapes = 0 if captured is None else len(captured.shapes)
        SECTIONS[section](run)
    return {
        "failures": run.failures,
        "counts": run.counts,
        "captured": shapes,
        "replays": fake_device.State.replays,
    }


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--families", default="qwen2,llama")
    parser.add_argument("--device", default="cuda:1")
    parser.add_argument("--dtype", default="bfloat16")
    parser.add_argument("--sections", nargs="+", default=["every"])
    parser.add_argument("--mutants", action="store_true")
    parser.add_argument("--verbose", action="store_true")
    arguments = parser.parse_args()
    if not arguments.verbose:
        logging.disable(logging.CRITICAL)
    torch.set_num_threads(1)
    found: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as root:
        # Before torch is patched: the models are real files.
        families = arguments.families.split(",")
        directories = {family: make_model(Path(root) / family, family) for family in families}
        autograd_hooks.answer_without_driver()
        fake_device.patch_cuda()
        fake_device.patch_reads()
        fake_device.patch_attention()
        fake_device.patch_libraries()
        for family, directory in directories.items():
            place = directory, arguments.device, arguments.dtype
            if not arguments.mutants:
                found[family] = {one: run_scenes(*place, one) for one in arguments.sections}
                continue
            from gpu.mutants import MUTANTS, planted

            sections = sorted({mutant.section for mutant in MUTANTS})
            found[family] = {"sound": {one: run_scenes(*place, one) for one in sections}}
            whole = directory, "cuda", "float32"
            found[family]["fp32"] = {one: run_scenes(*whole, one) for one in ("score", "train")}
            fake_device.State.failing_captures = True
            found[family]["no captures"] = run_scenes(*place, "answers")
            fake_device.State.failing_captures = False
            found[family]["mutants"] = {}
            for mutant in MUTANTS:
                with planted(mutant):
                    outcome = run_scenes(*place, mutant.section)
                found[family]["mutants"][mutant.name] = outcome["failures"]
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()
    sys.stdout.flush()
    # The patched table of functions must outlive the libraries that use it.
    os._exit(0)
