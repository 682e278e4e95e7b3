"""Which tokens begin with a character, for the kinds of tokenizers that models have."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tokenizers import AddedToken, Tokenizer, decoders, models

from support.harness import Harness
from whetstone_engine.exceptions import InvalidRequestError
from whetstone_engine.model.token_texts import TokenTexts
from whetstone_engine.model.tokenizer import ChatTokenizer


def sentence_pieces(directory: Path) -> ChatTokenizer:
    """A tokenizer as Llama 2 has one: U+2581 is a space, `<0x22>` a byte."""
    pieces = ["<unk>", "</s>", "\u2581a", "a", '"', '",', '\u2581"', "<0x22>", "<0xE2>", "(", "()"]
    backend = Tokenizer(
        models.BPE(
            vocab={piece: number for number, piece in enumerate(pieces)},
            merges=[],
            unk_token="<unk>",
            byte_fallback=True,
        )
    )
    backend.decoder = decoders.Sequence(
        [
            decoders.Replace("\u2581", " "),
            decoders.ByteFallback(),
            decoders.Fuse(),
            decoders.Strip(" ", 1, 0),
        ]
    )
    backend.add_special_tokens([AddedToken("</s>", special=True), AddedToken('"!', special=True)])
    backend.add_tokens([AddedToken('"?', special=False)])
    backend.save(str(directory / "tokenizer.json"))
    (directory / "tokenizer_config.json").write_text(json.dumps({"eos_token": "</s>"}))
    return ChatTokenizer(directory, [])


@pytest.mark.parametrize(
    ("character", "texts"),
    [('"', ['"', '",', "<0x22>", '"?']), ("(", ["(", "()"]), (" ", ["\u2581a", '\u2581"'])],
)
def test_a_space_before_a_character_counts(
    tmp_path: Path, character: str, texts: list[str]
) -> None:
    tokenizer = sentence_pieces(tmp_path)
    found = TokenTexts(tokenizer).beginning_with(character).tolist()
    assert found == sorted(found)
    assert {tokenizer.backend.id_to_token(one) for one in found} == set(texts)


def test_every_token_of_a_byte_level_vocabulary_has_one_first_character(single: Harness) -> None:
    tokenizer, texts = single.engine.tokenizer, single.engine.token_texts
    printable = [chr(code) for code in range(33, 127)]
    found = [one for character in printable for one in texts.beginning_with(character).tolist()]
    vocabulary = tokenizer.backend.get_vocab()
    expected = [
        number
        for token, number in vocabulary.items()
        if token[0] in printable and number not in tokenizer.special_ids
    ]
    assert sorted(found) == sorted(expected)


def test_a_character_that_no_token_begins_with_is_refused(tmp_path: Path) -> None:
    texts = TokenTexts(sentence_pieces(tmp_path))
    with pytest.raises(InvalidRequestError, match=r"^no token of the model begins with '\{'$"):
        texts.beginning_with("{")


def test_a_character_keeps_its_array(tmp_path: Path) -> None:
    texts = TokenTexts(sentence_pieces(tmp_path))
    assert texts.beginning_with("(") is texts.beginning_with("(")
