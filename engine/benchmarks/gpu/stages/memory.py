"""Memory of a trained position, of a row's position and of many adapters."""

from __future__ import annotations

import gc

import torch
from torch import Tensor

from benchmarks.bench_engine import EngineSide
from benchmarks.gpu.context import Context
from whetstone_engine.adapters.adapter import Adapter
from whetstone_engine.adapters.layout import parameter_dtype
from whetstone_engine.engine import Engine
from whetstone_engine.generation.row_memory import RowMemory
from whetstone_engine.numerics.shapes import ROW_MULTIPLE

_JOBS = 3
_ADAPTERS = 256
_MOST_OVERHEAD = 1.02
_SHARE = 0.7
"""Of the free memory, for adapters."""


def run(context: Context) -> None:
    engine = context.engine(context.full)
    findings = context.findings
    rows = RowMemory(engine.model, ROW_MULTIPLE)
    findings.note("bytes per decoded position", rows.bytes_per_position() / ROW_MULTIPLE)
    _training(context, engine)
    _adapters(context, engine)


def _training(context: Context, engine: Engine) -> None:
    """Of one pass over a few jobs: what is kept for the way back, and on a card the peak."""
    findings, group = context.findings, context.samples(_JOBS)
    positions = _JOBS * (context.sizes.prompt + context.sizes.completion)
    saved: dict[int, int] = {}

    def keep(tensor: Tensor) -> Tensor:
        storage = tensor.untyped_storage()
        saved[storage.data_ptr()] = storage.nbytes()
        return tensor

    side = EngineSide(engine, context.sizes.settings, "all", started=False)
    side.train(group)
    if context.on_cuda:
        peak = context.peak_bytes(lambda: side.train(group))
        findings.note("bytes per trained position", peak / positions)
        return
    # Graph nodes keep what they saved until the way back: addresses do not repeat before it.
    with torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor):
        side.train(group)
    findings.note("bytes kept per trained position", sum(saved.values()) / positions)


def _adapters(context: Context, engine: Engine) -> None:
    """Live adapters take their vectors and nothing else; dropped ones take nothing."""
    findings, device = context.findings, engine.model.device
    rank = context.sizes.settings.rank
    size = engine.stacker.layout(rank).size
    dtype = parameter_dtype(engine.model.dtype)
    one = size * dtype.itemsize
    count = _ADAPTERS
    if context.on_cuda:
        count = min(count, int(_SHARE * torch.cuda.mem_get_info(device)[0]) // one)
    before = _allocated(context, engine)
    for number in range(count):
        vector = torch.zeros(size, dtype=dtype, device=device)
        engine.adapters.put(Adapter(str(number), rank, 16.0, "all", vector, (), "", 0, "", 600.0))
    del vector
    taken = _allocated(context, engine) - before
    findings.note("adapters", count)
    findings.note("bytes of all adapters", taken)
    findings.limit(
        "bytes of an adapter as a multiple of its vector", taken / (count * one), _MOST_OVERHEAD
    )
    for number in range(count):
        engine.adapters.drop(str(number))
    gc.collect()
    findings.limit(
        "bytes left after all adapters were dropped", _allocated(context, engine) - before, one
    )


def _allocated(context: Context, engine: Engine) -> int:
    if context.on_cuda:
        torch.cuda.synchronize()
        return torch.cuda.memory_allocated(engine.model.device)
    return sum(adapter.byte_count for adapter in engine.adapters.all())
