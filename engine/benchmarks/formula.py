"""Operations that a pass cannot do without, from a model's shapes: a multiplication and an addition
are two. Padding, and what a library computes twice, are not among them.

Of the last layer only what leads to a needed logit is counted beyond queries, keys and values.
"""

from __future__ import annotations

from collections.abc import Sequence

from whetstone_engine.model.config import ModelConfig


class Formula:
    """For one model with adapters of one rank; rank 0: without the adapters' own products."""

    def __init__(self, config: ModelConfig, rank: int = 0) -> None:
        joined = config.groups["query_key_value"]
        self._layers = config.layer_count
        self._query = config.query_size
        self._head = config.hidden_size * config.vocabulary_size
        self._joined = joined.input_size * sum(rows for _, rows in joined.modules)
        self._rest = sum(
            group.input_size * rows
            for name, group in config.groups.items()
            if name != "query_key_value"
            for _, rows in group.modules
        )
        self._joined_a = rank * joined.input_size * len(joined.modules)
        self._joined_adapter = self._joined_a + rank * sum(rows for _, rows in joined.modules)
        self._rest_adapter = rank * sum(
            group.input_size + rows
            for name, group in config.groups.items()
            if name != "query_key_value"
            for _, rows in group.modules
        )

    def training(self, prompt: int, completion: int, scope: str) -> float:
        """One pass over a pair, forth and back to the inputs. The first layer's input has no
        gradient."""
        before = prompt - 1
        fed = completion if scope == "answer" else before + completion
        layers = self._layers
        weights = 4 * fed * (layers * self._joined + (layers - 1) * self._rest)
        weights -= 2 * fed * self._joined
        last = 4 * completion * (self._rest + self._head)
        adapters = 6 * fed * (layers * self._joined_adapter + (layers - 1) * self._rest_adapter)
        adapters += 6 * completion * self._rest_adapter - 2 * fed * self._joined_a
        seen = completion * (before + completion / 2) if scope == "answer" else fed * fed / 2
        return weights + last + adapters + 12 * layers * seen * self._query

    def reading(self, tokens: int, *, needed: int = 0, known: int = 0) -> float:
        """The base model reads tokens, the first of them `known`; `needed` logits."""
        fresh = tokens - known
        weights = 2 * fresh * (self._layers * self._joined + (self._layers - 1) * self._rest)
        last = 2 * needed * (self._rest + self._head)
        seen = fresh * (known + fresh / 2)
        return weights + last + 4 * self._layers * seen * self._query

    def scoring(self, trunk: int, fed: Sequence[int], *, known: int = 0) -> float:
        """A prompt and its candidates: `fed` tokens of each are read, one logit more is needed."""
        tails = sum(fed)
        weights = 2 * tails * (self._layers * self._joined + (self._layers - 1) * self._rest)
        last = 2 * (tails + len(fed)) * (self._rest + self._head)
        seen = sum(count * (trunk + count / 2) for count in fed)
        attention = 4 * self._layers * seen * self._query
        return self.reading(trunk, known=known) + weights + last + attention

    def decoding(self, keys: Sequence[int], adapted: int = 0) -> float:
        """A token of each row, which sees so many keys, its own included; `adapted` rows have an
        adapter."""
        weights = 2 * len(keys) * (self._layers * (self._joined + self._rest) + self._head)
        adapters = 2 * adapted * self._layers * (self._joined_adapter + self._rest_adapter)
        return weights + adapters + 4 * self._layers * sum(keys) * self._query
