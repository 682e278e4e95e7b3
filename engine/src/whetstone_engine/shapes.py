"""Which shapes batches are padded to, so that a row's result does not depend on its neighbours.

A floating-point sum depends on its order, and matrix libraries choose the order by shape. On the
CPUs measured, a row of a product is bit-equal for any number of rows that is a multiple of 16, and
attention is bit-equal for any number of keys among `KEY_BUCKETS` (a contraction of up to 192 is
one run; 384 and 512 split so that padding stays apart). Everything is padded to such shapes.
"""

from __future__ import annotations

ROW_MULTIPLE = 16
PROMPT_BLOCK = 64
LONG_PROMPT = 768
LONG_PROMPT_BLOCK = 256
KEY_BUCKETS = (64, 128, 192, 384, 512)
KEY_MULTIPLE = 512
MINIMUM_QUERY_ROWS = 4


def round_up(value: int, multiple: int) -> int:
    """The smallest multiple that is not below `value`."""
    return -(-value // multiple) * multiple


def prompt_block(length: int) -> int:
    """Positions that attention treats as one unit for a prompt of this length."""
    return PROMPT_BLOCK if round_up(length, PROMPT_BLOCK) < LONG_PROMPT else LONG_PROMPT_BLOCK


def padded_prompt(length: int) -> int:
    """Positions that a prompt occupies in a batch."""
    return round_up(length, prompt_block(length))


def key_bucket(length: int) -> int:
    """Number of key positions to attend over for `length` real ones."""
    for bucket in KEY_BUCKETS:
        if length <= bucket:
            return bucket
    return round_up(length, KEY_MULTIPLE)
