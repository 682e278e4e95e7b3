"""Text to tokens and back: the model's own tokenizer and chat template.

Reads `tokenizer.json` directly, so that serving needs no import of transformers.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, TypedDict

from jinja2 import TemplateError
from jinja2.ext import loopcontrols
from jinja2.sandbox import ImmutableSandboxedEnvironment
from tokenizers import Tokenizer

from whetstone_engine.exceptions import (
    InvalidRequestError,
    ModelInvalidError,
    TemplateWithoutToolsError,
)


class Message(TypedDict):
    """One turn of a conversation."""

    role: str
    content: str


Tool = dict[str, Any]
"""A tool in OpenAI's shape."""

_SENTINEL = "\u241f"


def _token_text(value: Any) -> str | None:
    if isinstance(value, dict):
        value = value.get("content")
    return value if isinstance(value, str) else None


def _raise(message: str) -> None:
    raise TemplateError(message)


class ChatTokenizer:
    """Encodes, decodes and renders conversations for one model."""

    def __init__(self, directory: Path, end_token_ids: Sequence[int]) -> None:
        path = directory / "tokenizer.json"
        if not path.is_file():
            raise ModelInvalidError(f"{directory} has no tokenizer.json")
        try:
            self.backend = Tokenizer.from_file(str(path))
        except Exception as error:
            raise ModelInvalidError(f"{path} cannot be read: {error}") from error
        self.backend.no_padding()
        self.backend.no_truncation()
        settings_path = directory / "tokenizer_config.json"
        settings: dict[str, Any] = (
            json.loads(settings_path.read_text(encoding="utf-8")) if settings_path.is_file() else {}
        )
        self._specials = {
            name: text
            for name in ("bos_token", "eos_token", "pad_token", "unk_token")
            if (text := _token_text(settings.get(name))) is not None
        }
        self.special_ids = frozenset(
            token
            for token, added in self.backend.get_added_tokens_decoder().items()
            if added.special
        )
        self._template, self._tool_template = self._load_templates(directory, settings)
        self._shows_tools: bool | None = None
        ends = list(end_token_ids)
        if "eos_token" in self._specials:
            declared = self.backend.token_to_id(self._specials["eos_token"])
            if declared is not None and declared not in ends:
                ends.append(declared)
        turn_end = self._find_turn_end()
        if turn_end is not None and turn_end not in ends:
            ends.append(turn_end)
        if not ends:
            raise ModelInvalidError(f"{directory} names no end-of-sequence token")
        self.end_token_ids = tuple(ends)
        self.turn_end_id = turn_end if turn_end is not None else ends[0]

    def _load_templates(self, directory: Path, settings: dict[str, Any]) -> tuple[Any, Any]:
        """The template of plain conversations, and the one of those with tools."""
        file = directory / "chat_template.jinja"
        source = file.read_text(encoding="utf-8") if file.is_file() else None
        if source is None:
            source = settings.get("chat_template")
        tool_source = source
        if isinstance(source, list):
            named = {entry["name"]: entry["template"] for entry in source}
            source = named.get("default")
            tool_source = named.get("tool_use", source)
        environment = ImmutableSandboxedEnvironment(
            trim_blocks=True, lstrip_blocks=True, extensions=[loopcontrols]
        )
        environment.filters["tojson"] = lambda value, **options: json.dumps(
            value, ensure_ascii=False, **options
        )
        environment.globals["raise_exception"] = _raise
        environment.globals["strftime_now"] = lambda form: datetime.now().strftime(form)
        plain, with_tools = (
            None if text is None else environment.from_string(text)
            for text in (source, tool_source)
        )
        return plain, with_tools

    def _find_turn_end(self) -> int | None:
        """The token that the template puts after an assistant's text."""
        if self._template is None:
            return None
        turns: list[Message] = [
            {"role": "user", "content": "a"},
            {"role": "assistant", "content": _SENTINEL},
        ]
        try:
            after = self._render(turns, add_generation_prompt=False).rpartition(_SENTINEL)[2]
        except InvalidRequestError:
            return None
        ids = self.encode(after)
        return ids[0] if ids and ids[0] in self.special_ids else None

    def _render(
        self,
        messages: Sequence[Message],
        tools: Sequence[Tool] | None = None,
        *,
        add_generation_prompt: bool,
    ) -> str:
        template = self._template if tools is None else self._tool_template
        if template is None:
            raise InvalidRequestError("the model has no chat template; send `prompt` instead")
        try:
            text: str = template.render(
                messages=list(messages),
                add_generation_prompt=add_generation_prompt,
                # Templates tell absent tools from empty ones.
                **({} if tools is None else {"tools": list(tools)}),
                # Templates of models that can think ask; an answer begins with its call.
                enable_thinking=False,
                **self._specials,
            )
        except TemplateError as error:
            raise InvalidRequestError(f"the model's chat template refuses: {error}") from error
        return text

    def chat_prompt(
        self, messages: Sequence[Message], tools: Sequence[Tool] | None = None
    ) -> list[int]:
        """Tokens of a conversation up to where the assistant's answer begins.

        `tools` are in OpenAI's shape. Raises `TemplateWithoutToolsError` if the template ignores
        them: the model would answer without having seen a tool.
        """
        if tools and not self.shows_tools():
            raise TemplateWithoutToolsError(
                "the model's chat template has no place for tools; send them in the messages"
            )
        return self.encode(self._render(messages, tools, add_generation_prompt=True))

    def shows_tools(self) -> bool:
        """Whether the template writes the name of a tool that it is given."""
        if self._shows_tools is None:
            parameters: dict[str, Any] = {"type": "object", "properties": {}}
            function = {"name": _SENTINEL, "description": "", "parameters": parameters}
            turns: list[Message] = [{"role": "user", "content": "a"}]
            try:
                text = self._render(
                    turns, [{"type": "function", "function": function}], add_generation_prompt=True
                )
            except InvalidRequestError:
                text = ""
            self._shows_tools = _SENTINEL in text
        return self._shows_tools

    def encode(self, text: str) -> list[int]:
        """Tokens of a text, nothing added."""
        return list(self.backend.encode(text, add_special_tokens=False).ids)

    def encode_with_spans(self, text: str) -> tuple[list[int], list[tuple[int, int]]]:
        """Tokens of a text, nothing added, and where each lies in it: `[start, end)` in characters.

        Tokens that share a character's bytes share its span.
        """
        encoding = self.backend.encode(text, add_special_tokens=False)
        return list(encoding.ids), list(encoding.offsets)

    def raw_prompt(self, text: str) -> list[int]:
        """Tokens of a plain prompt, with what the tokenizer itself puts before one."""
        return list(self.backend.encode(text, add_special_tokens=True).ids)

    def decode(self, ids: Sequence[int]) -> str:
        """Text of tokens, special ones left out."""
        return self.backend.decode(list(ids), skip_special_tokens=True)
