"""One module per stage; `benchmarks/gpu/plan.py` has their order."""
