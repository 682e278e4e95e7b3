"""What reading a generate job's prompt takes: its shape, and what the prefix cache has of it."""

from __future__ import annotations

from dataclasses import dataclass

from whetstone_engine.jobs import GenerateJob
from whetstone_engine.numerics.shapes import padded_prompt
from whetstone_engine.prompts.prefill import base_tokens
from whetstone_engine.prompts.prefix_cache import CachedPrompt, PrefixCache, known_prefix


@dataclass(frozen=True)
class PromptShape:
    """Jobs of one shape are read in one pass."""

    cut: int
    """Positions before this one come from the cache."""
    end: int

    @property
    def positions(self) -> int:
        """Positions that are computed."""
        return self.end - self.cut


@dataclass(eq=False)
class PlannedPrompt:
    """A job with what the prefix cache has for it."""

    job: GenerateJob
    prefix: CachedPrompt | None
    shape: PromptShape

    @property
    def base_tokens(self) -> int:
        """Tokens that the base model reads: those that can be reused and kept."""
        return base_tokens(self.job.prompt, self.job.prompt_length, self.job.adapter)


def plan_prompt(job: GenerateJob, cache: PrefixCache | None) -> PlannedPrompt:
    """Looks up the longest reusable prefix of what the base model reads: nothing if an adapter acts
    on the whole prompt."""
    most = base_tokens(job.prompt, job.prompt_length, job.adapter)
    prefix, cut = known_prefix(cache, job.prompt, most)
    return PlannedPrompt(job, prefix, PromptShape(cut, padded_prompt(len(job.prompt))))
