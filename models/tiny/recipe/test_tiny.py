"""The committed weights still answer the held-out records as recorded.

Run with the engine's environment: `engine/.venv/bin/python -m pytest models/tiny/recipe`.
"""

import json
from pathlib import Path

import pytest
from evaluate import evaluate, judge, load_prompts, parse_answer
from safetensors import safe_open
from tokenizers import Tokenizer
from training_data import assemble
from transformers import PreTrainedTokenizerFast

RECIPE = Path(__file__).resolve().parent
MODEL = RECIPE.parent
RECORDED = json.loads((RECIPE / "recorded.json").read_text(encoding="utf-8"))
QUERIES = 100
# Other processors round differently and may flip a few near-ties.
TOLERANCE = 0.03


def test_accuracy_on_fixed_queries_is_the_recorded_one() -> None:
    report = evaluate(MODEL, limit=QUERIES)
    assert report.records == QUERIES
    assert report.right / QUERIES == pytest.approx(RECORDED["first_100"]["accuracy"], abs=TOLERANCE)


def test_recorded_accuracy_lies_in_the_band_that_leaves_room_for_adaptation() -> None:
    assert 0.5 <= RECORDED["all"]["accuracy"] <= 0.8
    assert RECORDED["all"]["records"] == len(load_prompts())


def test_weights_are_bfloat16_and_the_directory_stays_small() -> None:
    with safe_open(MODEL / "model.safetensors", framework="pt") as weights:
        assert {weights.get_slice(name).get_dtype() for name in weights.keys()} == {"BF16"}
    size = sum(path.stat().st_size for path in MODEL.rglob("*") if path.is_file())
    assert size < 15_000_000


def test_every_text_survives_the_tokenizer() -> None:
    tokenizer = PreTrainedTokenizerFast.from_pretrained(MODEL)
    for text in ["", "naïve 漢字 😀\t\n\r", '<tool_call>[{"name": "x", "arguments": {}}]</tool_call>', "a  b\x00"]:
        assert tokenizer.decode(tokenizer.encode(text)) == text


@pytest.mark.parametrize("name", ["get_lamp_price", "getLoanTerms", "v1/ping-2", "a"])
def test_a_name_has_the_same_tokens_alone_and_inside_an_answer(name: str) -> None:
    tokenizer = PreTrainedTokenizerFast.from_pretrained(MODEL)
    opening = tokenizer.tokenize('<tool_call>[{"name": "')
    scored = tokenizer.tokenize(f'<tool_call>[{{"name": "{name}"')
    answer = tokenizer.tokenize(f'<tool_call>[{{"name": "{name}", "arguments": {{}}}}]</tool_call>')
    assert scored[: len(opening)] == opening
    assert scored[len(opening) :] == [*tokenizer.tokenize(name), '"']
    assert answer[: len(scored)] == scored


def test_training_rows_have_the_ids_of_the_chat_template() -> None:
    messages = [
        {"role": "system", "content": "Tools:\nping()"},
        {"role": "user", "content": "Ping"},
        {"role": "assistant", "content": '<tool_call>[{"name": "ping", "arguments": {}}]</tool_call>'},
    ]
    plain = Tokenizer.from_file(str(MODEL / "tokenizer.json"))
    row = assemble(plain, messages, [plain.encode(message["content"]).ids for message in messages])
    tokenizer = PreTrainedTokenizerFast.from_pretrained(MODEL)
    assert row.ids.tolist() == tokenizer.apply_chat_template(messages, return_dict=False)
    answer = len(tokenizer.tokenize(messages[2]["content"])) + 1
    assert list(row.written) == [0] * (len(row.ids) - answer) + [1] * answer


def test_chat_template_opens_and_continues_an_assistant_turn() -> None:
    tokenizer = PreTrainedTokenizerFast.from_pretrained(MODEL)
    user = {"role": "user", "content": "Ping"}
    opening = {"role": "assistant", "content": "<tool_call>["}
    render = tokenizer.apply_chat_template
    assert render([user], tokenize=False, add_generation_prompt=True) == "<|user|>Ping<|end|><|assistant|>"
    assert (
        render([user, opening], tokenize=False, continue_final_message=True)
        == "<|user|>Ping<|end|><|assistant|><tool_call>["
    )


def test_judging_names_what_is_wrong_first() -> None:
    gold = [{"name": "a", "arguments": {"x": "1"}}]
    defaults = {"a": {"limit": 10}}
    assert judge(parse_answer('<tool_call>[{"name": "a", "arguments": {"x": "1", "limit": 10}}]</tool_call>'), gold, defaults) == "right"
    assert judge(parse_answer('<tool_call>[{"name": "a", "arguments": {"x": "2"}}]</tool_call>'), gold, defaults) == "arguments"
    assert judge(parse_answer('<tool_call>[{"name": "b", "arguments": {"x": "1"}}]</tool_call>'), gold, defaults) == "tool-choice"
    assert judge(parse_answer("<tool_call>[]</tool_call>"), gold, defaults) == "call-count"
    assert judge(parse_answer("<tool_call>[{]</tool_call>"), gold, defaults) == "unparsable"
    assert judge(parse_answer("Sorry."), [], {}) == "unparsable"
