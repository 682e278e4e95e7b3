"""A model of the Hugging Face Hub: its commit and the files that the engine needs."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Sequence
from pathlib import Path

from whetstone_engine.exceptions import ModelInvalidError
from whetstone_engine.model.read_config import read_model_config
from whetstone_engine.model_files.errors import ModelFilesError
from whetstone_engine.model_files.events import Progress
from whetstone_engine.model_files.hub_files import (
    HubCommit,
    HubFile,
    download_files,
    list_files,
    move_files,
)
from whetstone_engine.model_files.hub_kinds import MODEL

_WEIGHTS = re.compile(r"model(-\d+-of-\d+)?\.safetensors")
_INDEX = "model.safetensors.index.json"
_OPTIONAL = (
    "generation_config.json",
    "tokenizer_config.json",
    "special_tokens_map.json",
    "added_tokens.json",
    "chat_template.jinja",
)
_PICKLES = (".bin", ".pth", ".pt", ".ckpt")


def resolve_model(repository: str, revision: str | None) -> HubCommit:
    """The commit that a revision (default: the main branch) means now, and the files to download.

    Raises `MODEL_NOT_FOUND`, `MODEL_REVISION_NOT_FOUND`, `MODEL_ACCESS_DENIED`,
    `MODEL_FETCH_FAILED`, `MODEL_UNSUPPORTED`.
    """
    listed = list_files(repository, revision, MODEL)
    return HubCommit(repository, listed.commit, _select(repository, listed.files))


def download_model(model: HubCommit, cache: Path, target: Path, progress: Progress) -> None:
    """Downloads into `cache`, checks sizes and hashes, then moves the files to `target`.

    What a killed run left in `cache` is continued. The architecture is checked before the weights
    are downloaded. Raises what `resolve_model` raises, `MODEL_HASH_MISMATCH`, `MODEL_DISK_FULL`.
    """
    for file in download_files(model, MODEL, cache, progress):
        if file.name == "config.json":
            _check_config(model.repository, cache)
    move_files(model, cache, target)


def _select(repository: str, files: Sequence[HubFile]) -> list[HubFile]:
    by_name = {file.name: file for file in files}
    weights = [name for name in by_name if _WEIGHTS.fullmatch(name)]
    if _INDEX in by_name:
        weights = [name for name in weights if name != "model.safetensors"]
    elif "model.safetensors" in by_name:
        weights = ["model.safetensors"]
    if not weights:
        raise _unsupported(repository, _describe_weights(list(by_name)))
    for name in ("config.json", "tokenizer.json"):
        if name not in by_name:
            raise _unsupported(repository, f"it has no {name}")
    index = [_INDEX] if _INDEX in by_name else []
    optional = [name for name in _OPTIONAL if name in by_name]
    return [
        by_name[name] for name in ["config.json", "tokenizer.json", *optional, *index, *weights]
    ]


def _describe_weights(names: Sequence[str]) -> str:
    pickles = sorted(name for name in names if name.endswith(_PICKLES))
    ggufs = sorted(name for name in names if name.endswith(".gguf"))
    if pickles:
        return f"it has no *.safetensors, only pickled weights ({pickles[0]}), which run code"
    if ggufs:
        return f"it has no *.safetensors, only GGUF files ({ggufs[0]}); download one and name it"
    return "it has no model.safetensors"


def _check_config(repository: str, folder: Path) -> None:
    try:
        read_model_config(folder)
    except ModelInvalidError as error:
        path = f"{folder}{os.sep}"
        raise _unsupported(repository, str(error).replace(path, "")) from error
    except json.JSONDecodeError as error:
        raise _unsupported(repository, f"config.json is no JSON: {error}") from error


def _unsupported(repository: str, why: str) -> ModelFilesError:
    return ModelFilesError(
        "MODEL_UNSUPPORTED",
        f"{repository} cannot be used: {why}.",
        "name a model of a supported architecture, with safetensors and tokenizer.json",
    )
