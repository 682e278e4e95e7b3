"""CUDA without a GPU: the engine's real passes over fake CUDA tensors.

`python -m gpu.run_scenes MODEL` is a separate process because it patches torch; `test_fake_cuda.py`
starts it. Fake tensors have a shape, a type and a device but no values, so what is checked is all
that goes wrong before values matter: tensors on different devices, types that do not fit, reads
that wait for the device, captures that a real CUDA would refuse, and how many operations, copies
and reads a step takes.
"""
