"""The engine on a fake CUDA device, in processes of their own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from gpu.run_scenes import COUNTS

TESTS = Path(__file__).parents[1]
OTHERS = ("llama", "gemma3")
"""Gemma 3 has windows, norms of heads, norms after blocks and an activation of its own."""


def start(*arguments: str) -> subprocess.Popen[str]:
    path = os.pathsep.join([str(TESTS), os.environ.get("PYTHONPATH", "")]).rstrip(os.pathsep)
    return subprocess.Popen(
        [sys.executable, "-m", "gpu.run_scenes", "--device", "cuda:1", *arguments],
        cwd=TESTS.parent,
        env={**os.environ, "PYTHONPATH": path},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def read(process: subprocess.Popen[str]) -> dict[str, Any]:
    output, errors = process.communicate(timeout=600)
    assert process.returncode == 0, errors
    found: dict[str, Any] = json.loads(output)
    return found


@pytest.fixture(scope="module")
def outcomes(model_directories: dict[str, Path]) -> Iterator[list[dict[str, Any]]]:
    """Of all scenes, of the other families' few, and of the few with planted faults."""
    qwen2 = str(model_directories["qwen2"])
    few = [f"{model_directories[family]}=score,generate,train,export" for family in OTHERS]
    processes = [start(qwen2, *few, "--uncounted", "gemma3"), start("--mutants", qwen2)]
    try:
        yield [read(process) for process in processes]
    finally:
        for process in processes:
            process.kill()


def test_every_kind_of_work_runs_on_the_second_device(outcomes: Any) -> None:
    scenes = outcomes[0]["qwen2"]["every"]
    assert scenes["failures"] == []
    # One row of sixteen, keys of 256, 512 and the whole context, with and without adapters.
    assert scenes["captured"] == 6
    assert scenes["replays"] > 20


@pytest.mark.parametrize("family", OTHERS)
def test_other_families_run_as_well(outcomes: Any, family: str) -> None:
    for section, found in outcomes[0][family].items():
        assert found["failures"] == [], section


def test_no_pass_takes_more_than_before(outcomes: Any) -> None:
    """`counts.json` may only be changed to smaller figures, or with a reason for larger ones."""
    ceilings = json.loads(COUNTS.read_text())
    counts = outcomes[0]["qwen2"]["every"]["counts"]
    assert counts.keys() == ceilings.keys()
    larger = {
        (name, what): (count, ceilings[name][what])
        for name, found in counts.items()
        for what, count in found.items()
        if count > ceilings[name][what]
    }
    assert larger == {}
    assert counts["decode"]["downloads"] == 1, "a step reads its tokens, once"
    assert counts["export"] == {"operations": 1, "uploads": 0, "downloads": 1}


def test_fp32_models_run_as_well(outcomes: Any) -> None:
    for section, found in outcomes[1]["qwen2"]["fp32"].items():
        assert found["failures"] == [], section


def test_without_captures_rows_decode_all_the_same(outcomes: Any) -> None:
    found = outcomes[1]["qwen2"]["no captures"]
    assert (found["failures"], found["captured"], found["replays"]) == ([], 0, 0)


def test_planted_faults_are_found(outcomes: Any) -> None:
    """Without them these scenes have no failures: see the other families'."""
    mutants = outcomes[1]["qwen2"]["mutants"]
    assert len(mutants) == 16
    assert [name for name, failures in mutants.items() if not failures] == []
