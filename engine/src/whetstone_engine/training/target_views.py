"""One group's matrices of all jobs, and the views that receive their gradients."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor

from whetstone_engine.adapters.layout import AdapterLayout


@dataclass(frozen=True)
class TargetViews:
    """One group's matrices of all jobs, and the views that receive their gradients."""

    rank: int
    scale: float
    a_Jri: Tensor
    a_gradient_Jri: Tensor
    parts: tuple[tuple[int, int, Tensor, Tensor], ...]


def target_views(
    layout: AdapterLayout, vectors_JP: Tensor, gradients_JP: Tensor, scale: float
) -> list[dict[str, TargetViews]]:
    return [
        {
            name: TargetViews(
                layout.rank,
                scale,
                layout.a_view(vectors_JP, group),
                layout.a_view(gradients_JP, group),
                tuple(
                    (
                        part.start,
                        part.size,
                        layout.b_view(vectors_JP, part),
                        layout.b_view(gradients_JP, part),
                    )
                    for part in group.parts
                ),
            )
            for name, group in groups.items()
        }
        for groups in layout.layers
    ]
