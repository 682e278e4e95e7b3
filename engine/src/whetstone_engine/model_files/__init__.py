"""Model files: from a GGUF file, a package index or the Hugging Face Hub to a plain directory."""
