"""Turns conversations into token rows with a loss weight per token, bucketed by length."""

import json
import random
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import torch
from tokenizers import Tokenizer

PROMPT_WEIGHT = 0.05
BUCKET_BATCHES = 16


@dataclass(frozen=True)
class Row:
    """One conversation: token ids, and for each whether an assistant wrote it (including the end token)."""

    ids: array
    written: bytes


@dataclass(frozen=True)
class Batch:
    ids_BT: torch.Tensor
    weights_BT: torch.Tensor
    tokens: int


def assemble(tokenizer: Tokenizer, messages: list[dict[str, str]], encoded: list[list[int]]) -> Row:
    """Returns the same ids as the chat template; a test compares the two."""
    end = tokenizer.token_to_id("<|end|>")
    ids: list[int] = []
    written: list[int] = []
    for message, content in zip(messages, encoded, strict=True):
        ids.extend([tokenizer.token_to_id(f"<|{message['role']}|>"), *content, end])
        written.extend([0] + [int(message["role"] == "assistant")] * (len(content) + 1))
    return Row(array("H", ids), bytes(written))


def load_rows(path: Path, tokenizer: Tokenizer, limit: int | None = None) -> list[Row]:
    rows = []
    with path.open(encoding="utf-8") as lines:
        for line in islice(lines, limit):
            messages = json.loads(line)["messages"]
            encoded = tokenizer.encode_batch_fast([message["content"] for message in messages])
            rows.append(assemble(tokenizer, messages, [item.ids for item in encoded]))
    return rows


def batches(rows: list[Row], batch_size: int, seed: int) -> Iterator[Batch]:
    """Yields batches for endless epochs; within a window of batches, rows are grouped by length."""
    shuffler = random.Random(seed)
    while True:
        order = shuffler.sample(range(len(rows)), len(rows))
        window = batch_size * BUCKET_BATCHES
        for start in range(0, len(order) - window + 1, window):
            chunk = sorted(order[start : start + window], key=lambda index: len(rows[index].ids))
            groups = [chunk[at : at + batch_size] for at in range(0, window, batch_size)]
            shuffler.shuffle(groups)
            for group in groups:
                yield collate([rows[index] for index in group])


def collate(rows: list[Row]) -> Batch:
    longest = max(len(row.ids) for row in rows)
    ids_BT = torch.zeros(len(rows), longest, dtype=torch.long)
    weights_BT = torch.zeros(len(rows), longest)
    for index, row in enumerate(rows):
        ids_BT[index, : len(row.ids)] = torch.tensor(row.ids.tolist())
        written = torch.tensor(list(row.written), dtype=torch.float32)
        weights_BT[index, : len(row.ids)] = written + (1 - written) * PROMPT_WEIGHT
    return Batch(ids_BT, weights_BT, sum(len(row.ids) for row in rows))
