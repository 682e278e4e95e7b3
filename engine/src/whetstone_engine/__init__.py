"""One resident model: score, generate and train LoRA adapters over HTTP."""

__version__ = "0.1.0"
