"""Log-probabilities of a given answer's tokens, and where they lie in it."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.harness import Harness, ignore, train_settings
from support.jobs import NAMES, OPENING, QUERIES, adapter_of, score_job
from whetstone_engine.http.job_builder import JobBuilder
from whetstone_engine.http.schemas import ScoreRequest
from whetstone_engine.jobs import ScoreJob
from whetstone_engine.scoring.split import spans_within

ANSWERS = [
    '<tool_call>[{"name": "get_weather", "arguments": {"city": "Paris"}}]</tool_call>',
    '[{"name": "send_mail", "arguments": {"to": "Zoë 🙂", "count": 12, "loud": true}}]',
    "Nothing fits.",
]


def request(harness: Harness, candidates: list[str], **more: object) -> ScoreJob:
    body = {
        "model": harness.engine.name,
        "prompt": f"Ask: {QUERIES[0]}",
        "candidates": candidates,
        **more,
    }
    return JobBuilder(harness.engine).score_job(ScoreRequest.model_validate(body), ignore)


@pytest.mark.parametrize("adapted", [False, True])
def test_each_value_is_that_of_a_plain_forward_pass(exact: Harness, adapted: bool) -> None:
    job = request(exact, ANSWERS)
    model = exact.reference()
    if adapted:
        job.adapter = adapter_of(exact, 1)
        model = exact.peft(train_settings(rank=8), job.adapter.vector).eval()
    for answer, tail, score in zip(ANSWERS, job.tails, exact.score_tokens([job])[0], strict=True):
        ids = exact.ids(answer)
        assert np.array_equal(tail, ids)
        expected = exact.log_probabilities(model, np.concatenate((job.trunk, ids)))[-len(ids) :]
        assert list(score.token_values) == pytest.approx(expected.tolist(), abs=1e-9)
        assert score.log_likelihood == pytest.approx(float(expected.sum()), abs=1e-9)
        assert score.token_count == len(ids)


def test_values_do_not_depend_on_the_batch(single: Harness) -> None:
    jobs = [request(single, [answer]) for answer in ANSWERS]
    jobs += [score_job(single, QUERIES[1], NAMES), score_job(single, QUERIES[2], NAMES, None, '"')]
    together = single.score_tokens(jobs)
    assert [single.score_tokens([job])[0] for job in jobs] == together
    assert single.score_tokens(jobs[::-1])[::-1] == together


def test_a_closing_is_the_last_value(exact: Harness) -> None:
    job = score_job(exact, QUERIES[0], NAMES, closing='"')
    bare = score_job(exact, QUERIES[0], NAMES, closing='"')
    bare.closing = None
    for closed, name in zip(
        exact.score_tokens([job])[0], exact.score_tokens([bare])[0], strict=True
    ):
        assert closed.token_values[:-1] == pytest.approx(name.token_values, abs=1e-9)
        assert len(closed.token_values) == closed.token_count == name.token_count + 1


@pytest.mark.parametrize("answer", ANSWERS)
def test_spans_are_where_the_tokens_are_written(exact: Harness, answer: str) -> None:
    job = request(exact, [answer])
    spans = job.spans[0]
    assert len(spans) == len(job.tails[0])
    assert (spans[0][0], spans[-1][1]) == (0, len(answer))
    for token, (start, end) in zip(job.tails[0], spans, strict=True):
        text = exact.engine.tokenizer.decode([int(token)])
        # A token that is a part of a character has the whole character's span.
        assert answer[start:end] == text or (end - start == 1 and not answer[start].isascii())
    covered = {place for start, end in spans for place in range(start, end)}
    assert covered == set(range(len(answer)))


def test_spans_count_from_the_candidate(exact: Harness) -> None:
    job = request(exact, ["get_weather", "x"], answerPrefix=OPENING, closing='"')
    for name, tail, spans in zip(["get_weather", "x"], job.tails, job.spans, strict=True):
        assert len(spans) == len(tail) + 1
        assert (spans[0][0], spans[-2][1], spans[-1]) == (0, len(name), (len(name), len(name)))


@given(st.integers(0, 9), st.integers(0, 9), st.lists(st.integers(0, 30), min_size=2))
def test_spans_lie_within_the_candidate(offset: int, length: int, places: list[int]) -> None:
    ordered = sorted(places)
    spans = list(pairwise(ordered))
    found = spans_within(length, offset, spans, closed=False)
    text = set(range(length))
    for (start, end), (first, last) in zip(spans, found, strict=True):
        assert 0 <= first <= last <= length
        assert set(range(first, last)) == {place - offset for place in range(start, end)} & text
