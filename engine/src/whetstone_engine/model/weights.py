"""Base weights, read from safetensors into the fused layout of the forward pass."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor

from whetstone_engine.exceptions import ModelInvalidError
from whetstone_engine.model.config import ModelConfig
from whetstone_engine.numerics.packing import PackedWeight

_EMBEDDING = "model.embed_tokens.weight"


@dataclass(frozen=True)
class Projection:
    """One linear layer, or several that read the same input, stacked on the output side."""

    weight: Tensor | PackedWeight
    bias: Tensor | None


@dataclass(frozen=True)
class LayerWeights:
    """One decoder layer: query, key and value in one product, gate and up in another."""

    input_norm: Tensor
    query_key_value: Projection
    output: Projection
    post_norm: Tensor
    gate_up: Projection
    down: Projection


@dataclass(frozen=True)
class ModelWeights:
    """All base weights, on one device in one dtype; never changed after loading."""

    embedding: Tensor
    layers: tuple[LayerWeights, ...]
    norm: Tensor
    head: Projection

    @property
    def packed_bytes(self) -> int:
        """Of packed weights; the first training takes as much again, for gradients."""
        projections = [self.head]
        for layer in self.layers:
            projections += [layer.query_key_value, layer.output, layer.gate_up, layer.down]
        weights = [one.weight for one in projections]
        return sum(one.byte_count for one in weights if isinstance(one, PackedWeight))


def _names(file: Any) -> list[str]:
    return list(file.keys())


def _tensor(file: Any, name: str) -> Tensor:
    tensor: Tensor = file.get_tensor(name)
    return tensor


def _slice(file: Any, name: str) -> Any:
    return file.get_slice(name)


class _Reader:
    """Finds tensors by name over one or several safetensors files."""

    def __init__(
        self, directory: Path, device: torch.device, dtype: torch.dtype, pack: bool
    ) -> None:
        self._pack = pack
        self._device = device
        self._dtype = dtype
        index = directory / "model.safetensors.index.json"
        if index.is_file():
            mapping = json.loads(index.read_text(encoding="utf-8"))["weight_map"]
            names = sorted(set(mapping.values()))
        elif (directory / "model.safetensors").is_file():
            names = ["model.safetensors"]
        else:
            raise ModelInvalidError(f"{directory} has no model.safetensors")
        try:
            self._files = [safe_open(str(directory / name), framework="pt") for name in names]
        except (OSError, SafetensorError) as error:
            raise ModelInvalidError(f"{directory}: weights cannot be read: {error}") from error
        self._where = {key: file for file in self._files for key in _names(file)}

    def has(self, name: str) -> bool:
        return name in self._where

    def stored_dtype(self, name: str) -> str:
        found: str = _slice(self._file(name), name).get_dtype()
        return found

    def _file(self, name: str) -> Any:
        if name not in self._where:
            raise ModelInvalidError(f"the weights have no tensor {name}")
        return self._where[name]

    def get(self, name: str, *shape: int) -> Tensor:
        tensor: Tensor = _tensor(self._file(name), name)
        if tuple(tensor.shape) != shape:
            raise ModelInvalidError(f"{name} has shape {tuple(tensor.shape)}, expected {shape}")
        return tensor.to(device=self._device, dtype=self._dtype)

    def projection(self, prefix: str, parts: dict[str, int], width: int, bias: bool) -> Projection:
        weight = torch.cat(
            [self.get(f"{prefix}.{name}.weight", rows, width) for name, rows in parts.items()]
        )
        stacked_bias = (
            torch.cat([self.get(f"{prefix}.{name}.bias", rows) for name, rows in parts.items()])
            if bias
            else None
        )
        return Projection(self.packed(weight), stacked_bias)

    def packed(self, weight: Tensor) -> Tensor | PackedWeight:
        return PackedWeight(weight) if self._pack else weight.contiguous()


def stored_dtype(directory: Path) -> str:
    """The type that the embedding is stored in, by safetensors' name: F32, BF16, F16."""
    return _Reader(directory, torch.device("cpu"), torch.float32, False).stored_dtype(_EMBEDDING)


def load_weights(
    directory: Path, config: ModelConfig, device: torch.device, dtype: torch.dtype, pack: bool
) -> ModelWeights:
    """Loads every tensor, checking names and shapes; raises `ModelInvalidError`.

    `pack`: the weights of linear layers are packed, each as it is read; the embedding is not.
    """
    reader = _Reader(directory, device, dtype, pack)
    hidden = config.hidden_size
    layers = []
    for index in range(config.layer_count):
        base = f"model.layers.{index}"
        layers.append(
            LayerWeights(
                input_norm=reader.get(f"{base}.input_layernorm.weight", hidden),
                query_key_value=reader.projection(
                    f"{base}.self_attn",
                    {
                        "q_proj": config.query_size,
                        "k_proj": config.key_value_size,
                        "v_proj": config.key_value_size,
                    },
                    hidden,
                    config.attention_bias,
                ),
                output=reader.projection(
                    f"{base}.self_attn", {"o_proj": hidden}, config.query_size, config.output_bias
                ),
                post_norm=reader.get(f"{base}.post_attention_layernorm.weight", hidden),
                gate_up=reader.projection(
                    f"{base}.mlp",
                    {"gate_proj": config.intermediate_size, "up_proj": config.intermediate_size},
                    hidden,
                    config.mlp_bias,
                ),
                down=reader.projection(
                    f"{base}.mlp", {"down_proj": hidden}, config.intermediate_size, config.mlp_bias
                ),
            )
        )
    embedding = reader.get(_EMBEDDING, config.vocabulary_size, hidden)
    tied = config.tied_embeddings or not reader.has("lm_head.weight")
    head = embedding if tied else reader.get("lm_head.weight", config.vocabulary_size, hidden)
    norm = reader.get("model.norm.weight", hidden)
    return ModelWeights(embedding, tuple(layers), norm, Projection(reader.packed(head), None))
