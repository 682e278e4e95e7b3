"""A GGUF file to a Hugging Face directory, tensor by tensor, with little memory."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch

from whetstone_engine.model_files.disk import require_space
from whetstone_engine.model_files.events import Progress
from whetstone_engine.model_files.gguf_file import GgufFile
from whetstone_engine.model_files.safetensors_writer import SafetensorsWriter

DTYPES = {"float32": "F32", "bfloat16": "BF16"}
"""Names in config.json to names in a safetensors header."""

_TORCH_DTYPES = {"F32": torch.float32, "BF16": torch.bfloat16}


def convert_gguf(source: Path, target: Path, dtype: str, progress: Progress | None = None) -> None:
    """Writes config.json, model.safetensors and the tokenizer into `target`.

    Values are dequantised to fp32 and, with `bfloat16`, rounded to the nearest. Equal to loading
    the file with transformers and saving it. Raises `ModelFilesError`; `target` may then hold a
    part, which the caller removes.
    """
    file = GgufFile(source)
    size = sum(spec.size(DTYPES[dtype]) for spec in file.specs())
    target.mkdir(parents=True, exist_ok=True)
    require_space(target, size, f"the converted {source.name}")
    _write_config(file, target, dtype)
    _write_tokenizer(source, target)
    _write_weights(file, target / "model.safetensors", DTYPES[dtype], size, progress)


def _write_config(file: GgufFile, target: Path, dtype: str) -> None:
    from transformers import AutoConfig

    config = AutoConfig.from_pretrained(str(file.path.parent), gguf_file=file.path.name)
    values = {
        **{name: value for name, value in config.to_dict().items() if not name.startswith("_")},
        "architectures": [file.class_name],
        "dtype": dtype,
    }
    # transformers does not read it for every architecture.
    if file.head_size is not None and values.get("head_dim") != file.head_size:
        values["head_dim"] = file.head_size
    text = json.dumps(values, indent=2, sort_keys=True)
    (target / "config.json").write_text(text + "\n", encoding="utf-8")


def _write_tokenizer(source: Path, target: Path) -> None:
    # The saved configuration notes this setting, and with it the model's fingerprint.
    os.environ["HF_HUB_OFFLINE"] = "0"
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(str(source.parent), gguf_file=source.name)
    tokenizer.save_pretrained(target)


def _write_weights(
    file: GgufFile, path: Path, dtype: str, total: int, progress: Progress | None
) -> None:
    done = 0

    def counted(name: str) -> Iterator[memoryview]:
        nonlocal done
        for chunk in _encoded(file, name, dtype):
            yield chunk
            done += len(chunk)
            if progress is not None:
                progress(done, total)

    with SafetensorsWriter(path, file.specs(), dtype) as writer:
        for spec in writer.specs:
            writer.write(spec.name, counted(spec.name))


def _encoded(file: GgufFile, name: str, dtype: str) -> Iterator[memoryview]:
    for values in file.values(name):
        # `array` copies: what the library returns may be a read-only view of the file.
        tensor = torch.from_numpy(np.array(values)).to(_TORCH_DTYPES[dtype])
        yield memoryview(tensor.reshape(-1).view(torch.uint8).numpy().data)
