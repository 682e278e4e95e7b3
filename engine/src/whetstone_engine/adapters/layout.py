"""LoRA adapters as flat vectors: where each matrix lies, how it is drawn, hashed and stacked.

One adapter is one fp32 vector. Stacking adapters is stacking vectors, and a matrix of all stacked
adapters is a strided view `[rows, r, in]`: no table of slots, nothing to compact, and an optimiser
step over every matrix of every job is a handful of operations on `[jobs, size]`.
"""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass

import torch
from torch import Tensor

from whetstone_engine.model.config import ModelConfig
from whetstone_engine.numerics.products import batched

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
    output_size: int
    a_offset: int
    parts: tuple[TargetPart, ...]


class AdapterLayout:
    """Offsets of every matrix in an adapter's vector, for one rank. Layer-major, group order."""

    def __init__(self, config: ModelConfig, rank: int) -> None:
        self.rank = rank
        hidden, inner = config.hidden_size, config.intermediate_size
        key_value = config.key_value_size
        shapes = {
            "query_key_value": (
                hidden,
                (
                    ("self_attn.q_proj", config.query_size),
                    ("self_attn.k_proj", key_value),
                    ("self_attn.v_proj", key_value),
                ),
            ),
            "output": (config.query_size, (("self_attn.o_proj", hidden),)),
            "gate_up": (hidden, (("mlp.gate_proj", inner), ("mlp.up_proj", inner))),
            "down": (inner, (("mlp.down_proj", hidden),)),
        }
        offset = 0
        layers: list[dict[str, TargetGroup]] = []
        for _ in range(config.layer_count):
            groups: dict[str, TargetGroup] = {}
            for name in GROUPS:
                input_size, members = shapes[name]
                a_offset = offset
                offset += len(members) * rank * input_size
                parts = []
                start = 0
                for member, size in members:
                    parts.append(TargetPart(member, start, size, offset))
                    offset += size * rank
                    start += size
                groups[name] = TargetGroup(input_size, start, a_offset, tuple(parts))
            layers.append(groups)
        self.layers = tuple(layers)
        self.size = offset

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


def weight_hash(flat_P: Tensor) -> str:
    """SHA-256 hex over the adapter's tensors in layout order."""
    return hashlib.sha256(flat_P.detach().cpu().contiguous().numpy().tobytes()).hexdigest()


def serving_vector(
    layout: AdapterLayout, flat_P: Tensor, scale: float, wide: AdapterLayout
) -> Tensor:
    """The vector the forward pass reads: B times alpha/r, zero-padded to a wider rank if asked."""
    if layout.rank == wide.rank:
        served = flat_P.clone()
    else:
        served = torch.zeros(wide.size, dtype=flat_P.dtype, device=flat_P.device)
        target = wide.matrices(served)
        for name, matrix in layout.matrices(flat_P).items():
            rows, columns = matrix.shape
            target[name][:rows, :columns] = matrix
    for name, matrix in wide.matrices(served).items():
        if name.endswith("lora_B"):
            matrix.mul_(scale)
    return served


class StackedAdapters:
    """The adapters of a batch: row i of the batch uses row i here; rows beyond have none.

    `active_RT` (1 or 0 per position) restricts an adapter to part of its row: with scope "answer"
    the prompt's positions are the base model's.
    """

    def __init__(
        self, layout: AdapterLayout, stacked_RP: Tensor, active_RT: Tensor | None = None
    ) -> None:
        self.layout = layout
        self.stacked_RP = stacked_RP
        self.row_count = stacked_RP.shape[0]
        self._active_R1T = None if active_RT is None else active_RT[:, None]
        self._kept_R1K: Tensor | None = None
        self._views = [
            {
                name: (
                    layout.a_view(stacked_RP, group),
                    [
                        (part.start, part.size, layout.b_view(stacked_RP, part))
                        for part in group.parts
                    ],
                )
                for name, group in groups.items()
            }
            for groups in layout.layers
        ]

    def keep(self, keep_BK: Tensor) -> None:
        """Names the positions that remain in the last layer, for `add(..., kept=True)`."""
        if self._active_R1T is not None:
            self._kept_R1K = self._active_R1T.gather(2, keep_BK[: self.row_count, None])

    def add(
        self, output_BTo: Tensor, input_BTi: Tensor, layer: int, group: str, kept: bool
    ) -> None:
        """Adds `B (A x)` to the first rows of a group's output, in place."""
        a_Rri, parts = self._views[layer][group]
        rows, rank = self.row_count, self.layout.rank
        inner_RrT = batched(a_Rri, input_BTi[:rows].to(a_Rri.dtype).transpose(1, 2))
        active_R1T = self._kept_R1K if kept else self._active_R1T
        if active_R1T is not None:
            inner_RrT.mul_(active_R1T)
        for number, (start, size, b_Rro) in enumerate(parts):
            target = output_BTo[:rows, :, start : start + size]
            inner_RTr = inner_RrT[:, number * rank : (number + 1) * rank].transpose(1, 2)
            if target.dtype == inner_RTr.dtype and target.shape[1] > 1:
                target.baddbmm_(inner_RTr, b_Rro)
            else:
                # Single positions: the product of all rows is one call only into fresh memory.
                target.add_(batched(inner_RTr, b_Rro))
