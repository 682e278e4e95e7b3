"""Decoding: rows of different prompts, adapters, seeds and grammars in one batch."""
