"""Speed and load of the engine."""

import os

# As the engine's own process has it, and read when the matrix library is loaded: threads that wait
# must not burn the cores that others want.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
