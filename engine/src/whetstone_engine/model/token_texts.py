"""What each token of a vocabulary writes, sorted by the first character."""

from __future__ import annotations

import threading

import numpy as np

from whetstone_engine.exceptions import InvalidRequestError
from whetstone_engine.jobs import Tokens
from whetstone_engine.model.tokenizer import ChatTokenizer

_ANCHOR = "a"
"""Decoded before each token: some decoders drop the space that a text begins with."""


class TokenTexts:
    """Finds tokens by the text they write inside an answer. Reads the vocabulary at first use."""

    def __init__(self, tokenizer: ChatTokenizer) -> None:
        self._tokenizer = tokenizer
        self._lock = threading.Lock()
        self._by_first: dict[str, Tokens] | None = None

    def beginning_with(self, character: str) -> Tokens:
        """Ids, ascending, of all tokens whose text begins with the character (one of ASCII).

        Special tokens write no text, so none of them is among these. Always the same array for the
        same character. Raises `InvalidRequestError` if there is no such token.
        """
        with self._lock:
            if self._by_first is None:
                self._by_first = self._sort()
            tokens = self._by_first.get(character)
        if tokens is None:
            raise InvalidRequestError(f"no token of the model begins with {character!r}")
        return tokens

    def _sort(self) -> dict[str, Tokens]:
        backend, special = self._tokenizer.backend, self._tokenizer.special_ids
        anchor = self._tokenizer.encode(_ANCHOR)
        ids = sorted(set(backend.get_vocab(with_added_tokens=True).values()) - special)
        before = backend.decode(anchor, skip_special_tokens=False)
        # A token of incomplete UTF-8 decodes to U+FFFD, which is no character of ASCII.
        texts = backend.decode_batch([[*anchor, one] for one in ids], skip_special_tokens=False)
        found: dict[str, list[int]] = {}
        for one, text in zip(ids, texts, strict=True):
            if text.startswith(before) and len(text) > len(before):
                found.setdefault(text[len(before)], []).append(one)
        return {first: np.asarray(every, dtype=np.int64) for first, every in found.items()}
