"""Downloads from a Hub on loopback."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from support.hub_server import COMMIT, Repository, hub_server
from support.model_jobs import error_of, run_job
from support.random_models import make_model
from whetstone_engine.model.architectures import ARCHITECTURES

NAME = "maker/small-model"
TOKEN = "hf_rightToken"


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    directory = make_model(tmp_path_factory.mktemp("hub") / "model", "qwen2")
    found = {path.name: path.read_bytes() for path in directory.iterdir()}
    return {**found, "README.md": b"# hello", "pytorch_model.bin": b"pickle"}


def _provide(
    endpoint: str, tmp_path: Path, revision: str | None = None, **env: str
) -> list[dict[str, Any]]:
    job = {"kind": "hub-resolve", "repository": NAME, "revision": revision}
    events = run_job(job, endpoint, tmp_path / "hf", **env)
    if events[-1]["event"] == "error":
        return events
    download = {
        "kind": "hub-download",
        "model": events[-1]["value"],
        "cache": str(tmp_path / "cache"),
        "target": str(tmp_path / "out"),
    }
    return run_job(download, endpoint, tmp_path / "hf", **env)


def test_downloads_what_the_engine_needs_and_notes_where_it_came_from(
    tmp_path: Path, files: dict[str, bytes]
) -> None:
    with hub_server({NAME: Repository(files)}) as endpoint:
        events = _provide(endpoint, tmp_path)
    out = tmp_path / "out"
    kept = {path.name for path in out.iterdir()}
    assert kept == set(files) - {"README.md", "pytorch_model.bin"} | {".whetstone-source"}
    for name in kept - {".whetstone-source"}:
        assert (out / name).read_bytes() == files[name], name
    source = json.loads((out / ".whetstone-source").read_text())
    assert (source["repository"], source["commit"]) == (NAME, COMMIT)
    assert source["files"]["model.safetensors"].startswith("sha256:")
    assert source["files"]["config.json"].startswith("git:")
    assert events[-1]["done"] == events[-1]["total"] > 0
    assert not (tmp_path / "cache").exists()


def test_names_sharded_weights_by_their_index(tmp_path: Path, files: dict[str, bytes]) -> None:
    parts = {
        "model-00001-of-00002.safetensors": b"one",
        "model-00002-of-00002.safetensors": b"two",
        "model.safetensors.index.json": b"{}",
        "consolidated.safetensors": b"the same again",
    }
    with hub_server({NAME: Repository({**files, **parts})}) as endpoint:
        _provide(endpoint, tmp_path)
    kept = {path.name for path in (tmp_path / "out").iterdir()}
    assert set(parts) - {"consolidated.safetensors"} < kept
    assert not kept & {"consolidated.safetensors", "model.safetensors"}


def test_continues_after_the_connection_broke(tmp_path: Path, files: dict[str, bytes]) -> None:
    repository = Repository(files, cut_after=1000)
    with hub_server({NAME: repository}) as endpoint:
        _provide(endpoint, tmp_path)
    assert (tmp_path / "out" / "model.safetensors").read_bytes() == files["model.safetensors"]
    assert "bytes=1000-" in [wanted for _, _, wanted in repository.requests]


def test_continues_what_a_killed_run_left(tmp_path: Path, files: dict[str, bytes]) -> None:
    cache = tmp_path / "cache"
    cache.mkdir()
    (cache / "model.safetensors.part").write_bytes(files["model.safetensors"][:5000])
    repository = Repository(files)
    with hub_server({NAME: repository}) as endpoint:
        _provide(endpoint, tmp_path)
    assert (tmp_path / "out" / "model.safetensors").read_bytes() == files["model.safetensors"]
    assert "bytes=5000-" in [wanted for _, _, wanted in repository.requests]


def test_a_gated_model_needs_the_token_of_the_environment(
    tmp_path: Path, files: dict[str, bytes]
) -> None:
    with hub_server({NAME: Repository(files, gated=True)}) as endpoint:
        assert error_of(_provide(endpoint, tmp_path)) == (
            "MODEL_ACCESS_DENIED",
            f"{NAME} is gated, and HF_TOKEN is not set.",
        )
        assert error_of(_provide(endpoint, tmp_path, HF_TOKEN="hf_wrong")) == (
            "MODEL_ACCESS_DENIED",
            f"{NAME} is gated, and the token in HF_TOKEN has no access.",
        )
        assert not (tmp_path / "out").exists()
        _provide(endpoint, tmp_path, HF_TOKEN=TOKEN)
    assert (tmp_path / "out" / "model.safetensors").exists()


def test_a_token_that_is_stored_elsewhere_is_not_used(
    tmp_path: Path, files: dict[str, bytes]
) -> None:
    (tmp_path / "hf").mkdir()
    (tmp_path / "hf" / "token").write_text(TOKEN)
    with hub_server({NAME: Repository(files, gated=True)}) as endpoint:
        assert error_of(_provide(endpoint, tmp_path))[0] == "MODEL_ACCESS_DENIED"


def test_says_what_is_not_there(tmp_path: Path, files: dict[str, bytes]) -> None:
    with hub_server({NAME: Repository(files)}) as endpoint:
        assert error_of(_provide(endpoint, tmp_path, "v9")) == (
            "MODEL_REVISION_NOT_FOUND",
            f"{NAME} has no revision v9.",
        )
    with hub_server({}) as endpoint:
        assert error_of(_provide(endpoint, tmp_path)) == (
            "MODEL_NOT_FOUND",
            f"{endpoint} has no model {NAME}, or a private one.",
        )


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            {"model.safetensors": None},
            "it has no *.safetensors, only pickled weights (pytorch_model.bin), which run code.",
        ),
        (
            {"model.safetensors": None, "pytorch_model.bin": None, "a-Q4_K_M.gguf": b"GGUF"},
            "it has no *.safetensors, only GGUF files (a-Q4_K_M.gguf); download one and name it.",
        ),
        ({"tokenizer.json": None}, "it has no tokenizer.json."),
        (
            {"config.json": b'{"architectures": ["MambaForCausalLM"]}'},
            f"architecture MambaForCausalLM is not supported (only {', '.join(ARCHITECTURES)}).",
        ),
    ],
)
def test_refuses_what_the_engine_cannot_run_before_the_weights(
    tmp_path: Path, files: dict[str, bytes], change: dict[str, bytes | None], message: str
) -> None:
    changed = {name: content for name, content in {**files, **change}.items() if content}
    repository = Repository(changed)
    with hub_server({NAME: repository}) as endpoint:
        found = error_of(_provide(endpoint, tmp_path))
    assert found == ("MODEL_UNSUPPORTED", f"{NAME} cannot be used: {message}")
    assert not [path for _, path, _ in repository.requests if path.endswith("model.safetensors")]
    assert not (tmp_path / "out").exists()


def test_a_file_that_differs_from_the_list_is_removed(
    tmp_path: Path, files: dict[str, bytes]
) -> None:
    wrong = bytes(len(files["model.safetensors"]))
    digest = hashlib.sha256(files["model.safetensors"]).hexdigest()
    with hub_server({NAME: Repository(files, wrong=wrong)}) as endpoint:
        assert error_of(_provide(endpoint, tmp_path)) == (
            "MODEL_HASH_MISMATCH",
            f"{endpoint}/{NAME}/resolve/{COMMIT}/model.safetensors is not the file that was "
            f"expected: its SHA-256 differs from {digest}. It was removed.",
        )
    assert not (tmp_path / "cache" / "model.safetensors").exists()
    assert not (tmp_path / "out").exists()


def test_without_network_the_message_names_the_address(tmp_path: Path) -> None:
    code, message = error_of(_provide("http://127.0.0.1:9", tmp_path))
    assert code == "MODEL_FETCH_FAILED"
    assert message.startswith(f"{NAME} could not be downloaded from http://127.0.0.1:9: ")
    code, message = error_of(_provide("http://127.0.0.1:9", tmp_path, HF_HUB_OFFLINE="1"))
    assert (code, message) == (
        "MODEL_FETCH_FAILED",
        f"{NAME} is not on this machine, and HF_HUB_OFFLINE forbids to download it.",
    )
