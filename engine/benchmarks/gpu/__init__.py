"""The check of a machine with a GPU, in stages; `benchmarks/gpu_check.py` runs it."""
