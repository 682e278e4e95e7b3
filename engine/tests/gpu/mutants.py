"""Faults planted in the engine: the scenes must find each of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor

import whetstone_engine.adapters.peft_directory as peft_directory
import whetstone_engine.adapters.stacked as stacked
import whetstone_engine.device.cuda as cuda
import whetstone_engine.generation.captured_passes as captured_passes
import whetstone_engine.generation.token_choice as token_choice
import whetstone_engine.model.attention as attention
import whetstone_engine.scoring.score_batch as score_batch
import whetstone_engine.training.functions as functions
import whetstone_engine.training.train_batch as train_batch
from gpu import scenes


def _host_mask(rows: int, first: int, columns: int, dtype: torch.dtype, _: Any) -> Tensor:
    return _REAL_MASK(rows, first, columns, dtype, torch.device("cpu"))


def _host_active(silent: Any, length: int, like: Any) -> Tensor | None:
    found = _REAL_ACTIVE(silent, length, like)
    return None if found is None else found.cpu()


def _fused_add(
    self: Any, output_BTo: Tensor, input_BTi: Tensor, layer: int, group: str, kept: bool
) -> None:
    a_Rri, parts = self._views[layer][group]
    rows = self.row_count
    inner = torch.bmm(a_Rri, input_BTi[:rows].to(a_Rri.dtype).transpose(1, 2))
    for number, (start, size, b_Rro) in enumerate(parts):
        rank = self.layout.rank
        part = inner[:, number * rank : (number + 1) * rank].transpose(1, 2)
        output_BTo[:rows, :, start : start + size].baddbmm_(part, b_Rro)


def _reading_pass(model: Any, tokens_R: Tensor, positions_R: Tensor, *rest: Any) -> Tensor:
    int(positions_R.max())
    return _REAL_PASS(model, tokens_R, positions_R, *rest)


def _own_stream(self: Any, run: Callable[[], None]) -> Callable[[], None]:
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph, pool=self._pool, capture_error_mode="thread_local"):
        run()
    return graph.replay


def _global_mode(self: Any, run: Callable[[], None]) -> Callable[[], None]:
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph, pool=self._pool, stream=self._stream):
        run()
    return graph.replay


def _own_pool(self: Any, run: Callable[[], None]) -> Callable[[], None]:
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph, stream=self._stream, capture_error_mode="thread_local"):
        run()
    return graph.replay


def _late_capture(self: Any, *arguments: Any) -> Tensor | None:
    for shape in self.shapes[:1]:
        cuda.GraphPool(self._model.device).capture(self._pass(shape))
    return _REAL_LOGITS(self, *arguments)


def _grouped(query: Tensor, key: Tensor, value: Tensor, mask: Tensor) -> Tensor:
    return F.scaled_dot_product_attention(query, key, value, attn_mask=mask, enable_gqa=True)


def _matrix_by_matrix(vector: Tensor, *rest: Any) -> Any:
    layout = rest[2]
    tensors = {name: one.contiguous().cpu() for name, one in layout.matrices(vector).items()}
    return {str(index): one for index, one in enumerate(tensors.values())}


def _row_by_row(logits_RV: Tensor, *rest: Any) -> Any:
    for row in range(logits_RV.shape[0]):
        logits_RV[row].argmax().item()
    return _REAL_CHOOSE(logits_RV, *rest)


def _device_mask(self: Any, *arguments: Any) -> Tensor:
    found: Tensor = _REAL_GRAMMAR(self, *arguments)
    self._bitmask = self._bitmask.to(found.device)
    return found


def _chatty_loss(*arguments: Any) -> Any:
    losses = _REAL_GRADIENT(*arguments)
    arguments[3].targets_N.max().item()
    return losses


def _wide_gradient(gradient: Tensor, weight: Tensor) -> Tensor:
    return gradient.float() @ weight


def _half_adapters(model_dtype: torch.dtype) -> torch.dtype:
    return torch.bfloat16


_REAL_MASK = attention.causal_mask
_REAL_ACTIVE = stacked.answer_only
_REAL_PASS = captured_passes.decode_logits  # type: ignore[attr-defined]
_REAL_LOGITS = captured_passes.CapturedPasses.logits
_REAL_CHOOSE = token_choice.choose_tokens  # type: ignore[attr-defined]
_REAL_GRAMMAR = token_choice.TokenChooser._mask
_REAL_GRADIENT = train_batch.gradient  # type: ignore[attr-defined]


@dataclass(frozen=True)
class Mutant:
    """A fault: attributes that are replaced, and the scenes that must find it."""

    name: str
    section: str
    faults: tuple[tuple[Any, str, Any], ...]


def _mutant(name: str, section: str, *faults: tuple[Any, str, Any]) -> Mutant:
    return Mutant(name, section, faults)


MUTANTS = (
    _mutant("a prompt's mask stays on the host", "score", (attention, "causal_mask", _host_mask)),
    _mutant(
        "where an adapter acts stays on the host",
        "score",
        (score_batch, "answer_only", _host_active),
    ),
    _mutant(
        "fp32 products are added into bf16 in one call",
        "generate",
        (stacked.StackedAdapters, "add", _fused_add),
    ),
    _mutant(
        "a value is read inside a capture",
        "warm-up",
        (captured_passes, "decode_logits", _reading_pass),
    ),
    _mutant(
        "a capture takes torch's own stream", "warm-up", (cuda.GraphPool, "capture", _own_stream)
    ),
    _mutant(
        "a capture forbids calls of all threads",
        "warm-up",
        (cuda.GraphPool, "capture", _global_mode),
    ),
    _mutant("each graph has its own pool", "warm-up", (cuda.GraphPool, "capture", _own_pool)),
    _mutant(
        "a pass is captured while rows decode",
        "generate",
        (captured_passes.CapturedPasses, "logits", _late_capture),
    ),
    _mutant(
        "the thread does not enter its device", "warm-up", (scenes, "enter_device", lambda _: None)
    ),
    _mutant("grouped heads get a mask", "score", (attention, "_side_by_side", _grouped)),
    _mutant(
        "an export copies every matrix", "export", (peft_directory, "peft_files", _matrix_by_matrix)
    ),
    _mutant("tokens are read row by row", "generate", (token_choice, "choose_tokens", _row_by_row)),
    _mutant(
        "a grammar's mask moves to the device",
        "generate",
        (token_choice.TokenChooser, "_mask", _device_mask),
    ),
    _mutant("a training step reads once more", "train", (train_batch, "gradient", _chatty_loss)),
    _mutant(
        "adapters are trained in bf16", "train", (train_batch, "parameter_dtype", _half_adapters)
    ),
    _mutant("a backward pass mixes types", "train", (functions, "input_gradient", _wide_gradient)),
)


@contextmanager
def planted(mutant: Mutant) -> Iterator[None]:
    """The engine with this fault."""
    kept = [(owner, attribute, getattr(owner, attribute)) for owner, attribute, _ in mutant.faults]
    for owner, attribute, fault in mutant.faults:
        setattr(owner, attribute, fault)
    try:
        yield
    finally:
        for owner, attribute, real in kept:
            setattr(owner, attribute, real)
