"""Templates of models that can think are asked not to: an answer begins with its call."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from benchmarks.random_model import TEMPLATE

from whetstone_engine.model.tokenizer import ChatTokenizer

THINKING = (
    TEMPLATE.removesuffix("{% endif %}")
    + "{% if enable_thinking is defined and enable_thinking is false %}<think>\n\n</think>\n\n"
    + "{% endif %}{% endif %}"
)


def test_a_template_that_asks_is_told_not_to_think(
    model_directories: dict[str, Path], tmp_path: Path
) -> None:
    source = model_directories["qwen3"]
    shutil.copy(source / "tokenizer.json", tmp_path)
    settings = json.loads((source / "tokenizer_config.json").read_text())
    settings["chat_template"] = THINKING
    (tmp_path / "tokenizer_config.json").write_text(json.dumps(settings))
    tokenizer = ChatTokenizer(tmp_path, [])
    prompt = tokenizer.decode(tokenizer.chat_prompt([{"role": "user", "content": "Hi"}]))
    assert prompt.endswith("assistant\n<think>\n\n</think>\n\n")
