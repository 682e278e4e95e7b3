"""The engine: one loaded model, its adapters and its scheduler. Knows no HTTP."""

from __future__ import annotations

import time

import torch

from whetstone_engine.adapters.adapter import Adapter
from whetstone_engine.adapters.layout import parameter_dtype, weight_hash
from whetstone_engine.adapters.peft_directory import (
    artifact_path,
    peft_files,
    read_peft_config,
    read_peft_vector,
    tar_of,
)
from whetstone_engine.adapters.registry import AdapterRegistry
from whetstone_engine.adapters.stacking import AdapterStacker
from whetstone_engine.config import EngineConfig
from whetstone_engine.device.budgets import memory_budgets, memory_ledger
from whetstone_engine.device.cuda import choose_device, enter_device
from whetstone_engine.device.memory import resident_bytes
from whetstone_engine.exceptions import (
    AdapterConflictError,
    InvalidRequestError,
    ModelInvalidError,
)
from whetstone_engine.generation.grammar import GrammarCompiler
from whetstone_engine.metrics import Metrics
from whetstone_engine.model.fingerprint import model_fingerprint
from whetstone_engine.model.read_config import read_model_config
from whetstone_engine.model.token_texts import TokenTexts
from whetstone_engine.model.tokenizer import ChatTokenizer
from whetstone_engine.model.transformer import Transformer
from whetstone_engine.model.weights import load_weights, stored_dtype
from whetstone_engine.numerics.arithmetic import DTYPES, choose_arithmetic
from whetstone_engine.scheduler.scheduler import Scheduler

_SMALL_HIDDEN_SIZE = 512


class Engine:
    """One model on one device. `start` begins the device thread."""

    def __init__(self, config: EngineConfig) -> None:
        started = time.perf_counter()
        self.config = config
        self.name = config.model.resolve().name
        device = choose_device(config.device)
        enter_device(device)
        outside = resident_bytes()
        self.model_config = read_model_config(config.model)
        if config.threads is not None:
            torch.set_num_threads(config.threads)
        elif self.model_config.hidden_size < _SMALL_HIDDEN_SIZE:
            torch.set_num_threads(1)
        self.arithmetic = choose_arithmetic(
            config.dtype, device, self.model_config, stored_dtype(config.model)
        )
        self.tokenizer = ChatTokenizer(config.model, self.model_config.end_token_ids)
        if self.tokenizer.backend.get_vocab_size() > self.model_config.vocabulary_size:
            raise ModelInvalidError(
                f"{config.model}: the tokenizer has more tokens than the model's vocabulary"
            )
        self.token_texts = TokenTexts(self.tokenizer)
        self.fingerprint = model_fingerprint(config.model)
        weights = load_weights(
            config.model,
            self.model_config,
            device,
            DTYPES[self.arithmetic.dtype],
            self.arithmetic.packed,
        )
        self.model = Transformer(self.model_config, weights, self.arithmetic.row_multiple)
        self.grammars = GrammarCompiler(self.tokenizer, self.model_config.vocabulary_size)
        self.stacker = AdapterStacker(self.model_config)
        self.memory = memory_ledger(config, device, outside, weights)
        budgets = memory_budgets(config, device, weights.packed_bytes, self.memory.unused())
        self.memory.keep("adapters", budgets.adapters)
        self.adapters = AdapterRegistry(config.maximum_adapters, budgets.adapters)
        self.metrics = Metrics()
        self.scheduler = Scheduler(
            self.model, self.tokenizer, self.stacker, config, self.metrics, budgets, self.memory
        )
        self.load_seconds = time.perf_counter() - started

    @property
    def context_length(self) -> int:
        return self.model_config.context_length

    def start(self) -> None:
        self.scheduler.start()

    def stop(self) -> None:
        self.scheduler.stop()

    def find_adapter(self, model: str) -> Adapter | None:
        """None for the base model, the adapter for a live one; else `ModelNotFoundError`."""
        return None if model == self.name else self.adapters.use(model)

    def adapter_bytes(self, rank: int) -> int:
        """Bytes of one adapter of this rank; raises `InvalidRequestError` for too high a rank."""
        if rank > self.config.maximum_rank:
            raise InvalidRequestError(f"rank: at most {self.config.maximum_rank}")
        return self.stacker.layout(rank).size * parameter_dtype(self.model.dtype).itemsize

    # -- adapters as files -----------------------------------------------------------------

    def export_adapter(self, adapter_id: str) -> bytes:
        """A live adapter as the tar of a PEFT directory."""
        adapter = self.adapters.use(adapter_id)
        if adapter.scope != "all":
            raise InvalidRequestError(
                f"adapter {adapter_id!r} acts on the answer only, which PEFT cannot express"
            )
        layout = self.stacker.layout(adapter.rank)
        return tar_of(peft_files(adapter.vector, adapter.alpha, adapter.scope, layout, self.name))

    def load_adapter(self, adapter_id: str, directory: str, ttl_seconds: float) -> Adapter:
        """Makes a PEFT directory of the artifact folder a live adapter."""
        path = artifact_path(self.config.artifacts, directory)
        rank, alpha, scope = read_peft_config(path)
        if not 1 <= rank <= self.config.maximum_rank:
            raise InvalidRequestError(f"rank: at most {self.config.maximum_rank}")
        dtype = parameter_dtype(self.model.dtype)
        flat = read_peft_vector(path, self.stacker.layout(rank), self.model_config, dtype)
        digest = weight_hash(flat)
        live = self.adapters.find(adapter_id)
        request_hash = f"file:{rank}:{alpha}:{scope}:{digest}"
        if live is not None:
            if live.request_hash != request_hash:
                raise AdapterConflictError(f"adapter {adapter_id!r} is live with other weights")
            return self.adapters.use(adapter_id)
        self.adapters.reserve(adapter_id, self.adapter_bytes(rank))
        try:
            adapter = Adapter(
                id=adapter_id,
                rank=rank,
                alpha=alpha,
                scope=scope,
                vector=flat.to(self.model.device),
                losses=(),
                weight_hash=digest,
                trained_tokens=0,
                request_hash=request_hash,
                ttl_seconds=ttl_seconds,
            )
        except BaseException:
            self.adapters.release(adapter_id)
            raise
        self.adapters.put(adapter)
        return adapter

    def refresh_gauges(self) -> None:
        """Brings the gauges up to date before they are read."""
        metrics = self.metrics
        for kind, depth in self.scheduler.depths().items():
            metrics.queue_depth.labels(kind).set(depth)
        live = self.adapters.all()
        metrics.live_adapters.set(len(live))
        metrics.adapter_bytes.set(sum(adapter.byte_count for adapter in live))
        metrics.prefix_bytes.set(self.scheduler.prefix_cache.byte_count)
        metrics.running_rows.set(self.scheduler.active_rows())
        used = self.memory.used()
        for part, byte_count in used.items():
            metrics.memory_bytes.labels(part).set(byte_count)
        metrics.memory_limit.set(self.memory.limit or 0)
        metrics.memory_peak.set(self.memory.peak)
