"""Checks the engine on a machine with a GPU, in ten minutes at most.

`python benchmarks/gpu_check.py --out FILE` in `engine/`, from Python 3.11 on, with torch 2.11 or
later, transformers, peft, numpy and safetensors; nothing of this project need be installed. Makes
models of random weights of Qwen2.5-1.5B's shape. FILE is written after every stage: figures,
limits (which must hold everywhere), goals (of the card) and errors. A stage that fails or exceeds
its budget is recorded, and the next one runs. The exit code is 1 if one failed, ran out of time or
exceeded a limit. `--shape small --device cpu` runs everything in a minute or two.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

_ENGINE = Path(__file__).resolve().parents[1]
_PATIENCE_ON_CPU = 5
"""Times the budget: processors are shared, cards are not."""


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="gpu_check", description=__doc__)
    parser.add_argument("--out", type=Path, required=True, help="the JSON file")
    parser.add_argument("--shape", default="qwen2.5-1.5b", choices=("qwen2.5-1.5b", "small"))
    parser.add_argument("--device", default="cuda", help="cpu, cuda or cuda:1")
    parser.add_argument("--stages", help="only these, comma-separated; model is always among them")
    arguments = parser.parse_args(argv)
    sys.path[:0] = [str(_ENGINE), str(_ENGINE / "src")]
    os.environ.update(TQDM_DISABLE="1", TRANSFORMERS_VERBOSITY="error")

    from benchmarks.gpu.without_metrics import provide_metrics

    provide_metrics()
    # Imported once, for all stages: they are forked from here.
    import transformers.models.qwen2.modeling_qwen2  # noqa: F401

    from benchmarks.gpu.child import run_stage
    from benchmarks.gpu.plan import STAGES
    from benchmarks.gpu.sizes import SIZES

    names = [stage.name for stage in STAGES]
    wanted = names if arguments.stages is None else arguments.stages.split(",")
    if unknown := set(wanted) - set(names):
        parser.error(f"--stages: unknown {', '.join(sorted(unknown))}; have {', '.join(names)}")
    report: dict[str, Any] = {
        "format": 1,
        "shape": arguments.shape,
        "device": arguments.device,
        "node": platform.node(),
        "started": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "seconds": 0.0,
        "card": "",
        "stages": [],
    }
    started = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="gpu-check-") as folder:
        for stage in STAGES:
            if stage.name not in (*wanted, "machine", "model"):
                continue
            sizes = SIZES[arguments.shape]
            if not arguments.device.startswith("cuda"):
                patient = _PATIENCE_ON_CPU * stage.budget_seconds
                stage = replace(stage, budget_seconds=patient)
            record = run_stage(stage, sizes, arguments.device, Path(folder), str(report["card"]))
            report["card"] = record["figures"].get("card", report["card"])
            report["stages"].append(record)
            report["seconds"] = round(time.perf_counter() - started, 1)
            _write(arguments.out, report)
            _tell(record)
    return 0 if all(_fine(record) for record in report["stages"]) else 1


def _fine(record: dict[str, Any]) -> bool:
    return record["state"] in ("done", "skipped") and all(one["met"] for one in record["limits"])


def _write(path: Path, report: dict[str, Any]) -> None:
    part = path.with_suffix(".part")
    part.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    part.replace(path)


def _tell(record: dict[str, Any]) -> None:
    line = f"{record['name']}: {record['state']} in {record['seconds']} s"
    missed = [one for one in (*record["limits"], *record["goals"]) if not one["met"]]
    for one in missed:
        bound = f"at most {one['at_most']}" if "at_most" in one else f"at least {one['at_least']}"
        line += f"\n  {one['name']}: {one['value']}, not {bound}"
    if record["error"] is not None:
        line += f"\n  {record['error'].strip().splitlines()[-1]}"
    print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main())
