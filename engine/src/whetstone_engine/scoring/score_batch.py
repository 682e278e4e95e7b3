"""Scores candidates: prompt and all candidates of a request in one row of one pass.

A row is `[prompt, padded][candidate 1][candidate 2]...`. The prompt attends causally over itself;
a candidate's tokens attend over the real prompt and over the candidate's own earlier tokens, at
the positions they would have right after the prompt. So a prompt is read once, from what is known
of it on, its keys and values are shared, and requests of different samples and adapters share the
pass.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from operator import add

import numpy as np
import torch
from torch import Tensor

from whetstone_engine.adapters.stacked import answer_only
from whetstone_engine.adapters.stacking import AdapterStacker
from whetstone_engine.jobs import CandidateScore, ScoreJob, Tokens
from whetstone_engine.model.masks import window_masks
from whetstone_engine.model.transformer import Transformer
from whetstone_engine.numerics.shapes import ROW_MULTIPLE, padded_prompt, round_up
from whetstone_engine.prompts.prefill import base_tokens
from whetstone_engine.prompts.prefix_cache import CachedPrompt, PrefixCache, known_prefix

_HEAD_ROWS = 512


@dataclass(frozen=True)
class ScoreShape:
    """Padded positions of prompt and candidates; jobs of one shape share a batch."""

    cut: int
    """The prompt's positions before this one are known already."""
    trunk: int
    tail: int
    kept: int
    """Positions whose logits are needed."""

    @property
    def positions(self) -> int:
        """Positions that are computed."""
        return self.trunk - self.cut + self.tail


@dataclass(frozen=True, eq=False)
class PlannedScore:
    """A job with what the prefix cache has of its prompt."""

    job: ScoreJob
    prefix: CachedPrompt | None
    shape: ScoreShape


def plan_score(job: ScoreJob, cache: PrefixCache | None, multiple: int) -> PlannedScore:
    """The shape is the job's own, so that its scores do not depend on its neighbours.

    `multiple`: the model's `candidate_multiple`.
    """
    most = base_tokens(job.trunk, job.prompt_length, job.adapter)
    prefix, cut = known_prefix(cache, job.trunk, most)
    fed = sum(map(job.fed, job.tails))
    tail = round_up(fed, multiple) if fed else 0
    kept = round_up(fed + len(job.tails), multiple)
    return PlannedScore(job, prefix, ScoreShape(cut, padded_prompt(len(job.trunk)), tail, kept))


_Target = int | Tokens
"""What is expected at a position: a token, or any one of several."""


@dataclass
class _Layout:
    """Index arrays of one batch: `predicting` per row, of which `used` (flat) have a target."""

    tokens: np.ndarray
    positions: np.ndarray
    allowed: np.ndarray
    predicting: np.ndarray
    used: list[int]
    targets: list[_Target]
    owners: list[tuple[int, int]]


def _lay_out(jobs: Sequence[ScoreJob], shape: ScoreShape) -> _Layout:
    fresh = shape.trunk - shape.cut
    width = shape.positions
    layout = _Layout(
        tokens=np.zeros((len(jobs), width), dtype=np.int64),
        positions=np.tile(np.arange(shape.cut, shape.cut + width, dtype=np.int64), (len(jobs), 1)),
        allowed=np.zeros((len(jobs), shape.tail, shape.trunk + shape.tail), dtype=bool),
        predicting=np.zeros((len(jobs), shape.kept), dtype=np.int64),
        used=[],
        targets=[],
        owners=[],
    )
    layout.positions[:, fresh:] = 0
    for row, job in enumerate(jobs):
        length = len(job.trunk)
        layout.tokens[row, : length - shape.cut] = job.trunk[shape.cut :]
        layout.allowed[row, :, :length] = True
        column, place = fresh, 0
        for number, tail in enumerate(job.tails):
            fed = job.fed(tail)
            layout.tokens[row, column : column + fed] = tail[:fed]
            layout.positions[row, column : column + fed] = np.arange(length, length + fed)
            first, key = column - fresh, column + shape.cut
            layout.allowed[row, first : first + fed, key : key + fed] = np.tri(fed, dtype=bool)
            layout.predicting[row, place] = length - 1 - shape.cut
            layout.predicting[row, place + 1 : place + 1 + fed] = np.arange(column, column + fed)
            layout.used.extend(range(row * shape.kept + place, row * shape.kept + place + fed + 1))
            place += fed + 1
            layout.targets.extend(int(token) for token in tail)
            if job.closing is not None:
                layout.targets.append(job.closing)
            layout.owners.extend([(row, number)] * (fed + 1))
            column += fed
    return layout


def score_batch(
    model: Transformer,
    planned: Sequence[PlannedScore],
    stacker: AdapterStacker,
    cache: PrefixCache | None,
) -> list[list[CandidateScore]]:
    """Scores jobs of one shape. Jobs with an adapter must come first."""
    device = model.device
    shape = planned[0].shape
    jobs = [one.job for one in planned]
    cut, trunk, width = shape.cut, shape.trunk, shape.positions
    fresh = trunk - cut
    layout = _lay_out(jobs, shape)
    adapted = [job.adapter for job in jobs if job.adapter is not None]
    silent = [
        job.prompt_length - 1 - cut if adapter.scope == "answer" else 0
        for job, adapter in zip(jobs, adapted, strict=False)
    ]
    adapters = stacker.stack(adapted, answer_only(silent, width, model))
    tail_positions = torch.from_numpy(layout.positions[:, fresh:])
    trunk_positions = torch.arange(trunk).expand(len(jobs), -1)
    over = model.attention.masked(
        window_masks(
            model.config.windows,
            torch.from_numpy(layout.allowed),
            tail_positions,
            torch.cat((trunk_positions, tail_positions), dim=1),
            model.dtype,
            device,
        )
    )
    known = _known(planned, cut)
    kept: list[tuple[Tensor, Tensor]] = []
    causal = model.attention.causal(cut, trunk)

    def attend(layer: int, query: Tensor, key: Tensor, value: Tensor) -> Tensor:
        if known is not None:
            key = torch.cat((known[0][:, layer], key), dim=2)
            value = torch.cat((known[1][:, layer], value), dim=2)
        prompt = causal(layer, query[:, :, :fresh], key[:, :, :trunk], value[:, :, :trunk])
        kept.append((key, value))
        if not shape.tail:
            return prompt
        tails = over(layer, query[:, :, fresh:], key, value)
        return torch.cat((prompt, tails), dim=2)

    hidden_BMd = model.forward(
        torch.from_numpy(layout.tokens).to(device),
        torch.from_numpy(layout.positions).to(device),
        attend,
        adapters,
        torch.from_numpy(layout.predicting).to(device),
    )
    used = torch.tensor(layout.used, device=device)
    values = _log_probabilities(model, hidden_BMd.flatten(0, 1)[used], layout.targets)
    if cache is not None:
        _keep_prompts(cache, jobs, kept)
    found: dict[tuple[int, int], list[float]] = {}
    for owner, value in zip(layout.owners, values, strict=True):
        found.setdefault(owner, []).append(value)
    return [
        [_score(found[row, number]) for number in range(len(job.tails))]
        for row, job in enumerate(jobs)
    ]


def _score(values: Sequence[float]) -> CandidateScore:
    # From the left, as ever: another order would give other last digits.
    return CandidateScore(reduce(add, values, 0.0), len(values), tuple(values))


def _known(planned: Sequence[PlannedScore], cut: int) -> tuple[Tensor, Tensor] | None:
    """Keys and values of the positions before the cut, `[B, L, K, cut, D]` each."""
    if not cut:
        return None
    prefixes = [one.prefix for one in planned if one.prefix is not None]
    return (
        torch.stack([prefix.keys_LKTD[:, :, :cut] for prefix in prefixes]),
        torch.stack([prefix.values_LKTD[:, :, :cut] for prefix in prefixes]),
    )


def _log_probabilities(
    model: Transformer, hidden_Nd: Tensor, targets: Sequence[_Target]
) -> list[float]:
    """Log-probability of each target after its hidden state, in fp32 or better."""
    found: list[Tensor] = []
    for start in range(0, len(targets), _HEAD_ROWS):
        part, wanted = hidden_Nd[start : start + _HEAD_ROWS], targets[start : start + _HEAD_ROWS]
        padding = round_up(len(wanted), ROW_MULTIPLE) - len(wanted)
        logits_NV = model.logits(torch.nn.functional.pad(part, (0, 0, 0, padding)))
        if logits_NV.dtype != torch.float64:
            logits_NV = logits_NV.float()
        # Sums are over the padded rows: a single row could be summed in another order.
        chosen = _target_logits(logits_NV, wanted) - logits_NV.logsumexp(dim=1)[: len(wanted)]
        found.append(chosen)
    values: list[float] = torch.cat(found).tolist()
    return values


def _target_logits(logits_NV: Tensor, targets: Sequence[_Target]) -> Tensor:
    """The logit of each target; of several tokens the log of their summed exponentials."""
    device = logits_NV.device
    single = [one if isinstance(one, int) else 0 for one in targets]
    index = torch.tensor(single, device=device)[:, None]
    chosen = logits_NV[: len(targets)].gather(1, index)[:, 0]
    for tokens in {id(one): one for one in targets if not isinstance(one, int)}.values():
        rows = torch.tensor([n for n, one in enumerate(targets) if one is tokens], device=device)
        masses = logits_NV[:, torch.from_numpy(tokens).to(device)].logsumexp(dim=1)
        chosen[rows] = masses[rows]
    return chosen


def _keep_prompts(
    cache: PrefixCache, jobs: Sequence[ScoreJob], kept: Sequence[tuple[Tensor, Tensor]]
) -> None:
    for row, job in enumerate(jobs):
        if job.adapter is None:
            length = len(job.trunk)
            cache.put(
                job.trunk,
                torch.stack([key[row, :, :length] for key, _ in kept]),
                torch.stack([value[row, :, :length] for _, value in kept]),
            )
