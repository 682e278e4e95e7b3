"""Decoding far behind the first block of keys: windows there hide whole blocks."""

from __future__ import annotations

import numpy as np
import pytest

from support.families import WINDOW
from support.harness import Harness, ignore
from whetstone_engine.jobs import ScoreJob
from whetstone_engine.prompts.prefix_cache import PrefixCache

LONG = 700
"""Beyond the 512 keys that the library's attention reads at once, and the window."""


def prompt_of(length: int) -> np.ndarray:
    return np.random.default_rng(length).integers(3, 380, length)


def test_a_long_prompt_is_answered_as_a_full_forward_says(exact: Harness) -> None:
    assert LONG > 512 + 2 * WINDOW
    prompt = prompt_of(LONG)
    choice = exact.generate([exact.generate_job(prompt, maximum_tokens=12, logprobs=0)])[0][0]
    answer = np.concatenate((prompt, np.asarray(choice.tokens)))
    wanted = exact.log_probabilities(exact.reference(), answer)[-len(choice.tokens) :]
    found = [entry.logprob for entry in choice.logprobs[: len(choice.tokens)]]
    assert found == pytest.approx(wanted.tolist(), abs=1e-5)


def test_candidates_of_a_long_prompt_are_scored_as_a_full_forward_says(exact: Harness) -> None:
    prompt, tails = prompt_of(LONG), [prompt_of(3), prompt_of(30)]
    scored = exact.score([ScoreJob(ignore, prompt, tails, len(prompt), None)])[0]
    reference = exact.reference()
    for tail, (found, _) in zip(tails, scored, strict=True):
        each = exact.log_probabilities(reference, np.concatenate((prompt, tail)))
        assert found == pytest.approx(float(each[-len(tail) :].sum()), abs=1e-8)


def test_a_long_answer_does_not_depend_on_company_or_on_what_was_read_before(
    single: Harness,
) -> None:
    jobs = [
        single.generate_job(prompt_of(length), maximum_tokens=10, logprobs=0)
        for length in (LONG, 40, 200)
    ]
    alone = [single.generate([job])[0][0] for job in jobs]
    together = single.generate(jobs, join_after=[0, 2, 3])
    assert [one[0].tokens for one in together] == [one.tokens for one in alone]
    assert [one[0].logprobs for one in together] == [one.logprobs for one in alone]
    cache = PrefixCache(1 << 26)
    single.generate([jobs[0]], cache)
    again = single.generate([jobs[0]], cache)[0][0]
    assert cache.hit_tokens > 0
    assert (again.tokens, again.logprobs) == (alone[0].tokens, alone[0].logprobs)
