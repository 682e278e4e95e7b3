"""Starts the engine: `python -m whetstone_engine --model DIR [--host H] [--port P]`."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import logging
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from whetstone_engine import __version__
from whetstone_engine.config import EngineConfig
from whetstone_engine.device.memory import limit_arenas
from whetstone_engine.exceptions import ModelInvalidError, StartError
from whetstone_engine.model.read_config import read_model_config

_SWITCH_SECONDS = 0.0005
_LAST_ANSWERS_SECONDS = 0.5
_KEPT_KERNELS = 256


def _arguments(argv: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="whetstone_engine", description=__doc__)
    defaults = EngineConfig(Path())
    parser.add_argument("--model", type=Path, required=True, help="Hugging Face model directory")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8400)
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda, cuda:1")
    parser.add_argument(
        "--dtype", default="auto", choices=("auto", "float32", "bfloat16", "float64")
    )
    parser.add_argument("--threads", type=int, help="CPU threads of a matrix product")
    parser.add_argument("--max-rows", type=int, default=defaults.maximum_rows)
    parser.add_argument("--max-adapters", type=int, default=defaults.maximum_adapters)
    parser.add_argument("--max-queued", type=int, default=defaults.maximum_queued)
    parser.add_argument("--score-budget", type=int, default=defaults.score_token_budget)
    parser.add_argument("--train-budget", type=int, default=defaults.train_token_budget)
    parser.add_argument(
        "--prefix-cache-mb",
        type=int,
        help="for recent prompts; default: a sixteenth of free memory",
    )
    parser.add_argument(
        "--adapter-mb", type=int, help="for live adapters; default: a quarter of free memory"
    )
    parser.add_argument(
        "--memory-gb",
        type=_gigabytes,
        default=os.environ.get("WHETSTONE_ENGINE_MEMORY_GB") or "auto",
        help="for weights, caches, adapters and work, all together, in 10^9 bytes; auto: nine "
        "tenths of what machine and cgroup have available (default: WHETSTONE_ENGINE_MEMORY_GB, "
        "else auto)",
    )
    parser.add_argument("--artifact-dir", type=Path, help="folder of PEFT adapters to load")
    parser.add_argument("--max-body-mb", type=int, default=8)
    parser.add_argument("--version", action="version", version=__version__)
    return parser.parse_args(argv)


def _gigabytes(text: str) -> int | None:
    """Bytes; None for auto."""
    if text == "auto":
        return None
    number = float(text)
    if not 0 < number < 1e6:
        raise ValueError(text)
    return int(number * 1e9)


def _bytes(mebibytes: int | None) -> int | None:
    return None if mebibytes is None else mebibytes * 2**20


def _config(arguments: argparse.Namespace) -> EngineConfig:
    return EngineConfig(
        model=arguments.model,
        device=arguments.device,
        dtype=arguments.dtype,
        threads=arguments.threads,
        maximum_rows=arguments.max_rows,
        maximum_adapters=arguments.max_adapters,
        maximum_queued=arguments.max_queued,
        score_token_budget=arguments.score_budget,
        train_token_budget=arguments.train_budget,
        prefix_cache_bytes=_bytes(arguments.prefix_cache_mb),
        adapter_bytes=_bytes(arguments.adapter_mb),
        memory_bytes=arguments.memory_gb,
        maximum_body_bytes=arguments.max_body_mb * 1024 * 1024,
        artifacts=arguments.artifact_dir,
        token=os.environ.get("WHETSTONE_ENGINE_TOKEN") or None,
    )


def _fail(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
    os._exit(1)


def _end_for_lost_device(message: str) -> None:
    """Leaves the answers a moment to go out, then ends: the supervisor starts a new process."""
    time.sleep(_LAST_ANSWERS_SECONDS)
    _fail(f"ENGINE_DEVICE_LOST: {message}")


def _bind(host: str, port: int) -> socket.socket:
    bound = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((host, port))
        bound.listen(1024)
    except OSError as error:
        _fail(f"ENGINE_PORT_UNAVAILABLE: {host}:{port}: {error.strerror}; choose another --port")
    return bound


def main(argv: list[str] | None = None) -> None:
    """Runs until SIGTERM or SIGINT. One clear line and exit code 1 if it cannot start."""
    arguments = _arguments(argv)
    try:
        read_model_config(arguments.model)
    except ModelInvalidError as error:
        _fail(f"ENGINE_MODEL_INVALID: {error}")
    bound = _bind(arguments.host, arguments.port)
    limit_arenas()
    sys.setswitchinterval(_SWITCH_SECONDS)
    # Read when the matrix library is loaded: idle threads must not occupy cores that other
    # processes need.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    # Read at the first product. A kernel is compiled for every shape; a thousand of them, the
    # default, take 180 MB and would look like a leak.
    os.environ.setdefault("ONEDNN_PRIMITIVE_CACHE_CAPACITY", str(_KEPT_KERNELS))
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    asyncio.run(_serve(arguments, bound))
    # Exit explicitly: libraries' threads are not worth waiting for, every answer has been sent.
    os._exit(0)


async def _serve(arguments: argparse.Namespace, bound: socket.socket) -> None:
    import uvicorn

    from whetstone_engine.http.app import create_app
    from whetstone_engine.http.holder import EngineHolder

    config = _config(arguments)
    holder = EngineHolder()
    app = create_app(holder, token=config.token, maximum_body_bytes=config.maximum_body_bytes)

    class Server(uvicorn.Server):
        """Leaves signals to `main`: a slow request must not keep the process alive."""

        @contextlib.contextmanager
        def capture_signals(self) -> Iterator[None]:
            yield

    server = Server(
        uvicorn.Config(
            app,
            log_level="warning",
            access_log=False,
            timeout_keep_alive=75,
        )
    )

    def load() -> None:
        try:
            from whetstone_engine.engine import Engine

            engine = Engine(config)
            engine.scheduler.on_device_lost = _end_for_lost_device
            engine.start()
        except ModelInvalidError as error:
            _fail(f"ENGINE_MODEL_INVALID: {error}")
        except StartError as error:
            _fail(f"ENGINE_START_FAILED: {error}")
        except Exception as error:
            logging.getLogger("whetstone_engine").exception("the model could not be loaded")
            _fail(f"ENGINE_START_FAILED: {type(error).__name__}: {error}")
        holder.engine = engine
        address = f"http://{arguments.host}:{bound.getsockname()[1]}"
        print(
            f"ready {address} model={engine.name} fingerprint={engine.fingerprint[:12]} "
            f"device={engine.model.device} dtype={engine.arithmetic.dtype} "
            f"load_seconds={engine.load_seconds:.1f} ({engine.arithmetic.reason})",
            file=sys.stderr,
            flush=True,
        )
        engine.grammars.warm()

    threading.Thread(target=load, name="load", daemon=True).start()

    def end_soon() -> None:
        server.should_exit = True
        # A request that does not end must not keep the process alive.
        timer = threading.Timer(1.8, os._exit, args=(0,))
        timer.daemon = True
        timer.start()
        if holder.engine is not None:
            # Answers every waiting request, so that the server can close.
            threading.Thread(target=holder.engine.stop, name="stop", daemon=True).start()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: end_soon())
    await server.serve(sockets=[bound])


if __name__ == "__main__":
    main()
