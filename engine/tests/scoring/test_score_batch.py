"""Scores against the naive full-sequence computation."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.harness import Harness, train_settings
from support.jobs import NAMES, QUERIES, adapter_of, score_job
from whetstone_engine.jobs import ScoreJob
from whetstone_engine.prompts.prefix_cache import PrefixCache
from whetstone_engine.scoring.split import split_candidates


def naive(harness: Harness, model: object, job: ScoreJob) -> list[float]:
    return [
        float(
            harness.log_probabilities(model, np.concatenate((job.trunk, tail)))[-len(tail) :].sum()
        )
        for tail in job.tails
    ]


@pytest.mark.parametrize("query", QUERIES)
def test_scores_equal_the_full_sequence_computation(exact: Harness, query: str) -> None:
    job = score_job(exact, query, NAMES)
    scores = exact.score([job])[0]
    assert [value for value, _ in scores] == pytest.approx(
        naive(exact, exact.reference(), job), abs=1e-9
    )
    assert [count for _, count in scores] == [len(tail) for tail in job.tails]


def test_fp32_scores_are_within_1e_4(single: Harness) -> None:
    job = score_job(single, QUERIES[0], NAMES)
    values = [value for value, _ in single.score([job])[0]]
    assert values == pytest.approx(naive(single, single.reference(), job), abs=1e-3, rel=1e-4)


def test_scores_under_an_adapter_equal_peft(exact: Harness) -> None:
    first, second = adapter_of(exact, 1, rank=8), adapter_of(exact, 2, rank=4)
    jobs = [
        score_job(exact, QUERIES[0], NAMES, first),
        score_job(exact, QUERIES[1], NAMES[:2], second),
        score_job(exact, QUERIES[0], NAMES),
        score_job(exact, QUERIES[1], NAMES, first),
    ]
    scores = exact.score(jobs)
    for job, found in zip(jobs, scores, strict=True):
        model = exact.reference()
        if job.adapter is not None:
            settings = train_settings(rank=job.adapter.rank)
            model = exact.peft(settings, job.adapter.vector).eval()
        assert [value for value, _ in found] == pytest.approx(naive(exact, model, job), abs=1e-9)


def test_scores_do_not_depend_on_the_batch(either: Harness) -> None:
    adapters = [adapter_of(either, 1), None, adapter_of(either, 2, "answer"), None]
    jobs = [
        score_job(either, query, NAMES[:count], adapter)
        for query in QUERIES
        for count, adapter in zip((5, 2, 4, 1), adapters, strict=True)
    ]
    together = either.score(jobs)
    assert [either.score([job])[0] for job in jobs] == together
    assert either.score(jobs[::-1])[::-1] == together


def test_scores_do_not_depend_on_a_reused_prefix(either: Harness) -> None:
    adapters = [adapter_of(either, 1), None, adapter_of(either, 2, "answer")]
    jobs = [
        score_job(either, QUERIES[2] + more, NAMES[:count], adapter)
        for more, count in (("", 5), (" Now, please.", 3))
        for adapter in adapters
    ]
    cache = PrefixCache(1 << 26)
    either.score([score_job(either, QUERIES[2] + " And then?", NAMES)], cache)
    reusing = either.score(jobs, cache)
    assert cache.hit_tokens > 0
    assert reusing == either.score(jobs)


def test_an_answer_scoped_adapter_does_not_touch_the_prompt(exact: Harness) -> None:
    adapter = adapter_of(exact, 1, "answer")
    cache = PrefixCache(1 << 26)
    base = exact.score([score_job(exact, QUERIES[0], NAMES)], cache)[0]
    adapted = exact.score([score_job(exact, QUERIES[0], NAMES, adapter)], cache)[0]
    assert base != adapted
    assert len(cache) == 1  # only the base model's prompt is kept


def test_candidates_are_cut_where_they_leave_the_opening(single: Harness) -> None:
    prompt = single.ids("hello ")
    opening = single.ids('{"name": "')
    sequences = [single.ids('{"name": "' + name + '"') for name in ("get_weather", "get")]
    trunk, tails = split_candidates(prompt, opening, sequences)
    for sequence, tail in zip(sequences, tails, strict=True):
        assert np.array_equal(np.concatenate((trunk, tail)), np.concatenate((prompt, sequence)))


@given(st.lists(st.lists(st.integers(0, 3), min_size=1, max_size=6), min_size=1, max_size=5))
def test_splitting_loses_no_token(sequences: list[list[int]]) -> None:
    arrays = [np.asarray(one) for one in sequences]
    opening = np.asarray([0, 1, 2])
    trunk, tails = split_candidates(np.asarray([9, 9]), opening, arrays)
    for array, tail in zip(arrays, tails, strict=True):
        assert np.array_equal(np.concatenate((trunk, tail))[2:], array)
    shared = len(trunk) - 2
    assert np.array_equal(trunk[2:], opening[:shared])
