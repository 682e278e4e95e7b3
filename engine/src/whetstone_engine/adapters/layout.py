"""LoRA adapters as flat vectors: the offset of each matrix, how it is drawn and hashed.

One adapter is one fp32 vector. Stacking adapters is stacking vectors, and a matrix of all stacked
adapters is a strided view `[R, r, i]`: no table of slots, nothing to compact, and an optimizer
step over every matrix of every job is a handful of operations on `[J, P]`.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from whetstone_engine.model.config import ModelConfig

GROUPS = ("query_key_value", "output", "gate_up", "down")


@dataclass(frozen=True)
class TargetPart:
    """One adapted linear layer: rows `[start, start + size)` of its group's stacked output."""

    name: str
    start: int
    size: int
    b_offset: int


@dataclass(frozen=True)
class TargetGroup:
    """Linear layers that read the same input: their A matrices are one `[parts * r, in]`."""

    input_size: int
    a_offset: int
    parts: tuple[TargetPart, ...]


class AdapterLayout:
    """Offsets of every matrix in an adapter's vector, for one rank. Layer-major, group order."""

    def __init__(self, config: ModelConfig, rank: int) -> None:
        self.rank = rank
        offset = 0
        layers: list[dict[str, TargetGroup]] = []
        for _ in range(config.layer_count):
            groups: dict[str, TargetGroup] = {}
            for name in GROUPS:
                input_size, members = config.groups[name].input_size, config.groups[name].modules
                a_offset = offset
                offset += len(members) * rank * input_size
                parts = []
                start = 0
                for member, size in members:
                    parts.append(TargetPart(member, start, size, offset))
                    offset += size * rank
                    start += size
                groups[name] = TargetGroup(input_size, a_offset, tuple(parts))
            layers.append(groups)
        self.layers = tuple(layers)
        self.size = offset

    @property
    def module_names(self) -> list[str]:
        """The adapted modules as PEFT names them in `target_modules`."""
        parts = (part for group in self.layers[0].values() for part in group.parts)
        return [part.name.rpartition(".")[2] for part in parts]

    def a_view(self, stacked_RP: Tensor, group: TargetGroup) -> Tensor:
        """All A matrices of a group, `[rows, parts * r, in]`, as a view."""
        rows = len(group.parts) * self.rank
        length = rows * group.input_size
        view = stacked_RP[:, group.a_offset : group.a_offset + length]
        return view.view(-1, rows, group.input_size)

    def b_view(self, stacked_RP: Tensor, part: TargetPart) -> Tensor:
        """One B matrix, transposed: `[rows, r, out]`, as a view. Kept this way round because
        every product with it is then long in its innermost direction."""
        length = part.size * self.rank
        view = stacked_RP[:, part.b_offset : part.b_offset + length]
        return view.view(-1, self.rank, part.size)

    def scale_b(self, stacked_RP: Tensor, scales: Sequence[float]) -> None:
        """Multiplies every B matrix of row n by `scales[n]`, in place; one operation a group."""
        rows, layers = stacked_RP.shape[0], len(self.layers)
        by_layer_RLp = stacked_RP.view(rows, layers, self.size // layers)
        factor: float | Tensor = scales[0]
        if any(scale != scales[0] for scale in scales):
            factor = torch.tensor(scales, dtype=stacked_RP.dtype, device=stacked_RP.device)
            factor = factor[:, None, None]
        for group in self.layers[0].values():
            first, last = group.parts[0], group.parts[-1]
            end = last.b_offset + last.size * self.rank
            by_layer_RLp[:, :, first.b_offset : end].mul_(factor)

    def widen(self, flat_P: Tensor, wide: AdapterLayout, target_P: Tensor) -> None:
        """Writes this layout's matrices into those of a wider one, whose rest stays as it is.

        All layers are copied at once: every layer has the same offsets from its own start.
        """
        layers, rank = len(self.layers), self.rank
        source_Lp = flat_P.view(layers, -1)
        target_Lp = target_P.view(layers, -1)
        for mine, theirs in zip(self.layers[0].values(), wide.layers[0].values(), strict=True):
            count, inputs = len(mine.parts), mine.input_size
            a = _cut(source_Lp, mine.a_offset, (count, rank, inputs))
            _cut(target_Lp, theirs.a_offset, (count, wide.rank, inputs))[:, :, :rank].copy_(a)
            for part, other in zip(mine.parts, theirs.parts, strict=True):
                b = _cut(source_Lp, part.b_offset, (rank, part.size))
                _cut(target_Lp, other.b_offset, (wide.rank, part.size))[:, :rank].copy_(b)

    def matrices(self, flat_P: Tensor) -> dict[str, Tensor]:
        """Every matrix by PEFT's module path, `<layer>.<module>.lora_A|lora_B`, as views."""
        found: dict[str, Tensor] = {}
        for index, groups in enumerate(self.layers):
            for name in GROUPS:
                group = groups[name]
                a = self.a_view(flat_P[None], group)[0]
                for number, part in enumerate(group.parts):
                    path = f"{index}.{part.name}"
                    found[f"{path}.lora_A"] = a[number * self.rank : (number + 1) * self.rank]
                    found[f"{path}.lora_B"] = self.b_view(flat_P[None], part)[0].t()
        return found


def _cut(flat_Lp: Tensor, offset: int, shape: tuple[int, ...]) -> Tensor:
    """The same piece of every layer, as a view `[L, *shape]`."""
    return flat_Lp[:, offset : offset + math.prod(shape)].view(flat_Lp.shape[0], *shape)


def draw_adapter(layout: AdapterLayout, seed: int, dtype: torch.dtype) -> Tensor:
    """A new adapter on the CPU: A uniform in +-1/sqrt(in) in fixed module order, B zero."""
    generator = torch.Generator().manual_seed(seed)
    flat = torch.zeros(layout.size, dtype=dtype)
    for name, matrix in layout.matrices(flat).items():
        if name.endswith("lora_A"):
            bound = 1.0 / math.sqrt(matrix.shape[1])
            drawn = torch.rand(matrix.shape, generator=generator, dtype=torch.float32)
            matrix.copy_(drawn * (2 * bound) - bound)
    return flat


def parameter_dtype(model_dtype: torch.dtype) -> torch.dtype:
    """Adapters are fp32, in fp64 models fp64."""
    return torch.float64 if model_dtype == torch.float64 else torch.float32


def weight_hash(flat_P: Tensor) -> str:
    """SHA-256 hex over the adapter's tensors in layout order."""
    return hashlib.sha256(flat_P.detach().cpu().contiguous().numpy().tobytes()).hexdigest()
