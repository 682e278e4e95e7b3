"""Adapters as PEFT directories: written for vLLM or transformers, read from one folder."""

from __future__ import annotations

import io
import json
import tarfile
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save
from torch import Tensor

from whetstone_engine.adapters.layout import AdapterLayout
from whetstone_engine.exceptions import ArtifactNotFoundError, InvalidRequestError
from whetstone_engine.model.config import ModelConfig

CONFIG_NAME = "adapter_config.json"
WEIGHTS_NAME = "adapter_model.safetensors"
_SCOPE_KEY = "whetstone_scope"
"""Not a key of PEFT, which has no adapters that act on the answer only."""


def _tensor_name(matrix: str) -> str:
    return f"base_model.model.model.layers.{matrix}.weight"


def peft_files(
    vector: Tensor, alpha: float, scope: str, layout: AdapterLayout, base_name: str
) -> dict[str, bytes]:
    """The two files of a PEFT directory."""
    config = {
        "peft_type": "LORA",
        "task_type": "CAUSAL_LM",
        "base_model_name_or_path": base_name,
        "r": layout.rank,
        "lora_alpha": alpha,
        "lora_dropout": 0.0,
        "bias": "none",
        "fan_in_fan_out": False,
        "inference_mode": True,
        "target_modules": layout.module_names,
        **({} if scope == "all" else {_SCOPE_KEY: scope}),
    }
    # One copy from the device, not one a matrix.
    tensors = {
        _tensor_name(name): matrix.contiguous()
        for name, matrix in layout.matrices(vector.cpu()).items()
    }
    return {
        CONFIG_NAME: (json.dumps(config, indent=2) + "\n").encode(),
        WEIGHTS_NAME: save(tensors, metadata={"format": "pt"}),
    }


def tar_of(files: dict[str, bytes]) -> bytes:
    """An uncompressed tar; equal files give equal bytes."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, content in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            entry.mode = 0o644
            archive.addfile(entry, io.BytesIO(content))
    return buffer.getvalue()


def place_in(folder: Path | None, name: str) -> Path:
    """The path that a directory has or would have; one outside the artifact folder is refused."""
    if folder is None:
        raise InvalidRequestError("no artifact folder is configured; start with --artifact-dir")
    root = folder.resolve()
    path = (root / name).resolve()
    if path == root or not path.is_relative_to(root):
        raise InvalidRequestError(f"directory: {name!r} is not inside the artifact folder")
    return path


def artifact_path(folder: Path | None, name: str) -> Path:
    """The named directory of the artifact folder; raises `ArtifactNotFoundError`."""
    path = place_in(folder, name)
    if not path.is_dir():
        raise ArtifactNotFoundError(f"there is no directory {name!r} in the artifact folder")
    return path


def read_peft_config(directory: Path) -> tuple[int, float, str]:
    """Rank, alpha and scope; every feature that the engine cannot serve is refused by name."""
    try:
        config: dict[str, Any] = json.loads((directory / CONFIG_NAME).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InvalidRequestError(f"{CONFIG_NAME} cannot be read: {error}") from error
    if config.get("peft_type") != "LORA":
        raise InvalidRequestError(f"peft_type {config.get('peft_type')!r} is not supported (LORA)")
    for field in ("use_dora", "use_rslora", "rank_pattern", "alpha_pattern", "modules_to_save"):
        if config.get(field):
            raise InvalidRequestError(f"{CONFIG_NAME}: {field} is not supported")
    if config.get("bias", "none") != "none":
        raise InvalidRequestError(f"{CONFIG_NAME}: bias is not supported")
    scope = config.get(_SCOPE_KEY, "all")
    if scope not in ("all", "answer"):
        raise InvalidRequestError(f"{CONFIG_NAME}: {_SCOPE_KEY} {scope!r} is not supported")
    return int(config["r"]), float(config["lora_alpha"]), scope


def read_peft_vector(
    directory: Path, layout: AdapterLayout, config: ModelConfig, dtype: torch.dtype
) -> Tensor:
    """The adapter's vector; modules the file leaves out stay zero, unknown ones are refused."""
    try:
        tensors = load_file(directory / WEIGHTS_NAME)
    except (OSError, SafetensorError) as error:
        raise InvalidRequestError(f"{WEIGHTS_NAME} cannot be read: {error}") from error
    flat = torch.zeros(layout.size, dtype=dtype)
    for name, matrix in layout.matrices(flat).items():
        tensor = tensors.pop(_tensor_name(name), None)
        if tensor is None:
            continue
        if tensor.shape != matrix.shape:
            raise InvalidRequestError(
                f"{_tensor_name(name)} has shape {tuple(tensor.shape)}, this model of "
                f"{config.layer_count} layers needs {tuple(matrix.shape)}"
            )
        matrix.copy_(tensor)
    if tensors:
        raise InvalidRequestError(f"{WEIGHTS_NAME}: {min(tensors)} has no place in this model")
    return flat
