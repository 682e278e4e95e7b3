"""LoRA adapters: their layout, their lifetime, their stacked form, their files."""
