"""Files of one commit of a repository on the Hugging Face Hub, checked by their hashes."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from whetstone_engine.model_files.disk import require_space
from whetstone_engine.model_files.download import RemoteFile, download
from whetstone_engine.model_files.errors import ModelFilesError
from whetstone_engine.model_files.events import Progress
from whetstone_engine.model_files.hashes import git_blob_of
from whetstone_engine.model_files.hub_errors import translated
from whetstone_engine.model_files.hub_kinds import HubKind
from whetstone_engine.model_files.source_file import write_source


@dataclass(frozen=True)
class HubFile:
    """A file of a commit; `sha256` for large files, `blob` (git) for the others."""

    name: str
    size: int
    sha256: str | None
    blob: str | None


@dataclass(frozen=True)
class HubCommit:
    """A repository at one commit, with some or all of its files."""

    repository: str
    commit: str
    files: Sequence[HubFile]


def list_files(repository: str, revision: str | None, kind: HubKind) -> HubCommit:
    """The commit that a revision (default: the main branch) means now, and all its files.

    Raises the kind's `not_found`, `revision_not_found`, `access_denied`, `fetch_failed`.
    """
    from huggingface_hub import DatasetInfo, HfApi, ModelInfo

    with translated(repository, revision, kind):
        info = HfApi(token=_token()).repo_info(
            repository, revision=revision, repo_type=kind.repo_type, files_metadata=True
        )
    assert isinstance(info, ModelInfo | DatasetInfo), "no other kind is asked for"
    files = [
        HubFile(
            name=entry.rfilename,
            size=entry.size or 0,
            sha256=entry.lfs.sha256 if entry.lfs is not None else None,
            blob=entry.blob_id,
        )
        for entry in info.siblings or []
        if ".." not in Path(entry.rfilename).parts and not Path(entry.rfilename).is_absolute()
    ]
    return HubCommit(repository, str(info.sha), files)


def download_files(
    source: HubCommit, kind: HubKind, cache: Path, progress: Progress
) -> Iterator[HubFile]:
    """Downloads the files into `cache` in their order, and gives each as soon as it is checked.

    What a killed run left in `cache` is continued. Raises what `list_files` raises, the kind's
    `hash_mismatch`, `MODEL_DISK_FULL`.
    """
    total = sum(file.size for file in source.files)
    present = sum(path.stat().st_size for path in cache.rglob("*") if path.is_file())
    require_space(cache, max(0, total - present), source.repository)
    before = 0
    for file in source.files:
        base = before
        _download(source, file, kind, cache, lambda count, base=base: progress(base + count, total))  # type: ignore[misc]
        before += file.size
        progress(before, total)
        yield file


def move_files(source: HubCommit, cache: Path, target: Path) -> None:
    """Moves downloaded files to a new folder `target`, and notes there where they came from."""
    target.mkdir(parents=True)
    for file in source.files:
        place = target / file.name
        place.parent.mkdir(parents=True, exist_ok=True)
        (cache / file.name).replace(place)
    write_source(
        target,
        {
            "repository": source.repository,
            "commit": source.commit,
            "files": {
                file.name: f"sha256:{file.sha256}" if file.sha256 else f"git:{file.blob}"
                for file in sorted(source.files, key=lambda file: file.name)
            },
        },
    )


def _download(
    source: HubCommit,
    file: HubFile,
    kind: HubKind,
    cache: Path,
    received: Callable[[int], None],
) -> None:
    from huggingface_hub import get_hf_file_metadata, hf_hub_download, hf_hub_url
    from huggingface_hub.utils.tqdm import disable_progress_bars

    target = cache / file.name
    repository, commit, repo_type = source.repository, source.commit, kind.repo_type
    if file.sha256 is not None:
        # The library begins a large file anew after a kill.
        url = hf_hub_url(repository, file.name, repo_type=repo_type, revision=commit)
        # Its errors say why a file is refused.
        with translated(repository, commit, kind):
            get_hf_file_metadata(url, token=_token())
        target.parent.mkdir(parents=True, exist_ok=True)
        token = os.environ.get("HF_TOKEN")
        codes = (kind.fetch_failed, kind.hash_mismatch)
        download(RemoteFile(url, file.sha256, file.size, token, *codes), target, received)
        return
    disable_progress_bars()
    with translated(repository, commit, kind):
        hf_hub_download(
            repository,
            file.name,
            repo_type=repo_type,
            revision=commit,
            local_dir=cache,
            token=_token(),
        )
    if target.stat().st_size == file.size and file.blob in (None, git_blob_of(target)):
        return
    target.unlink()
    raise ModelFilesError(
        kind.hash_mismatch,
        f"{file.name} of {repository} is not the file that the Hub lists. It was removed.",
        "run the same command again; the other files are kept",
    )


def _token() -> str | bool:
    """From the environment alone; False keeps the library from looking elsewhere."""
    return os.environ.get("HF_TOKEN") or False
