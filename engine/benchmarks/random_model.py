"""Models of random weights with a real tokenizer: for checks of a shape, not of an ability."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors.torch import save_file
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from torch import Tensor

CORPUS = [
    '<tool_call>[{"name": "get_weather", "arguments": {"city": "Paris", "unit": "celsius"}}]',
    '</tool_call> {"instruction": "Find", "input": "play some jazz", "output": [1, 2.5, true]}',
    "What is the weather in Paris tomorrow? Book a table for two at seven, and call me a taxi.",
    "You have these tools: set_alarm(time), find_route(from, to), send_mail(to, subject, body).",
]
TEMPLATE = (
    "{% for m in messages %}<|im_start|>{{ m['role'] }}\n{{ m['content'] }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
SPECIALS = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]


@dataclass(frozen=True)
class Qwen2Shape:
    """The sizes of a Qwen2 model."""

    hidden_size: int
    intermediate_size: int
    layer_count: int
    head_count: int
    key_value_head_count: int
    vocabulary_size: int
    context_length: int


def save_tokenizer(directory: Path) -> Tokenizer:
    """Writes a byte-level BPE tokenizer of 384 tokens with a chat template."""
    directory.mkdir(parents=True, exist_ok=True)
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=384,
        special_tokens=SPECIALS,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(CORPUS * 4, trainer)
    tokenizer.save(str(directory / "tokenizer.json"))
    settings = {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "eos_token": "<|im_end|>",
        "pad_token": "<|endoftext|>",
        "chat_template": TEMPLATE,
    }
    (directory / "tokenizer_config.json").write_text(json.dumps(settings), encoding="utf-8")
    return tokenizer


def save_random_qwen2(
    directory: Path, shape: Qwen2Shape, seed: int, device: torch.device | None = None
) -> int:
    """Writes a Qwen2 model with tied embeddings, in bf16, one file a layer; its bytes.

    The values are drawn on `device`. A greedy answer never ends early: the special tokens'
    embeddings are zero, and so are their logits.
    """
    tokenizer = save_tokenizer(directory)
    end, padding = (tokenizer.token_to_id(text) for text in ("<|im_end|>", "<|endoftext|>"))
    (directory / "config.json").write_text(
        json.dumps(
            {
                "architectures": ["Qwen2ForCausalLM"],
                "model_type": "qwen2",
                "hidden_act": "silu",
                "hidden_size": shape.hidden_size,
                "intermediate_size": shape.intermediate_size,
                "num_hidden_layers": shape.layer_count,
                "num_attention_heads": shape.head_count,
                "num_key_value_heads": shape.key_value_head_count,
                "max_position_embeddings": shape.context_length,
                "vocab_size": shape.vocabulary_size,
                "rms_norm_eps": 1e-6,
                "rope_theta": 1e6,
                "tie_word_embeddings": True,
                "torch_dtype": "bfloat16",
                "bos_token_id": None,
                "eos_token_id": end,
                "pad_token_id": padding,
            },
            indent=2,
        ),
        encoding="utf-8",
    )
    draw = _Draw(seed, device or torch.device("cpu"), shape.hidden_size**-0.5)
    embedding = draw.matrix(shape.vocabulary_size, shape.hidden_size)
    embedding[[tokenizer.token_to_id(text) for text in SPECIALS]] = 0
    writer = _Writer(directory)
    writer.write({"model.embed_tokens.weight": embedding, "model.norm.weight": draw.norm(shape)})
    for number in range(shape.layer_count):
        writer.write(_layer(f"model.layers.{number}", shape, draw))
    return writer.finish()


class _Draw:
    def __init__(self, seed: int, device: torch.device, spread: float) -> None:
        self._generator = torch.Generator(device).manual_seed(seed)
        self._device = device
        self._spread = spread

    def matrix(self, *sizes: int) -> Tensor:
        drawn = torch.empty(sizes, dtype=torch.bfloat16, device=self._device)
        return drawn.normal_(0, self._spread, generator=self._generator)

    def norm(self, shape: Qwen2Shape) -> Tensor:
        drawn = torch.empty(shape.hidden_size, dtype=torch.bfloat16, device=self._device)
        return drawn.normal_(1, 0.1, generator=self._generator)


class _Writer:
    """Numbered files and their index."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._where: dict[str, str] = {}
        self._bytes = 0

    def write(self, tensors: dict[str, Tensor]) -> None:
        name = f"model-{len(set(self._where.values())):05}.safetensors"
        tensors = {key: tensor.cpu() for key, tensor in tensors.items()}
        save_file(tensors, self._directory / name, metadata={"format": "pt"})
        self._where.update(dict.fromkeys(tensors, name))
        self._bytes += sum(tensor.numel() * tensor.element_size() for tensor in tensors.values())

    def finish(self) -> int:
        index = {"metadata": {"total_size": self._bytes}, "weight_map": self._where}
        path = self._directory / "model.safetensors.index.json"
        path.write_text(json.dumps(index), encoding="utf-8")
        return self._bytes


def _layer(name: str, shape: Qwen2Shape, draw: _Draw) -> dict[str, Tensor]:
    head_size = shape.hidden_size // shape.head_count
    shared = shape.key_value_head_count * head_size
    hidden, inner = shape.hidden_size, shape.intermediate_size
    linears = {
        "self_attn.q_proj": (hidden, hidden),
        "self_attn.k_proj": (shared, hidden),
        "self_attn.v_proj": (shared, hidden),
        "self_attn.o_proj": (hidden, hidden),
        "mlp.gate_proj": (inner, hidden),
        "mlp.up_proj": (inner, hidden),
        "mlp.down_proj": (hidden, inner),
    }
    tensors = {f"{name}.{part}.weight": draw.matrix(*sizes) for part, sizes in linears.items()}
    for part in ("q_proj", "k_proj", "v_proj"):
        rows = linears[f"self_attn.{part}"][0]
        tensors[f"{name}.self_attn.{part}.bias"] = draw.matrix(rows)
    for part in ("input_layernorm", "post_attention_layernorm"):
        tensors[f"{name}.{part}.weight"] = draw.norm(shape)
    return tensors
