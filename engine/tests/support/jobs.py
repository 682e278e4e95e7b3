"""Jobs that several tests run."""

from __future__ import annotations

from typing import Any

from support.harness import Harness, ignore, train_settings
from whetstone_engine.adapters.adapter import Adapter
from whetstone_engine.jobs import GenerateJob, ScoreJob, TrainJob
from whetstone_engine.scoring.split import split_candidates

OPENING = '<tool_call>[{"name": "'


NAMES = ["get_weather", "get", "send_mail", "x", "find_route_and_more"]


QUERIES = [
    "What is the weather in Paris tomorrow?",
    "Send a mail to Ann.",
    "You have these tools: " + "set_alarm(time), find_route(from, to). " * 12 + "Find a route.",
]


def score_job(
    harness: Harness,
    query: str,
    names: list[str],
    adapter: Adapter | None = None,
    closing: str | None = None,
) -> ScoreJob:
    """With the quote as a token of the name, or with a closing character after it."""
    prompt = harness.prompt(query)
    suffix = '"' if closing is None else ""
    sequences = [harness.ids(OPENING + name + suffix) for name in names]
    trunk, tails = split_candidates(prompt, harness.ids(OPENING), sequences)
    tokens = None if closing is None else harness.engine.token_texts.beginning_with(closing)
    return ScoreJob(ignore, trunk, tails, len(prompt), adapter, tokens)


def adapter_of(harness: Harness, seed: int = 1, scope: str = "all", rank: int = 8) -> Adapter:
    settings = train_settings(seed=seed, scope=scope, rank=rank)
    example = harness.example("Call me a taxi.", '[{"name": "call_taxi"}]')
    job = TrainJob(ignore, examples=(example,), settings=settings)
    return harness.adapter(harness.train([job])[0], settings, f"a{seed}")


SCHEMA: dict[str, Any] = {
    "type": "array",
    "maxItems": 2,
    "items": {
        "type": "object",
        "properties": {
            "name": {"enum": ["get_weather", "send_mail"]},
            "arguments": {
                "type": "object",
                "properties": {"loud": {"type": "boolean"}, "count": {"enum": [1, 2]}},
                "required": ["loud", "count"],
            },
        },
        "required": ["name", "arguments"],
    },
}


TAG = {
    "type": "structural_tag",
    "format": {
        "type": "tag",
        "begin": "<tool_call>",
        "content": {"type": "json_schema", "json_schema": SCHEMA},
        "end": "</tool_call>",
    },
}


def mixed_jobs(harness: Harness) -> list[GenerateJob]:
    """Different prompts, adapters, seeds, temperatures and grammars."""
    grammar = harness.engine.grammars.compile(TAG)
    adapters = [None, adapter_of(harness, 1), None, adapter_of(harness, 2, "answer"), None]
    return [
        harness.generate_job(
            harness.prompt(QUERIES[number % 3] + " again" * number),
            adapter=adapters[number % 5],
            temperature=0.0 if number % 2 else 0.9,
            top_p=0.8 if number % 3 == 0 else 1.0,
            seed=number,
            maximum_tokens=10 + 7 * number,
            grammar=grammar if number % 4 == 3 else None,
            n=1 + number % 2,
        )
        for number in range(10)
    ]


PAIRS = [
    ("What is the weather in Paris?", '[{"name": "get_weather", "arguments": {"city": "Paris"}}]'),
    ("Call me a taxi at seven.", '[{"name": "call_taxi", "arguments": {"time": "seven"}}]'),
    ("Play some jazz.", '[{"name": "play", "arguments": {"style": "jazz", "loud": true}}]'),
    ("Book a table for two.", "[]"),
]


def train_job(harness: Harness, *numbers: int, **changes: object) -> TrainJob:
    examples = tuple(harness.example(*PAIRS[number % len(PAIRS)]) for number in numbers)
    return TrainJob(ignore, examples=examples, settings=train_settings(**changes))
