"""One file of a data set of the Hugging Face Hub."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from whetstone_engine.model_files.errors import ModelFilesError
from whetstone_engine.model_files.events import Progress
from whetstone_engine.model_files.hub_files import (
    HubCommit,
    HubFile,
    download_files,
    list_files,
    move_files,
)
from whetstone_engine.model_files.hub_kinds import DATASET

_DATA = re.compile(r"\.(json|jsonl|ndjson)(\.gz)?$")
_DESCRIPTIONS = ("dataset_infos.json", "dataset_info.json")
_TABLES = (".parquet", ".arrow", ".csv", ".tsv")
_NAMED = 8
"""Files that a message lists."""


def resolve_data(repository: str, revision: str | None, file: str | None) -> HubCommit:
    """The commit that a revision (default: the main branch) means now, and the file to download.

    `file` is its path; without one, the data set must have a single JSON file. Raises
    `DATASET_NOT_FOUND`, `DATASET_REVISION_NOT_FOUND`, `DATASET_ACCESS_DENIED`,
    `DATASET_FETCH_FAILED`, `DATASET_FILE_UNNAMED`.
    """
    listed = list_files(repository, revision, DATASET)
    return HubCommit(repository, listed.commit, [_choose(repository, listed.files, file)])


def download_data(data: HubCommit, cache: Path, target: Path, progress: Progress) -> None:
    """Downloads into `cache`, checks size and hash, then moves the file to `target`.

    Raises what `resolve_data` raises, `DATASET_HASH_MISMATCH`, `MODEL_DISK_FULL`.
    """
    for _ in download_files(data, DATASET, cache, progress):
        pass
    move_files(data, cache, target)


def _choose(repository: str, files: Sequence[HubFile], wanted: str | None) -> HubFile:
    data = sorted((file for file in files if _is_data(file.name)), key=lambda file: file.name)
    names = [file.name for file in data]
    if wanted is not None:
        for file in files:
            if file.name == wanted:
                return file
        raise _unnamed(f"{repository} has no file {wanted}.{_list(names)}", repository, names)
    if len(data) == 1:
        return data[0]
    if not data:
        table = next((file.name for file in files if file.name.endswith(_TABLES)), None)
        found = "" if table is None else f", only tables such as {table}"
        raise ModelFilesError(
            "DATASET_FILE_UNNAMED",
            f"{repository} has no JSON file{found}.",
            "write its rows as JSON lines and set the data set's `path` to that file",
        )
    raise _unnamed(f"{repository} has {len(data)} data files.{_list(names)}", repository, names)


def _is_data(name: str) -> bool:
    return _DATA.search(name) is not None and name.rpartition("/")[2] not in _DESCRIPTIONS


def _list(names: Sequence[str]) -> str:
    if not names:
        return ""
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return f" It has {', '.join(names[:_NAMED])}{more}."


def _unnamed(message: str, repository: str, names: Sequence[str]) -> ModelFilesError:
    example = names[0] if names else "FILE"
    return ModelFilesError(
        "DATASET_FILE_UNNAMED",
        message,
        f"name one in the data set's `path`, for example hf:{repository}/{example}",
    )
