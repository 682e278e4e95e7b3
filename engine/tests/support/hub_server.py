"""A Hugging Face Hub on loopback: the routes that a download uses, nothing else."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

COMMIT = "0123456789abcdef0123456789abcdef01234567"
LARGE = (".safetensors", "_large.json")


@dataclass
class Repository:
    """A model or data set with one commit, `main`, and what the server does with it."""

    files: dict[str, bytes]
    gated: bool = False
    token: str = "hf_rightToken"
    cut_after: int | None = None
    """Bytes after which the next large file's connection is closed, once."""
    wrong: bytes | None = None
    """Sent in place of the large file."""
    requests: list[tuple[str, str, str | None]] = field(default_factory=list)
    """Method, path and range of every request."""


@contextmanager
def hub_server(repositories: dict[str, Repository]) -> Iterator[str]:
    """Serves the repositories, by ORG/NAME or datasets/ORG/NAME; gives the address."""

    class Handler(_Handler):
        known = repositories

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    known: dict[str, Repository]
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._answer()

    def do_HEAD(self) -> None:
        self._answer()

    def log_message(self, *_: Any) -> None:
        """Tests print nothing."""

    def _answer(self) -> None:
        path = self.path.partition("?")[0].strip("/").split("/")
        is_data = "datasets" in path[:2]
        if path[0] == "datasets":
            path = path[1:]
        name = "/".join(path[2:4] if path[0] == "api" else path[:2])
        repository = self.known.get(f"datasets/{name}" if is_data else name)
        if repository is None:
            return self._fail(401, "RepoNotFound")
        repository.requests.append((self.command, self.path, self.headers.get("Range")))
        if path[0] == "api":
            return self._describe(repository, name, path[5] if len(path) > 5 else "main")
        return self._send_file(repository, path[3], "/".join(path[4:]))

    def _describe(self, repository: Repository, name: str, revision: str) -> None:
        if revision not in ("main", COMMIT):
            return self._fail(404, "RevisionNotFound")
        siblings = []
        for file, content in repository.files.items():
            entry: dict[str, Any] = {"rfilename": file, "size": len(content)}
            entry["blobId"] = hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()
            if file.endswith(LARGE):
                digest = hashlib.sha256(content).hexdigest()
                entry["lfs"] = {"sha256": digest, "size": len(content), "pointerSize": 134}
            siblings.append(entry)
        return self._send(json.dumps({"id": name, "sha": COMMIT, "siblings": siblings}).encode())

    def _send_file(self, repository: Repository, revision: str, name: str) -> None:
        if revision not in ("main", COMMIT):
            return self._fail(404, "RevisionNotFound")
        if repository.gated and self.headers.get("Authorization") != f"Bearer {repository.token}":
            return self._fail(401, "GatedRepo")
        content = repository.files.get(name)
        if content is None:
            return self._fail(404, "EntryNotFound")
        large = name.endswith(LARGE)
        etag = hashlib.sha256(content).hexdigest() if large else hashlib.sha1(content).hexdigest()
        if large and repository.wrong is not None:
            content = repository.wrong
        headers = {"ETag": f'"{etag}"', "X-Repo-Commit": COMMIT, "Accept-Ranges": "bytes"}
        start = 0
        if (wanted := self.headers.get("Range")) is not None:
            start = int(wanted.removeprefix("bytes=").partition("-")[0])
            headers["Content-Range"] = f"bytes {start}-{len(content) - 1}/{len(content)}"
        body = content[start:]
        if large and self.command == "GET" and repository.cut_after is not None:
            cut, repository.cut_after = repository.cut_after, None
            return self._send(body, 206 if start else 200, headers, cut)
        return self._send(body, 206 if start else 200, headers)

    def _send(
        self,
        body: bytes,
        status: int = 200,
        headers: dict[str, str] | None = None,
        cut: int | None = None,
    ) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body[:cut])
        self.close_connection = cut is not None

    def _fail(self, status: int, code: str) -> None:
        self._send(b"{}", status, {"X-Error-Code": code, "X-Error-Message": code})
