"""A GGUF file to a Hugging Face directory: `python -m whetstone_engine.convert SRC.gguf OUT`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from whetstone_engine.model_files.convert_gguf import DTYPES, convert_gguf
from whetstone_engine.model_files.errors import ModelFilesError


def main(argv: list[str] | None = None) -> int:
    """Two clear lines and exit code 1 if the file cannot be converted."""
    parser = argparse.ArgumentParser(prog="whetstone_engine.convert", description=__doc__)
    parser.add_argument("source", type=Path, help="a GGUF file of a Llama or Qwen2 model")
    parser.add_argument("target", type=Path, help="directory to write")
    parser.add_argument("--dtype", choices=tuple(DTYPES), default="bfloat16")
    arguments = parser.parse_args(argv)
    try:
        convert_gguf(arguments.source, arguments.target, arguments.dtype)
    except ModelFilesError as error:
        print(f"error {error.code}: {error}\n  next: {error.hint}", file=sys.stderr)
        return 1
    print(arguments.target)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
