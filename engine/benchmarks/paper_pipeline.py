"""The paper's pipeline with the libraries it used: the baseline of the engine's benchmark.

H: one full forward pass per candidate. G and I: `generate`, one prompt at a time. T: PEFT with
AdamW, one job at a time, gradient checkpointing on; the adapter is attached before, removed after.
Weights stay in memory: the paper's merging, saving and reloading are not counted here either.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from peft import LoraConfig, get_peft_model
from torch import Tensor
from transformers import AutoModelForCausalLM

from benchmarks.samples import BenchSettings
from whetstone_engine.training.schedule import schedule_multipliers

TARGETS = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]


@dataclass(frozen=True)
class TrainedBaseline:
    """A trained PEFT model and its losses; `detach` takes the adapter off again."""

    model: Any
    losses: tuple[float, ...]

    def detach(self) -> None:
        self.model.unload()


class PaperPipeline:
    """One model, used one request at a time."""

    def __init__(
        self,
        directory: Path,
        end_token_ids: Sequence[int],
        device: torch.device,
        dtype: torch.dtype,
    ) -> None:
        self.model: Any = AutoModelForCausalLM.from_pretrained(directory, dtype=dtype)
        self.model.to(device)
        self.model.eval()
        self._device = device
        self._ends = list(end_token_ids)

    def score(self, prompt: Sequence[int], tails: Sequence[Sequence[int]]) -> list[float]:
        """H: summed log-probability of each tail, one full forward pass each."""
        found = []
        with torch.inference_mode():
            for tail in tails:
                ids = torch.tensor([[*prompt, *tail]], device=self._device)
                logits = self.model(input_ids=ids, use_cache=False).logits[0, :-1]
                chosen = logits.float().log_softmax(-1).gather(1, ids[0, 1:, None])[:, 0]
                found.append(float(chosen[-len(tail) :].sum()))
        return found

    def generate(
        self, prompt: Sequence[int], maximum_tokens: int, model: Any | None = None
    ) -> list[int]:
        """G and I: greedy continuation, without the end token."""
        ids = torch.tensor([list(prompt)], device=self._device)
        with torch.inference_mode():
            output: Tensor = (model or self.model).generate(
                input_ids=ids,
                attention_mask=torch.ones_like(ids),
                do_sample=False,
                max_new_tokens=maximum_tokens,
                eos_token_id=self._ends,
                pad_token_id=self._ends[0],
            )
        tokens = output[0, len(prompt) :].tolist()
        return [token for token in tokens if token not in self._ends]

    def train(
        self,
        prompt: Sequence[int],
        completion: Sequence[int],
        settings: BenchSettings,
        start: dict[str, Tensor],
    ) -> TrainedBaseline:
        """T: attaches an adapter that starts from `start` and trains it on one pair."""
        config = LoraConfig(
            r=settings.rank,
            lora_alpha=settings.alpha,
            lora_dropout=0.0,
            target_modules=TARGETS,
            task_type="CAUSAL_LM",
        )
        model = get_peft_model(self.model, config)
        parameters = dict(model.named_parameters())
        with torch.no_grad():
            for name, matrix in start.items():
                parameters[f"base_model.model.model.layers.{name}.default.weight"].copy_(matrix)
        model.train()
        model.enable_input_require_grads()
        model.gradient_checkpointing_enable({"use_reentrant": False})
        trained = [parameter for parameter in model.parameters() if parameter.requires_grad]
        optimizer = torch.optim.AdamW(trained, lr=settings.learning_rate, weight_decay=0.0)
        factors = schedule_multipliers("cosine", settings.epochs, settings.warmup_ratio)
        ids = torch.tensor([[*prompt, *completion]], device=self._device)
        labels = ids.clone()
        labels[0, : len(prompt)] = -100
        losses = []
        for factor in factors:
            for group in optimizer.param_groups:
                group["lr"] = settings.learning_rate * factor
            loss = model(input_ids=ids, labels=labels, use_cache=False).loss
            loss.backward()
            torch.nn.utils.clip_grad_norm_(trained, 1.0)
            optimizer.step()
            optimizer.zero_grad()
            losses.append(float(loss.detach()))
        model.gradient_checkpointing_disable()
        model.eval()
        return TrainedBaseline(model, tuple(losses))

    @staticmethod
    def matrices(model: Any, names: Sequence[str]) -> dict[str, Tensor]:
        """The adapter's matrices by the engine's names."""
        parameters = dict(model.named_parameters())
        return {
            name: parameters[f"base_model.model.model.layers.{name}.default.weight"].detach()
            for name in names
        }
