"""One file over HTTP: resumed if a part is there, checked by size and hash."""

from __future__ import annotations

import base64
import os
import ssl
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from typing import IO, Any
from urllib.parse import unquote, urlsplit, urlunsplit

from whetstone_engine.model_files.errors import ModelFilesError
from whetstone_engine.model_files.hashes import sha256_of

_CHUNK = 1024 * 1024
_TIMEOUT_SECONDS = 60
_ATTEMPTS = 4


@dataclass(frozen=True)
class RemoteFile:
    """A file with a known hash."""

    url: str
    sha256: str
    size: int
    token: str | None = None
    """Sent as a bearer token, to the URL's own host alone."""
    fetch_failed: str = "MODEL_FETCH_FAILED"
    hash_mismatch: str = "MODEL_HASH_MISMATCH"
    """Codes of its errors."""


def download(
    file: RemoteFile,
    target: Path,
    received: Callable[[int], None],
    pause: Callable[[float], None] = time.sleep,
) -> None:
    """Puts the file at `target`; `received` is told the bytes that are there so far.

    A complete target is kept, a part beside it is continued. Network failures are tried again.
    Raises the file's `fetch_failed`, and its `hash_mismatch` after removing what was received.
    """
    if target.is_file() and sha256_of(target) == file.sha256:
        received(file.size)
        return
    part = target.with_name(target.name + ".part")
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            _continue(file, part, received)
            break
        except (OSError, HTTPException, _InterruptedError) as error:
            if attempt == _ATTEMPTS or not _is_transient(error):
                raise _failed(file, error) from error
            pause(float(attempt))
    if sha256_of(part) != file.sha256:
        part.unlink()
        raise ModelFilesError(
            file.hash_mismatch,
            f"{plain_url(file.url)} is not the file that was expected: its SHA-256 differs from "
            f"{file.sha256}. It was removed.",
            "run the same command again; if it persists, the server has another file",
        )
    part.replace(target)


class _InterruptedError(Exception):
    """The connection ended before the last byte."""


def _continue(file: RemoteFile, part: Path, received: Callable[[int], None]) -> None:
    have = part.stat().st_size if part.is_file() else 0
    if have > file.size:
        part.unlink()
        have = 0
    if have == file.size:
        received(have)
        return
    with _open(file, have) as response:
        # Whoever ignores the range sends the whole file.
        status = getattr(response, "status", None)
        have = have if status == 206 else 0
        with part.open("ab" if have else "wb") as output:
            while chunk := response.read(_CHUNK):
                output.write(chunk)
                have += len(chunk)
                received(have)
    if have < file.size:
        raise _InterruptedError(f"it ended after {have} of {file.size} bytes")


def _open(file: RemoteFile, start: int) -> IO[bytes]:
    request = urllib.request.Request(plain_url(file.url), headers={"User-Agent": "whetstone"})
    if start > 0:
        request.add_header("Range", f"bytes={start}-")
    credentials = f"Bearer {file.token}" if file.token else _credentials(file.url)
    if credentials is not None:
        # Not to be sent to the host of a redirect.
        request.add_unredirected_header("Authorization", credentials)
    response: Any = urllib.request.urlopen(request, timeout=_TIMEOUT_SECONDS, context=_context())
    opened: IO[bytes] = response
    return opened


def _context() -> ssl.SSLContext:
    context = ssl.create_default_context()
    if not os.environ.get("SSL_CERT_FILE"):
        # A Python of its own may not know where the system keeps its certificates.
        import certifi

        context.load_verify_locations(certifi.where())
    return context


def _credentials(url: str) -> str | None:
    """The URL's own, else those of the package index if it is the same host."""
    index = os.environ.get("UV_DEFAULT_INDEX") or os.environ.get("UV_INDEX_URL") or ""
    for candidate in (url, index):
        parts = urlsplit(candidate)
        if parts.username and parts.hostname == urlsplit(url).hostname:
            pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
            return "Basic " + base64.b64encode(pair.encode()).decode()
    return None


def plain_url(url: str) -> str:
    """The URL without user and password."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))


def _is_transient(error: Exception) -> bool:
    if isinstance(error, urllib.error.HTTPError):
        return error.code >= 500 or error.code in (408, 429)
    # No space, no permission: our side, and it stays so.
    return isinstance(
        error, urllib.error.URLError | HTTPException | _InterruptedError | TimeoutError
    )


def _failed(file: RemoteFile, error: Exception) -> ModelFilesError:
    reason = str(getattr(error, "reason", None) or error).rstrip(".")
    return ModelFilesError(
        file.fetch_failed,
        f"{plain_url(file.url)} could not be downloaded: {reason}.",
        "check the connection, then run the same command again: it continues where it was",
    )
