"""The closing mass against a sum over the whole vocabulary by transformers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from transformers import AutoTokenizer

from support.harness import Harness, train_settings
from support.jobs import NAMES, OPENING, QUERIES, adapter_of, score_job
from whetstone_engine.jobs import ScoreJob
from whetstone_engine.prompts.prefix_cache import PrefixCache

TINY = Path(__file__).parents[3] / "models/tiny"


def is_closing(directory: Path, character: str) -> torch.Tensor:
    """Per token of the vocabulary; in a byte-level alphabet, printable ASCII stands for itself."""
    tokenizer = AutoTokenizer.from_pretrained(directory)
    found = [
        token not in tokenizer.all_special_tokens and token.startswith(character)
        for token in tokenizer.convert_ids_to_tokens(range(len(tokenizer)))
    ]
    return torch.tensor(found)


def brute_force(harness: Harness, model: Any, job: ScoreJob, character: str) -> list[float]:
    closing = is_closing(harness.directory, character)
    values = []
    for tail in job.tails:
        sequence = np.concatenate((job.trunk, tail))
        names = harness.log_probabilities(model, sequence)[-len(tail) :].sum()
        with torch.no_grad():
            logits = model(input_ids=torch.from_numpy(sequence)[None]).logits[0, -1]
        # Each may be longer: transformers adds tokens of its own, models pad their vocabulary.
        size = min(len(closing), len(logits))
        mass = logits.softmax(dim=0)[:size][closing[:size]].sum()
        values.append(float(names + mass.log()))
    return values


@pytest.mark.parametrize("character", ['"', "("])
@pytest.mark.parametrize("query", QUERIES)
def test_scores_equal_a_sum_over_the_vocabulary(exact: Harness, query: str, character: str) -> None:
    job = score_job(exact, query, NAMES, closing=character)
    scores = exact.score([job])[0]
    assert [value for value, _ in scores] == pytest.approx(
        brute_force(exact, exact.reference(), job, character), abs=1e-9
    )
    assert [count for _, count in scores] == [len(tail) + 1 for tail in job.tails]


def test_scores_of_the_bundled_model_equal_a_sum_over_the_vocabulary() -> None:
    tiny = Harness(TINY, dtype="float64")
    job = score_job(tiny, QUERIES[0], NAMES, closing='"')
    assert [value for value, _ in tiny.score([job])[0]] == pytest.approx(
        brute_force(tiny, tiny.reference(), job, '"'), abs=1e-9
    )


def test_a_closing_that_merges_with_what_follows_counts_in_full(exact: Harness) -> None:
    vocabulary = exact.engine.tokenizer.backend.get_vocab()
    assert {'"', '",', '"}'} <= vocabulary.keys()
    tokens = exact.engine.token_texts.beginning_with('"')
    assert {vocabulary[text] for text in ('"', '",', '"}', '":')} == set(tokens.tolist())


def test_the_mass_lies_between_the_single_token_and_certainty(exact: Harness) -> None:
    bare = score_job(exact, QUERIES[0], NAMES, closing='"')
    bare.closing = None
    names, closed, quoted = (
        [value for value, _ in exact.score([job])[0]]
        for job in (
            bare,
            score_job(exact, QUERIES[0], NAMES, closing='"'),
            score_job(exact, QUERIES[0], NAMES),
        )
    )
    for name, mass, quote in zip(names, closed, quoted, strict=True):
        assert quote < mass < name


def test_a_name_keeps_its_own_tokens_if_its_end_merges_with_the_closing(exact: Harness) -> None:
    merged = exact.ids(OPENING + 'x{"')
    apart = exact.ids(OPENING + "x{")
    assert not np.array_equal(merged[: len(apart)], apart)
    job = score_job(exact, QUERIES[0], ["x{"], closing='"')
    assert np.array_equal(np.concatenate((job.trunk, job.tails[0]))[job.prompt_length :], apart)
    assert exact.score([job])[0][0][0] == pytest.approx(
        brute_force(exact, exact.reference(), job, '"')[0], abs=1e-9
    )


def test_scores_under_an_adapter_equal_peft(exact: Harness) -> None:
    adapter = adapter_of(exact, 1, rank=8)
    job = score_job(exact, QUERIES[1], NAMES, adapter, '"')
    model = exact.peft(train_settings(rank=8), adapter.vector).eval()
    assert [value for value, _ in exact.score([job])[0]] == pytest.approx(
        brute_force(exact, model, job, '"'), abs=1e-9
    )


def test_scores_do_not_depend_on_the_batch(either: Harness) -> None:
    adapters = [adapter_of(either, 1), None, adapter_of(either, 2, "answer"), None]
    closings = ['"', "(", None]
    jobs = [
        score_job(either, query, NAMES[:count], adapter, closing)
        for query in QUERIES
        for closing in closings
        for count, adapter in zip((5, 2, 4, 1), adapters, strict=True)
    ]
    together = either.score(jobs)
    assert [either.score([job])[0] for job in jobs] == together
    assert either.score(jobs[::-1])[::-1] == together


def test_scores_do_not_depend_on_a_reused_prefix(either: Harness) -> None:
    jobs = [
        score_job(either, QUERIES[2] + more, NAMES[:count], closing='"')
        for more, count in (("", 5), (" Now, please.", 3), ("!", 1))
    ]
    cache = PrefixCache(1 << 26)
    either.score([score_job(either, QUERIES[2] + " And then?", NAMES, closing='"')], cache)
    reusing = either.score(jobs, cache)
    assert cache.hit_tokens > 0
    assert reusing == either.score(jobs)


def test_more_positions_than_one_product_takes(exact: Harness) -> None:
    names = [f"{name}_{number}" for name in NAMES for number in range(30)]
    job = score_job(exact, QUERIES[1], names, closing='"')
    assert sum(len(tail) + 1 for tail in job.tails) > 1024
    picked = [0, 77, 149]
    few = ScoreJob(
        job.finish, job.trunk, [job.tails[one] for one in picked], job.prompt_length, None
    )
    scores = exact.score([job])[0]
    assert [scores[one][0] for one in picked] == pytest.approx(
        brute_force(exact, exact.reference(), few, '"'), abs=1e-9
    )
