"""Reading prompts, and the keys and values that are kept of them."""
