"""Trains the tiny model's tokenizer.

Byte-level BPE over pieces that never cross the boundaries between letters, digits, punctuation and
white space, so that a word has the same tokens after a space, a quote or an underscore. The JSON
around a call is cut into fixed pieces that are one token each. The closing quote of a tool's name
is always a separate token, because the name is scored together with it.

Usage: python build_tokenizer.py TRAIN_JSONL MODEL_DIRECTORY
"""

import json
import sys
from pathlib import Path

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, pre_tokenizers, trainers

VOCABULARY_SIZE = 1024
TRAINING_CONVERSATIONS = 8000

PAD, END = "<|pad|>", "<|end|>"
ROLE_TOKENS = ["<|system|>", "<|user|>", "<|assistant|>", "<|tool|>"]

# Sorted so that a longer piece precedes its own prefixes.
SCAFFOLD = [
    "<tool_call>",
    "</tool_call>",
    '[{"name": "',
    '}}, {"name": "',
    ', "arguments": {"',
    ', "arguments": {',
    '{"instruction": "',
    '", "input": "", "output": ',
    '"}}]',
    '": "',
    '": ',
    ', "',
    "}}]",
]
WORD_PATTERN = r"\p{L}+|\p{N}|\s|[^\p{L}\p{N}\s]+?"

CHAT_TEMPLATE = (
    "{%- for message in messages -%}"
    "{{- '<|' + message['role'] + '|>' + message['content'] + '<|end|>' -}}"
    "{%- endfor -%}"
    "{%- if add_generation_prompt -%}{{- '<|assistant|>' -}}{%- endif -%}"
)


def escape(text: str) -> str:
    return "".join("\\" + letter if letter in "[]{}().+*?|\\^$" else letter for letter in text)


def build_tokenizer(texts: list[str]) -> Tokenizer:
    pattern = "|".join([*(escape(piece) for piece in SCAFFOLD), WORD_PATTERN])
    tokenizer = Tokenizer(models.BPE(ignore_merges=True))
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(pattern), behavior="isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=VOCABULARY_SIZE - len(SCAFFOLD) - len(ROLE_TOKENS) - 2,
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
        show_progress=False,
    )
    # Scaffold pieces get their own entries below; they must not use up merges.
    for piece in sorted(SCAFFOLD, key=len, reverse=True):
        texts = [text.replace(piece, "\n") for text in texts]
    tokenizer.train_from_iterator(texts, trainer)
    state = json.loads(tokenizer.to_str())
    vocabulary = state["model"]["vocab"]
    for piece in SCAFFOLD:
        spelled = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False).pre_tokenize_str(piece)
        vocabulary.setdefault(spelled[0][0], len(vocabulary))
    tokenizer = Tokenizer.from_str(json.dumps(state))
    special = [AddedToken(text, special=True, normalized=False) for text in [PAD, END, *ROLE_TOKENS]]
    tokenizer.add_special_tokens(special)
    return tokenizer


def main() -> None:
    source, target = Path(sys.argv[1]), Path(sys.argv[2])
    texts: list[str] = []
    with source.open(encoding="utf-8") as lines:
        for _, line in zip(range(TRAINING_CONVERSATIONS), lines, strict=False):
            texts.extend(message["content"] for message in json.loads(line)["messages"])
    tokenizer = build_tokenizer(texts)
    target.mkdir(parents=True, exist_ok=True)
    tokenizer.save(str(target / "tokenizer.json"))
    settings = {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "pad_token": PAD,
        "eos_token": END,
        "additional_special_tokens": ROLE_TOKENS,
        "model_max_length": 4096,
        "clean_up_tokenization_spaces": False,
    }
    (target / "tokenizer_config.json").write_text(json.dumps(settings, indent=2) + "\n")
    (target / "chat_template.jinja").write_text(CHAT_TEMPLATE)
    print(f"{tokenizer.get_vocab_size()} tokens")


if __name__ == "__main__":
    main()
