"""A model of the Hugging Face Hub: its commit, the files that the engine needs, their hashes."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from whetstone_engine.exceptions import ModelInvalidError
from whetstone_engine.model.read_config import read_model_config
from whetstone_engine.model_files.disk import require_space
from whetstone_engine.model_files.download import RemoteFile, download
from whetstone_engine.model_files.errors import ModelFilesError
from whetstone_engine.model_files.events import Progress
from whetstone_engine.model_files.hashes import git_blob_of
from whetstone_engine.model_files.hub_errors import translated
from whetstone_engine.model_files.source_file import write_source

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


@dataclass(frozen=True)
class HubFile:
    """A file of a commit; `sha256` for large files, `blob` (git) for the others."""

    name: str
    size: int
    sha256: str | None
    blob: str | None


@dataclass(frozen=True)
class HubModel:
    """A model at one commit."""

    repository: str
    commit: str
    files: Sequence[HubFile]


def resolve_model(repository: str, revision: str | None) -> HubModel:
    """The commit that a revision (default: the main branch) means now, and the files to download.

    Raises `MODEL_NOT_FOUND`, `MODEL_REVISION_NOT_FOUND`, `MODEL_ACCESS_DENIED`,
    `MODEL_FETCH_FAILED`, `MODEL_UNSUPPORTED`.
    """
    from huggingface_hub import HfApi

    with translated(repository, revision):
        info = HfApi(token=_token()).model_info(repository, revision=revision, files_metadata=True)
    files = [
        HubFile(
            name=entry.rfilename,
            size=entry.size or 0,
            sha256=entry.lfs.sha256 if entry.lfs is not None else None,
            blob=entry.blob_id,
        )
        for entry in info.siblings or []
    ]
    return HubModel(repository, str(info.sha), _select(repository, files))


def download_model(model: HubModel, cache: Path, target: Path, progress: Progress) -> None:
    """Downloads into `cache`, checks sizes and hashes, then moves the files to `target`.

    What a killed run left in `cache` is continued. The architecture is checked before the weights
    are downloaded. Raises what `resolve_model` raises, `MODEL_HASH_MISMATCH`, `MODEL_DISK_FULL`.
    """
    total = sum(file.size for file in model.files)
    present = sum(path.stat().st_size for path in cache.rglob("*") if path.is_file())
    require_space(cache, max(0, total - present), model.repository)
    before = 0
    for file in sorted(model.files, key=lambda file: file.name != "config.json"):
        base = before
        _download(model, file, cache, lambda count, base=base: progress(base + count, total))  # type: ignore[misc]
        before += file.size
        progress(before, total)
        if file.name == "config.json":
            _check_config(model.repository, cache)
    target.mkdir(parents=True)
    for file in model.files:
        (cache / file.name).replace(target / file.name)
    write_source(
        target,
        {
            "repository": model.repository,
            "commit": model.commit,
            "files": {
                file.name: f"sha256:{file.sha256}" if file.sha256 else f"git:{file.blob}"
                for file in sorted(model.files, key=lambda file: file.name)
            },
        },
    )


def _download(model: HubModel, file: HubFile, cache: Path, received: Callable[[int], None]) -> None:
    from huggingface_hub import hf_hub_download, hf_hub_url
    from huggingface_hub.utils.tqdm import disable_progress_bars

    target = cache / file.name
    if file.sha256 is not None:
        # The library begins a large file anew after a kill.
        url = hf_hub_url(model.repository, file.name, revision=model.commit)
        token = os.environ.get("HF_TOKEN")
        download(RemoteFile(url, file.sha256, file.size, token), target, received)
        return
    disable_progress_bars()
    with translated(model.repository, model.commit):
        hf_hub_download(
            model.repository, file.name, revision=model.commit, local_dir=cache, token=_token()
        )
    if target.stat().st_size == file.size and file.blob in (None, git_blob_of(target)):
        return
    target.unlink()
    raise ModelFilesError(
        "MODEL_HASH_MISMATCH",
        f"{file.name} of {model.repository} is not the file that the Hub lists. It was removed.",
        "run the same command again; the other files are kept",
    )


def _token() -> str | bool:
    """From the environment alone; False keeps the library from looking elsewhere."""
    return os.environ.get("HF_TOKEN") or False


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
