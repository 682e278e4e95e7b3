"""Base weights, read from safetensors into the fused layout of the forward pass."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor

from whetstone_engine.device.memory import give_back
from whetstone_engine.exceptions import ModelInvalidError
from whetstone_engine.model.config import LinearGroup, ModelConfig
from whetstone_engine.numerics.packing import PackedWeight

_EMBEDDING = "model.embed_tokens.weight"


@dataclass(frozen=True)
class Projection:
    """One linear layer, or several that read the same input, stacked on the output side."""

    weight: Tensor | PackedWeight
    bias: Tensor | None


@dataclass(frozen=True)
class LayerWeights:
    """One decoder layer: query, key and value in one product, gate and up in another.

    Norms that the architecture lacks are None.
    """

    attention_norm: Tensor
    query_key_value: Projection
    head_norms_HD: Tensor | None
    """A weight for each head that is turned: queries first, then keys."""
    output: Projection
    after_attention_norm: Tensor | None
    mlp_norm: Tensor
    gate_up: Projection
    down: Projection
    after_mlp_norm: Tensor | None


@dataclass(frozen=True)
class ModelWeights:
    """All base weights, on one device in one dtype; never changed after loading."""

    embedding: Tensor
    layers: tuple[LayerWeights, ...]
    norm: Tensor
    head: Projection

    @property
    def byte_count(self) -> int:
        """Of all weights as they are now; norms and biases are not counted."""
        weights = [one.weight for one in self._projections()]
        plain = {id(one): one for one in (self.embedding, *weights) if isinstance(one, Tensor)}
        return self.packed_bytes + sum(one.numel() * one.element_size() for one in plain.values())

    @property
    def packed_bytes(self) -> int:
        """Of packed weights; the first training takes as much again, for gradients."""
        weights = [one.weight for one in self._projections()]
        return sum(one.byte_count for one in weights if isinstance(one, PackedWeight))

    def _projections(self) -> list[Projection]:
        projections = [self.head]
        for layer in self.layers:
            projections += [layer.query_key_value, layer.output, layer.gate_up, layer.down]
        return projections


def _open(path: Path) -> Any:
    return safe_open(str(path), framework="pt")


def _names(file: Any) -> list[str]:
    return list(file.keys())


def _tensor(file: Any, name: str) -> Tensor:
    tensor: Tensor = file.get_tensor(name)
    return tensor


def _slice(file: Any, name: str) -> Any:
    return file.get_slice(name)


class _Reader:
    """Finds tensors by name over one or several safetensors files.

    A file is mapped, and what was read of it stays in memory as long as the mapping lives: one
    tensor that points into it, however small, keeps all of it. Every tensor is therefore read from
    a mapping of its own.
    """

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
            where: dict[str, Path] = {}
            for name in names:
                with _open(directory / name) as file:
                    where.update(dict.fromkeys(_names(file), directory / name))
        except (OSError, SafetensorError) as error:
            raise ModelInvalidError(f"{directory}: weights cannot be read: {error}") from error
        self._where = where

    def has(self, name: str) -> bool:
        return name in self._where

    def stored_dtype(self, name: str) -> str:
        with _open(self._path(name)) as file:
            found: str = _slice(file, name).get_dtype()
        return found

    def _path(self, name: str) -> Path:
        if name not in self._where:
            raise ModelInvalidError(f"the weights have no tensor {name}")
        return self._where[name]

    def own(self, name: str, *shape: int) -> Tensor:
        """A tensor that is kept as it is."""
        return self.get(name, *shape, copy=True)

    def get(self, name: str, *shape: int, copy: bool = False) -> Tensor:
        """A tensor that, unless copied, may point into its file: for what is packed or joined."""
        with _open(self._path(name)) as file:
            tensor: Tensor = _tensor(file, name)
        if tuple(tensor.shape) != shape:
            raise ModelInvalidError(f"{name} has shape {tuple(tensor.shape)}, expected {shape}")
        return tensor.to(device=self._device, dtype=self._dtype, copy=copy)

    def projection(self, layer: str, group: LinearGroup) -> Projection:
        """Layers that the checkpoint has fused are stacked already."""
        names = [(f"{layer}.{name}", rows) for name, rows in group.modules]
        weight = torch.cat(
            [self.get(f"{name}.weight", rows, group.input_size) for name, rows in names]
        )
        bias = (
            torch.cat([self.get(f"{name}.bias", rows) for name, rows in names])
            if group.bias
            else None
        )
        return Projection(self.packed(weight), bias)

    def packed(self, weight: Tensor) -> Tensor | PackedWeight:
        return PackedWeight(weight) if self._pack else weight.contiguous()

    def head_norms(self, layer: str, config: ModelConfig) -> Tensor:
        query = self.get(f"{layer}.self_attn.q_norm.weight", config.head_size)
        key = self.get(f"{layer}.self_attn.k_norm.weight", config.head_size)
        heads = config.head_count, config.key_value_head_count
        return torch.cat([query.expand(heads[0], -1), key.expand(heads[1], -1)])


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
    embedding = reader.own(_EMBEDDING, config.vocabulary_size, hidden)
    tied = config.tied_embeddings or not reader.has("lm_head.weight")
    head = embedding
    if not tied:
        head = reader.get("lm_head.weight", config.vocabulary_size, hidden, copy=not pack)
    weights = ModelWeights(
        embedding,
        tuple(_load_layer(reader, f"model.layers.{n}", config) for n in range(config.layer_count)),
        reader.own("model.norm.weight", hidden),
        Projection(reader.packed(head), None),
    )
    give_back()
    return weights


def _load_layer(reader: _Reader, layer: str, config: ModelConfig) -> LayerWeights:
    def norm(name: str) -> Tensor:
        return reader.own(f"{layer}.{name}.weight", config.hidden_size)

    names, groups = config.norms, config.groups
    return LayerWeights(
        attention_norm=norm(names.before_attention),
        query_key_value=reader.projection(layer, groups["query_key_value"]),
        head_norms_HD=reader.head_norms(layer, config) if config.head_norms else None,
        output=reader.projection(layer, groups["output"]),
        after_attention_norm=None if names.after_attention is None else norm(names.after_attention),
        mlp_norm=norm(names.before_mlp),
        gate_up=reader.projection(layer, groups["gate_up"]),
        down=reader.projection(layer, groups["down"]),
        after_mlp_norm=None if names.after_mlp is None else norm(names.after_mlp),
    )
