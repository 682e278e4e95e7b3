"""The device thread and its queues."""
