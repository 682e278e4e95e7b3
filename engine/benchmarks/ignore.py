"""A job's callback for benchmarks."""

from __future__ import annotations


def ignore(_: object) -> None:
    """Does nothing: submitting a job replaces it, and jobs run by hand are not waited for."""
