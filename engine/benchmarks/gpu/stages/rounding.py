"""Errors of bf16 against fp32: the engine's beside those of transformers in bf16."""

from __future__ import annotations

import numpy as np
import torch
from transformers import AutoModelForCausalLM

from benchmarks.bench_engine import EngineSide
from benchmarks.gpu.context import Context
from benchmarks.ignore import ignore
from whetstone_engine.jobs import ScoreJob

_SAMPLES = 4
_TAIL = 64
_MOST_RATIO = 1.5


def run(context: Context) -> None:
    """Log-probabilities of a text's last tokens after its first ones, in the full model."""
    findings = context.findings
    texts = [one.prompt for one in context.samples(_SAMPLES)]
    exact = _by_transformers(context, texts, torch.float32)
    theirs = _error(_by_transformers(context, texts, torch.bfloat16), exact)
    engine = context.engine(context.full, "bfloat16")
    side = EngineSide(engine, context.sizes.settings, "all", started=False)
    ours = _error(_by_engine(side, texts), exact)
    findings.note("transformers, root mean square error", theirs)
    findings.note("engine, root mean square error", ours)
    findings.limit("engine's error as a multiple of transformers'", ours / theirs, _MOST_RATIO)


def _by_engine(side: EngineSide, texts: list[np.ndarray]) -> np.ndarray:
    jobs = [
        ScoreJob(ignore, text[:-_TAIL], [text[-_TAIL:]], len(text) - _TAIL, None) for text in texts
    ]
    scored = side.run_jobs(jobs, "H")
    return np.array([one.scores[0].token_values for one in scored])


def _by_transformers(context: Context, texts: list[np.ndarray], dtype: torch.dtype) -> np.ndarray:
    model = AutoModelForCausalLM.from_pretrained(context.full, dtype=dtype).eval()
    model.to(context.device)
    found = []
    with torch.inference_mode():
        for text in texts:
            ids = torch.from_numpy(text)[None].to(context.device)
            logits = model(input_ids=ids, use_cache=False).logits[0, -_TAIL - 1 : -1]
            chosen = logits.float().log_softmax(-1).gather(1, ids[0, -_TAIL:, None])
            found.append(chosen[:, 0].cpu().numpy())
    return np.array(found)


def _error(found: np.ndarray, exact: np.ndarray) -> float:
    return float(np.sqrt(np.mean((found - exact) ** 2)))
