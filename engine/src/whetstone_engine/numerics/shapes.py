"""The shapes that batches are padded to, so that results are batch-invariant.

A floating-point sum depends on its order, and matrix libraries choose the order by shape. On the
CPUs measured (AVX2 and AVX-512, MKL), a row of a product is bit-equal for any number of rows that
is a multiple of 16, as `products.py` computes it, and attention of one query is bit-equal for any
number of keys that is a multiple of 16. A pass over whole sequences only batches sequences of equal
padded length.
"""

from __future__ import annotations

ROW_MULTIPLE = 16
CANDIDATE_MULTIPLE = 4
ANSWER_MULTIPLE = 8
"""What candidates and trained answers are padded to a multiple of, where products of so few rows
have the bits of many. Answers of equal length are trained together, so theirs is larger."""
KEY_MULTIPLE = 32
PROMPT_BLOCK = 32
LONG_PROMPT = 512
LONG_PROMPT_BLOCK = 128


def round_up(value: int, multiple: int) -> int:
    """The smallest multiple that is not below `value`."""
    return -(-value // multiple) * multiple


def prompt_block(length: int) -> int:
    """Positions that attention treats as one unit for a prompt of this length."""
    return PROMPT_BLOCK if round_up(length, PROMPT_BLOCK) < LONG_PROMPT else LONG_PROMPT_BLOCK


def padded_prompt(length: int) -> int:
    """Positions that a prompt occupies in a batch."""
    return round_up(length, prompt_block(length))


def padded_keys(length: int) -> int:
    """Key positions that a decoding step attends over for `length` real ones."""
    return round_up(length, KEY_MULTIPLE)
