"""Grammars of tools' schemas; `answer_schemas.json` holds what the client makes of each."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import xgrammar

from support.harness import Harness

CASES: list[dict[str, Any]] = json.loads(
    (Path(__file__).parents[1] / "answer_schemas.json").read_text(encoding="utf-8")
)


def accepts(grammar: Any, arguments: Any) -> bool:
    matcher = xgrammar.GrammarMatcher(grammar, terminate_without_stop_token=True)
    text = json.dumps([{"name": "f", "arguments": arguments}])
    return bool(matcher.accept_string(text) and matcher.is_terminated())


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["title"])
def test_a_tools_grammar_takes_legal_arguments_alone(single: Harness, case: dict[str, Any]) -> None:
    grammar = single.engine.grammars.compile(
        {"type": "json_schema", "json_schema": {"schema": case["schema"]}}
    )
    assert [given for given in case["legal"] if not accepts(grammar, given)] == []
    assert [given for given in case["illegal"] if accepts(grammar, given)] == []
