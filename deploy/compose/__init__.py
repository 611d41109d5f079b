"""One machine's platform under Docker Compose: its passwords and certificates."""
