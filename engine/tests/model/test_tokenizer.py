"""Chat templates with tools against transformers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from transformers import AutoTokenizer

from support.random_models import make_model
from whetstone_engine.exceptions import TemplateWithoutToolsError
from whetstone_engine.model.tokenizer import ChatTokenizer, Message

TOOL_TEMPLATE = (
    "{% if tools %}<|im_start|>system\n"
    "{% for tool in tools %}{{ tool | tojson }}\n{% endfor %}<|im_end|>\n{% endif %}"
    "{% for m in messages %}<|im_start|>{{ m['role'] }}\n{{ m['content'] }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
TURNS: list[Message] = [{"role": "user", "content": "Wetter in Köln?"}]
TOOLS: list[dict[str, Any]] = [
    {
        "type": "function",
        "function": {
            "name": "get_weather",
            "description": "Weather in a city, e.g. Köln <now>",
            "parameters": {"type": "object", "properties": {"city": {"type": "string"}}},
        },
    }
]


def with_template(directory: Path, template: Any) -> ChatTokenizer:
    path = directory / "tokenizer_config.json"
    settings = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**settings, "chat_template": template}), encoding="utf-8")
    return ChatTokenizer(directory, [])


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    return make_model(tmp_path / "model")


def test_a_prompt_with_tools_equals_that_of_transformers(directory: Path) -> None:
    tokenizer = with_template(directory, TOOL_TEMPLATE)
    reference = AutoTokenizer.from_pretrained(directory)
    for tools in (None, TOOLS):
        text = reference.apply_chat_template(
            TURNS, tools=tools, add_generation_prompt=True, tokenize=False
        )
        assert tokenizer.backend.decode(
            tokenizer.chat_prompt(TURNS, tools), skip_special_tokens=False
        ) == str(text)
    assert tokenizer.chat_prompt(TURNS) != tokenizer.chat_prompt(TURNS, TOOLS)


def test_a_template_of_its_own_for_tools_is_used_for_them_alone(directory: Path) -> None:
    plain = "{% for m in messages %}{{ m['content'] }}{% endfor %}"
    tokenizer = with_template(
        directory,
        [{"name": "default", "template": plain}, {"name": "tool_use", "template": TOOL_TEMPLATE}],
    )
    assert tokenizer.decode(tokenizer.chat_prompt(TURNS)) == TURNS[0]["content"]
    assert "get_weather" in tokenizer.decode(tokenizer.chat_prompt(TURNS, TOOLS))


def test_a_template_that_ignores_tools_is_refused(directory: Path) -> None:
    tokenizer = ChatTokenizer(directory, [])
    assert not tokenizer.shows_tools()
    with pytest.raises(TemplateWithoutToolsError, match="has no place for tools"):
        tokenizer.chat_prompt(TURNS, TOOLS)
