"""Grammars that force an answer's shape, compiled against the model's own vocabulary."""

from __future__ import annotations

import json
import threading
from collections import OrderedDict
from typing import Any

from whetstone_engine.exceptions import InvalidRequestError
from whetstone_engine.model.tokenizer import ChatTokenizer

_SEPARATORS = (", ", ": ")


class GrammarCompiler:
    """Compiles `response_format` values; keeps the last ones. Safe to call from any thread."""

    def __init__(
        self, tokenizer: ChatTokenizer, vocabulary_size: int, maximum_kept: int = 512
    ) -> None:
        self._tokenizer = tokenizer
        self._vocabulary_size = vocabulary_size
        self._maximum_kept = maximum_kept
        self._compiler: Any = None
        self._kept: OrderedDict[str, Any] = OrderedDict()
        self._lock = threading.Lock()

    def warm(self) -> None:
        """Loads the library and the vocabulary; the first compilation does it otherwise."""
        with self._lock:
            self._load()

    def _load(self) -> Any:
        if self._compiler is None:
            import xgrammar

            backend = self._tokenizer.backend
            metadata = xgrammar.TokenizerInfo._detect_metadata_from_hf(backend.to_str())
            vocabulary = [""] * backend.get_vocab_size(with_added_tokens=True)
            for text, token in backend.get_vocab(with_added_tokens=True).items():
                if token not in self._tokenizer.special_ids:
                    vocabulary[token] = text
            info = xgrammar.TokenizerInfo(
                vocabulary,
                metadata["vocab_type"],
                vocab_size=self._vocabulary_size,
                stop_token_ids=list(self._tokenizer.end_token_ids),
                add_prefix_space=metadata["add_prefix_space"],
            )
            self._compiler = xgrammar.GrammarCompiler(info, max_threads=1, cache_enabled=False)
        return self._compiler

    def compile(self, response_format: dict[str, Any]) -> Any:
        """The compiled grammar of a `response_format`; raises `InvalidRequestError`."""
        key = json.dumps(response_format)
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
            compiler = self._load()
            compiled = compiler.compile_grammar(self._grammar(response_format))
            self._kept[key] = compiled
            if len(self._kept) > self._maximum_kept:
                self._kept.popitem(last=False)
            return compiled

    def _grammar(self, response_format: dict[str, Any]) -> Any:
        if response_format["type"] == "json_schema":
            return self._schema(response_format["json_schema"]["schema"])
        return self._format(response_format["format"])

    def _format(self, part: dict[str, Any]) -> Any:
        import xgrammar

        kind = part.get("type")
        if kind == "tag":
            return xgrammar.Grammar.concat(
                self._text(part["begin"]), self._format(part["content"]), self._text(part["end"])
            )
        if kind == "json_schema":
            return self._schema(part["json_schema"])
        if kind == "const_string":
            return self._text(part["value"])
        if kind in ("sequence", "or"):
            join = xgrammar.Grammar.concat if kind == "sequence" else xgrammar.Grammar.union
            return join(*[self._format(element) for element in part["elements"]])
        if kind == "grammar":
            return self._ebnf(part["grammar"])
        raise InvalidRequestError(
            f"response_format: structural tag format {kind!r} is not supported "
            "(tag, json_schema, const_string, grammar, sequence, or)"
        )

    @staticmethod
    def _ebnf(text: str) -> Any:
        import xgrammar

        try:
            return xgrammar.Grammar.from_ebnf(text)
        except (RuntimeError, ValueError) as error:
            reason = str(error).strip().splitlines()[-1]
            raise InvalidRequestError(
                f"response_format: grammar not supported: {reason}"
            ) from error

    @staticmethod
    def _text(text: str) -> Any:
        import xgrammar

        return xgrammar.Grammar.from_ebnf(f"root ::= {json.dumps(text)}")

    @staticmethod
    def _schema(schema: Any) -> Any:
        import xgrammar

        try:
            return xgrammar.Grammar.from_json_schema(
                json.dumps(schema), any_whitespace=False, separators=_SEPARATORS
            )
        except (RuntimeError, ValueError) as error:
            reason = str(error).strip().splitlines()[-1]
            raise InvalidRequestError(f"response_format: schema not supported: {reason}") from error
