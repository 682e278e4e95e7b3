"""Many clients at once, some of them rude: does every answer stay the one computed alone?

`python -m benchmarks.load --model ../models/tiny [--seconds 600] [--clients 200] [--json FILE]`,
run in `engine/`; starts an engine with few slots and short queues, so that both run full. With
`--url http://127.0.0.1:8400 --pid PID` an engine that runs already is loaded instead. Mixes
scoring, free and constrained generation, training, dropping, expiry, disconnects, malformed and
oversized requests. Prints a report; exit code 1 where anything was wrong.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import platform
import random
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from benchmarks.output import print_result
from benchmarks.roofline import processor_name

OPENING = '<tool_call>[{"name": "'
QUERIES = (
    "What is the weather in Paris?",
    "Send a mail to Ann about the meeting, then play some jazz.",
    "You have these tools: set_alarm(time), find_route(from, to), send_mail(to, text). " * 4,
    "Book a table for two.",
    "Call me a taxi at seven, and tell Bob.",
)
SCHEMA = {
    "type": "array",
    "maxItems": 2,
    "items": {
        "type": "object",
        "properties": {"name": {"enum": ["get", "send"]}, "sure": {"type": "boolean"}},
        "required": ["name", "sure"],
    },
}
MOST_GROWTH = 0.05
LIMITS = (
    *("--max-adapters", "16", "--max-queued", "48", "--max-body-mb", "1"),
    *("--prefix-cache-mb", "8"),
)
"""So tight that two hundred clients meet each of them. The cache is small because its filling up
would look like a leak."""


@dataclass
class LoadReport:
    """What happened."""

    requests: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    """Each answer that differed from the one computed alone, or that should not have been."""
    different: int = 0
    """Answers that differed from the one computed alone."""
    warm_bytes: int = 0
    end_bytes: int = 0
    live_adapters: float = -1
    decode_rows: float = -1
    lost_connections: int = 0
    """Requests that were sent again because their connection was closed under them."""
    slots_full: int = 0
    """Refusals with 429 because every adapter slot was taken."""
    queue_full: int = 0
    """Refusals with 429 because a queue was full."""

    @property
    def fine(self) -> bool:
        """Nothing wrong, nothing left behind, memory flat."""
        return (
            not self.wrong
            and self.live_adapters == 0
            and self.decode_rows == 0
            and self.growth < MOST_GROWTH
        )

    @property
    def growth(self) -> float:
        """Memory growth over the last third, as a share."""
        return self.end_bytes / self.warm_bytes - 1 if self.warm_bytes else 0.0


def resident_bytes(pid: int) -> int:
    """Memory of a process that is in RAM."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024
    raise AssertionError("no VmRSS")


class Load:
    """The requests and what each must answer."""

    def __init__(
        self, url: str, model: str, seed: int, *, exact: bool = True, kinds: int = 12
    ) -> None:
        """`exact`: an answer that differs from the one computed alone is wrong. On CUDA, which
        promises no equal bits, such answers are counted. `kinds`: how many different requests of
        each kind there are."""
        self.kinds = kinds
        self.exact = exact
        self.url = url
        self.model = model
        self.random = random.Random(seed)
        self.report = LoadReport()
        self.expected: dict[str, Any] = {}
        self._names = 0

    # -- what is asked ---------------------------------------------------------------------

    def score(self, number: int, model: str) -> tuple[str, dict[str, Any]]:
        return "/v1/score", {
            "model": model,
            "messages": self.messages(number),
            "answerPrefix": OPENING,
            "candidates": ["get_weather", "send_mail", "get", "find_route"][: 2 + number % 3],
            "suffix": '"',
        }

    def chat(self, number: int, model: str) -> tuple[str, dict[str, Any]]:
        body: dict[str, Any] = {
            "model": model,
            "messages": self.messages(number),
            "max_tokens": 4 + 3 * number,
            "temperature": 0.0 if number % 2 else 0.8,
            "seed": number,
            "n": 1 + number % 3,
        }
        if number % 4 == 3:
            content = {"type": "json_schema", "json_schema": SCHEMA}
            body["response_format"] = {
                "type": "structural_tag",
                "format": {"type": "tag", "begin": "<a>", "content": content, "end": "</a>"},
            }
        return "/v1/chat/completions", body

    def adapter(self, number: int, name: str, ttl: float = 60) -> tuple[str, dict[str, Any]]:
        completion = f'{OPENING}get_{number}"}}]</tool_call>'
        return "/v1/adapters", {
            "id": name,
            "examples": [{"messages": self.messages(number), "completion": completion}],
            "learningRate": 0.01,
            "seed": number,
            "scope": "answer" if number % 2 else "all",
            "ttlSeconds": ttl,
        }

    @staticmethod
    def messages(number: int) -> list[dict[str, str]]:
        return [{"role": "user", "content": QUERIES[number % len(QUERIES)]}]

    @staticmethod
    def value(path: str, body: dict[str, Any]) -> Any:
        """The part of an answer that must repeat."""
        if path == "/v1/score":
            return body["scores"]
        if path == "/v1/adapters":
            return [body["weightHash"], body["losses"]]
        return [choice["message"]["content"] for choice in body["choices"]]

    # -- asking ----------------------------------------------------------------------------

    async def ask(
        self, client: httpx.AsyncClient, path: str, body: dict[str, Any]
    ) -> httpx.Response:
        """Posts; waits and asks again while the engine says that it is overloaded."""
        while True:
            try:
                response = await client.post(path, json=body)
            except (httpx.NetworkError, httpx.RemoteProtocolError) as error:
                # A kept connection may close while a request is on its way; a dead engine may not.
                self.report.lost_connections += 1
                if not await self.alive(client):
                    raise AssertionError("the engine does not answer any more") from error
                continue
            self.report.requests[f"{path} {response.status_code}"] += 1
            if response.status_code != 429:
                return response
            if "adapters are live" in response.text:
                self.report.slots_full += 1
            else:
                self.report.queue_full += 1
            if "retry-after" not in response.headers:
                self.report.wrong.append(f"{path}: 429 without Retry-After")
            await asyncio.sleep(self.random.uniform(0.2, 1.0))

    @staticmethod
    async def alive(client: httpx.AsyncClient) -> bool:
        for _ in range(5):
            with contextlib.suppress(httpx.TransportError):
                return (await client.get("/health")).status_code == 200
        return False

    async def check(
        self, client: httpx.AsyncClient, key: str, request: tuple[str, dict[str, Any]]
    ) -> None:
        path, body = request
        response = await self.ask(client, path, body)
        if response.status_code != 200:
            self.report.wrong.append(f"{key}: {response.status_code} {response.text[:200]}")
            return
        value = self.value(path, response.json())
        if key not in self.expected:
            self.expected[key] = value
        elif value != self.expected[key]:
            self.report.different += 1
            if not self.exact:
                return
            self.report.wrong.append(f"{key}: {value} instead of {self.expected[key]}")

    def new_name(self) -> str:
        self._names += 1
        return f"load-{self._names}"

    async def adapted(self, client: httpx.AsyncClient, number: int) -> None:
        """Train, score and answer under the adapter, drop."""
        name = self.new_name()
        await self.check(client, f"train {number}", self.adapter(number, name))
        await self.check(client, f"adapted score {number}", self.score(number, name))
        await self.check(client, f"adapted chat {number}", self.chat(number, name))
        await client.delete(f"/v1/adapters/{name}")
        gone = await self.ask(client, *self.chat(number, name))
        if gone.status_code != 404:
            self.report.wrong.append(f"dropped adapter answered {gone.status_code}")

    async def expiring(self, client: httpx.AsyncClient, number: int) -> None:
        name = self.new_name()
        response = await self.ask(client, *self.adapter(number, name, ttl=0.2))
        await asyncio.sleep(0.5)
        gone = await self.ask(client, *self.chat(number, name))
        if response.status_code != 200 or gone.status_code != 404:
            self.report.wrong.append(f"expired adapter answered {gone.status_code}")

    async def rude(self, client: httpx.AsyncClient, number: int) -> None:
        """Goes away in the middle, or sends what cannot be read."""
        kind = number % 6
        if kind == 0:
            path, body = self.chat(number, self.model)
            patience = self.random.uniform(0.001, 0.2)
            try:
                await client.post(path, json={**body, "max_tokens": 600}, timeout=patience)
            except httpx.TimeoutException:
                self.report.requests["gone away"] += 1
            return
        if kind == 1:
            try:
                patience = self.random.uniform(0.001, 0.2)
                path, body = self.adapter(number, self.new_name(), ttl=1)
                await client.post(path, json={**body, "epochs": 200}, timeout=patience)
            except httpx.TimeoutException:
                self.report.requests["gone away"] += 1
            return
        what, content, wanted = self.unreadable(kind)
        response = await client.post("/v1/score", content=content)
        self.report.requests[f"{what} {response.status_code}"] += 1
        if response.status_code == 429 or response.json()["error"]["code"] != wanted:
            self.report.wrong.append(f"{what}: {response.status_code} {response.text[:200]}")

    def unreadable(self, kind: int) -> tuple[str, bytes, str]:
        """A request that must be refused at once: its name, its body, the error's code."""
        path, body = self.score(kind, self.model)
        assert path == "/v1/score", "all of these are sent there"
        if kind == 2:
            return "malformed", b'{"model": "x"', "invalid_request"
        if kind == 3:
            return "oversized", b"x" * (2 * 1024 * 1024), "invalid_request"
        if kind == 4:
            return "unknown field", json.dumps({**body, "beams": 4}).encode(), "invalid_request"
        long = [{"role": "user", "content": "mail " * 50_000}]
        content = json.dumps({**body, "messages": long}).encode()
        return "too long", content, "context_length_exceeded"

    async def alone(self, client: httpx.AsyncClient) -> None:
        """Fills `expected`, one request at a time."""
        for number in range(self.kinds):
            await self.check(client, f"score {number}", self.score(number, self.model))
            await self.check(client, f"chat {number}", self.chat(number, self.model))
        for number in range(self.kinds // 2):
            await self.adapted(client, number)

    async def one_client(self, client: httpx.AsyncClient, until: float) -> None:
        while time.monotonic() < until:
            number = self.random.randrange(self.kinds)
            what = self.random.random()
            if what < 0.35:
                await self.check(client, f"score {number}", self.score(number, self.model))
            elif what < 0.65:
                await self.check(client, f"chat {number}", self.chat(number, self.model))
            elif what < 0.8:
                await self.adapted(client, number % (self.kinds // 2))
            elif what < 0.85:
                await self.expiring(client, number)
            else:
                await self.rude(client, number)


async def metric(client: httpx.AsyncClient, name: str) -> float:
    for line in (await client.get("/metrics")).text.splitlines():
        if line.startswith(f"{name} "):
            return float(line.rpartition(" ")[2])
    raise AssertionError(f"no metric {name}")


async def run_load(
    url: str,
    pid: int,
    seconds: float,
    clients: int,
    seed: int = 1,
    *,
    exact: bool = True,
    kinds: int = 12,
    rest_seconds: float = 3,
) -> LoadReport:
    """Alone first, then together for `seconds`. Memory is read while the engine rests, before and
    after the last third: a leak grows in every third, what is allocated once (buffers, shapes met
    for the first time) does not, however slowly the machine warms up."""
    limits = httpx.Limits(max_connections=clients + 10, max_keepalive_connections=clients)
    async with httpx.AsyncClient(base_url=url, timeout=300, limits=limits) as client:
        model = (await client.get("/v1/models")).json()["data"][0]["id"]
        load = Load(url, model, seed, exact=exact, kinds=kinds)
        await load.alone(client)
        for _ in range(3):
            load.report.warm_bytes = load.report.end_bytes
            until = time.monotonic() + seconds / 3
            await asyncio.gather(*(load.one_client(client, until) for _ in range(clients)))
            # The last forgotten adapters expire, free memory goes back.
            await asyncio.sleep(rest_seconds)
            load.report.end_bytes = resident_bytes(pid)
        for _ in range(100):
            load.report.live_adapters = await metric(client, "whetstone_engine_live_adapters")
            load.report.decode_rows = await metric(client, "whetstone_engine_decode_rows")
            if load.report.live_adapters == 0 and load.report.decode_rows == 0:
                break
            await asyncio.sleep(0.2)
        await load.alone(client)  # and the engine still answers as before
    return load.report


@contextlib.contextmanager
def running_engine(model: Path, *more: str) -> Iterator[tuple[str, int, Path]]:
    """An engine with `LIMITS` and `more` flags: its address, its process's id and the file of its
    log."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "engine.log"
        command = [sys.executable, "-m", "whetstone_engine", "--model", str(model.resolve())]
        with log.open("w") as file:
            child = subprocess.Popen([*command, "--port", port, *LIMITS, *more], stderr=file)
        try:
            while "ready " not in log.read_text():
                assert child.poll() is None, log.read_text()
                time.sleep(0.1)
            yield f"http://127.0.0.1:{port}", child.pid, log
        finally:
            child.terminate()
            child.wait(10)


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="load", description=__doc__)
    parser.add_argument("--model", type=Path, default=Path("../models/tiny"))
    parser.add_argument("--url", help="of an engine that runs already; wants --pid")
    parser.add_argument("--pid", type=int, help="of that engine, to watch its memory")
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--clients", type=int, default=200)
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args(argv)
    if (arguments.url is None) != (arguments.pid is None):
        parser.error("--url and --pid go together")
    told: list[str] = []
    if arguments.url is not None:
        report = asyncio.run(
            run_load(arguments.url, arguments.pid, arguments.seconds, arguments.clients)
        )
    else:
        with running_engine(arguments.model) as (url, pid, log):
            report = asyncio.run(run_load(url, pid, arguments.seconds, arguments.clients))
            told = log.read_text().splitlines()[1:]
    found = {
        "model": arguments.model.resolve().name,
        "seconds": arguments.seconds,
        "clients": arguments.clients,
        "machine": {"processor": processor_name(), "cores": os.cpu_count()},
        "system": platform.platform(),
        "fine": report.fine and not told,
        **vars(report),
        "requests": dict(sorted(report.requests.items())),
        "growth": report.growth,
        "engine_warnings": told,
    }
    print_result(found, arguments.json)
    return 0 if found["fine"] else 1


if __name__ == "__main__":
    sys.exit(main())
