"""What `config.json` says: both spellings of transformers, and every refusal by name."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from whetstone_engine.exceptions import ModelInvalidError
from whetstone_engine.model.architectures import ARCHITECTURES
from whetstone_engine.model.read_config import read_model_config

KNOWN = ", ".join(ARCHITECTURES)


def write(directory: Path, raw: dict[str, Any]) -> Path:
    directory.mkdir(exist_ok=True)
    (directory / "config.json").write_text(json.dumps(raw))
    return directory


def as_transformers_4(raw: dict[str, Any]) -> dict[str, Any]:
    """The same configuration as the files on the Hub say it."""
    raw = dict(raw)
    rope = raw.pop("rope_parameters")
    raw.pop("layer_types", None) if raw["model_type"] != "gemma3_text" else None
    if raw["model_type"] == "gemma3_text":
        raw["rope_theta"] = rope["full_attention"]["rope_theta"]
        raw["rope_local_base_freq"] = rope["sliding_attention"]["rope_theta"]
        return raw
    raw["rope_theta"] = rope.pop("rope_theta")
    if raw["model_type"] == "phi3":
        raw["partial_rotary_factor"] = rope.pop("partial_rotary_factor")
        kept = ("long_factor", "short_factor")
        raw["rope_scaling"] = {"type": "longrope", **{key: rope[key] for key in kept}}
    elif rope["rope_type"] != "default":
        raw["rope_scaling"] = rope
    return raw


def test_both_spellings_of_a_configuration_are_one_model(
    model_directory: Path, tmp_path: Path
) -> None:
    raw = json.loads((model_directory / "config.json").read_text())
    shutil.copy(model_directory / "generation_config.json", tmp_path)
    older = read_model_config(write(tmp_path, as_transformers_4(raw)))
    assert older == read_model_config(model_directory)


BASE = {
    "vocab_size": 400,
    "hidden_size": 64,
    "intermediate_size": 96,
    "num_hidden_layers": 7,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
}


def layers(tmp_path: Path, name: str, **changes: Any) -> list[tuple[float | None, int | None]]:
    """Of each layer: the base of its rotation, and its window."""
    config = read_model_config(write(tmp_path, {"architectures": [name], **BASE, **changes}))
    return [(None if one.rope is None else one.rope.theta, one.window) for one in config.layers]


def test_what_a_file_leaves_out_is_as_in_transformers(tmp_path: Path) -> None:
    near, far = (10000.0, 4096), (1000000.0, None)
    assert layers(tmp_path, "Gemma3ForCausalLM") == [near] * 5 + [far, near]
    assert layers(tmp_path, "MistralForCausalLM") == [(10000.0, 4096)] * 7
    assert layers(tmp_path, "MistralForCausalLM", sliding_window=None) == [(10000.0, None)] * 7
    turned, plain = (2000000.0, None), (None, None)
    assert layers(tmp_path, "SmolLM3ForCausalLM") == [turned] * 3 + [plain] + [turned] * 3
    assert layers(tmp_path, "Qwen3ForCausalLM") == [(10000.0, None)] * 7


def test_windows_of_qwen_begin_at_a_layer(tmp_path: Path) -> None:
    for name in ("Qwen2ForCausalLM", "Qwen3ForCausalLM"):
        found = layers(
            tmp_path,
            name,
            use_sliding_window=True,
            sliding_window=32,
            max_window_layers=5,
            max_position_embeddings=4096,
        )
        assert found == [(10000.0, None)] * 5 + [(10000.0, 32)] * 2


def test_a_window_of_the_whole_context_is_none(tmp_path: Path) -> None:
    found = layers(
        tmp_path, "Phi3ForCausalLM", sliding_window=262144, max_position_embeddings=131072
    )
    assert found == [(10000.0, None)] * 7


def test_long_rope_ends_the_context_where_its_factors_change(tmp_path: Path) -> None:
    raw = {
        "architectures": ["Phi3ForCausalLM"],
        **BASE,
        "max_position_embeddings": 131072,
        "original_max_position_embeddings": 4096,
        "partial_rotary_factor": 0.75,
        "rope_scaling": {"type": "longrope", "short_factor": [1.0] * 6, "long_factor": [9.0] * 6},
    }
    config = read_model_config(write(tmp_path, raw))
    assert config.context_length == 4096
    rope = config.layers[0].rope
    assert rope is not None
    assert (rope.size, rope.factors) == (12, (1.0,) * 6)
    # The square root of 1 + ln(32) / ln(4096), as in the paper of LongRoPE.
    assert rope.magnitude == pytest.approx(1.1902380714)


@pytest.mark.parametrize(
    ("name", "changes", "message"),
    [
        ("MambaForCausalLM", {}, f"architecture MambaForCausalLM is not supported (only {KNOWN})"),
        (
            "Qwen3MoeForCausalLM",
            {"num_experts": 128},
            "Qwen3MoeForCausalLM is a mixture of experts (num_experts): not supported",
        ),
        (
            "MixtralForCausalLM",
            {"num_local_experts": 8},
            "MixtralForCausalLM is a mixture of experts (num_local_experts): not supported",
        ),
        (
            "Gemma3ForConditionalGeneration",
            {"vision_config": {"hidden_size": 1152}},
            "Gemma3ForConditionalGeneration reads more than text (vision_config): not supported",
        ),
        (
            "Gemma3ForCausalLM",
            {"final_logit_softcapping": 30.0},
            "final_logit_softcapping is not supported",
        ),
        (
            "Gemma3ForCausalLM",
            {"use_bidirectional_attention": True},
            "use_bidirectional_attention is not supported",
        ),
        (
            "Gemma3ForCausalLM",
            {"hidden_activation": "gelu"},
            "hidden_activation gelu is not supported (only gelu_pytorch_tanh)",
        ),
        (
            "LlamaForCausalLM",
            {"hidden_act": "relu"},
            "hidden_act relu is not supported (only silu)",
        ),
        (
            "LlamaForCausalLM",
            {"quantization_config": {"quant_method": "gptq"}},
            "quantized weights (gptq) are not supported; save them dequantized",
        ),
        (
            "Qwen3ForCausalLM",
            {"rope_scaling": {"rope_type": "yarn", "factor": 4.0}},
            "rope_type yarn is not supported (default, linear, llama3)",
        ),
        (
            "LlamaForCausalLM",
            {"rope_parameters": {"rope_type": "default", "partial_rotary_factor": 0.5}},
            "partial_rotary_factor 0.5 is not supported",
        ),
        (
            "Phi3ForCausalLM",
            {"rope_scaling": {"type": "longrope", "short_factor": [1.0], "long_factor": [1.0]}},
            "short_factor has 1 values, expected 8",
        ),
        (
            "Qwen2ForCausalLM",
            {"layer_types": ["chunked_attention"] * 7},
            "layer type chunked_attention is not supported (full_attention, sliding_attention)",
        ),
        ("Qwen2ForCausalLM", {"layer_types": []}, "layer_types has 0 entries for 7 layers"),
        ("MistralForCausalLM", {"sliding_window": 0}, "sliding_window 0 is not positive"),
        ("LlamaForCausalLM", {"head_dim": 15}, "head_dim 15 is not even"),
    ],
)
def test_what_cannot_be_had_is_refused_by_name(
    tmp_path: Path, name: str, changes: dict[str, Any], message: str
) -> None:
    directory = write(tmp_path, {"architectures": [name], **BASE, **changes})
    with pytest.raises(ModelInvalidError) as caught:
        read_model_config(directory)
    assert str(caught.value) == message


def test_a_field_that_is_missing_is_named(tmp_path: Path) -> None:
    raw = {"architectures": ["Qwen3ForCausalLM"], **BASE}
    del raw["intermediate_size"]
    with pytest.raises(ModelInvalidError, match=r"config\.json: KeyError: 'intermediate_size'$"):
        read_model_config(write(tmp_path, raw))
