"""Recomputes the tiny model's accuracy on the held-out split.

Greedy, free-form answers; right means the same calls: names equal, arguments equal after leaving
out those that repeat a default. Prompts are read from data/test-prompts.jsonl, which
`generate.ts` renders from data/test.jsonl.

Usage: python evaluate.py [--model DIR] [--limit N] [--offset N] [--record]
"""

import argparse
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from transformers import AutoModelForCausalLM, PreTrainedTokenizerFast

RECIPE = Path(__file__).resolve().parent
PROMPTS = RECIPE / "test-prompts.jsonl"
MAX_NEW_TOKENS = 96
BATCH_SIZE = 25
OPEN, CLOSE = "<tool_call>", "</tool_call>"

Call = dict[str, Any]


@dataclass
class Report:
    """Counts over the evaluated records; `wrong` is keyed by the first error."""

    records: int = 0
    right: int = 0
    by_kind: dict[str, list[int]] = field(default_factory=dict)
    wrong: dict[str, int] = field(default_factory=dict)

    def summary(self) -> dict[str, Any]:
        return {
            "accuracy": round(self.right / max(1, self.records), 4),
            "records": self.records,
            "by_kind": {kind: f"{right}/{total}" for kind, (right, total) in sorted(self.by_kind.items())},
            "wrong": dict(sorted(self.wrong.items())),
        }


def parse_answer(text: str) -> list[Call] | None:
    start, end = text.find(OPEN), text.find(CLOSE)
    if start < 0 or end < start:
        return None
    try:
        calls = json.loads(text[start + len(OPEN) : end])
    except json.JSONDecodeError:
        return None
    return calls if isinstance(calls, list) else None


def normalise(call: Call, defaults: dict[str, dict[str, Any]]) -> str:
    fallback = defaults.get(call["name"], {})
    kept = {key: value for key, value in call["arguments"].items() if fallback.get(key) != value}
    return json.dumps([call["name"], kept], sort_keys=True)


def judge(answer: list[Call] | None, gold: list[Call], defaults: dict[str, dict[str, Any]]) -> str:
    """ "right", or the first error: unparsable, call-count, tool-choice, arguments."""
    if answer is None:
        return "unparsable"
    if len(answer) != len(gold):
        return "call-count"
    if sorted(call["name"] for call in answer) != sorted(call["name"] for call in gold):
        return "tool-choice"
    same = sorted(normalise(call, defaults) for call in answer) == sorted(normalise(call, defaults) for call in gold)
    return "right" if same else "arguments"


def load_prompts(limit: int | None = None, offset: int = 0) -> list[dict[str, Any]]:
    records = [json.loads(line) for line in PROMPTS.read_text(encoding="utf-8").splitlines()]
    return records[offset : None if limit is None else offset + limit]


@torch.no_grad()
def answer_all(directory: Path, conversations: list[list[dict[str, str]]]) -> list[str]:
    tokenizer = PreTrainedTokenizerFast.from_pretrained(directory, padding_side="left")
    model = AutoModelForCausalLM.from_pretrained(directory, dtype=torch.float32).eval()
    answers: list[str] = []
    for start in range(0, len(conversations), BATCH_SIZE):
        inputs = tokenizer.apply_chat_template(
            conversations[start : start + BATCH_SIZE],
            add_generation_prompt=True,
            padding=True,
            return_tensors="pt",
            return_dict=True,
        )
        output = model.generate(**inputs, max_new_tokens=MAX_NEW_TOKENS, do_sample=False)
        answers.extend(tokenizer.batch_decode(output[:, inputs["input_ids"].shape[1] :], skip_special_tokens=True))
    return answers


def evaluate(directory: Path, limit: int | None = None, offset: int = 0) -> Report:
    records = load_prompts(limit, offset)
    report = Report()
    texts = answer_all(directory, [record["messages"] for record in records])
    for record, text in zip(records, texts, strict=True):
        verdict = judge(parse_answer(text), record["gold"], record["defaults"])
        tally = report.by_kind.setdefault(record["kind"], [0, 0])
        tally[1] += 1
        report.records += 1
        if verdict == "right":
            report.right += 1
            tally[0] += 1
        else:
            report.wrong[verdict] = report.wrong.get(verdict, 0) + 1
    return report


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--model", type=Path, default=RECIPE.parent)
    parser.add_argument("--limit", type=int)
    parser.add_argument("--offset", type=int, default=0)
    parser.add_argument("--record", action="store_true", help="write recorded.json for the test")
    options = parser.parse_args()
    if options.record:
        figures = {
            "first_100": evaluate(options.model, limit=100).summary(),
            "all": evaluate(options.model).summary(),
        }
        (RECIPE / "recorded.json").write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
        print(json.dumps(figures, indent=2))
        return
    print(json.dumps(evaluate(options.model, options.limit, options.offset).summary(), indent=2))


if __name__ == "__main__":
    main()
