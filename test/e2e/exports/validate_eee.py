"""Validates a folder of Every Eval Ever's database by its own package: schema, paths, companions.

Prints one JSON line per file, with the file's content (a list for samples).
"""

import json
import os
import sys
from pathlib import Path

from every_eval_ever.validator.validate import _local_path_context, validate_file

os.chdir(sys.argv[1])
for path in sorted(Path("data").rglob("*.json*")):
    repo_path, files = _local_path_context(path)
    report = validate_file(
        path,
        repo_path=repo_path,
        available_files=files,
        read_repo_file=files.read_text,
        run_semantic_checks=True,
    )
    text = path.read_text(encoding="utf-8")
    is_samples = path.suffix == ".jsonl"
    print(
        json.dumps(
            {
                "path": repo_path,
                "valid": report.valid,
                "problems": report.errors + report.warnings,
                "content": [json.loads(line) for line in text.splitlines()]
                if is_samples
                else json.loads(text),
            },
            default=str,
        )
    )
