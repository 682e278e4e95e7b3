"""Draws the next token of every answer: grammar masks, sampling, log-probabilities."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from whetstone_engine.generation.answer import Answer
from whetstone_engine.generation.sampling import choose_tokens
from whetstone_engine.jobs import TokenLogprob


class TokenChooser:
    """Keeps the memory of the grammars' masks between steps."""

    def __init__(self, vocabulary_size: int, maximum_rows: int) -> None:
        self._vocabulary_size = vocabulary_size
        self._maximum_rows = maximum_rows
        self._bitmask: Tensor | None = None

    def choose(self, answers: Sequence[Answer], logits: Tensor) -> list[int]:
        """One token per answer from its row of logits; log-probabilities asked for are noted."""
        logits_RV = logits if logits.dtype == torch.float32 else logits.float()
        noting = [
            row for row, answer in enumerate(answers) if answer.job.sampling.logprobs is not None
        ]
        # Before the grammars' masks, which would change them.
        raw_RV = _rows(logits_RV, noting).log_softmax(dim=1) if noting else None
        constrained = [row for row, answer in enumerate(answers) if answer.matcher is not None]
        if constrained:
            logits_RV = self._mask(answers, constrained, logits_RV)
        sampling = [answer.job.sampling for answer in answers]
        tokens: list[int] = choose_tokens(
            logits_RV,
            [one.temperature for one in sampling],
            [one.top_p for one in sampling],
            [
                answer.stream.draw() if answer.job.sampling.temperature > 0 else 0.0
                for answer in answers
            ],
        ).tolist()
        if raw_RV is not None:
            _note_logprobs(
                [answers[row] for row in noting], [tokens[row] for row in noting], raw_RV
            )
        return tokens

    def _mask(
        self, answers: Sequence[Answer], constrained: Sequence[int], logits_RV: Tensor
    ) -> Tensor:
        import xgrammar

        count = logits_RV.shape[0]
        if self._bitmask is None or self._bitmask.shape[0] < count:
            self._bitmask = xgrammar.allocate_token_bitmask(
                max(count, self._maximum_rows), self._vocabulary_size
            )
        for row in constrained:
            answers[row].matcher.fill_next_token_bitmask(self._bitmask, row)
        logits_RV = logits_RV.contiguous()
        xgrammar.apply_token_bitmask_inplace(
            logits_RV,
            self._bitmask[:count].to(logits_RV.device),
            indices=list(constrained),
        )
        return logits_RV


def _rows(logits_RV: Tensor, rows: Sequence[int]) -> Tensor:
    if len(rows) == logits_RV.shape[0]:
        return logits_RV
    return logits_RV[torch.tensor(rows, device=logits_RV.device)]


def _note_logprobs(answers: Sequence[Answer], tokens: Sequence[int], raw_RV: Tensor) -> None:
    """Only what was asked for leaves the device."""
    chosen = raw_RV.gather(1, torch.tensor(tokens, device=raw_RV.device)[:, None])[:, 0].tolist()
    counts = [answer.job.sampling.logprobs or 0 for answer in answers]
    most = max(counts)
    top = raw_RV.topk(most, dim=1) if most else None
    values = top.values.tolist() if top is not None else [[]] * len(counts)
    indices = top.indices.tolist() if top is not None else [[]] * len(counts)
    for row, (answer, token, count) in enumerate(zip(answers, tokens, counts, strict=True)):
        pairs = zip(indices[row][:count], values[row][:count], strict=True)
        answer.logprobs.append(TokenLogprob(token, chosen[row], tuple(pairs)))
