"""Makes the models of random weights: the full one, and the few layers compared in fp32."""

from __future__ import annotations

import torch

from benchmarks.gpu.context import Context
from benchmarks.random_model import save_random_qwen2


def run(context: Context) -> None:
    device = torch.device(context.device)
    note = context.findings.note
    note("full bytes", save_random_qwen2(context.full, context.sizes.model, 1, device))
    note("thin bytes", save_random_qwen2(context.thin, context.sizes.thin, 2, device))
