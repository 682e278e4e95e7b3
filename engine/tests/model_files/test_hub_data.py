"""Downloads of data sets from a Hub on loopback."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from support.hub_server import COMMIT, Repository, hub_server
from support.model_jobs import error_of, run_job

NAME = "maker/ferries"
PLACE = f"datasets/{NAME}"
RECORDS = b'{"query": "When?"}\n'


def _provide(
    endpoint: str, tmp_path: Path, file: str | None = None, revision: str | None = None, **env: str
) -> list[dict[str, Any]]:
    job = {"kind": "hub-data-resolve", "repository": NAME, "revision": revision, "file": file}
    events = run_job(job, endpoint, tmp_path / "hf", **env)
    if events[-1]["event"] == "error":
        return events
    download = {
        "kind": "hub-data-download",
        "data": events[-1]["value"],
        "cache": str(tmp_path / "cache"),
        "target": str(tmp_path / "out"),
    }
    return run_job(download, endpoint, tmp_path / "hf", **env)


def test_downloads_the_only_json_file_and_notes_where_it_came_from(tmp_path: Path) -> None:
    files = {"README.md": b"# hi", "dataset_infos.json": b"{}", "rows_large.json": RECORDS}
    repository = Repository(files, cut_after=5)
    with hub_server({PLACE: repository}) as endpoint:
        _provide(endpoint, tmp_path)
    out = tmp_path / "out"
    assert {path.name for path in out.iterdir()} == {"rows_large.json", ".whetstone-source"}
    assert (out / "rows_large.json").read_bytes() == RECORDS
    source = json.loads((out / ".whetstone-source").read_text())
    assert (source["repository"], source["commit"]) == (NAME, COMMIT)
    assert source["files"]["rows_large.json"].startswith("sha256:")
    assert "bytes=5-" in [wanted for _, _, wanted in repository.requests]
    assert not (tmp_path / "cache").exists()


def test_downloads_the_named_file_of_several(tmp_path: Path) -> None:
    files = {"train.jsonl": b"no", "data/test.jsonl": RECORDS}
    with hub_server({PLACE: Repository(files)}) as endpoint:
        _provide(endpoint, tmp_path, "data/test.jsonl")
    assert (tmp_path / "out" / "data" / "test.jsonl").read_bytes() == RECORDS
    source = json.loads((tmp_path / "out" / ".whetstone-source").read_text())
    assert list(source["files"]) == ["data/test.jsonl"]
    assert source["files"]["data/test.jsonl"].startswith("git:")


@pytest.mark.parametrize(
    ("files", "file", "message", "hint"),
    [
        (
            ["b.jsonl", "a.json"],
            None,
            f"{NAME} has 2 data files. It has a.json, b.jsonl.",
            f"name one in the data set's `path`, for example hf:{NAME}/a.json",
        ),
        (
            ["a.json"],
            "c.json",
            f"{NAME} has no file c.json. It has a.json.",
            f"name one in the data set's `path`, for example hf:{NAME}/a.json",
        ),
        (
            ["data/train-0000.parquet"],
            None,
            f"{NAME} has no JSON file, only tables such as data/train-0000.parquet.",
            "write its rows as JSON lines and set the data set's `path` to that file",
        ),
    ],
)
def test_asks_for_a_file_if_none_is_clear(
    tmp_path: Path, files: list[str], file: str | None, message: str, hint: str
) -> None:
    with hub_server({PLACE: Repository(dict.fromkeys(files, RECORDS))}) as endpoint:
        events = _provide(endpoint, tmp_path, file)
    assert error_of(events) == ("DATASET_FILE_UNNAMED", message)
    assert events[-1]["hint"] == hint
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("name", ["rows.json", "rows_large.json"])
def test_a_gated_data_set_needs_the_token_of_the_environment(tmp_path: Path, name: str) -> None:
    with hub_server({PLACE: Repository({name: RECORDS}, gated=True)}) as endpoint:
        events = _provide(endpoint, tmp_path)
        assert error_of(events) == (
            "DATASET_ACCESS_DENIED",
            f"{NAME} is gated, and HF_TOKEN is not set.",
        )
        assert events[-1]["hint"] == (
            f"accept the data set's terms at {endpoint}/datasets/{NAME}, "
            "then set HF_TOKEN to a token of that account"
        )
        events = _provide(endpoint, tmp_path, HF_TOKEN="hf_wrong")
        assert error_of(events) == (
            "DATASET_ACCESS_DENIED",
            f"{NAME} is gated, and the token in HF_TOKEN has no access.",
        )
        _provide(endpoint, tmp_path, HF_TOKEN="hf_rightToken")
    assert (tmp_path / "out" / name).read_bytes() == RECORDS


def test_says_what_is_not_there(tmp_path: Path) -> None:
    with hub_server({PLACE: Repository({"rows.json": RECORDS})}) as endpoint:
        assert error_of(_provide(endpoint, tmp_path, revision="v9")) == (
            "DATASET_REVISION_NOT_FOUND",
            f"{NAME} has no revision v9.",
        )
    with hub_server({NAME: Repository({"rows.json": RECORDS})}) as endpoint:
        assert error_of(_provide(endpoint, tmp_path)) == (
            "DATASET_NOT_FOUND",
            f"{endpoint} has no data set {NAME}, or a private one.",
        )
    code, message = error_of(_provide("http://127.0.0.1:9", tmp_path))
    assert code == "DATASET_FETCH_FAILED"
    assert message.startswith(f"{NAME} could not be downloaded from http://127.0.0.1:9: ")


def test_a_file_that_differs_from_the_list_is_removed(tmp_path: Path) -> None:
    repository = Repository({"rows_large.json": RECORDS}, wrong=bytes(len(RECORDS)))
    with hub_server({PLACE: repository}) as endpoint:
        assert error_of(_provide(endpoint, tmp_path))[0] == "DATASET_HASH_MISMATCH"
    assert not (tmp_path / "cache" / "rows_large.json").exists()
    assert not (tmp_path / "out").exists()
