"""Training against PEFT and AdamW, and against itself in other company."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
import torch

from support.harness import Harness, ignore, peft_vector
from support.jobs import PAIRS, train_job
from whetstone_engine.jobs import ScoreJob
from whetstone_engine.prompts.prefix_cache import PrefixCache
from whetstone_engine.training.schedule import schedule_multipliers
from whetstone_engine.training.signature import train_signature


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"learning_rate": 1e-4, "rank": 4, "alpha": 4.0},
        {"schedule": "linear", "epochs": 3, "warmup_ratio": 0.5},
        {"schedule": "constant", "epochs": 2, "warmup_ratio": 0.0},
        {"scope": "answer"},
    ],
)
def test_training_equals_peft_with_adamw(exact: Harness, changes: dict[str, object]) -> None:
    one = train_job(exact, 0, **changes)
    trained = exact.train([one])[0]
    model, losses = exact.peft_train(one)
    assert trained.losses == pytest.approx(losses, abs=1e-9)
    expected = peft_vector(exact, model, one.settings.rank)
    torch.testing.assert_close(trained.vector_P, expected, rtol=0, atol=1e-9)


def test_several_examples_take_turns_as_in_peft(exact: Harness) -> None:
    one = train_job(exact, 0, 1, 2, epochs=2)
    trained = exact.train([one])[0]
    model, losses = exact.peft_train(one)
    assert trained.losses == pytest.approx(losses, abs=1e-9)
    torch.testing.assert_close(trained.vector_P, peft_vector(exact, model, 8), rtol=0, atol=1e-9)


def test_fp32_training_stays_close_to_peft(single: Harness) -> None:
    one = train_job(single, 0)
    trained = single.train([one])[0]
    model, losses = single.peft_train(one)
    assert trained.losses == pytest.approx(losses, abs=1e-4)
    tokens = single.example(*PAIRS[1])
    mine = single.peft(one.settings, trained.vector_P)
    both = [single.log_probabilities(which, tokens.completion) for which in (mine, model)]
    torch.testing.assert_close(both[0], both[1], rtol=0, atol=1e-3)


@pytest.mark.parametrize("scope", ["all", "answer"])
def test_a_job_alone_equals_the_job_among_seven_others(either: Harness, scope: str) -> None:
    jobs = [
        train_job(either, 0, seed=seed, learning_rate=0.001 * (seed + 1), scope=scope)
        for seed in range(8)
    ]
    together = either.train(jobs)
    for number in (0, 3, 7):
        alone = either.train([jobs[number]])[0]
        assert alone.weight_hash == together[number].weight_hash
        assert alone.losses == together[number].losses
    backwards = either.train(jobs[::-1])[::-1]
    assert [one.weight_hash for one in backwards] == [one.weight_hash for one in together]
    assert len({one.weight_hash for one in together}) == 8


def test_an_answer_scoped_adapter_is_the_same_from_a_prompt_read_before(either: Harness) -> None:
    one = train_job(either, 0, scope="answer")
    long = np.concatenate([one.examples[0].prompt] * 3)
    example = dataclasses.replace(one.examples[0], prompt=long)
    one = dataclasses.replace(one, examples=(example,))
    cache = PrefixCache(1 << 26)
    first = either.train([one], cache)[0]
    assert cache.hit_tokens == 0
    again = either.train([one], cache)[0]
    assert cache.hit_tokens > 0
    assert first.weight_hash == again.weight_hash == either.train([one])[0].weight_hash


def test_only_the_job_with_a_large_gradient_is_clipped(exact: Harness) -> None:
    # Two jobs of one shape; a tiny scale (alpha) keeps one gradient below the limit.
    large, small = train_job(exact, 0, alpha=16.0), train_job(exact, 0, alpha=1e-3)
    for one in (large, small):
        trained = exact.train([one, dataclasses.replace(one, settings=one.settings)])[0]
        model, _ = exact.peft_train(one)
        expected = peft_vector(exact, model, 8)
        torch.testing.assert_close(trained.vector_P, expected, rtol=0, atol=1e-9)


def test_four_passes_give_the_five_step_result(exact: Harness, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    from whetstone_engine.training import train_batch as train

    passes = 0
    original = train.TrainBatch._gradient

    def counted(self, batch):  # type: ignore[no-untyped-def]
        nonlocal passes
        passes += 1
        return original(self, batch)

    monkeypatch.setattr(train.TrainBatch, "_gradient", counted)
    one = train_job(exact, 0)
    trained = exact.train([one])[0]
    assert passes == 4
    assert len(trained.losses) == 5
    assert trained.losses[0] == trained.losses[1]
    passes = 0
    exact.train([train_job(exact, 0, 1)])
    assert passes == 10


def test_an_answer_scoped_adapter_is_trained_and_served_alike(exact: Harness) -> None:
    one = train_job(exact, 0, scope="answer")
    trained = exact.train([one])[0]
    prompt, completion = one.examples[0].prompt, one.examples[0].completion
    adapter = exact.adapter(trained, one.settings)
    model = exact.peft(one.settings, trained.vector_P, len(prompt)).eval()
    expected = exact.log_probabilities(model, np.concatenate((prompt, completion)))
    expected = expected[-len(completion) :]
    scored = exact.score([ScoreJob(ignore, prompt, [completion], len(prompt), adapter)])[0][0]
    assert scored[0] == pytest.approx(float(expected.sum()), abs=1e-9)
    assert scored[1] == len(completion)
    opened = exact.generate_job(prompt, adapter=adapter, maximum_tokens=8, logprobs=0)
    choice = exact.generate([opened])[0][0]
    answer = np.concatenate((prompt, np.asarray(choice.tokens)))
    found = [entry.logprob for entry in choice.logprobs[: len(choice.tokens)]]
    wanted = exact.log_probabilities(model, answer)[-len(choice.tokens) :]
    assert found == pytest.approx(wanted.tolist(), abs=1e-5)


def test_an_answer_opening_is_read_by_the_answer_scoped_adapter(exact: Harness) -> None:
    one = train_job(exact, 0, scope="answer")
    adapter = exact.adapter(exact.train([one])[0], one.settings)
    prompt = one.examples[0].prompt
    whole = exact.generate([exact.generate_job(prompt, adapter=adapter, maximum_tokens=12)])[0][0]
    opened = dataclasses.replace(
        exact.generate_job(np.append(prompt, whole.tokens[:5]), adapter=adapter, maximum_tokens=7),
        prompt_length=len(prompt),
    )
    assert exact.generate([opened])[0][0].tokens == whole.tokens[5:]


def test_other_seed_other_adapter_same_seed_same_adapter(single: Harness) -> None:
    first, again, other = (
        single.train([train_job(single, 0, seed=seed)])[0].weight_hash for seed in (5, 5, 6)
    )
    assert first == again
    assert first != other


def test_jobs_of_different_epochs_have_different_signatures(single: Harness) -> None:
    first = train_signature(train_job(single, 0), 16)
    assert first == train_signature(train_job(single, 0, seed=9), 16)
    assert first != train_signature(train_job(single, 0, epochs=4), 16)


def test_paper_schedule_for_one_example() -> None:
    factors = schedule_multipliers("cosine", 5, 0.03)
    assert factors == pytest.approx([0, 1, 0.8536, 0.5, 0.1464], abs=5e-5)
    assert schedule_multipliers("linear", 4, 0.0) == [1, 0.75, 0.5, 0.25]
    assert schedule_multipliers("constant", 3, 0.4) == [0, 0.5, 1]
