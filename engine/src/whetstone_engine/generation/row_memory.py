"""The keys and values of the rows in decoding, `[L, R, K, S, D]` each."""

from __future__ import annotations

import torch
from torch import Tensor

from whetstone_engine.model.transformer import Transformer
from whetstone_engine.numerics.shapes import ROW_MULTIPLE, round_up

_LENGTH_MULTIPLE = 128


class RowMemory:
    """Grows by doubling. A part set aside once keeps its place: captured passes point into it."""

    def __init__(self, model: Transformer, maximum_rows: int) -> None:
        self._model = model
        self._most_rows = round_up(maximum_rows, ROW_MULTIPLE)
        self._most_positions = round_up(model.config.context_length, _LENGTH_MULTIPLE)
        empty = self._empty(0, 0)
        self._set_aside: tuple[Tensor, Tensor] = (empty, empty)
        self.keys_LRKSD, self.values_LRKSD = self._set_aside

    def _empty(self, rows: int, length: int) -> Tensor:
        config = self._model.config
        shape = (config.layer_count, rows, config.key_value_head_count, length, config.head_size)
        # Zeros: masked positions are multiplied by 0, which must not meet infinities.
        return torch.zeros(shape, dtype=self._model.dtype, device=self._model.device)

    @property
    def row_count(self) -> int:
        return self.keys_LRKSD.shape[1]

    @property
    def length(self) -> int:
        return self.keys_LRKSD.shape[3]

    @property
    def is_set_aside(self) -> bool:
        """Whether the rows lie in the part that was set aside."""
        return self.row_count > 0 and self.keys_LRKSD is self._set_aside[0]

    @property
    def byte_count(self) -> int:
        return 2 * self.keys_LRKSD.numel() * self.keys_LRKSD.element_size()

    def bytes_per_position(self) -> int:
        """Of all rows together."""
        return self._bytes(self._most_rows, 1)

    def _bytes(self, rows: int, length: int) -> int:
        config = self._model.config
        numbers = config.layer_count * config.key_value_size * rows * length * 2
        return numbers * self._model.dtype.itemsize

    def has(self, rows: int, length: int) -> bool:
        """Whether there is room for so many rows and positions already."""
        return round_up(rows, self._model.row_multiple) <= self.row_count and length <= self.length

    def bytes_for(self, rows: int, length: int, *, beside: bool) -> int:
        """The least that so many rows and positions take; `beside` what there is already."""
        least_rows = round_up(rows, self._model.row_multiple)
        least_length = min(round_up(length, _LENGTH_MULTIPLE), self._most_positions)
        if beside:
            least_rows = max(least_rows, self.row_count)
            least_length = max(least_length, self.length)
        return self._bytes(least_rows, least_length)

    def set_aside(self, length: int) -> None:
        """Takes memory for all rows at this length, once, while no row decodes."""
        keys, values = self._empty(self._most_rows, length), self._empty(self._most_rows, length)
        self._set_aside = keys, values
        self.keys_LRKSD, self.values_LRKSD = keys, values

    def reserve(self, rows: int, length: int, spare_bytes: int | None = None) -> None:
        """Makes room for so many rows and positions; if memory is short nothing has changed.

        Rows are padded by the decoding pass, so a multiple of its rows is reserved. More than
        necessary is taken only if it costs at most `spare_bytes` (None: no limit).
        """
        have_rows, have_length = self.row_count, self.length
        rows = round_up(rows, self._model.row_multiple)
        if self.has(rows, length):
            return
        new_rows, new_length = have_rows, have_length
        if rows > have_rows:
            doubled = min(2 * have_rows, self._most_rows)
            new_rows = max(round_up(rows, ROW_MULTIPLE), doubled)
        if length > have_length:
            doubled = min(2 * have_length, self._most_positions)
            new_length = max(round_up(length, _LENGTH_MULTIPLE), doubled)
        least = self.bytes_for(rows, length, beside=True)
        if spare_bytes is not None and self._bytes(new_rows, new_length) - least > spare_bytes:
            new_rows = max(have_rows, rows)
            new_length = max(have_length, round_up(length, _LENGTH_MULTIPLE))
        # Both are taken before either replaces the old: rows in decoding must survive a shortage.
        keys, values = self._empty(new_rows, new_length), self._empty(new_rows, new_length)
        keys[:, :have_rows, :, :have_length] = self.keys_LRKSD
        values[:, :have_rows, :, :have_length] = self.values_LRKSD
        self.keys_LRKSD, self.values_LRKSD = keys, values

    def shrink(self) -> None:
        """Goes back to the part set aside; the rows' contents are lost."""
        self.keys_LRKSD, self.values_LRKSD = self._set_aside

    def release_all(self) -> None:
        """Gives everything back, the part set aside as well."""
        empty = self._empty(0, 0)
        self._set_aside = empty, empty
        self.shrink()

    def move(self, source: int, target: int, length: int) -> None:
        """Copies a row."""
        if source != target:
            for tensor in (self.keys_LRKSD, self.values_LRKSD):
                tensor[:, target, :, :length] = tensor[:, source, :, :length]

    def write(self, row: int, keys_LKTD: Tensor, values_LKTD: Tensor, length: int) -> None:
        """Fills a row from a prompt's keys and values."""
        self.keys_LRKSD[:, row, :, :length] = keys_LKTD[:, :, :length]
        self.values_LRKSD[:, row, :, :length] = values_LKTD[:, :, :length]
