"""Which kernels attention takes in each kind of pass, as the profiler names them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from torch.profiler import ProfilerActivity, profile

from benchmarks.bench_engine import EngineSide
from benchmarks.gpu.context import Context

_PREFIX = "aten::_scaled_dot_product_"
_SLOW = "attention_math"
_SHOWN = 6


def run(context: Context) -> None:
    """No pass may fall to the math kernel: it writes the scores of all pairs of positions."""
    engine = context.engine(context.thin)
    if context.on_cuda:
        engine.scheduler.warm_up()
    group = context.samples(1)
    side = EngineSide(engine, context.sizes.settings, "all", started=False)
    passes: dict[str, Callable[[], object]] = {
        "H": lambda: side.score(group),
        "G": lambda: side.write(group),
        "T": lambda: side.train(group),
    }
    slow = 0
    for name, call in passes.items():
        call()  # Kernels are chosen, and buffers taken, before the profiler looks.
        engine.scheduler.prefix_cache.clear()
        activities = [ProfilerActivity.CPU]
        if context.on_cuda:
            activities.append(ProfilerActivity.CUDA)
        with profile(activities=activities) as profiler:
            call()
            context.synchronize()
        events = profiler.key_averages()
        backends = {e.key.removeprefix(_PREFIX): e.count for e in events if _PREFIX in e.key}
        context.findings.note(f"attention calls in {name}", backends)
        slow += sum(count for key, count in backends.items() if key.startswith(_SLOW))
        if context.on_cuda:
            times = Counter({e.key: e.self_device_time_total for e in events})
            top = {key[:80]: micros for key, micros in times.most_common(_SHOWN)}
            context.findings.note(f"longest kernels in {name}, microseconds", top)
    context.findings.limit("attention calls by the math kernel", slow, 0)
