"""Loads a data set directory with Hugging Face's datasets and prints one JSON line per row."""

import json
import sys

from datasets import load_dataset

rows = load_dataset(sys.argv[1], split="test", cache_dir=sys.argv[2])
for row in rows:
    print(json.dumps(row))
