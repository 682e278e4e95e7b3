"""The HTTP surface of a real engine process, as its clients meet it."""

from __future__ import annotations

import asyncio
import io
import json
import signal
import socket
import tarfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import openai
import pytest

from support.process import CLOSED, MESSAGES, SCORE, Process, adapter, chat, error, free_port, start
from whetstone_engine.model.fingerprint import model_fingerprint
from whetstone_engine.version import describe_engine


@pytest.fixture(scope="module")
def engine(
    model_directories: dict[str, Path], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Process]:
    artifacts = tmp_path_factory.mktemp("artifacts")
    process = Process(
        model_directories["qwen2"],
        "--artifact-dir",
        str(artifacts),
        "--max-adapters",
        "4",
        "--max-queued",
        "8",
        "--max-body-mb",
        "1",
    )
    process.artifacts = artifacts  # type: ignore[attr-defined]
    yield process
    process.stop()


@pytest.fixture(autouse=True)
def no_adapters_left(request: pytest.FixtureRequest) -> Iterator[None]:
    yield
    if "engine" in request.fixturenames:
        engine = request.getfixturevalue("engine")
        for adapter in engine.client.get("/v1/adapters").json()["data"]:
            engine.client.delete(f"/v1/adapters/{adapter['id']}")


def test_models_name_the_base_first_with_its_fingerprint(engine: Process) -> None:
    engine.post("/v1/adapters", adapter()).raise_for_status()
    response = engine.client.get("/v1/models")
    base, live = response.json()["data"]
    assert (base["id"], base["kind"], live["id"], live["kind"]) == (
        "qwen2",
        "base",
        "unit/1:a",
        "adapter",
    )
    assert base["fingerprint"] == model_fingerprint(engine.model)
    assert base["context_length"] == 1024
    assert response.headers["x-whetstone-model-fingerprint"] == base["fingerprint"]
    assert response.headers["x-whetstone-engine-version"] == describe_engine("cpu", "float32")
    assert response.headers["x-whetstone-engine-dtype"] == base["dtype"] == live["dtype"]
    assert response.headers["x-whetstone-engine-device"] == "cpu"
    assert base["arithmetic"]["dtype"] == base["dtype"] == "float32"
    assert base["arithmetic"]["reason"] == "a small model"


def test_score_tells_the_value_and_the_place_of_each_token(engine: Process) -> None:
    plain = engine.post("/v1/score", SCORE).json()["scores"]
    detailed = engine.post("/v1/score", {**SCORE, "tokens": True}).json()["scores"]
    for name, one, told in zip(["get_weather", "send_mail"], plain, detailed, strict=True):
        tokens = told.pop("tokens")
        assert told == one
        assert len(tokens) == one["tokenCount"]
        assert sum(token["logLikelihood"] for token in tokens) == pytest.approx(
            one["logLikelihood"], abs=1e-9
        )
        # The suffix, which closes the name, lies after it.
        assert "".join(name[token["start"] : token["end"]] for token in tokens) == name
        assert set(tokens[0]) == {"start", "end", "logLikelihood"}


def test_score_answers_in_the_candidates_order(engine: Process) -> None:
    both = engine.post("/v1/score", SCORE).json()
    swapped = engine.post("/v1/score", {**SCORE, "candidates": ["send_mail", "get_weather"]}).json()
    for one, other in zip(both["scores"], swapped["scores"][::-1], strict=True):
        assert one["logLikelihood"] == pytest.approx(other["logLikelihood"], abs=1e-4)
        assert one["tokenCount"] == other["tokenCount"]
    assert set(both) == {"scores", "promptTokens", "queueMs", "computeMs"}
    assert all(one["logLikelihood"] < 0 and one["tokenCount"] > 1 for one in both["scores"])


def test_a_closing_is_likelier_than_the_token_of_its_character_alone(engine: Process) -> None:
    quoted = engine.post("/v1/score", SCORE).json()["scores"]
    closed = engine.post("/v1/score", CLOSED).json()["scores"]
    for one, other in zip(closed, quoted, strict=True):
        assert one["tokenCount"] == other["tokenCount"]
        assert one["logLikelihood"] > other["logLikelihood"]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"suffix": '"'}, "only one of suffix and closing is allowed"),
        ({"closing": '",'}, "closing must be one printable character of ASCII"),
        ({"closing": ""}, "closing must be one printable character of ASCII"),
        ({"closing": "\u00e9"}, "closing must be one printable character of ASCII"),
        ({"candidates": ["get_weather", ""]}, "candidates[1]: has no tokens of its own"),
    ],
)
def test_a_wrong_closing_is_refused(engine: Process, changes: dict[str, Any], message: str) -> None:
    assert error(engine.post("/v1/score", {**CLOSED, **changes})) == (
        400,
        "invalid_request",
        message,
    )


def test_any_openai_client_works(engine: Process) -> None:
    client = openai.OpenAI(base_url=f"{engine.url}/v1", api_key="none")
    messages: Any = MESSAGES
    answer = client.chat.completions.create(
        model="qwen2", messages=messages, max_tokens=8, temperature=0, logprobs=True
    )
    assert answer.usage is not None and answer.usage.completion_tokens == 8
    assert answer.choices[0].logprobs is not None
    parts = client.chat.completions.create(
        model="qwen2", messages=messages, max_tokens=8, temperature=0, stream=True
    )
    streamed = "".join(part.choices[0].delta.content or "" for part in parts)
    assert streamed == answer.choices[0].message.content
    plain = client.completions.create(model="qwen2", prompt="What is", max_tokens=5, n=2, seed=4)
    assert [choice.index for choice in plain.choices] == [0, 1]
    assert {model.id for model in client.models.list()} == {"qwen2"}


def test_a_seed_gives_the_same_answers_and_n_answers_share_a_request(engine: Process) -> None:
    body = chat(temperature=0.9, n=3)
    first, second = (engine.post("/v1/chat/completions", body).json() for _ in range(2))
    assert first["choices"] == second["choices"]
    assert [choice["index"] for choice in first["choices"]] == [0, 1, 2]
    assert first["timing"]["computeMs"] > 0


def test_a_final_assistant_message_is_continued(engine: Process) -> None:
    messages = [*MESSAGES, {"role": "assistant", "content": '<tool_call>[{"name": "'}]
    longer = engine.post("/v1/chat/completions", chat()).json()
    body = chat(messages=messages, continue_final_message=True)
    continued = engine.post("/v1/chat/completions", body).json()
    added = continued["usage"]["prompt_tokens"] - longer["usage"]["prompt_tokens"]
    score = engine.post("/v1/score", SCORE).json()
    assert added > 3
    assert score["promptTokens"] == longer["usage"]["prompt_tokens"]
    wrong = engine.post("/v1/chat/completions", chat(continue_final_message=True))
    assert error(wrong) == (
        400,
        "invalid_request",
        "continue_final_message needs a final message of role assistant",
    )


def test_constrained_answers_have_exactly_the_asked_shape(engine: Process) -> None:
    schema = {
        "type": "object",
        "properties": {"name": {"const": "get_weather"}, "sure": {"type": "boolean"}},
        "required": ["name", "sure"],
    }
    plain = {"type": "json_schema", "json_schema": {"name": "x", "schema": schema}}
    tag = {
        "type": "structural_tag",
        "format": {
            "type": "tag",
            "begin": "<tool_call>",
            "content": {
                "type": "json_schema",
                "json_schema": {"type": "array", "items": schema, "minItems": 1, "maxItems": 1},
            },
            "end": "</tool_call>",
        },
    }
    first = engine.post("/v1/chat/completions", chat(response_format=plain, max_tokens=99)).json()
    text = first["choices"][0]["message"]["content"]
    assert text in (f'{{"name": "get_weather", "sure": {value}}}' for value in ("true", "false"))
    second = engine.post("/v1/chat/completions", chat(response_format=tag, max_tokens=99)).json()
    text = second["choices"][0]["message"]["content"]
    assert text.startswith('<tool_call>[{"name": "get_weather", "sure": ')
    assert text.endswith("}]</tool_call>")


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (
            chat(frequency_penalty=1),
            (400, "invalid_request", "frequency_penalty: this field is not supported"),
        ),
        (
            chat(temperature=-1),
            (
                400,
                "invalid_request",
                "temperature: input should be greater than or equal to 0",
            ),
        ),
        (
            chat(messages=[{"role": "user", "content": 5}]),
            (400, "invalid_request", "messages[0].content: input should be a valid string"),
        ),
        (
            chat(response_format={"type": "structural_tag", "format": {"type": "regex"}}),
            (
                400,
                "invalid_request",
                "response_format: structural tag format 'regex' is not supported "
                "(tag, json_schema, const_string, grammar, sequence, or)",
            ),
        ),
        (
            chat(model="gone"),
            (
                404,
                "model_not_found",
                "no model or live adapter is named 'gone'; it may have expired, or died with an "
                "earlier process: train it again",
            ),
        ),
    ],
)
def test_wrong_requests_name_what_is_wrong(
    engine: Process, body: dict[str, Any], expected: tuple[int, str, str]
) -> None:
    assert error(engine.post("/v1/chat/completions", body)) == expected


def test_bodies_that_are_no_json_or_too_large_are_refused(engine: Process) -> None:
    broken = engine.client.post("/v1/score", content=b'{"model": ')
    assert error(broken)[:2] == (400, "invalid_request")
    large = engine.client.post("/v1/score", content=b"x" * (1024 * 1024 + 1))
    assert error(large) == (
        413,
        "invalid_request",
        "the body has 1048577 bytes; at most 1048576 are read",
    )
    assert engine.client.get("/health").status_code == 200
    assert error(engine.client.get("/v2/nothing")) == (
        404,
        "invalid_request",
        "no route GET /v2/nothing",
    )
    assert error(engine.post("/v1/embeddings", {})) == (
        400,
        "invalid_request",
        "no embedding model is configured; start the engine with one",
    )


def test_a_prompt_longer_than_the_context_is_refused(engine: Process) -> None:
    long = [{"role": "user", "content": "z" * 1100}]
    for path, body in (
        ("/v1/chat/completions", chat(messages=long)),
        ("/v1/score", {**SCORE, "messages": long}),
        ("/v1/adapters", adapter(examples=[{"messages": long, "completion": "x"}])),
    ):
        assert error(engine.post(path, body))[:2] == (400, "context_length_exceeded")


def test_an_adapter_lives_answers_and_is_dropped(engine: Process) -> None:
    trained = engine.post("/v1/adapters", adapter()).json()
    assert set(trained) == {
        "id",
        "losses",
        "weightHash",
        "trainedTokens",
        "queueMs",
        "computeMs",
    }
    assert len(trained["losses"]) == 5
    assert trained["losses"][4] < trained["losses"][0]
    again = engine.post("/v1/adapters", adapter()).json()
    assert (again["weightHash"], again["losses"]) == (trained["weightHash"], trained["losses"])
    assert again["computeMs"] == 0
    assert error(engine.post("/v1/adapters", adapter(seed=4))) == (
        409,
        "adapter_conflict",
        "adapter 'unit/1:a' is live and was made from another request; delete it first or use "
        "another id",
    )
    base = engine.post("/v1/chat/completions", chat(max_tokens=30)).json()
    adapted = engine.post("/v1/chat/completions", chat(model="unit/1:a", max_tokens=30)).json()
    assert base["choices"] != adapted["choices"]
    state = engine.client.get("/v1/adapters/unit/1:a").json()
    assert (state["rank"], state["scope"]) == (4, "all")
    assert 0 < state["expiresInSeconds"] <= 60
    assert engine.client.delete("/v1/adapters/unit/1:a").json()["deleted"] is True
    assert engine.client.delete("/v1/adapters/unit/1:a").json()["deleted"] is False
    for response in (
        engine.client.get("/v1/adapters/unit/1:a"),
        engine.post("/v1/chat/completions", chat(model="unit/1:a")),
        engine.post("/v1/score", {**SCORE, "model": "unit/1:a"}),
    ):
        assert error(response)[:2] == (404, "model_not_found")
    assert (
        engine.post("/v1/chat/completions", chat(max_tokens=30)).json()["choices"]
        == (base["choices"])
    )


def test_an_expired_adapter_is_not_found(engine: Process) -> None:
    engine.post("/v1/adapters", adapter(ttlSeconds=0.3)).raise_for_status()
    time.sleep(0.5)
    response = engine.post("/v1/chat/completions", chat(model="unit/1:a"))
    assert error(response)[:2] == (404, "model_not_found")


def test_equal_trainings_at_once_are_one_training(engine: Process) -> None:
    async def together() -> list[httpx.Response]:
        async with httpx.AsyncClient(base_url=engine.url, timeout=60) as client:
            first = asyncio.create_task(client.post("/v1/adapters", json=adapter(epochs=100)))
            await asyncio.sleep(0.1)  # the id is taken from here on
            return await asyncio.gather(
                first,
                *(client.post("/v1/adapters", json=adapter(epochs=100)) for _ in range(2)),
                client.post("/v1/adapters", json=adapter(epochs=101)),
            )

    *same, other = asyncio.run(together())
    assert len({response.json()["weightHash"] for response in same}) == 1
    assert len({response.json()["losses"][-1] for response in same}) == 1
    assert error(other)[:2] == (409, "adapter_conflict")
    # Trained once, whether a request waited for the training or found it done.
    assert len({response.json()["computeMs"] for response in same} - {0}) == 1


def test_no_more_adapters_than_configured(engine: Process) -> None:
    for number in range(4):
        engine.post("/v1/adapters", adapter(id=f"a{number}")).raise_for_status()
    response = engine.post("/v1/adapters", adapter(id="a4"))
    assert error(response) == (
        429,
        "engine_overloaded",
        "4 adapters are live, the most this engine keeps",
    )
    assert int(response.headers["retry-after"]) >= 1


def test_full_queues_answer_429(engine: Process) -> None:
    async def many() -> list[httpx.Response]:
        async with httpx.AsyncClient(base_url=engine.url, timeout=60) as client:
            # Sixty answers occupy nearly all rows; what wants more rows has to wait in the queue.
            body = chat(max_tokens=150, n=60, temperature=1.0)
            return await asyncio.gather(
                *(client.post("/v1/chat/completions", json=body) for _ in range(14))
            )

    responses = asyncio.run(many())
    refused = [response for response in responses if response.status_code == 429]
    assert refused
    assert error(refused[0]) == (
        429,
        "engine_overloaded",
        "8 generate jobs are waiting, the most this engine queues",
    )
    assert refused[0].headers["retry-after"] == "1"
    answered = [one.json()["choices"] for one in responses if one.status_code == 200]
    assert len(answered) + len(refused) == 14
    assert all(choices == answered[0] for choices in answered)


def test_a_client_that_goes_away_frees_its_rows(engine: Process) -> None:
    with pytest.raises(httpx.ReadTimeout):
        httpx.post(
            f"{engine.url}/v1/chat/completions",
            json=chat(max_tokens=900, n=40, temperature=1.0),
            timeout=1.0,
        )
    with (
        pytest.raises(StopIteration),
        engine.client.stream(
            "POST", "/v1/chat/completions", json=chat(max_tokens=900, stream=True, temperature=1.0)
        ) as response,
    ):
        next(response.iter_lines())
        raise StopIteration
    for _ in range(100):
        if engine.metric("whetstone_engine_decode_rows") == 0:
            break
        time.sleep(0.1)
    assert engine.metric("whetstone_engine_decode_rows") == 0


def test_clients_that_go_away_leave_no_warning_in_the_log(
    model_directories: dict[str, Path],
) -> None:
    process = Process(model_directories["qwen2"])
    try:
        requests = [
            ("/v1/chat/completions", chat(max_tokens=600)),
            ("/v1/adapters", adapter(id="left", epochs=200)),
            ("/v1/score", {**SCORE, "candidates": [f"name_{number}" for number in range(1000)]}),
        ]
        for path, body in requests:
            with pytest.raises(httpx.TimeoutException):
                process.client.post(path, json=body, timeout=0.05)
        for _ in range(100):
            cancelled = sum(
                process.metric(f'whetstone_engine_jobs_total{{kind="{kind}",outcome="cancelled"}}')
                for kind in ("score", "generate", "train")
            )
            if cancelled and process.metric("whetstone_engine_decode_rows") == 0:
                break
            time.sleep(0.1)
        process.child.send_signal(signal.SIGTERM)
        _, stderr = process.child.communicate(timeout=10)
    finally:
        process.stop()
    assert stderr.startswith("ready ")
    assert stderr.count("\n") == 1, stderr


def test_requests_under_way_are_told_that_the_engine_stops(
    model_directories: dict[str, Path],
) -> None:
    process = Process(model_directories["qwen2"])
    requests = [
        ("/v1/chat/completions", chat(max_tokens=600)),
        ("/v1/chat/completions", chat(max_tokens=600, stream=True)),
        ("/v1/adapters", adapter(id="long", epochs=100)),
    ] * 4
    try:
        with ThreadPoolExecutor(len(requests)) as pool:
            pending = [pool.submit(process.post, path, body) for path, body in requests]
            time.sleep(0.3)
            process.child.send_signal(signal.SIGTERM)
            texts = [one.result().text for one in pending]
        _, stderr = process.child.communicate(timeout=10)
    finally:
        process.stop()
    assert all("shutting_down" in text for text in texts), texts
    assert stderr.count("\n") == 1, stderr


def test_an_exported_adapter_gives_the_same_answers_when_loaded(engine: Process) -> None:
    trained = engine.post("/v1/adapters", adapter(id="made")).json()
    archive = engine.client.get("/v1/adapters/made/weights")
    directory = engine.artifacts / "made"  # type: ignore[attr-defined]
    with tarfile.open(fileobj=io.BytesIO(archive.content)) as files:
        files.extractall(directory, filter="data")
    assert json.loads((directory / "adapter_config.json").read_text())["r"] == 4
    loaded = engine.client.put("/v1/adapters/copy", json={"directory": "made"}).json()
    assert loaded["weightHash"] == trained["weightHash"]
    answers = [
        engine.post("/v1/chat/completions", chat(model=name, max_tokens=30)).json()["choices"]
        for name in ("made", "copy")
    ]
    assert answers[0] == answers[1]
    for name in ("../made", "/etc", "."):
        response = engine.client.put("/v1/adapters/other", json={"directory": name})
        assert error(response)[:2] == (400, "invalid_request")
    missing = engine.client.put("/v1/adapters/other", json={"directory": "nothing"})
    assert error(missing)[:2] == (404, "artifact_not_found")


def test_metrics_count_what_was_done(engine: Process) -> None:
    done = 'whetstone_engine_jobs_total{kind="score",outcome="done"}'
    before = engine.metric(done)
    engine.post("/v1/score", SCORE).raise_for_status()
    assert engine.metric(done) == before + 1
    assert engine.metric("whetstone_engine_live_adapters") == 0
    assert engine.metric('whetstone_engine_queue_depth{kind="train"}') == 0


def test_metrics_tell_what_memory_is_used_for(engine: Process) -> None:
    engine.post("/v1/score", SCORE).raise_for_status()
    parts = ("process", "weights", "adapters", "training", "rows", "prompts", "passes")
    used = [engine.metric(f'whetstone_engine_memory_bytes{{part="{part}"}}') for part in parts]
    assert used[0] > used[1] > 0
    assert 0 < sum(used) <= engine.metric("whetstone_engine_memory_limit_bytes")
    assert sum(used) <= engine.metric("whetstone_engine_memory_peak_bytes")


def test_a_limit_too_small_for_the_model_is_one_clear_line(
    model_directories: dict[str, Path],
) -> None:
    model = str(model_directories["qwen2"])
    child = start("--model", model, "--memory-gb", "0.01", "--port", str(free_port()))
    _, stderr = child.communicate(timeout=120)
    assert child.returncode == 1
    start_failed = "ENGINE_START_FAILED: --memory-gb 0.01 leaves nothing to work with: weights and "
    assert stderr.startswith(start_failed)
    assert stderr.count("\n") == 1


def test_a_token_is_demanded_where_one_is_configured(model_directories: dict[str, Path]) -> None:
    process = Process(model_directories["qwen2"], token="secret")
    try:
        for headers in ({}, {"Authorization": "Bearer wrong"}):
            response = httpx.get(f"{process.url}/v1/models", headers=headers)
            assert error(response) == (
                401,
                "unauthorized",
                "the bearer token is missing or wrong",
            )
        assert httpx.get(f"{process.url}/health").json() == {"status": "alive"}
        assert process.client.get("/v1/models").status_code == 200
        before = time.monotonic()
        process.child.send_signal(signal.SIGTERM)
        assert process.child.wait(5) == 0
        assert time.monotonic() - before < 5
    finally:
        process.stop()


def test_a_directory_that_is_no_model_is_one_clear_line(tmp_path: Path) -> None:
    child = start("--model", str(tmp_path), "--port", str(free_port()))
    _, stderr = child.communicate(timeout=60)
    assert child.returncode == 1
    assert stderr == f"ENGINE_MODEL_INVALID: {tmp_path} has no config.json\n"


def test_a_port_in_use_is_one_clear_line(model_directories: dict[str, Path]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        child = start("--model", str(model_directories["qwen2"]), "--port", str(port))
        _, stderr = child.communicate(timeout=60)
    assert child.returncode == 1
    assert stderr == (
        f"ENGINE_PORT_UNAVAILABLE: 127.0.0.1:{port}: Address already in use; choose another "
        "--port\n"
    )


def test_broken_weights_are_one_clear_line(
    model_directories: dict[str, Path], tmp_path: Path
) -> None:
    for file in model_directories["qwen2"].iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    weights = tmp_path / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:1000])
    child = start("--model", str(tmp_path), "--port", str(free_port()))
    _, stderr = child.communicate(timeout=60)
    assert child.returncode == 1
    assert stderr.startswith(f"ENGINE_MODEL_INVALID: {tmp_path}: weights cannot be read: ")
    assert stderr.count("\n") == 1
