"""Decoding: against transformers, and against itself in other company."""

from __future__ import annotations

import json

import numpy as np
import pytest
import torch

from support.harness import Harness
from support.jobs import QUERIES, TAG, adapter_of, mixed_jobs
from whetstone_engine.prompts.prefix_cache import PrefixCache


@pytest.mark.parametrize("query", QUERIES)
def test_greedy_text_equals_transformers(exact: Harness, query: str) -> None:
    prompt = exact.prompt(query)
    choice = exact.generate([exact.generate_job(prompt, maximum_tokens=30)])[0][0]
    with torch.no_grad():
        output = (
            exact.reference()
            .generate(
                input_ids=torch.from_numpy(prompt)[None],
                attention_mask=torch.ones(1, len(prompt), dtype=torch.long),
                do_sample=False,
                max_new_tokens=30,
                eos_token_id=list(exact.engine.tokenizer.end_token_ids),
            )[0, len(prompt) :]
            .tolist()
        )
    ends = exact.engine.tokenizer.end_token_ids
    assert list(choice.tokens) == [token for token in output if token not in ends]


def test_greedy_text_under_an_adapter_equals_peft(exact: Harness) -> None:
    adapter = adapter_of(exact, 3)
    prompt = exact.prompt(QUERIES[1])
    choice = exact.generate([exact.generate_job(prompt, adapter=adapter, maximum_tokens=30)])[0][0]
    from support.harness import train_settings

    model = exact.peft(train_settings(), adapter.vector).eval()
    tokens = prompt.tolist()
    for expected in choice.tokens:
        with torch.no_grad():
            logits = model(input_ids=torch.tensor([tokens])).logits[0, -1]
        assert int(logits.argmax()) == expected
        tokens.append(expected)


def test_text_does_not_depend_on_the_batch(either: Harness) -> None:
    jobs = mixed_jobs(either)
    together = either.generate(jobs)
    alone = [either.generate([job])[0] for job in jobs]
    assert alone == together
    staggered = either.generate(jobs[::-1], join_after=[3 * place for place in range(10)])[::-1]
    assert staggered == together


def test_text_does_not_depend_on_a_reused_prefix(either: Harness) -> None:
    jobs = mixed_jobs(either)
    cache = PrefixCache(1 << 26)
    first = either.generate(jobs, cache)
    again = either.generate(jobs, cache)
    assert cache.hit_tokens > 0
    assert first == again == either.generate(jobs)


def test_seeds_give_different_texts_and_the_same_seed_the_same(either: Harness) -> None:
    prompt = either.prompt(QUERIES[0])

    def texts(seed: int) -> list[str]:
        job = either.generate_job(prompt, temperature=1.0, seed=seed, n=4)
        return [choice.text for choice in either.generate([job])[0]]

    assert texts(1) == texts(1)
    assert texts(1) != texts(2)
    assert len(set(texts(1))) == 4
    single_answer = either.generate([either.generate_job(prompt, temperature=1.0, seed=1)])[0]
    assert single_answer[0].text == texts(1)[0]


@pytest.mark.parametrize("seed", range(6))
def test_a_constrained_answer_always_parses(single: Harness, seed: int) -> None:
    grammar = single.engine.grammars.compile(TAG)
    job = single.generate_job(
        single.prompt(QUERIES[seed % 3]),
        grammar=grammar,
        temperature=1.5,
        seed=seed,
        maximum_tokens=400,
    )
    choice = single.generate([job])[0][0]
    assert choice.finish_reason == "stop"
    text = choice.text.removeprefix("<tool_call>").removesuffix("</tool_call>")
    calls = json.loads(text)
    assert choice.text == f"<tool_call>{json.dumps(calls)}</tool_call>"
    for call in calls:
        assert list(call) == ["name", "arguments"]
        assert call["name"] in ("get_weather", "send_mail")


def test_sampling_follows_the_distribution(single: Harness) -> None:
    from whetstone_engine.generation.sampling import RandomStream, choose_tokens

    probabilities = torch.tensor([0.5, 0.3, 0.15, 0.05])
    stream = RandomStream(7, 0)
    count = 20000
    uniforms = [stream.draw() for _ in range(count)]
    logits = probabilities.log().expand(count, -1)
    free = choose_tokens(logits, [1.0] * count, [1.0] * count, uniforms)
    assert np.bincount(free, minlength=4) / count == pytest.approx(probabilities.numpy(), abs=0.02)
    nucleus = choose_tokens(logits, [1.0] * count, [0.7] * count, uniforms)
    assert np.bincount(nucleus, minlength=4) / count == pytest.approx(
        [0.625, 0.375, 0, 0], abs=0.02
    )
    cold = choose_tokens(logits, [0.25] * count, [1.0] * count, uniforms)
    assert np.mean(cold == 0) > 0.85
    assert set(choose_tokens(logits[:3], [0.0] * 3, [1.0] * 3, [0.9] * 3).tolist()) == {0}


def test_stop_text_ends_the_answer_and_is_left_out(single: Harness) -> None:
    prompt = single.prompt(QUERIES[0])
    free = single.generate([single.generate_job(prompt, maximum_tokens=40)])[0][0]
    stop = free.text[10:12]
    stopped = single.generate([single.generate_job(prompt, maximum_tokens=40, stop=(stop,))])[0][0]
    assert stopped.text == free.text[: free.text.index(stop)]
    assert stopped.finish_reason == "stop"
    assert free.finish_reason == "length"


def test_logprobs_are_those_of_the_model(exact: Harness) -> None:
    prompt = exact.prompt(QUERIES[0])
    job = exact.generate_job(prompt, maximum_tokens=12, logprobs=3, temperature=0.8)
    choice = exact.generate([job])[0][0]
    tokens = np.concatenate((prompt, np.asarray(choice.tokens)))
    expected = exact.log_probabilities(exact.reference(), tokens)[-len(choice.tokens) :]
    found = [one.logprob for one in choice.logprobs[: len(choice.tokens)]]
    assert found == pytest.approx(expected.tolist(), abs=1e-5)
    for one in choice.logprobs:
        assert len(one.top) == 3
        assert one.top[0][1] >= one.logprob - 1e-6


def test_an_answer_ends_at_the_context(single: Harness) -> None:
    prompt = np.resize(single.prompt(QUERIES[2]), 1000)
    choice = single.generate([single.generate_job(prompt, maximum_tokens=500, temperature=1.3)])
    assert len(choice[0][0].tokens) <= 24
