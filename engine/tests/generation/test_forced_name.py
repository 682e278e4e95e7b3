"""A forced name whose closing character the model writes, alone or with what follows."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
import xgrammar

from support.harness import Harness
from support.jobs import OPENING, QUERIES

FORCED = {
    "type": "structural_tag",
    "format": {"type": "grammar", "grammar": 'root ::= "\\"" [\\u0000-\\U0010FFFF]*'},
}


def count_legal(grammar: Any, tokens: tuple[int, ...]) -> int:
    """Tokens before the first special or incomplete one; a random model writes many of these."""
    matcher = xgrammar.GrammarMatcher(grammar)
    return next(
        (place for place, token in enumerate(tokens) if not matcher.accept_token(token)),
        len(tokens),
    )


def test_the_model_chooses_among_all_tokens_that_begin_with_the_closing(exact: Harness) -> None:
    """Greedy: the likeliest of them by transformers. After it, the model is free."""
    model = exact.reference()
    merged = free_after = 0
    for query in QUERIES:
        for name in ("get_weather", "get", "x"):
            prompt = np.concatenate((exact.prompt(query), exact.ids(OPENING + name)))
            grammar = exact.engine.grammars.compile(FORCED)
            job = exact.generate_job(prompt, grammar=grammar, temperature=0, maximum_tokens=6)
            first, *rest = exact.generate([job])[0][0].tokens
            closing = exact.engine.token_texts.beginning_with('"')
            with torch.no_grad():
                logits = model(input_ids=torch.from_numpy(prompt)[None]).logits[0, -1]
            assert first == closing[int(logits[torch.from_numpy(closing)].argmax())]
            merged += exact.engine.tokenizer.decode([first]) != '"'
            so_far = np.concatenate((prompt, [first]))
            free = exact.generate_job(so_far, temperature=0, maximum_tokens=5)
            own = (first, *exact.generate([free])[0][0].tokens)
            legal = count_legal(grammar, own)
            assert own[:legal] == (first, *rest)[:legal]
            free_after += legal - 1
    assert merged > 0
    assert free_after > 0
