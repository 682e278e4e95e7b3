"""Training targets end the way the model itself ends a turn: with its chat template's own token."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tokenizers import AddedToken, Tokenizer, models, pre_tokenizers

from whetstone_engine.model.tokenizer import ChatTokenizer, Message

_TURNS = "{% for m in messages %}"
_CHATML = (
    _TURNS + "<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
_LLAMA = (
    _TURNS + "<|head|>{{ m.role }}\n{{ m.content | trim }}<|eot_id|>{% endfor %}"
    "{% if add_generation_prompt %}<|head|>assistant\n{% endif %}"
)
_MISTRAL = (
    _TURNS + "{% if m.role == 'user' %}[INST]{{ m.content }}[/INST]"
    "{% else %}{{ m.content }}{{ eos_token }}{% endif %}{% endfor %}"
)
_PLAIN = (
    _TURNS + "{{ m.role }}: {{ m.content }}\n{% endfor %}"
    "{% if add_generation_prompt %}assistant: {% endif %}"
)
_SPECIALS = ["<|im_start|>", "<|im_end|>", "<|head|>", "<|eot_id|>", "[INST]", "[/INST]", "</s>"]


def chat_tokenizer(directory: Path, template: str, ends: list[str]) -> ChatTokenizer:
    """Characters and special tokens; `ends` are the model's own end tokens."""
    characters = [chr(code) for code in [10, *range(32, 127)]]
    backend = Tokenizer(models.BPE({text: number for number, text in enumerate(characters)}, []))
    backend.pre_tokenizer = pre_tokenizers.Split("", "isolated")
    backend.add_special_tokens([AddedToken(text, special=True) for text in _SPECIALS])
    backend.save(str(directory / "tokenizer.json"))
    (directory / "chat_template.jinja").write_text(template)
    (directory / "tokenizer_config.json").write_text(json.dumps({"eos_token": "</s>"}))
    ids = [backend.token_to_id(end) for end in ends]
    return ChatTokenizer(directory, [number for number in ids if number is not None])


@pytest.mark.parametrize(
    ("template", "ends", "expected"),
    [
        (_CHATML, ["</s>"], "<|im_end|>"),
        (_CHATML, ["<|im_end|>", "</s>"], "<|im_end|>"),
        (_LLAMA, ["</s>"], "<|eot_id|>"),
        (_MISTRAL, [], "</s>"),
        (_PLAIN, [], "</s>"),
    ],
)
def test_a_turn_ends_with_the_token_of_the_template(
    tmp_path: Path, template: str, ends: list[str], expected: str
) -> None:
    tokenizer = chat_tokenizer(tmp_path, template, ends)
    assert tokenizer.backend.id_to_token(tokenizer.turn_end_id) == expected
    assert tokenizer.turn_end_id in tokenizer.end_token_ids


@pytest.mark.parametrize("template", [_CHATML, _LLAMA, _MISTRAL])
@pytest.mark.parametrize(
    "answer",
    [
        '[{"name": "get_price", "arguments": {"item": "lamp"}}]',
        '<tool_call>\n{"name": "get_price", "arguments": {}}\n</tool_call>',
        '[get_price(item="lamp")]',
        "None of the functions fits.",
    ],
)
def test_a_target_is_what_the_template_makes_of_the_answer(
    tmp_path: Path, template: str, answer: str
) -> None:
    tokenizer = chat_tokenizer(tmp_path, template, ["</s>"])
    asked: list[Message] = [{"role": "user", "content": "Price of the lamp?"}]
    answered = [*asked, Message(role="assistant", content=answer)]
    written = tokenizer.encode(tokenizer._render(answered, add_generation_prompt=False))
    target = [*tokenizer.encode(answer), tokenizer.turn_end_id]
    prompt = tokenizer.chat_prompt(asked)
    assert written[: len(prompt) + len(target)] == prompt + target
