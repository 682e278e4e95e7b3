"""The parameters that a training starts from."""

from __future__ import annotations

import torch
from torch import Tensor

from whetstone_engine.adapters.layout import AdapterLayout, draw_adapter
from whetstone_engine.jobs import TrainJob


def new_vector(job: TrainJob, layout: AdapterLayout, dtype: torch.dtype) -> Tensor:
    """The job's new adapter, `[P]` on the CPU; drawn here unless that was done before."""
    if job.drawn is not None:
        return job.drawn.to(dtype)
    return draw_adapter(layout, job.settings.seed, dtype)
