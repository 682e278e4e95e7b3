"""What answered: the engine's version, its libraries, device and type of numbers, in one line.

It goes with every answer as a header and is stored with every result, so that two results which
differ can be told apart by what computed them. It does not know the model; its fingerprint does.
"""

from __future__ import annotations

from functools import cache
from importlib.metadata import version

from whetstone_engine import __version__


@cache
def describe_engine(device: str, dtype: str) -> str:
    """For example ``0.1.0 (torch 2.13.0, transformers 5.17.0, cpu, bfloat16)``."""
    libraries = ", ".join(f"{name} {version(name)}" for name in ("torch", "transformers"))
    return f"{__version__} ({libraries}, {device}, {dtype})"
