"""Trains the tiny model from scratch and writes it as a Hugging Face directory.

Warm-up, a stable learning rate, then a decay to one twentieth. The decay starts at the token budget
given or as soon as a file DECAY appears in the work directory, so a run can be stopped early. A run
resumes from its last checkpoint when started again with the same arguments.

Usage: python train.py --data train.jsonl --model models/tiny --work DIR --tokens N
"""

import argparse
import json
import math
import time
from pathlib import Path

import torch
from build_model import build_model, save_model
from evaluate import evaluate
from tokenizers import Tokenizer
from training_data import Batch, batches, load_rows

SEED = 7
BATCH_SIZE = 16
PEAK_RATE = 2e-3
WARMUP_STEPS = 100
DECAY_SHARE = 0.35  # of the steps taken before the decay starts
FINAL_RATE_SHARE = 0.05
CHECKPOINT_SECONDS = 120
EVALUATE_EVERY = 2  # checkpoints


def weighted_loss(model: torch.nn.Module, batch: Batch) -> torch.Tensor:
    """Cross entropy per next token, averaged by weight. Rows are right-padded, which a causal model ignores."""
    logits_BTV = model(input_ids=batch.ids_BT, use_cache=False).logits[:, :-1]
    losses = torch.nn.functional.cross_entropy(
        logits_BTV.reshape(-1, logits_BTV.shape[-1]), batch.ids_BT[:, 1:].reshape(-1), reduction="none"
    )
    weights = batch.weights_BT[:, 1:].reshape(-1)
    return (losses * weights).sum() / weights.sum()


def learning_rate(step: int, decay_from: int | None) -> float:
    if step < WARMUP_STEPS:
        return PEAK_RATE * (step + 1) / WARMUP_STEPS
    if decay_from is None:
        return PEAK_RATE
    progress = min(1.0, (step - decay_from) / max(1, math.ceil(decay_from * DECAY_SHARE)))
    cosine = 0.5 * (1 + math.cos(math.pi * progress))
    return PEAK_RATE * (FINAL_RATE_SHARE + (1 - FINAL_RATE_SHARE) * cosine)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--tokens", type=float, required=True, help="tokens before the decay")
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    options.work.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(options.threads)
    torch.manual_seed(SEED)

    tokenizer = Tokenizer.from_file(str(options.model / "tokenizer.json"))
    rows = load_rows(options.data, tokenizer)
    model = build_model(tokenizer)
    optimizer = torch.optim.AdamW(model.parameters(), lr=PEAK_RATE, betas=(0.9, 0.98), weight_decay=0.01)
    step, tokens, seconds, decay_from = 0, 0, 0.0, None
    state_path = options.work / "state.pt"
    if state_path.exists():
        state = torch.load(state_path)
        model.load_state_dict(state["model"])
        optimizer.load_state_dict(state["optimizer"])
        step, tokens, seconds, decay_from = (state[key] for key in ("step", "tokens", "seconds", "decay_from"))
    stream = batches(rows, BATCH_SIZE, SEED)
    for _ in range(step):
        next(stream)

    log = (options.work / "log.jsonl").open("a", encoding="utf-8")
    last_checkpoint, checkpoints, running = time.monotonic(), 0, 0.0
    while True:
        if decay_from is None and (tokens >= options.tokens or (options.work / "DECAY").exists()):
            decay_from = step
        finished = decay_from is not None and step >= decay_from + math.ceil(decay_from * DECAY_SHARE)
        if finished or time.monotonic() - last_checkpoint > CHECKPOINT_SECONDS:
            state = {"model": model.state_dict(), "optimizer": optimizer.state_dict()}
            state |= {"step": step, "tokens": tokens, "seconds": seconds, "decay_from": decay_from}
            torch.save(state, options.work / "state.tmp")
            (options.work / "state.tmp").replace(state_path)
            save_model(model, tokenizer, options.model)
            checkpoints += 1
            entry = {"step": step, "tokens": tokens, "seconds": round(seconds), "loss": round(running, 4)}
            entry |= {"rate": learning_rate(step, decay_from)}
            if finished or checkpoints % EVALUATE_EVERY == 0:
                entry |= evaluate(options.model, limit=100).summary()
            print(json.dumps(entry), file=log, flush=True)
            last_checkpoint = time.monotonic()
        if finished:
            break
        started = time.monotonic()
        batch = next(stream)
        for group in optimizer.param_groups:
            group["lr"] = learning_rate(step, decay_from)
        loss = weighted_loss(model, batch)
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        step, tokens = step + 1, tokens + batch.tokens
        seconds += time.monotonic() - started
        running = loss.item() if step == 1 else 0.98 * running + 0.02 * loss.item()
        if step % 50 == 0:
            print(f"step {step} tokens {tokens} loss {running:.4f} {tokens / seconds:.0f} tokens/s", flush=True)


if __name__ == "__main__":
    main()
