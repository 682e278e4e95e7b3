"""Long trainings (SFT) in segments, from one saved state to the next."""
