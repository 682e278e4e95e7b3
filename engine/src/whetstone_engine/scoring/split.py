"""Splits candidates from the tokens that they share."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from whetstone_engine.jobs import Span, Tokens


def split_candidates(
    prompt: Tokens, opening: Tokens, sequences: Sequence[Tokens]
) -> tuple[Tokens, list[Tokens]]:
    """Trunk and tails: a candidate's own tokens begin at the first that differs from the opening's.

    `sequences` are opening + candidate + suffix, tokenized together; a token that spans the
    opening's end is the candidate's. All tails begin at the same place.
    """
    shared = len(opening)
    for sequence in sequences:
        limit = min(shared, len(sequence))
        differing = np.flatnonzero(opening[:limit] != sequence[:limit])
        shared = int(differing[0]) if len(differing) else limit
    return np.concatenate((prompt, opening[:shared])), [one[shared:] for one in sequences]


def spans_within(length: int, offset: int, spans: Sequence[Span], *, closed: bool) -> list[Span]:
    """Spans of a text as spans of the candidate of this length that begins at `offset` in it.

    A token that begins before the candidate begins at 0. What follows it lies at its end, empty, as
    does a closing.
    """

    def within(place: int) -> int:
        return min(max(place - offset, 0), length)

    own = [(within(start), within(end)) for start, end in spans]
    return [*own, (length, length)] if closed else own
