"""Where a directory's files came from, beside them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

SOURCE_FILE = ".whetstone-source"
"""No model file by its name: the fingerprint is of the content, wherever it came from."""


def write_source(directory: Path, source: dict[str, Any]) -> None:
    """Writes the facts as JSON."""
    text = json.dumps(source, indent=2, sort_keys=True)
    (directory / SOURCE_FILE).write_text(text + "\n", encoding="utf-8")
