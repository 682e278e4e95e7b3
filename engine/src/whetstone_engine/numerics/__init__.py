"""Batch invariance: products, sums and shapes whose results do not depend on the batch."""
