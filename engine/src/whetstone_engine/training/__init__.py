"""Training of many adapters in shared passes."""
