"""The Hub library's errors in our words; never with a token or a header."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from whetstone_engine.model_files.download import plain_url
from whetstone_engine.model_files.errors import ModelFilesError
from whetstone_engine.model_files.hub_kinds import MODEL, HubKind


@contextmanager
def translated(repository: str, revision: str | None, kind: HubKind = MODEL) -> Iterator[None]:
    """Raises `ModelFilesError` in place of what the library raises inside."""
    from huggingface_hub import errors

    page = f"{_endpoint()}/{kind.page}{repository}"
    try:
        yield
    except errors.GatedRepoError as error:
        raise _denied(repository, page, kind) from error
    except errors.RevisionNotFoundError as error:
        raise ModelFilesError(
            kind.revision_not_found,
            f"{repository} has no revision {revision}.",
            f"use a branch, a tag or a commit that {page}/commits/main lists",
        ) from error
    except errors.RepositoryNotFoundError as error:
        raise ModelFilesError(
            kind.not_found,
            f"{_endpoint()} has no {kind.noun} {repository}, or a private one.",
            f"check the spelling at {page}; a private {kind.noun} needs an access token in "
            f"HF_TOKEN; or {kind.instead}, written ./{repository} if it is a relative path",
        ) from error
    except errors.HFValidationError as error:
        raise ModelFilesError(
            kind.not_found,
            f"{repository} is no name of a {kind.noun} on the Hub.",
            f"write it as {kind.spelling}",
        ) from error
    except errors.OfflineModeIsEnabled as error:
        raise ModelFilesError(
            kind.fetch_failed,
            f"{repository} is not on this machine, and HF_HUB_OFFLINE forbids to download it.",
            f"unset HF_HUB_OFFLINE, or {kind.instead}",
        ) from error
    except Exception as error:
        status = _status(error)
        if status in (401, 403):
            raise _denied(repository, page, kind) from error
        if not _is_network(error):
            raise
        what = f"HTTP {status}" if status is not None else _reason(error)
        raise ModelFilesError(
            kind.fetch_failed,
            f"{repository} could not be downloaded from {_endpoint()}: {what}.",
            "check the connection (HF_ENDPOINT names a mirror), then run the same command again: "
            "it continues where it was",
        ) from error


def _endpoint() -> str:
    return plain_url((os.environ.get("HF_ENDPOINT") or "https://huggingface.co").rstrip("/"))


def _denied(repository: str, page: str, kind: HubKind) -> ModelFilesError:
    has_token = bool(os.environ.get("HF_TOKEN"))
    return ModelFilesError(
        kind.access_denied,
        f"{repository} is gated, and "
        + ("the token in HF_TOKEN has no access." if has_token else "HF_TOKEN is not set."),
        f"accept the {kind.noun}'s terms at {page}, then set HF_TOKEN to a token of that account",
    )


def _status(error: BaseException) -> int | None:
    response = getattr(error, "response", None)
    status = getattr(response, "status_code", None)
    return status if isinstance(status, int) else None


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _is_network(error: BaseException) -> bool:
    if _status(error) is not None:
        return True
    roots = {type(cause).__module__.partition(".")[0] for cause in _chain(error)}
    return bool(roots & {"httpx", "httpx2", "httpcore", "httpcore2", "huggingface_hub", "hf_xet"})


def _reason(error: BaseException) -> str:
    last = list(_chain(error))[-1]
    return str(last).rstrip(".") or type(last).__name__
