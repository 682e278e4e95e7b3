"""Converted GGUF files equal what transformers reads from them."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
import torch
from gguf import GGMLQuantizationType
from safetensors.torch import load_file, save_file

from support.gguf_models import write_gguf
from support.random_models import make_model
from whetstone_engine.convert import main
from whetstone_engine.model.read_config import read_model_config
from whetstone_engine.model_files.convert_gguf import convert_gguf
from whetstone_engine.model_files.errors import ModelFilesError

TEXTS = [
    "What is the weather in Paris tomorrow?",
    '<|im_start|>user\ncall me a taxi 🚕👩‍👩‍👧 now<|im_end|>\n{"name": "get_weather"}',
    "Ünïcödé, 日本語, tabs\tand  spaces",
]
TOOLS = [{"type": "function", "function": {"name": "find_route", "parameters": {}}}]


def _both(
    tmp_path: Path, family: str, kind: GGMLQuantizationType, dtype: str
) -> tuple[Path, Any, Any]:
    from transformers import AutoModelForCausalLM, AutoTokenizer

    directory = make_model(tmp_path / "source", family)
    if family == "llama":
        _use_plain_llama(directory)
    source = write_gguf(tmp_path / "random.gguf", family, kind=kind, source=directory)
    target = tmp_path / "converted"
    convert_gguf(source, target, dtype)
    place = {"gguf_file": source.name}
    model = AutoModelForCausalLM.from_pretrained(str(tmp_path), dtype=torch.float32, **place)
    return target, model, AutoTokenizer.from_pretrained(str(tmp_path), **place)


def _use_plain_llama(directory: Path) -> None:
    """Heads of the usual size and no position scaling: all that transformers reads from GGUF."""
    from transformers import LlamaConfig, LlamaForCausalLM

    raw = json.loads((directory / "config.json").read_text())
    names = ("head_dim", "rope_parameters", "architectures", "dtype")
    kept = {name: value for name, value in raw.items() if name not in names}
    LlamaForCausalLM(LlamaConfig(**kept)).save_pretrained(directory)


@pytest.mark.parametrize("family", ["llama", "qwen2"])
def test_plain_weights_come_back_as_they_were(tmp_path: Path, family: str) -> None:
    # The random Llama has heads of an unusual size, which transformers cannot read.
    directory = make_model(tmp_path / "source", family)
    kind = GGMLQuantizationType.F32
    source = write_gguf(tmp_path / "plain.gguf", family, kind=kind, source=directory)
    convert_gguf(source, tmp_path / "out", "float32")
    found = load_file(tmp_path / "out" / "model.safetensors")
    wanted = load_file(directory / "model.safetensors")
    assert sorted(found) == sorted(wanted)
    for name, tensor in wanted.items():
        assert torch.equal(found[name], tensor), name
    assert read_model_config(tmp_path / "out").head_size == read_model_config(directory).head_size


@pytest.mark.parametrize("family", ["llama", "qwen2"])
@pytest.mark.parametrize("kind", [GGMLQuantizationType.Q8_0, GGMLQuantizationType.F16])
def test_tensors_equal_those_of_transformers(
    tmp_path: Path, family: str, kind: GGMLQuantizationType
) -> None:
    target, model, _ = _both(tmp_path, family, kind, "bfloat16")
    wanted = dict(model.state_dict())
    if model.config.tie_word_embeddings:
        wanted.pop("lm_head.weight")
    found = load_file(target / "model.safetensors")
    assert sorted(found) == sorted(wanted)
    for name, tensor in wanted.items():
        assert torch.equal(found[name], tensor.to(torch.bfloat16)), name


def test_the_file_has_the_bytes_of_the_librarys_writer(tmp_path: Path) -> None:
    target, model, _ = _both(tmp_path, "llama", GGMLQuantizationType.Q4_0, "float32")
    tensors = dict(model.state_dict())
    if model.config.tie_word_embeddings:
        tensors.pop("lm_head.weight")
    save_file(tensors, tmp_path / "library.safetensors", metadata={"format": "pt"})
    assert _sha256(target / "model.safetensors") == _sha256(tmp_path / "library.safetensors")


def test_the_tokenizer_equals_that_of_transformers(tmp_path: Path) -> None:
    from transformers import AutoTokenizer

    target, _, wanted = _both(tmp_path, "qwen2", GGMLQuantizationType.Q8_0, "bfloat16")
    found = AutoTokenizer.from_pretrained(str(target))
    for text in TEXTS:
        assert found.encode(text) == wanted.encode(text)
    assert found.eos_token == "<|im_end|>"
    turns = [{"role": "user", "content": TEXTS[1]}]
    rendered = found.apply_chat_template(turns, tools=TOOLS, tokenize=False)
    assert rendered == wanted.apply_chat_template(turns, tools=TOOLS, tokenize=False)
    assert '"find_route"' in rendered


def test_the_configuration_is_one_the_engine_reads(tmp_path: Path) -> None:
    target, model, _ = _both(tmp_path, "qwen2", GGMLQuantizationType.Q8_0, "bfloat16")
    config = read_model_config(target)
    assert config.architecture == "Qwen2ForCausalLM"
    assert config.key_value_head_count == model.config.num_key_value_heads
    assert config.groups["query_key_value"].bias
    raw = json.loads((target / "config.json").read_text())
    assert raw["dtype"] == "bfloat16"
    assert not [name for name in raw if name.startswith("_")]


@pytest.mark.parametrize(
    ("options", "code", "message"),
    [
        (
            {"architecture": "gemma3"},
            "MODEL_UNSUPPORTED",
            "The GGUF file's architecture is gemma3; supported are llama, qwen2.",
        ),
        (
            {"leave_out": "blk.1.ffn_up.weight"},
            "MODEL_FILE_INVALID",
            "{path} lacks 1 tensors, among them model.layers.1.mlp.up_proj.weight.",
        ),
        (
            {"extra": "blk.0.attn_sinks.weight"},
            "MODEL_UNSUPPORTED",
            "{path} has a tensor blk.0.attn_sinks.weight, which is not known.",
        ),
        (
            {"extra": "rope_freqs.weight"},
            "MODEL_UNSUPPORTED",
            "{path} scales its positions (Llama 3.1 and later), which is not converted.",
        ),
        (
            {"rope_scaling": "yarn"},
            "MODEL_UNSUPPORTED",
            "{path} scales its positions (yarn), which is not converted.",
        ),
    ],
)
def test_refuses_what_it_cannot_convert(
    tmp_path: Path, options: dict[str, Any], code: str, message: str
) -> None:
    path = write_gguf(tmp_path / "damaged.gguf", "qwen2", **options)
    with pytest.raises(ModelFilesError) as caught:
        convert_gguf(path, tmp_path / "out", "bfloat16")
    assert (caught.value.code, str(caught.value)) == (code, message.format(path=path))
    assert not (tmp_path / "out").exists()


def test_refuses_a_file_that_is_none(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "page.gguf"
    path.write_text("<html>")
    assert main([str(path), str(tmp_path / "out")]) == 1
    assert capsys.readouterr().err == (
        f"error MODEL_FILE_INVALID: {path} is no GGUF file: it does not begin with the letters "
        "GGUF.\n  next: use a complete GGUF file\n"
    )


def test_refuses_a_file_that_ends_early(tmp_path: Path) -> None:
    path = write_gguf(tmp_path / "short.gguf", "qwen2")
    path.write_bytes(path.read_bytes()[:-5000])
    with pytest.raises(ModelFilesError, match="cannot be read") as caught:
        convert_gguf(path, tmp_path / "out", "bfloat16")
    assert caught.value.code == "MODEL_FILE_INVALID"


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
