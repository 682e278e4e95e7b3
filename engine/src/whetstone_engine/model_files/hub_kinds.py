"""What a repository of the Hub can hold, and how messages speak of it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class HubKind:
    """A kind of repository: its name in the library, in addresses, in messages and in codes."""

    repo_type: str
    page: str
    """Path of its pages, before ORG/NAME."""
    noun: str
    spelling: str
    """How a config names it."""
    instead: str
    """What to do without the Hub."""
    not_found: str
    revision_not_found: str
    access_denied: str
    fetch_failed: str
    hash_mismatch: str


MODEL = HubKind(
    repo_type="model",
    page="",
    noun="model",
    spelling="hf:ORG/NAME or hf:ORG/NAME@REVISION",
    instead="set `model` to a local directory",
    not_found="MODEL_NOT_FOUND",
    revision_not_found="MODEL_REVISION_NOT_FOUND",
    access_denied="MODEL_ACCESS_DENIED",
    fetch_failed="MODEL_FETCH_FAILED",
    hash_mismatch="MODEL_HASH_MISMATCH",
)

DATASET = HubKind(
    repo_type="dataset",
    page="datasets/",
    noun="data set",
    spelling="hf:ORG/NAME, hf:ORG/NAME@REVISION or hf:ORG/NAME@REVISION/FILE",
    instead="set the data set's `path` to a local file",
    not_found="DATASET_NOT_FOUND",
    revision_not_found="DATASET_REVISION_NOT_FOUND",
    access_denied="DATASET_ACCESS_DENIED",
    fetch_failed="DATASET_FETCH_FAILED",
    hash_mismatch="DATASET_HASH_MISMATCH",
)
