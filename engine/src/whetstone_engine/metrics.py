"""Prometheus metrics of one engine."""

from __future__ import annotations

from itertools import product

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

JOBS = ("score", "generate", "train")
"""Kinds of jobs."""
OUTCOMES = ("done", "failed", "cancelled", "refused")
"""How a job can end; refused: it was not queued."""


class Metrics:
    """Counters and gauges, in a registry of their own.

    Jobs ended are told from the start on, with 0: a rate needs a first value.
    """

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.queue_depth = Gauge(
            "whetstone_engine_queue_depth", "Jobs waiting.", ["kind"], registry=self.registry
        )
        self.running_rows = Gauge(
            "whetstone_engine_decode_rows", "Answers being decoded.", registry=self.registry
        )
        self.batch_size = Histogram(
            "whetstone_engine_batch_size",
            "Jobs (or rows) per pass.",
            ["kind"],
            buckets=(1, 2, 4, 8, 16, 32, 64, 128),
            registry=self.registry,
        )
        self.device_seconds = Counter(
            "whetstone_engine_device_seconds",
            "Time on the device.",
            ["kind"],
            registry=self.registry,
        )
        self.tokens = Counter(
            "whetstone_engine_tokens",
            "Tokens computed, without padding.",
            ["kind"],
            registry=self.registry,
        )
        self.reused_tokens = Counter(
            "whetstone_engine_reused_tokens",
            "Prompt tokens taken from the prefix cache.",
            registry=self.registry,
        )
        self.jobs = Counter(
            "whetstone_engine_jobs", "Jobs ended.", ["kind", "outcome"], registry=self.registry
        )
        for kind, outcome in product(JOBS, OUTCOMES):
            self.jobs.labels(kind, outcome)
        self.job_seconds = Histogram(
            "whetstone_engine_job_seconds",
            "Seconds from submission to the result.",
            ["kind"],
            registry=self.registry,
        )
        self.splits = Counter(
            "whetstone_engine_memory_splits",
            "Batches split because memory was short.",
            registry=self.registry,
        )
        self.live_adapters = Gauge(
            "whetstone_engine_live_adapters", "Live adapters.", registry=self.registry
        )
        self.adapter_bytes = Gauge(
            "whetstone_engine_adapter_bytes", "Bytes of live adapters.", registry=self.registry
        )
        self.memory_bytes = Gauge(
            "whetstone_engine_memory_bytes",
            "Memory by what it is for: process, weights, adapters (set aside), rows, training, "
            "prompts, passes.",
            ["part"],
            registry=self.registry,
        )
        self.memory_limit = Gauge(
            "whetstone_engine_memory_limit_bytes",
            "What all parts together may take; 0: no limit.",
            registry=self.registry,
        )
        self.memory_peak = Gauge(
            "whetstone_engine_memory_peak_bytes",
            "The most that all parts together have taken.",
            registry=self.registry,
        )
        self.prefix_bytes = Gauge(
            "whetstone_engine_prefix_cache_bytes", "Bytes of kept prompts.", registry=self.registry
        )

    def render(self) -> bytes:
        """The text form that Prometheus scrapes."""
        return generate_latest(self.registry)
