"""A real engine process and the requests that tests send it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import httpx

ENGINE = Path(__file__).parents[2]


MESSAGES = [
    {"role": "system", "content": "You have tools."},
    {"role": "user", "content": "What is the weather in Paris?"},
]


ANSWER = '<tool_call>[{"name": "get_weather", "arguments": {"city": "Paris"}}]</tool_call>'


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start(*arguments: str, token: str | None = None) -> subprocess.Popen[str]:
    environment = {**os.environ, "WHETSTONE_ENGINE_TOKEN": token or ""}
    return subprocess.Popen(
        [sys.executable, "-m", "whetstone_engine", *arguments],
        cwd=ENGINE,
        env=environment,
        stderr=subprocess.PIPE,
        text=True,
    )


class Process:
    """A running engine."""

    def __init__(self, model: Path, *arguments: str, token: str | None = None) -> None:
        self.model = model
        self.url = f"http://127.0.0.1:{free_port()}"
        port = self.url.rpartition(":")[2]
        self.child = start("--model", str(model), "--port", port, *arguments, token=token)
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        self.client = httpx.Client(base_url=self.url, timeout=60, headers=headers)
        for _ in range(600):
            try:
                if self.client.get("/ready").status_code == 200:
                    break
            except httpx.TransportError:
                pass
            assert self.child.poll() is None, self.child.communicate()[1]
            time.sleep(0.1)
        else:
            raise AssertionError("the engine did not become ready")

    def post(self, path: str, body: Any) -> httpx.Response:
        return self.client.post(path, json=body)

    def metric(self, name: str) -> float:
        for line in self.client.get("/metrics").text.splitlines():
            if line.startswith(f"{name} "):
                return float(line.rpartition(" ")[2])
        raise AssertionError(f"no metric {name}")

    def stop(self) -> None:
        self.client.close()
        if self.child.poll() is None:
            self.child.send_signal(signal.SIGTERM)
        self.child.wait(10)


def chat(**changes: Any) -> dict[str, Any]:
    return {
        "model": "qwen2",
        "messages": MESSAGES,
        "max_tokens": 12,
        "temperature": 0,
        "seed": 1,
        **changes,
    }


def adapter(**changes: Any) -> dict[str, Any]:
    return {
        "id": "unit/1:a",
        "examples": [{"messages": MESSAGES, "completion": ANSWER}],
        "rank": 4,
        "alpha": 8,
        "learningRate": 0.01,
        "epochs": 5,
        "warmupRatio": 0.03,
        "schedule": "cosine",
        "seed": 3,
        "scope": "all",
        "ttlSeconds": 60,
        **changes,
    }


SCORE = {
    "model": "qwen2",
    "messages": MESSAGES,
    "answerPrefix": '<tool_call>[{"name": "',
    "candidates": ["get_weather", "send_mail"],
    "suffix": '"',
}


CLOSED = {**{key: value for key, value in SCORE.items() if key != "suffix"}, "closing": '"'}


def error(response: httpx.Response) -> tuple[int, str, str]:
    body = response.json()["error"]
    assert set(body) == {"message", "type", "code"}
    return response.status_code, body["code"], body["message"]
