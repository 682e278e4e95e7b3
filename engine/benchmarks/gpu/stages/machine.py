"""The machine, the card and the versions; what the card can do, measured."""

from __future__ import annotations

import importlib.metadata
import os
import platform

import torch

from benchmarks.gpu.context import Context
from benchmarks.roofline import matmul_peak, memory_bandwidth, processor_name
from whetstone_engine.device.cuda import device_name
from whetstone_engine.numerics.arithmetic import DTYPES

_PACKAGES = ("torch", "transformers", "peft", "numpy", "safetensors", "fastapi", "xgrammar")


def run(context: Context) -> None:
    note = context.findings.note
    device = torch.device(context.device)
    note("card", device_name(device))
    note("processor", processor_name())
    note("cores", os.cpu_count())
    note("system", platform.platform())
    note("python", platform.python_version())
    note("load", round(os.getloadavg()[0], 1))
    note("versions", {name: _version(name) for name in _PACKAGES})
    if context.on_cuda:
        properties = torch.cuda.get_device_properties(device)
        note("memory bytes", properties.total_memory)
        note("free bytes", torch.cuda.mem_get_info(device)[0])
        note("capability", f"{properties.major}.{properties.minor}")
        note("cuda", torch.version.cuda)
    note("matmul operations per second", matmul_peak(device, DTYPES[context.dtype])[0])
    note("bytes read per second", memory_bandwidth(device))


def _version(name: str) -> str | None:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None
