"""A GGUF file: what it is, and its tensors as the engine's libraries name and shape them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from whetstone_engine.model_files.errors import ModelFilesError
from whetstone_engine.model_files.gguf_names import (
    ARCHITECTURES,
    check_architecture,
    expected_names,
    hugging_face_name,
)
from whetstone_engine.model_files.safetensors_writer import TensorSpec

_BLOCK_VALUES = 8 * 1024 * 1024
"""Values that are dequantised at once: some 100 MB with the library's temporaries."""
_IGNORED = {"rope_freqs.weight"}


class GgufFile:
    """Reads one file; raises `MODEL_FILE_INVALID`, `MODEL_UNSUPPORTED` if it cannot be used."""

    def __init__(self, path: Path) -> None:
        from gguf import GGUFReader

        self.path = path
        _check_magic(path)
        try:
            self._reader: Any = GGUFReader(str(path))
        except Exception as error:
            raise _invalid(path, f"cannot be read: {error}") from error
        self.architecture = str(self._field("general.architecture"))
        check_architecture(self.architecture)
        self._check_rope()
        self._check_tokenizer()
        self._heads = int(self._field("attention.head_count", own=True))
        self._key_value_heads = int(
            self._optional(f"{self.architecture}.attention.head_count_kv") or self._heads
        )
        self._tensors = self._map_tensors(int(self._field("block_count", own=True)))

    @property
    def class_name(self) -> str:
        """The model class that config.json names."""
        return ARCHITECTURES[self.architecture]

    @property
    def head_size(self) -> int | None:
        """Values per attention head, if the file states it."""
        value = self._optional(f"{self.architecture}.attention.key_length")
        return None if value is None else int(value)

    def specs(self) -> list[TensorSpec]:
        """Every tensor, with its shape in PyTorch's order."""
        return [
            TensorSpec(name, tuple(int(size) for size in reversed(tensor.shape)))
            for name, tensor in self._tensors.items()
        ]

    def values(self, name: str) -> Iterator[NDArray[np.float32]]:
        """The fp32 values of a tensor, in blocks of whole rows."""
        from gguf import dequantize

        tensor = self._tensors[name]
        rows = tensor.data.shape[0]
        heads = self._rotary_heads(name)
        # The halves of a rotary head are interleaved in the file: such a tensor is taken whole.
        count = rows if heads else max(1, _BLOCK_VALUES * rows // int(tensor.n_elements))
        for start in range(0, rows, count):
            block = dequantize(tensor.data[start : start + count], tensor.tensor_type)
            yield _undo_interleaving(block, heads) if heads else block

    def _rotary_heads(self, name: str) -> int:
        if self.architecture != "llama":
            return 0
        if ".q_proj." in name:
            return self._heads
        return self._key_value_heads if ".k_proj." in name else 0

    def _map_tensors(self, layers: int) -> dict[str, Any]:
        from gguf import GGMLQuantizationType
        from gguf.quants import _type_traits

        found: dict[str, Any] = {}
        plain = (GGMLQuantizationType.F32, GGMLQuantizationType.F16)
        for tensor in self._reader.tensors:
            name = hugging_face_name(tensor.name)
            if name is None and tensor.name not in _IGNORED:
                raise _unsupported(self.path, f"has a tensor {tensor.name}, which is not known")
            if name is None:
                continue
            if tensor.tensor_type not in plain and tensor.tensor_type not in _type_traits:
                kind = tensor.tensor_type.name
                raise _unsupported(self.path, f"is quantised as {kind}, which cannot be read")
            found[name] = tensor
        missing = sorted(expected_names(layers, qwen=self.architecture == "qwen2") - set(found))
        if missing:
            raise _invalid(self.path, f"lacks {len(missing)} tensors, among them {missing[0]}")
        return found

    def _check_rope(self) -> None:
        names = {tensor.name for tensor in self._reader.tensors}
        kind = self._optional(f"{self.architecture}.rope.scaling.type")
        if kind not in (None, "none"):
            raise _unsupported(self.path, f"scales its positions ({kind}), which is not converted")
        if names & _IGNORED:
            raise _unsupported(
                self.path, "scales its positions (Llama 3.1 and later), which is not converted"
            )

    def _check_tokenizer(self) -> None:
        kind = self._optional("tokenizer.ggml.model")
        if kind is None:
            raise _invalid(self.path, "holds no tokenizer")

    def _field(self, name: str, *, own: bool = False) -> Any:
        key = f"{self.architecture}.{name}" if own else name
        value = self._optional(key)
        if value is None:
            raise _invalid(self.path, f"has no field {key}")
        return value

    def _optional(self, key: str) -> Any:
        field = self._reader.get_field(key)
        return None if field is None else field.contents()


def _check_magic(path: Path) -> None:
    if not path.is_file():
        raise _invalid(path, "is no file")
    with path.open("rb") as file:
        if file.read(4) != b"GGUF":
            raise _invalid(path, "is no GGUF file: it does not begin with the letters GGUF")


def _undo_interleaving(values: NDArray[np.float32], heads: int) -> NDArray[np.float32]:
    """Rows from llama.cpp's rotary order (pairs) to PyTorch's (halves)."""
    shape = values.shape
    half = shape[0] // heads // 2
    return values.reshape(heads, half, 2, *shape[1:]).swapaxes(2, 1).reshape(shape)


def _invalid(path: Path, what: str) -> ModelFilesError:
    return ModelFilesError("MODEL_FILE_INVALID", f"{path} {what}.", "use a complete GGUF file")


def _unsupported(path: Path, what: str) -> ModelFilesError:
    return ModelFilesError(
        "MODEL_UNSUPPORTED",
        f"{path} {what}.",
        "use the model's Hugging Face files instead: hf:ORG/NAME, or their directory",
    )
