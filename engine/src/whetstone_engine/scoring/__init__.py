"""Log-probabilities of candidates after a prompt."""
