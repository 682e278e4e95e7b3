"""Long trainings in stretches, from one saved state to the next."""
