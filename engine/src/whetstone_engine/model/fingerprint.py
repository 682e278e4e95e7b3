"""The model's fingerprint: one hash over the files that determine its behaviour."""

from __future__ import annotations

import hashlib
from pathlib import Path

_SUFFIXES = (".json", ".safetensors", ".jinja", ".model", ".txt")


def model_fingerprint(directory: Path) -> str:
    """SHA-256 hex over `<sha256 of file>  <name>\\n` of the directory's model files, by name."""
    names = sorted(
        (
            entry.name
            for entry in directory.iterdir()
            if entry.is_file() and entry.name.endswith(_SUFFIXES)
        ),
        key=lambda name: name.encode(),
    )
    total = hashlib.sha256()
    for name in names:
        with (directory / name).open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        total.update(f"{digest}  {name}\n".encode())
    return total.hexdigest()
