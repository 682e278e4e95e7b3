"""The check of a machine with a GPU, here with a small shape on the CPU."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from benchmarks.gpu import child
from benchmarks.gpu.context import Context
from benchmarks.gpu.findings import Findings, SkippedError
from benchmarks.gpu.goals import goals_for
from benchmarks.gpu.plan import STAGES, Stage
from benchmarks.gpu.sizes import SIZES

ENGINE = Path(__file__).parents[2]
SMALL = SIZES["small"]


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    out = tmp_path_factory.mktemp("check") / "check.json"
    command = [sys.executable, "-W", "ignore", "benchmarks/gpu_check.py", "--out", str(out)]
    ended = subprocess.run(
        [*command, "--shape", "small", "--device", "cpu"],
        cwd=ENGINE,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    found: dict[str, Any] = json.loads(out.read_text())
    return found


def test_every_stage_is_recorded_in_the_same_form(report: dict[str, Any]) -> None:
    assert (report["format"], report["shape"], report["card"]) == (1, "small", "cpu")
    assert [one["name"] for one in report["stages"]] == [one.name for one in STAGES]
    for one in report["stages"]:
        assert set(one) == {
            *("name", "state", "error", "seconds", "budget_seconds"),
            *("figures", "limits", "goals"),
        }
        assert (one["state"], one["error"]) == ("done", None)
        assert one["figures"] or one["limits"], "a stage that is done found something"
        for limit in one["limits"]:
            assert set(limit) == {"name", "value", "at_most", "met"}


def test_every_limit_holds_and_equality_is_among_them(report: dict[str, Any]) -> None:
    limits = {one["name"]: one for stage in report["stages"] for one in stage["limits"]}
    assert [name for name, one in limits.items() if one["value"] > one["at_most"]] == []
    assert limits["largestScoreGap"]["at_most"] == 1e-3
    assert limits["largestLossGap"]["at_most"] == 1e-3
    assert limits["largestAdapterGap"]["at_most"] == 1e-2
    assert limits["1 - equalAdaptedAnswers"]["at_most"] == 0
    assert "attention calls by the math kernel" in limits


def test_every_goal_names_a_figure_of_the_large_shape() -> None:
    flying = {f"{count} in flight" for count in SIZES["qwen2.5-1.5b"].in_flight}
    for name in goals_for("NVIDIA H100 80GB HBM3") | goals_for("NVIDIA A40"):
        assert "in flight" not in name or any(name.endswith(one) for one in flying)


def test_a_card_without_goals_has_none_and_a_known_one_is_judged(tmp_path: Path) -> None:
    assert goals_for("NVIDIA GeForce GTX 1080") == {}
    findings = Findings(tmp_path / "found.json", "NVIDIA A40")
    findings.note("decoded tokens per second", 4_000.0)
    findings.note("train ms per job, scope all, 32 in flight", 220.0)
    assert [one["met"] for one in findings.goals] == [False, True]


def test_a_limit_that_is_not_a_number_does_not_hold(tmp_path: Path) -> None:
    findings = Findings(tmp_path / "found.json", "cpu")
    findings.limit("gap", float("nan"), 1)
    findings.limit("gap", 1.0, 1)
    assert [one["met"] for one in findings.limits] == [False, True]


def _hang(context: Context) -> None:
    context.findings.note("before", 1)
    time.sleep(60)


def _fail(context: Context) -> None:
    context.findings.limit("before", 2, 1)
    raise RuntimeError("CUDA error: an illegal memory access was encountered")


def _skip(_: Context) -> None:
    raise SkippedError("xgrammar is not installed")


def _die(_: Context) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


@pytest.mark.parametrize(
    ("run", "state", "error"),
    [
        (_hang, "timed out", "stopped after 0.5 s"),
        (_fail, "failed", "RuntimeError: CUDA error: an illegal memory access was encountered"),
        (_skip, "skipped", "xgrammar is not installed"),
        (_die, "failed", "the process ended with -9"),
    ],
)
def test_a_stage_that_does_not_end_well_leaves_a_record(
    tmp_path: Path, run: Any, state: str, error: str
) -> None:
    budget = 0.5 if run is _hang else 60
    record = child.run_stage(Stage("one", budget, run), SMALL, "cpu", tmp_path, "cpu")
    assert (record["state"], record["error"].strip().splitlines()[-1]) == (state, error)
    assert record["figures"] == ({"before": 1} if run is _hang else {})
    assert len(record["limits"]) == (run is _fail)


def test_the_budgets_are_ten_minutes_together() -> None:
    assert sum(stage.budget_seconds for stage in STAGES) <= 600
