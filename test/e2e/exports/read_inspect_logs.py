"""Reads .eval logs with Inspect AI and prints one JSON line per log.

Compares what Inspect returns with what the file says, so that a field that Inspect drops or changes is an error.
"""

import json
import sys
from datetime import datetime
from zipfile import ZipFile

from inspect_ai.log import read_eval_log, read_eval_log_sample, read_eval_log_sample_summaries


def find_losses(written, read, path):
    """Yields the place of each written value that is absent or different in what was read."""
    if isinstance(written, dict):
        if not isinstance(read, dict):
            yield f"{path}: {read!r}"
            return
        for key, value in written.items():
            if key not in read:
                yield f"{path}.{key} is absent"
            else:
                yield from find_losses(value, read[key], f"{path}.{key}")
    elif isinstance(written, list):
        if not isinstance(read, list) or len(read) != len(written):
            yield f"{path}: {read!r}"
            return
        for index, value in enumerate(written):
            yield from find_losses(value, read[index], f"{path}[{index}]")
    elif written != read and not is_same_time(written, read):
        yield f"{path}: {written!r} became {read!r}"


def is_same_time(left, right):
    try:
        return datetime.fromisoformat(left) == datetime.fromisoformat(right)
    except (TypeError, ValueError):
        return False


for path in sys.argv[1:]:
    log = read_eval_log(path)
    losses = []
    with ZipFile(path) as archive:
        assert archive.testzip() is None
        header = json.loads(archive.read("header.json"))
        losses += find_losses(header, log.model_dump(mode="json"), "header")
        for sample in log.samples:
            name = f"samples/{sample.id}_epoch_{sample.epoch}.json"
            written = json.loads(archive.read(name))
            losses += find_losses(written, sample.model_dump(mode="json"), sample.id)
    summaries = read_eval_log_sample_summaries(path)
    single = read_eval_log_sample(path, id=log.samples[0].id)
    print(
        json.dumps(
            {
                "status": log.status,
                "task": log.eval.task,
                "losses": losses[:20],
                "accuracy": log.results.scores[0].metrics["accuracy"].value,
                "summaries": [summary.id for summary in summaries],
                "single": single.id,
                "samples": [
                    {
                        "id": sample.id,
                        "input": [message.text for message in sample.input],
                        "target": sample.target,
                        "choices": sample.choices,
                        "calls": [
                            {"name": call.function, "arguments": call.arguments}
                            for call in (sample.output.choices and sample.output.message.tool_calls)
                            or []
                        ],
                        "scores": {
                            name: [score.value, score.explanation]
                            for name, score in (sample.scores or {}).items()
                        },
                        "tokens": sum(usage.total_tokens for usage in sample.model_usage.values()),
                        "error": sample.error and sample.error.message,
                        "retries": len(sample.error_retries or []),
                        "roles": [event.role for event in sample.events if event.event == "model"],
                        "unit": sample.metadata["unit"],
                        "link": sample.metadata["temporal_link"],
                    }
                    for sample in log.samples
                ],
            }
        )
    )
